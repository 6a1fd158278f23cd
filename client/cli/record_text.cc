#include "record_text.h"

#include <cstddef>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/time.h"

namespace kosei::cli {

void WriteView(JsonWriter& json, const client::View& view) {
  json.BeginObject();
  json.Member("commit", view.commit);
  json.Member("valid_at", FormatTimestamp(view.valid_at));
  json.End();
}

void WriteEnd(JsonWriter& json, std::uint64_t end) {
  json.Key("end");
  if (end == kOpen) {
    json.Null();
  } else {
    json.Unsigned(end);
  }
}

void WriteValid(JsonWriter& json, Timestamp from, Timestamp to) {
  const auto write = [&json](std::string_view name, Timestamp instant, Timestamp none) {
    json.Key(name);
    if (instant == none) {
      json.Null();
    } else {
      json.Text(FormatTimestamp(instant));
    }
  };
  write("valid_from", from, kBeginningOfTime);
  write("valid_to", to, kEndOfTime);
}

void WriteAttributes(JsonWriter& json, const Record& record, const client::Model& model,
                     const AttributeTypes& types, JsonWriter::Layout layout) {
  json.BeginObject(layout);
  for (const auto& [attribute, value] : record.attributes) {
    json.Key(model.AttributeName(attribute));
    WriteValue(json, value, types.Of(attribute));
  }
  json.End();
}

void WriteRemnant(JsonWriter& json, const client::RecordVersion& version) {
  if (!version.remnant) return;
  json.Key(*version.remnant == RemnantKind::kRetired ? "retired" : "erased");
  json.Boolean(true);
}

void WriteRecord(JsonWriter& json, const client::RecordVersion& version, const client::Model& model,
                 const AttributeTypes& types, JsonWriter::Layout layout) {
  json.BeginObject(layout);
  json.Member("key", version.record.key);
  json.Member("class", model.ClassName(version.record.class_number));
  json.Member("id", version.id.value);
  json.Key("version");
  json.BeginObject();
  json.Member("begin", version.begin);
  WriteEnd(json, version.end);
  WriteValid(json, version.record.valid_from, version.record.valid_to);
  WriteRemnant(json, version);
  json.End();
  json.Key("attributes");
  WriteAttributes(json, version.record, model, types, layout);
  json.End();
}

void WriteCommit(JsonWriter& json, const client::Commit& commit) {
  json.BeginObject();
  json.Member("number", commit.number);
  json.Member("time", FormatTimestamp(commit.time));
  json.Member("actor", commit.actor);
  json.Member("reason", commit.reason);
  json.Member("cause", commit.cause);
  json.Member("source", commit.source);
  if (!commit.plan.empty()) json.Member("plan", commit.plan);
  json.Key("records");
  json.BeginObject();
  json.Member("created", commit.records_created);
  json.Member("updated", commit.records_updated);
  json.Member("ended", commit.records_ended);
  json.End();
  json.Key("links");
  json.BeginObject();
  json.Member("created", commit.links_created);
  json.Member("ended", commit.links_ended);
  json.End();
  json.Member("hash", commit.hash);
  json.End();
}

void WriteLink(JsonWriter& json, const client::LinkSpan& link, const client::Model& model,
               Interval interval) {
  json.BeginObject();
  json.Member("source", link.source);
  json.Member("type", model.RelationshipTypeName(link.type));
  json.Member("target", link.target);
  if (interval == Interval::kShow) {
    json.Member("begin", link.begin);
    WriteEnd(json, link.end);
    WriteValid(json, link.valid_from, link.valid_to);
  }
  json.End();
}

void WriteCounts(JsonWriter& json, const client::WriteCounts& counts) {
  json.Key("commit");
  if (counts.commit == 0) {
    json.Null();
  } else {
    json.Unsigned(counts.commit);
  }
  json.Key("time");
  if (counts.commit == 0) {
    json.Null();
  } else {
    json.Text(FormatTimestamp(counts.time));
  }
  json.Key("records");
  json.BeginObject();
  json.Member("created", counts.records_created);
  json.Member("updated", counts.records_updated);
  json.Member("unchanged", counts.records_unchanged);
  json.Member("ended", counts.records_ended);
  json.End();
  json.Key("links");
  json.BeginObject();
  json.Member("created", counts.links_created);
  json.Member("unchanged", counts.links_unchanged);
  json.Member("ended", counts.links_ended);
  json.End();
}

std::string AttributeText(const Record& record, std::string_view name, const client::Model& model,
                          const AttributeTypes& types) {
  const AttributeNumber attribute = model.AttributeOf(name);
  const Value* const value = record.Find(attribute);
  return value == nullptr ? std::string() : FormatValue(*value, types.Of(attribute));
}

std::string ShortTime(Timestamp instant) {
  constexpr std::int64_t kSecond = 1'000'000;
  const std::int64_t fraction = (instant.micros % kSecond + kSecond) % kSecond;
  return FormatTimestamp(Timestamp{instant.micros - fraction});
}

std::string Grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, 1, ',');
  return digits;
}

std::string Counted(std::uint64_t number, std::string_view one, std::string_view many) {
  return absl::StrFormat("%s %s", Grouped(number), number == 1 ? one : many);
}

std::vector<AttributeChange> ChangesBetween(const Record& before, const Record& after) {
  std::vector<AttributeChange> changes;
  auto old_one = before.attributes.begin();
  auto new_one = after.attributes.begin();
  while (old_one != before.attributes.end() || new_one != after.attributes.end()) {
    const bool take_old = new_one == after.attributes.end() ||
                          (old_one != before.attributes.end() && old_one->first <= new_one->first);
    const bool take_new = old_one == before.attributes.end() ||
                          (new_one != after.attributes.end() && new_one->first <= old_one->first);
    AttributeChange change{.attribute = take_old ? old_one->first : new_one->first,
                           .before = take_old ? old_one->second : Value(),
                           .after = take_new ? new_one->second : Value()};
    if (take_old) ++old_one;
    if (take_new) ++new_one;
    if (!(change.before == change.after)) changes.push_back(std::move(change));
  }
  return changes;
}

void WriteChange(JsonWriter& json, const AttributeChange& change, const client::Model& model,
                 const AttributeTypes& types) {
  const ValueType type = types.Of(change.attribute);
  json.BeginObject();
  json.Member("attribute", model.AttributeName(change.attribute));
  json.Key("before");
  WriteValue(json, change.before, type);
  json.Key("after");
  WriteValue(json, change.after, type);
  json.End();
}

}  // namespace kosei::cli

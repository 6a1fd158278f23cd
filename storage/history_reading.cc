// The lines of an exported history, read.
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "history_lines.h"
#include "kosei/base/error.h"
#include "kosei/base/record.h"
#include "kosei/base/remnant.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "meta_table.h"
#include "simdjson.h"

namespace kosei::storage {
namespace {

namespace json = simdjson::dom;

constexpr std::size_t kLineBytesMax = std::size_t{8} << 20;

absl::Status Bad(std::string_view what) { return MakeError(ErrorCode::kInvalidArgument, what); }
absl::Status BadMember(std::string_view name, std::string_view expected) {
  return Bad(absl::StrFormat("its member \"%s\" must be %s", name, expected));
}

absl::StatusOr<std::string_view> TextAt(json::object line, std::string_view name) {
  std::string_view text;
  if (line[name].get(text) != simdjson::SUCCESS) return BadMember(name, "a text");
  return text;
}

absl::StatusOr<std::uint64_t> NumberAt(json::object line, std::string_view name) {
  std::uint64_t number = 0;
  if (line[name].get(number) != simdjson::SUCCESS) return BadMember(name, "a whole number");
  return number;
}

bool Has(json::object line, std::string_view name) {
  return line[name].error() == simdjson::SUCCESS;
}

// A time as text or microseconds; `absent` when it is not there.
absl::StatusOr<Timestamp> TimeAt(json::object line, std::string_view name, Timestamp absent) {
  if (!Has(line, name)) return absent;
  std::int64_t micros = 0;
  if (line[name].get(micros) == simdjson::SUCCESS) return Timestamp{micros};
  KOSEI_ASSIGN_OR_RETURN(const std::string_view text, TextAt(line, name));
  return ParseTimestamp(text);
}

absl::StatusOr<std::string> BytesAt(json::object line, std::string_view name) {
  KOSEI_ASSIGN_OR_RETURN(const std::string_view text, TextAt(line, name));
  std::string bytes;
  if (!absl::Base64Unescape({text.data(), text.size()}, &bytes)) return BadMember(name, "base64");
  return bytes;
}

absl::StatusOr<ChangeKind> KindAt(json::object line) {
  KOSEI_ASSIGN_OR_RETURN(const std::string_view text, TextAt(line, "kind"));
  if (text == "created") return ChangeKind::kCreated;
  if (text == "updated") return ChangeKind::kUpdated;
  if (text == "ended") return ChangeKind::kEnded;
  return BadMember("kind", "created, updated or ended");
}

absl::StatusOr<std::vector<std::string>> NamesAt(json::object line, std::string_view name) {
  json::array array;
  if (line[name].get(array) != simdjson::SUCCESS) return BadMember(name, "a list of names");
  std::vector<std::string> names;
  for (const json::element element : array) {
    std::string_view text;
    if (element.get(text) != simdjson::SUCCESS || text.empty() || text.size() > 255) {
      return BadMember(name, "a list of names");
    }
    names.emplace_back(text);
  }
  if (names.size() >= std::numeric_limits<std::uint16_t>::max()) {
    return BadMember(name, "a list of at most 65,534 names");
  }
  return names;
}

absl::StatusOr<Value> ValueOf(json::element element, bool in_list) {
  switch (element.type()) {
    case json::element_type::BOOL:
      return Value(static_cast<bool>(element.get_bool().value_unsafe()));
    case json::element_type::INT64:
      return Value(std::int64_t{element.get_int64().value_unsafe()});
    case json::element_type::STRING:
      return Value(std::string_view(element.get_string().value_unsafe()));
    case json::element_type::OBJECT: {
      std::string_view text;
      if (element["decimal"].get(text) != simdjson::SUCCESS) break;
      KOSEI_ASSIGN_OR_RETURN(const Decimal decimal, ParseDecimal(text));
      return Value(decimal);
    }
    case json::element_type::ARRAY: {
      if (in_list) break;
      ValueList list;
      for (const json::element item : element.get_array().value_unsafe()) {
        KOSEI_ASSIGN_OR_RETURN(Value value, ValueOf(item, true));
        list.push_back(std::move(value));
      }
      return Value(std::move(list));
    }
    case json::element_type::UINT64:
    case json::element_type::DOUBLE:
    case json::element_type::NULL_VALUE:
      break;
  }
  return Bad(
      "a value must be true, false, a whole number of 64 bits, a text, {\"decimal\": "
      "\"12.5\"}, or a list of these");
}

absl::StatusOr<HistoryLine> ReadHead(json::object line) {
  HeadLine head;
  KOSEI_ASSIGN_OR_RETURN(head.format, NumberAt(line, "kosei_history"));
  if (head.format != kHistoryFormat) {
    return Bad(
        absl::StrFormat("the history has format %d, and this koseid knows format %d; use a "
                        "newer koseid",
                        head.format, kHistoryFormat));
  }
  KOSEI_ASSIGN_OR_RETURN(head.newest.value, NumberAt(line, "newest_commit"));
  return HistoryLine(head);
}

absl::StatusOr<HistoryLine> ReadCommit(json::object line) {
  CommitLine commit;
  KOSEI_ASSIGN_OR_RETURN(const std::uint64_t number, NumberAt(line, "commit"));
  KOSEI_ASSIGN_OR_RETURN(commit.records, NumberAt(line, "records"));
  KOSEI_ASSIGN_OR_RETURN(commit.links, NumberAt(line, "links"));
  KOSEI_ASSIGN_OR_RETURN(commit.header, BytesAt(line, "header"));
  const auto decoded = DecodeCommit(commit.header);
  if (!decoded.ok()) return BadMember("header", "the bytes of a commit's header");
  // What people read is what the header says; a text that was edited says two things.
  const CommitInfo& info = decoded->info;
  KOSEI_ASSIGN_OR_RETURN(const std::string_view actor, TextAt(line, "actor"));
  KOSEI_ASSIGN_OR_RETURN(const std::string_view reason, TextAt(line, "reason"));
  KOSEI_ASSIGN_OR_RETURN(const std::string_view cause, TextAt(line, "cause"));
  KOSEI_ASSIGN_OR_RETURN(const std::string_view source, TextAt(line, "source"));
  KOSEI_ASSIGN_OR_RETURN(const Timestamp time, TimeAt(line, "time", kEndOfTime));
  if (number != info.number.value || actor != info.actor || reason != info.reason ||
      cause != info.cause || source != info.source || time != info.time) {
    return Bad(
        absl::StrFormat("commit %d: its header says something else than its members: the "
                        "line was altered",
                        number));
  }
  return HistoryLine(std::move(commit));
}

absl::StatusOr<HistoryLine> ReadBaseline(json::object line) {
  BaselineLine baseline;
  KOSEI_ASSIGN_OR_RETURN(baseline.name, TextAt(line, "baseline"));
  if (Has(line, "bytes")) {
    KOSEI_ASSIGN_OR_RETURN(baseline.bytes, BytesAt(line, "bytes"));
    return HistoryLine(std::move(baseline));
  }
  Baseline decoded;
  KOSEI_ASSIGN_OR_RETURN(decoded.view.commit.value, NumberAt(line, "commit"));
  KOSEI_ASSIGN_OR_RETURN(decoded.view.valid_at, TimeAt(line, "valid_at", kEndOfTime));
  KOSEI_ASSIGN_OR_RETURN(decoded.description, TextAt(line, "description"));
  KOSEI_ASSIGN_OR_RETURN(decoded.created, TimeAt(line, "created", Timestamp{}));
  KOSEI_ASSIGN_OR_RETURN(decoded.creator, TextAt(line, "creator"));
  baseline.bytes = EncodeBaseline(decoded);
  return HistoryLine(std::move(baseline));
}

absl::StatusOr<HistoryLine> ReadEnd(json::object line) {
  EndLine end;
  KOSEI_ASSIGN_OR_RETURN(end.commits, NumberAt(line, "commits"));
  KOSEI_ASSIGN_OR_RETURN(end.records, NumberAt(line, "records"));
  KOSEI_ASSIGN_OR_RETURN(end.links, NumberAt(line, "links"));
  KOSEI_ASSIGN_OR_RETURN(end.baselines, NumberAt(line, "baselines"));
  return HistoryLine(end);
}

using NumberOf = std::map<std::string, std::uint16_t, std::less<>>;

NumberOf Numbered(const std::vector<std::string>& names) {
  NumberOf numbers;
  for (const std::string& name : names) {
    numbers.emplace(name, static_cast<std::uint16_t>(numbers.size() + 1));
  }
  return numbers;
}

absl::StatusOr<std::uint16_t> Find(const NumberOf& numbers, std::string_view name) {
  const auto found = numbers.find(name);
  if (found != numbers.end()) return found->second;
  return Bad(absl::StrFormat("\"%s\" is not among the names of the model", name));
}

}  // namespace

struct LineParser::Impl {
  json::parser parser;
  NumberOf classes, attributes, relationship_types;

  absl::StatusOr<HistoryLine> ReadModel(json::object line) {
    StoredModel model;
    KOSEI_ASSIGN_OR_RETURN(const std::uint64_t version, NumberAt(line, "model"));
    if (version == 0 || version > std::numeric_limits<std::uint32_t>::max()) {
      return BadMember("model", "the number of a version");
    }
    model.version = static_cast<std::uint32_t>(version);
    KOSEI_ASSIGN_OR_RETURN(model.commit.value, NumberAt(line, "brought_by"));
    KOSEI_ASSIGN_OR_RETURN(model.book.classes, NamesAt(line, "classes"));
    KOSEI_ASSIGN_OR_RETURN(model.book.attributes, NamesAt(line, "attributes"));
    KOSEI_ASSIGN_OR_RETURN(model.book.relationship_types, NamesAt(line, "relationship_types"));
    KOSEI_ASSIGN_OR_RETURN(model.text, TextAt(line, "text"));
    // A later version has the names of the earlier ones, under the names of its day.
    classes = Numbered(model.book.classes);
    attributes = Numbered(model.book.attributes);
    relationship_types = Numbered(model.book.relationship_types);
    return HistoryLine(ModelLine{std::move(model)});
  }

  absl::StatusOr<HistoryLine> ReadRecord(json::object line) const {
    RecordLine out;
    KOSEI_ASSIGN_OR_RETURN(out.id.value, NumberAt(line, "record"));
    KOSEI_ASSIGN_OR_RETURN(out.kind, KindAt(line));
    if (Has(line, "bytes")) {
      KOSEI_ASSIGN_OR_RETURN(out.bytes, BytesAt(line, "bytes"));
      KOSEI_RETURN_IF_ERROR(RecordView::Verify(out.bytes).status());
      return HistoryLine(std::move(out));
    }
    Record record;
    KOSEI_ASSIGN_OR_RETURN(const std::string_view class_name, TextAt(line, "class"));
    KOSEI_ASSIGN_OR_RETURN(record.class_number.value, Find(classes, class_name));
    KOSEI_ASSIGN_OR_RETURN(record.key, TextAt(line, "key"));
    KOSEI_ASSIGN_OR_RETURN(record.valid_from, TimeAt(line, "valid_from", kBeginningOfTime));
    KOSEI_ASSIGN_OR_RETURN(record.valid_to, TimeAt(line, "valid_to", kEndOfTime));
    record.ended = Has(line, "ended");
    json::object members;
    if (line["attributes"].get(members) != simdjson::SUCCESS) {
      return BadMember("attributes", "an object");
    }
    for (const json::key_value_pair member : members) {
      KOSEI_ASSIGN_OR_RETURN(const std::uint16_t number, Find(attributes, member.key));
      KOSEI_ASSIGN_OR_RETURN(Value value, ValueOf(member.value, false));
      record.Set(AttributeNumber{number}, std::move(value));
    }
    if (Has(line, "original_hash")) {
      KOSEI_ASSIGN_OR_RETURN(const std::string hash, BytesAt(line, "original_hash"));
      const bool retired = Has(line, "retired");
      out.bytes =
          EncodeRemnant(record, hash, retired ? RemnantKind::kRetired : RemnantKind::kErased);
    } else {
      out.bytes = EncodeRecord(record);
    }
    KOSEI_RETURN_IF_ERROR(RecordView::Verify(out.bytes).status());
    return HistoryLine(std::move(out));
  }

  absl::StatusOr<HistoryLine> ReadLink(json::object line) const {
    LinkLine out;
    KOSEI_ASSIGN_OR_RETURN(const std::string_view type, TextAt(line, "link"));
    KOSEI_ASSIGN_OR_RETURN(out.type.value, Find(relationship_types, type));
    KOSEI_ASSIGN_OR_RETURN(out.kind, KindAt(line));
    KOSEI_ASSIGN_OR_RETURN(out.source, TextAt(line, "source"));
    KOSEI_ASSIGN_OR_RETURN(out.target, TextAt(line, "target"));
    out.value = std::string(1, out.kind == ChangeKind::kEnded ? '\0' : '\1');
    if (Has(line, "value")) {
      KOSEI_ASSIGN_OR_RETURN(out.value, BytesAt(line, "value"));
      if (out.value.empty()) return BadMember("value", "the bytes of a link");
    }
    return HistoryLine(std::move(out));
  }
};

LineParser::LineParser() : impl_(std::make_unique<Impl>()) {}
LineParser::~LineParser() = default;

absl::StatusOr<HistoryLine> LineParser::Parse(std::string_view text) {
  if (text.size() > kLineBytesMax) {
    return Bad(absl::StrFormat("it is longer than %d bytes", kLineBytesMax));
  }
  json::element root;
  json::object line;
  if (impl_->parser.parse(text.data(), text.size()).get(root) != simdjson::SUCCESS ||
      root.get(line) != simdjson::SUCCESS) {
    return Bad("it is no JSON object");
  }
  if (Has(line, "record")) return impl_->ReadRecord(line);
  if (Has(line, "link")) return impl_->ReadLink(line);
  // A baseline has a member "commit" as well.
  if (Has(line, "baseline")) return ReadBaseline(line);
  if (Has(line, "commit")) return ReadCommit(line);
  if (Has(line, "model")) return impl_->ReadModel(line);
  if (Has(line, "kosei_history")) return ReadHead(line);
  if (Has(line, "end")) return ReadEnd(line);
  return Bad(
      "it has none of the members record, link, commit, baseline, model, kosei_history "
      "and end");
}

}  // namespace kosei::storage

// kosei baseline compare A B: all that differs, as it comes.
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "csv_writer.h"
#include "kosei/base/display_width.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "record_text.h"

namespace kosei::cli {
namespace {

using client::DifferenceBatch;
using client::LinkDifference;
using client::Model;
using client::RecordDifference;

std::string_view ChangeOf(const RecordDifference& record) {
  if (!record.before.has_value()) return "added";
  return record.after.has_value() ? "changed" : "removed";
}
std::string_view ChangeOf(const LinkDifference& link) { return link.added ? "linked" : "unlinked"; }
const Record& OneOf(const RecordDifference& record) {
  return record.after.has_value() ? record.after->record : record.before->record;
}
std::vector<AttributeChange> AttributesOf(const RecordDifference& record) {
  static const Record kNone;
  return ChangesBetween(record.before.has_value() ? record.before->record : kNone,
                        record.after.has_value() ? record.after->record : kNone);
}

// {"number","time","actor","reason","cause"}: who made it so, and why.
void WriteCause(JsonWriter& json, const client::Commit& commit) {
  json.Key("commit");
  json.BeginObject();
  json.Member("number", commit.number);
  json.Member("time", FormatTimestamp(commit.time));
  json.Member("actor", commit.actor);
  json.Member("reason", commit.reason);
  json.Member("cause", commit.cause);
  if (!commit.plan.empty()) json.Member("plan", commit.plan);
  json.End();
}

// One difference a line, in each of the forms.
class Lines {
 public:
  Lines(const Context& context, const Model& model)
      : context_(context), model_(model), types_(model) {}

  std::string Json(const RecordDifference& record) const {
    std::string out;
    JsonWriter json(out, JsonWriter::Layout::kInline);
    json.BeginObject();
    json.Member("change", ChangeOf(record));
    json.Member("key", OneOf(record).key);
    json.Member("class", model_.ClassName(OneOf(record).class_number));
    json.Key("attributes");
    json.BeginArray();
    for (const AttributeChange& change : AttributesOf(record)) {
      WriteChange(json, change, model_, types_);
    }
    json.End();
    WriteCause(json, record.cause);
    json.End();
    return out;
  }
  std::string Json(const LinkDifference& link) const {
    std::string out;
    JsonWriter json(out, JsonWriter::Layout::kInline);
    json.BeginObject();
    json.Member("change", ChangeOf(link));
    json.Member("source", link.source);
    json.Member("type", model_.RelationshipTypeName(link.type));
    json.Member("target", link.target);
    WriteCause(json, link.cause);
    json.End();
    return out;
  }

  // A row for each attribute of a record, one without attribute where there is none.
  std::string Csv(const RecordDifference& record) const {
    std::string out;
    std::vector<AttributeChange> changes = AttributesOf(record);
    if (changes.empty()) changes.emplace_back();
    for (const AttributeChange& change : changes) {
      const ValueType type = types_.Of(change.attribute);
      AppendCsvRow(out,
                   WithCause({std::string(ChangeOf(record)), OneOf(record).key, "", "",
                              std::string(model_.AttributeName(change.attribute)),
                              FormatValue(change.before, type), FormatValue(change.after, type)},
                             record.cause));
    }
    return out;
  }
  std::string Csv(const LinkDifference& link) const {
    std::string out;
    AppendCsvRow(out, WithCause({std::string(ChangeOf(link)), link.source,
                                 std::string(model_.RelationshipTypeName(link.type)), link.target,
                                 "", "", ""},
                                link.cause));
    return out;
  }

  // "+ web-1 (Server)  @12 2026-11-22T01:00:00Z admin: reason", and the attributes below.
  std::string Text(const RecordDifference& record) const {
    const char sign = !record.before.has_value() ? '+' : record.after.has_value() ? '~' : '-';
    std::string out =
        absl::StrFormat("%c %s (%s)  %s\n", sign, Printable(OneOf(record).key),
                        model_.ClassName(OneOf(record).class_number), CauseText(record.cause));
    if (!record.after.has_value()) return out;
    for (const AttributeChange& change : AttributesOf(record)) {
      const ValueType type = types_.Of(change.attribute);
      const std::string after = Printable(FormatValue(change.after, type));
      out += absl::StrFormat("    %s: ", model_.AttributeName(change.attribute));
      out += record.before.has_value()
                 ? absl::StrFormat("%s -> %s\n", Printable(FormatValue(change.before, type)), after)
                 : after + "\n";
    }
    return out;
  }
  std::string Text(const LinkDifference& link) const {
    return absl::StrFormat("%c %s %s %s  %s\n", link.added ? '+' : '-', Printable(link.source),
                           model_.RelationshipTypeName(link.type), Printable(link.target),
                           CauseText(link.cause));
  }

  template <typename Difference>
  std::string Of(const Difference& difference) const {
    switch (context_.format()) {
      case OutputFormat::kTable:
        return Text(difference);
      case OutputFormat::kCsv:
        return Csv(difference);
      case OutputFormat::kJson:
      case OutputFormat::kJsonl:
        break;
    }
    return Json(difference);
  }

 private:
  static std::vector<std::string> WithCause(std::vector<std::string> row,
                                            const client::Commit& commit) {
    for (std::string cell : {std::to_string(commit.number), FormatTimestamp(commit.time),
                             commit.actor, commit.reason, commit.cause}) {
      row.push_back(std::move(cell));
    }
    return row;
  }
  static std::string CauseText(const client::Commit& commit) {
    std::string out = absl::StrFormat("@%d %s", commit.number, ShortTime(commit.time));
    if (!commit.actor.empty()) out += " " + Printable(commit.actor);
    if (!commit.reason.empty()) out += ": " + Printable(commit.reason);
    if (!commit.cause.empty()) out += " (" + Printable(commit.cause) + ")";
    if (!commit.plan.empty()) out += " plan:" + Printable(commit.plan);
    return out;
  }

  const Context& context_;
  const Model& model_;
  const AttributeTypes types_;
};

// The parts of one JSON document around the differences, which are written as they come.
class Document {
 public:
  explicit Document(Context& context) : context_(context) {}

  void Begin(const DifferenceBatch& batch) {
    if (begun_) return;
    begun_ = true;
    if (context_.format() == OutputFormat::kCsv) {
      context_.Write(
          "change,key,type,target,attribute,before,after,commit,time,actor,reason,cause\n");
    }
    if (context_.format() != OutputFormat::kJson) return;
    std::string out = "{\n  \"from\": ";
    out += ViewText(batch.from) + ",\n  \"to\": " + ViewText(batch.to) + ",\n  \"differences\": [";
    context_.Write(out);
  }
  void Add(const std::string& line) {
    switch (context_.format()) {
      case OutputFormat::kJson:
        context_.Write(any_ ? ",\n    " : "\n    ");
        context_.Write(line);
        break;
      case OutputFormat::kJsonl:
        context_.Write(line + "\n");
        break;
      case OutputFormat::kTable:
      case OutputFormat::kCsv:
        context_.Write(line);
        break;
    }
    any_ = true;
  }
  void End(const client::CompareSummary& summary) {
    if (context_.format() != OutputFormat::kJson) return;
    std::string counts;
    JsonWriter json(counts, JsonWriter::Layout::kInline);
    json.BeginObject();
    json.Key("records");
    json.BeginObject();
    json.Member("added", summary.records_added);
    json.Member("changed", summary.records_changed);
    json.Member("removed", summary.records_removed);
    json.End();
    json.Key("links");
    json.BeginObject();
    json.Member("added", summary.links_added);
    json.Member("removed", summary.links_removed);
    json.End();
    json.End();
    context_.Write((any_ ? "\n  ],\n  \"counts\": " : "],\n  \"counts\": ") + counts + "\n}\n");
  }

 private:
  static std::string ViewText(const client::View& view) {
    std::string out;
    JsonWriter json(out, JsonWriter::Layout::kInline);
    WriteView(json, view);
    return out;
  }

  Context& context_;
  bool begun_ = false;
  bool any_ = false;
};

void NoteSummary(Context& context, const client::CompareSummary& summary) {
  if (!summary.differs()) {
    context.Note(context.Say("no difference", "差異はありません"));
    return;
  }
  const std::string added = Grouped(summary.records_added);
  const std::string changed = Grouped(summary.records_changed);
  const std::string removed = Grouped(summary.records_removed);
  const std::string linked = Grouped(summary.links_added);
  const std::string unlinked = Grouped(summary.links_removed);
  context.Note(
      context.japanese()
          ? absl::StrFormat("構成品目: 追加 %s、変更 %s、削除 %s。関係: 追加 %s、削除 %s", added,
                            changed, removed, linked, unlinked)
          : absl::StrFormat("records: %s added, %s changed, %s removed; relationships: %s added, "
                            "%s removed",
                            added, changed, removed, linked, unlinked));
}

}  // namespace

CommandResult RunCompare(Context& context, const CompareOptions& options) {
  client::CompareRequest request;
  KOSEI_ASSIGN_OR_RETURN(request.from, ParseView(options.from));
  KOSEI_ASSIGN_OR_RETURN(request.to, ParseView(options.to));
  request.class_name = options.changes.class_name;
  request.key_prefix = options.changes.key_prefix;
  request.type_name = options.changes.type_name;
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  const auto model = client->model();
  const Lines lines(context, *model);
  Document document(context);
  absl::Status written = absl::OkStatus();
  const auto summary = client->Compare(request, [&](const DifferenceBatch& batch) {
    document.Begin(batch);
    for (const RecordDifference& record : batch.records) document.Add(lines.Of(record));
    for (const LinkDifference& link : batch.links) document.Add(lines.Of(link));
    written = context.Flush();
    return written.ok();
  });
  KOSEI_RETURN_IF_ERROR(written);
  KOSEI_RETURN_IF_ERROR(summary.status());
  document.End(*summary);
  if (context.format() == OutputFormat::kTable) NoteSummary(context, *summary);
  return summary->differs() ? ExitCode::kNothing : ExitCode::kOk;
}

}  // namespace kosei::cli

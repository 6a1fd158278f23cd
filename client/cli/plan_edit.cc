// kosei plan edit NAME set|link|unlink|end, and --file
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "csv_writer.h"
#include "import/row_conversion.h"
#include "import/row_file.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "mutate.h"
#include "plan_text.h"
#include "record_text.h"

namespace kosei::cli {
namespace {

using client::Mutation;
using client::PlanEdited;

constexpr std::size_t kEditsAStep = 5'000;  // what one message takes, with room to spare

void Write(Context& context, const PlanEdited& edited) {
  if (context.format() != OutputFormat::kTable) {
    WritePlanAlone(context, edited.plan);
    return;
  }
  const std::string counts = CountsText(edited.counts);
  if (!counts.empty()) context.Write(counts + "\n");
  context.Write(PlanLine(context, edited.plan) + "\n");
}

CommandResult Send(Context& context, client::Client& client, const std::string& plan,
                   const Mutation& edits) {
  KOSEI_ASSIGN_OR_RETURN(const PlanEdited edited, client.EditPlan(plan, edits));
  Write(context, edited);
  return ExitCode::kOk;
}

client::ViewName In(const std::string& plan) {
  client::ViewName view;
  view.plan = plan;
  return view;
}

// What the row is to do: its member "edit", which is taken out; by its form when there is none.
std::string TakeVerb(Row& row) {
  std::string verb;
  bool link = false;
  for (auto member = row.members.begin(); member != row.members.end();) {
    if (member->name == "edit") {
      verb = member->value.kind() == ValueKind::kText ? member->value.text() : "?";
      member = row.members.erase(member);
      continue;
    }
    link = link || member->name == "source";
    ++member;
  }
  if (verb.empty()) verb = link ? "link" : "set";
  return verb;
}

std::size_t CountOf(const Mutation& edits) {
  return edits.put_records.size() + edits.end_links.size() + edits.put_links.size() +
         edits.end_records.size();
}

class EditFile {
 public:
  explicit EditFile(const client::Model& model)
      : records_(model, RowReader::Form::kJsonLines), links_(model) {}

  // Adds the row to the edits, or says what is wrong with it.
  std::optional<RowError> Add(Row& row, Mutation& edits) {
    const std::string verb = TakeVerb(row);
    if (verb == "set") {
      client::PutRecord put;
      std::optional<RowError> error = records_.Convert(row, put.record);
      if (!error.has_value()) edits.put_records.push_back(std::move(put));
      return error;
    }
    if (verb == "link" || verb == "unlink") {
      client::Link link;
      std::optional<RowError> error = links_.Convert(row, link);
      if (!error.has_value())
        (verb == "link" ? edits.put_links : edits.end_links).push_back(std::move(link));
      return error;
    }
    const bool key = row.members.size() == 1 && row.members[0].name == "key" &&
                     row.members[0].value.kind() == ValueKind::kText;
    if (verb == "end" && key) {
      client::EndRecord end;
      end.key = row.members[0].value.text();
      edits.end_records.push_back(std::move(end));
      return std::nullopt;
    }
    RowError error;
    error.field = "edit";
    error.reason =
        verb == "end" ? "an end has a key and nothing else" : "expected set, link, unlink or end";
    return error;
  }

 private:
  RecordConversion records_;
  LinkConversion links_;
};

absl::Status Wrong(const RowFile& file, const Row& row, const RowError& error) {
  const std::uint64_t line = error.line == 0 ? row.line : error.line;
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("%s:%d: %s; nothing after the line before was sent", file.name(),
                                   line, error.reason),
                   error.field);
}

}  // namespace

CommandResult RunPlanEditFile(Context& context, const PlanFileOptions& options) {
  if (options.file.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "plan edit: expected set, link, unlink or end, or --file");
  }
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  const auto model = client->model();
  RowFile file(options.file);
  KOSEI_RETURN_IF_ERROR(file.Open({.required = {}, .others_allowed = true}));
  if (file.rows().form() != RowReader::Form::kJsonLines) {
    return MakeError(ErrorCode::kInvalidArgument, file.name() + ": expected one JSON object a line",
                     "--file");
  }
  EditFile edit_file(*model);
  Mutation edits;
  edits.provenance = ProvenanceOf(options.provenance);
  PlanEdited edited;
  Row row;
  bool more = true;
  while (more) {
    KOSEI_ASSIGN_OR_RETURN(more, file.rows().Next(row));
    if (more) {
      if (row.error.has_value()) return Wrong(file, row, *row.error);
      const std::optional<RowError> error = edit_file.Add(row, edits);
      if (error.has_value()) return Wrong(file, row, *error);
    }
    if (CountOf(edits) < (more ? kEditsAStep : 1)) continue;
    KOSEI_ASSIGN_OR_RETURN(edited, client->EditPlan(options.name, edits));
    edits = Mutation{.provenance = edits.provenance};
  }
  Write(context, edited);
  return ExitCode::kOk;
}

CommandResult RunPlanSet(Context& context, const std::string& plan, const SetOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const Mutation edits, SetMutation(*client, options, In(plan)));
  return Send(context, *client, plan, edits);
}

CommandResult RunPlanLink(Context& context, const std::string& plan, const LinkOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const Mutation edits, LinkMutation(*client, options));
  return Send(context, *client, plan, edits);
}

CommandResult RunPlanUnlink(Context& context, const std::string& plan, const LinkOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const Mutation edits, UnlinkMutation(*client, options));
  return Send(context, *client, plan, edits);
}

CommandResult RunPlanEnd(Context& context, const std::string& plan, const EndOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const Mutation edits, EndMutation(options));
  return Send(context, *client, plan, edits);
}

}  // namespace kosei::cli

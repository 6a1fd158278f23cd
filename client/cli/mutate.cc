// kosei set, link, unlink, end: one small commit each.
#include "mutate.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "csv_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "list_output.h"
#include "record_text.h"
#include "suggest.h"
#include "value_parser.h"

namespace kosei::cli {
namespace {

using client::Model;
using client::ModelClass;
using client::Mutation;
using client::WriteCounts;

std::string TextOf(const Context& context, const WriteCounts& counts) {
  if (counts.commit == 0) return std::string(context.Say("nothing changed", "変更はありません"));
  return absl::StrFormat("commit %d: %s", counts.commit, CountsText(counts));
}

absl::StatusOr<RelationshipTypeNumber> TypeOf(const Model& model, const std::string& name) {
  const RelationshipTypeNumber type = model.RelationshipTypeOf(name);
  if (type.value != 0) return type;
  return MakeError(ErrorCode::kUnknownRelationshipType,
                   absl::StrFormat("the model has no relationship type '%s'%s", name,
                                   DidYouMean(name, model.relationship_type_names)),
                   "TYPE");
}

// The class the record has or is to have. A key that is new needs --class.
absl::StatusOr<const ModelClass*> ClassOf(client::Client& client, const Model& model,
                                          const SetOptions& options, const client::ViewName& view) {
  if (!options.class_name.empty()) {
    const ModelClass* const named = model.FindClass(options.class_name);
    if (named != nullptr) return named;
    return MakeError(
        ErrorCode::kUnknownClass,
        absl::StrFormat("set '%s': the model has no class '%s'%s", options.key, options.class_name,
                        DidYouMean(options.class_name, model.class_names)),
        "--class");
  }
  KOSEI_ASSIGN_OR_RETURN(const client::GetResult found, client.Get({options.key}, view));
  if (found.records.empty() || !found.records.front().has_value()) {
    return MakeError(
        ErrorCode::kNotFound,
        absl::StrFormat("set '%s': no such record; give --class to create it", options.key));
  }
  const ClassNumber number = found.records.front()->record.class_number;
  const ModelClass* const known = model.FindClass(number);
  if (known != nullptr) return known;
  return MakeError(ErrorCode::kUnknownClass,
                   absl::StrFormat("set '%s': its class '%s' is no longer in the model",
                                   options.key, model.ClassName(number)));
}

absl::StatusOr<Record> RecordOf(const Model& model, const ModelClass& owner,
                                const SetOptions& options) {
  Record record;
  record.class_number = owner.number;
  record.key = options.key;
  for (const std::string& assignment : options.assignments) {
    const std::size_t sign = assignment.find('=');
    if (sign == 0 || sign == std::string::npos) {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("set '%s': '%s' found, expected attribute=value",
                                       options.key, assignment));
    }
    const std::string name = assignment.substr(0, sign);
    const client::ModelAttribute* const attribute = model.FindAttribute(owner, name);
    if (attribute == nullptr) return UnknownAttribute(model, owner, name);
    // Nothing after the sign takes the attribute away.
    Value value = assignment.size() == sign + 1
                      ? Value()
                      : ValueOfText(assignment.substr(sign + 1), *attribute);
    record.attributes.emplace_back(attribute->number, std::move(value));
  }
  std::sort(record.attributes.begin(), record.attributes.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  const auto twice =
      std::adjacent_find(record.attributes.begin(), record.attributes.end(),
                         [](const auto& a, const auto& b) { return a.first == b.first; });
  if (twice != record.attributes.end()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("set '%s': attribute '%s' is given twice", options.key,
                                     model.AttributeName(twice->first)));
  }
  return record;
}

}  // namespace

client::Provenance ProvenanceOf(const ProvenanceOptions& options) {
  return {.reason = options.reason, .cause = options.cause, .source = options.source};
}

std::string CountsText(const client::WriteCounts& counts) {
  std::string parts;
  const auto add = [&](std::uint64_t count, std::string_view one, std::string_view many,
                       std::string_view done) {
    if (count == 0) return;
    if (!parts.empty()) parts += ", ";
    parts += Counted(count, one, many) + " " + std::string(done);
  };
  add(counts.records_created, "record", "records", "created");
  add(counts.records_updated, "record", "records", "updated");
  add(counts.records_ended, "record", "records", "ended");
  add(counts.links_created, "relationship", "relationships", "created");
  add(counts.links_ended, "relationship", "relationships", "ended");
  return parts;
}

CommandResult SendMutation(Context& context, const Mutation& mutation) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const client::WriteCounts counts, client->Mutate(mutation));
  std::string out;
  switch (context.format()) {
    case OutputFormat::kTable:
      out = TextOf(context, counts) + "\n";
      break;
    case OutputFormat::kJson:
    case OutputFormat::kJsonl: {
      JsonWriter json(out, ObjectLayout(context.format()));
      json.BeginObject(JsonWriter::Layout::kLines);
      kosei::cli::WriteCounts(json, counts);
      json.End();
      out += '\n';
      break;
    }
    case OutputFormat::kCsv:
      AppendCsvRow(out, {"commit", "records_created", "records_updated", "records_ended",
                         "links_created", "links_ended"});
      AppendCsvRow(out,
                   {counts.commit == 0 ? "" : std::to_string(counts.commit),
                    std::to_string(counts.records_created), std::to_string(counts.records_updated),
                    std::to_string(counts.records_ended), std::to_string(counts.links_created),
                    std::to_string(counts.links_ended)});
      break;
  }
  context.Write(out);
  return ExitCode::kOk;
}

absl::StatusOr<Mutation> SetMutation(client::Client& client, const SetOptions& options,
                                     const client::ViewName& view) {
  const auto model = client.model();
  KOSEI_ASSIGN_OR_RETURN(const ModelClass* const owner, ClassOf(client, *model, options, view));
  KOSEI_ASSIGN_OR_RETURN(Record record, RecordOf(*model, *owner, options));
  KOSEI_RETURN_IF_ERROR(ParseValid(options.valid, record.valid_from, record.valid_to));
  Mutation mutation;
  mutation.provenance = ProvenanceOf(options.provenance);
  mutation.put_records.push_back({.record = std::move(record), .expected_begin = options.expect});
  return mutation;
}

absl::StatusOr<Mutation> LinkMutation(client::Client& client, const LinkOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const RelationshipTypeNumber type, TypeOf(*client.model(), options.type));
  Mutation mutation;
  mutation.provenance = ProvenanceOf(options.provenance);
  mutation.put_links.push_back({options.source, type, options.target});
  client::Link& link = mutation.put_links.back();
  KOSEI_RETURN_IF_ERROR(ParseValid(options.valid, link.valid_from, link.valid_to));
  return mutation;
}

absl::StatusOr<Mutation> UnlinkMutation(client::Client& client, const LinkOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const RelationshipTypeNumber type, TypeOf(*client.model(), options.type));
  Mutation mutation;
  mutation.provenance = ProvenanceOf(options.provenance);
  mutation.end_links.push_back({options.source, type, options.target});
  client::Link& link = mutation.end_links.back();
  KOSEI_RETURN_IF_ERROR(ParseValid(options.valid, link.valid_from, link.valid_to));
  return mutation;
}

absl::StatusOr<Mutation> EndMutation(const EndOptions& options) {
  Mutation mutation;
  mutation.provenance = ProvenanceOf(options.provenance);
  client::EndRecord end{options.key, options.expect};
  KOSEI_RETURN_IF_ERROR(ParseValid(options.valid, end.valid_from, end.valid_to));
  mutation.end_records.push_back(std::move(end));
  return mutation;
}

CommandResult RunSet(Context& context, const SetOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const Mutation mutation, SetMutation(*client, options, {}));
  return SendMutation(context, mutation);
}

CommandResult RunLink(Context& context, const LinkOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const Mutation mutation, LinkMutation(*client, options));
  return SendMutation(context, mutation);
}

CommandResult RunUnlink(Context& context, const LinkOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const Mutation mutation, UnlinkMutation(*client, options));
  return SendMutation(context, mutation);
}

CommandResult RunEnd(Context& context, const EndOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const Mutation mutation, EndMutation(options));
  return SendMutation(context, mutation);
}

}  // namespace kosei::cli

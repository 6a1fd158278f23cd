// What the commands about impact share: the question as typed, and words and parts of answers.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "commands.h"
#include "context.h"
#include "json_writer.h"
#include "kosei/base/time.h"
#include "kosei/client/impact.h"

namespace kosei::cli {

// kInvalidArgument when options contradict one another or a time cannot be read.
absl::StatusOr<client::ImpactRequest> QuestionOf(const ImpactOptions& options);
// The same question with what `versus` says instead.
absl::StatusOr<client::ImpactRequest> QuestionVersus(client::ImpactRequest request,
                                                     const VersusOptions& versus);
// FROM/TO, as --during has it. `command` begins the message.
absl::StatusOr<std::pair<Timestamp, Timestamp>> ParseDuring(std::string_view command,
                                                            const std::string& text);
// "all" stands for every context of the model.
void SetContexts(const std::vector<std::string>& names, std::vector<std::string>& contexts,
                 bool& all);

std::string_view NameOf(client::State state);  // "up", "degraded", "failed": for programs
std::string_view StateLabel(const Context& context, client::State state);
std::string_view NameOf(client::PartyRole role);
std::string_view RoleLabel(const Context& context, client::PartyRole role);

// "contexts": [{"key","state","because_of","context"}...]
void WriteContexts(JsonWriter& json, const std::vector<client::ContextFinding>& contexts);
// An array of groups.
void WriteGroups(JsonWriter& json, const std::vector<client::GroupFinding>& groups,
                 const client::Model& model);
// "2 of 3 up, no reserve left": what matters of a group, for people.
std::string GroupText(const Context& context, const client::GroupFinding& group);
std::string GroupsTable(const Context& context, const std::vector<client::GroupFinding>& groups);

// `kosei impact` with --report, --explain and --versus-...
CommandResult RunImpactReport(Context& context, client::Client& client,
                              const client::ImpactRequest& request);
CommandResult RunImpactFollow(Context& context, client::Client& client,
                              const client::ImpactRequest& request, std::uint64_t events);
CommandResult RunImpactExplain(Context& context, client::Client& client,
                               const client::ImpactRequest& request,
                               const std::vector<std::string>& keys);
CommandResult RunImpactDifference(Context& context, client::Client& client,
                                  const client::ImpactRequest& request, const VersusOptions& versus,
                                  std::optional<std::uint64_t> limit);

}  // namespace kosei::cli

// What the commands that change something send, for a commit or for a step of a plan.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "commands.h"
#include "kosei/client/client.h"

namespace kosei::cli {

client::Provenance ProvenanceOf(const ProvenanceOptions& options);
// `view`: where the record is looked for when no class is given.
absl::StatusOr<client::Mutation> SetMutation(client::Client& client, const SetOptions& options,
                                             const client::ViewName& view);
absl::StatusOr<client::Mutation> LinkMutation(client::Client& client, const LinkOptions& options);
absl::StatusOr<client::Mutation> UnlinkMutation(client::Client& client, const LinkOptions& options);
absl::StatusOr<client::Mutation> EndMutation(const EndOptions& options);

// Commits it and says what it changed, in the form of the output.
CommandResult SendMutation(Context& context, const client::Mutation& mutation);

// "2 records created, 1 relationship ended"; empty when nothing changed.
std::string CountsText(const client::WriteCounts& counts);

}  // namespace kosei::cli

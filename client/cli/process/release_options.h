// kosei release order, waves, success: their options, and what runs them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "commands.h"

namespace kosei::cli {

struct ReleaseOrderOptions {
  std::string key;
  bool reverse = false;
  std::optional<std::uint64_t> limit;
};
// What the release works on, in the order in which it is deployed.
CommandResult RunReleaseOrder(Context& context, const ReleaseOrderOptions& options);

struct ReleaseWavesOptions {
  std::string key;
  bool open = false;                 // a deployment for what has none yet
  std::optional<std::uint64_t> max;  // items of one deployment
  std::string reason;
};
// Its deployments, and what has none yet, wave by wave. Exit code 1: it works on nothing.
CommandResult RunReleaseWaves(Context& context, const ReleaseWavesOptions& options);

struct ReleaseSuccessOptions {
  std::string key;
  std::string until;  // RFC 3339; empty: as long as it is watched, or 14 days
};
// Exit code 1 when it was no success.
CommandResult RunReleaseSuccess(Context& context, const ReleaseSuccessOptions& options);

}  // namespace kosei::cli

// kosei kpi: its options, and what runs it.
#pragma once

#include <string>
#include <vector>

#include "commands.h"

namespace kosei::cli {

struct KpiListOptions {
  std::string process;  // empty: all
};
CommandResult RunKpiList(Context& context, const KpiListOptions& options);

struct KpiShowOptions {
  std::vector<std::string> names;
  bool all = false;
  std::string process;   // those of this process
  std::string from, to;  // RFC 3339; empty: 30 days before `to`, now
  ViewOptions view;
};
// Exit code 1 when a target is missed.
CommandResult RunKpiShow(Context& context, const KpiShowOptions& options);

}  // namespace kosei::cli

// kosei cab agenda, add, series, minutes: their options, and what runs them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "commands.h"

namespace kosei::cli {

struct CabAgendaOptions {
  std::string key;
};
// Exit code 1 when there is nothing to decide.
CommandResult RunCabAgenda(Context& context, const CabAgendaOptions& options);

struct CabAddOptions {
  std::string key;
  std::vector<std::string> changes;
  std::string reason;
};
CommandResult RunCabAdd(Context& context, const CabAddOptions& options);

struct CabSeriesOptions {
  std::string key;          // empty: all
  std::uint32_t count = 5;  // dates of each
  std::optional<std::uint32_t> open;
};
CommandResult RunCabSeries(Context& context, const CabSeriesOptions& options);

struct CabMinutesOptions {
  std::string key;
  std::string format;  // "markdown", "json"; empty: as the output says
};
CommandResult RunCabMinutes(Context& context, const CabMinutesOptions& options);

}  // namespace kosei::cli

#include "desk/checks.h"

#include <algorithm>
#include <array>
#include <string>

namespace kosei::process {
namespace {

constexpr std::array<std::string_view, 14> kSubjects = {
    "life_cycles", "decision_tables", "approval_policies", "roles",
    "numbering",   "audiences",       "notifications",     "kpis",
    "calendars",   "holidays",        "agreements",        "risk_vectors",
    "control",     "suggestions"};

}  // namespace

const CheckSignatures& KnownChecks() {
  static const CheckSignatures* const checks = new CheckSignatures{
      {"approved", {{"policy"}, {}}}, {"no_open_approvals", {{}, {}}}, {"no_open_tasks", {{}, {}}},
      {"no_overlap", {{}, {}}},       {"not_author", {{}, {}}},        {"plan_unchanged", {{}, {}}},
      {"windows_sound", {{}, {}}},    {"impact_current", {{}, {}}},
  };
  return *checks;
}

bool IsKnownSubject(std::string_view subject) {
  return std::find(kSubjects.begin(), kSubjects.end(), subject) != kSubjects.end();
}

std::string KnownSubjects() {
  std::string words;
  for (const std::string_view subject : kSubjects) {
    if (!words.empty()) words += ", ";
    words += subject;
  }
  return words;
}

}  // namespace kosei::process

// Risk vectors: what speaks against a change, measured and weighed. Each measure has a coefficient
// and a ceiling; their sum is the score. Measures come from the graph and from the history of
// changes (assessment.h); coefficients are data with a version, so that a board can see, and say,
// why a change is called risky (ISO/IEC 20000-1, 9.2: risks and potential impacts are assessed).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/process/life_cycle_definition.h"

namespace kosei::process {

// What can be measured of a change. Numbers are whole but for the age.
enum class RiskMeasure : std::uint8_t {
  kServicesCritical = 1,  // services that are hit while it is carried out, by their criticality
  kServicesHigh = 2,
  kServicesMedium = 3,
  kServicesLow = 4,
  kReserveLost = 5,       // groups of which the next loss would be the last
  kItemsHit = 6,          // items that are hit, those worked on not counted
  kItemsChanged = 7,      // records and relationships that its plan changes, or its targets
  kWorseAfterwards = 8,   // items that would be hit worse by the same failure once it is done
  kDataAgeDays = 9,       // since the oldest of the items it works on was last written or confirmed
  kRecentFailures = 10,   // changes of the same items or category that failed within a year
  kBackOutUntested = 11,  // 1: its way back has not been tested
  kWindowsViolated = 12,  // freezes that hold it, records whose maintenance windows do not
  kChangesColliding = 13,  // collisions with other changes
  kServicesUnknown = 14,   // 1: nobody knows which services it hits: it names no item
};
inline constexpr std::size_t kRiskMeasures = 15;  // as an array's size, by number
std::string_view NameOf(RiskMeasure measure);     // "services_critical": as in YAML

using RiskMeasures = std::array<double, kRiskMeasures>;

struct RiskFactor {
  RiskMeasure measure = RiskMeasure::kItemsHit;
  Label label;
  double coefficient = 0;  // points for each
  double at_most = 0;      // points; 0: no ceiling
  std::string origin;
};

struct RiskVectorDefinition {
  std::string name;
  std::uint32_t version = 1;
  Label label;
  std::string class_name;  // of the records it is about
  std::vector<RiskFactor> factors;
  std::string origin;
};

struct RiskContribution {
  RiskMeasure measure = RiskMeasure::kItemsHit;
  Label label;
  double measured = 0;
  double coefficient = 0;
  double points = 0;
  bool at_ceiling = false;
};

struct RiskScore {
  std::string name;
  std::uint32_t version = 0;
  std::string hash;  // of the definition
  double total = 0;
  std::vector<RiskContribution> contributions;  // most points first; those of none are left out
};

// The vectors of one file (`risk_vectors:`). kModelInvalid with file and line: a measure that is
// not known or comes twice, a coefficient or ceiling that is no number of 0 or more.
absl::StatusOr<std::vector<RiskVectorDefinition>> ParseRiskVectors(std::string_view yaml,
                                                                   std::string_view origin);

// All that it says, in one form; SHA-256 of it, 64 hexadecimal digits.
std::string CanonicalText(const RiskVectorDefinition& definition);
std::string HashOf(const RiskVectorDefinition& definition);

RiskScore Weigh(const RiskVectorDefinition& definition, const RiskMeasures& measures);

}  // namespace kosei::process

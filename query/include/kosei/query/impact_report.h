// What a change board wants to know of an impact answer: which services are hit, whose they are,
// and whom to tell. Which classes are services and which relationship types name parties is the
// model's to say (role).
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/model/definition.h"
#include "kosei/query/budget.h"
#include "kosei/query/impact.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

struct ServiceParty {
  RecordId party;
  model::PartyRole role = model::PartyRole::kNone;
  friend auto operator<=>(const ServiceParty&, const ServiceParty&) = default;
};

// A service that is hit, or is a root.
struct AffectedService {
  RecordId record;
  std::uint64_t position = 0;         // in the answer
  std::vector<ServiceParty> parties;  // of the service itself: owner, customers, agreements, ...
};

// One to tell: who plays a role for anything that is hit, roots included.
struct PartyToTell {
  RecordId party;
  std::uint32_t roles = 0;  // a bit for each model::PartyRole, by its number
  std::uint64_t records = 0;
  std::uint64_t services = 0;
};

struct ImpactReport {
  std::vector<AffectedService> services;  // failed before degraded, nearest first
  std::vector<PartyToTell> parties;       // with the most services first, then records, then by id
};

// From memory alone. kCancelled, kDeadlineExceeded, kMemoryBudget.
absl::StatusOr<ImpactReport> Report(const storage::Reader& reader, const ImpactAnswer& answer,
                                    const Budget& budget);

}  // namespace kosei::query

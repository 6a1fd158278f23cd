// What every question about impact has in common: its request, decoded, and parts of its answers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "handlers/encode.h"
#include "kosei/protocol/impact_generated.h"
#include "kosei/query/group_finding.h"
#include "kosei/query/impact.h"
#include "kosei/query/impact_difference.h"

namespace kosei::server {

// The most of each list in the small parts of an answer.
inline constexpr std::size_t kContextFindingsMax = 1'000;
inline constexpr std::uint32_t kFindingsMax = 100'000;

struct ImpactQuestion {
  storage::View view;
  query::ImpactRequest request;
};

// May read the disk, except for the newest View.
absl::StatusOr<ImpactQuestion> DecodeImpactQuestion(const Services& services,
                                                    const fb::ImpactRequest* request);
// The same for a question of which the answer tells of groups.
absl::StatusOr<ImpactQuestion> DecodeWithGroups(const Services& services,
                                                const fb::ImpactRequest* request);
// `down`: each step goes the way failure travels; else against it.
absl::StatusOr<flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::PathStep>>>>
EncodePath(const storage::Reader& reader, const storage::View& view,
           const std::vector<query::PathStep>& path, bool down, Builder& builder);

absl::StatusOr<flatbuffers::Offset<fb::StateDifference>> EncodeStateDifference(
    const storage::Reader& reader, const query::StateDifference& difference,
    const query::ImpactAnswer& answer, Builder& builder);

using ContextFindingsOffset =
    flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::ContextFinding>>>;
absl::StatusOr<ContextFindingsOffset> EncodeContextFindings(const Services& services,
                                                            const query::ImpactAnswer& answer,
                                                            Builder& builder);
flatbuffers::Offset<fb::GroupFinding> EncodeGroup(const storage::Reader& reader,
                                                  const query::GroupFinding& finding,
                                                  Builder& builder);
flatbuffers::Offset<flatbuffers::Vector<flatbuffers::Offset<fb::GroupFinding>>> EncodeGroups(
    const storage::Reader& reader, const std::vector<query::GroupFinding>& findings,
    std::size_t limit, Builder& builder);

}  // namespace kosei::server

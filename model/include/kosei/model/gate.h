// A gate says how a record's state follows from the states of those it depends on, where it is not
// simply as bad as the worst of them: two power feeds of which one is enough, a cluster that bears
// the loss of a member. docs/model.md has the grammar and what each kind means.
//
//   any(powered_by)
//   all(runs_on, at_least(2, member_of[Server]))
//   weighted(30, 60, weight of member_of)
//   primary("db-1", "db-2")
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/value.h"

namespace kosei::model {

class Schema;
struct Class;

enum class GateKind : std::uint8_t {
  // Leaves: members of the group that they stand in.
  kMembers = 1,  // those that `type` joins to the record and whose failure travels to it
  kRecord = 2,   // the one of `key`, when it feeds the record over whatever link
  // Groups. One whose amount is an attribute that the record has no value for is as kAll.
  kAll = 3,
  kAny = 4,
  kAtLeast = 5,   // `first`: so many, or such a part, of the members
  kCapacity = 6,  // `first`: what the members have to give together
  kWeighted = 7,  // `first`, `second`: a loss from which on the record is degraded, failed
  kPrimary = 8,   // the first part does the work, the others stand by in their order
};

struct Amount {
  Decimal number;
  bool percent = false;
  std::string attribute;  // where it is not empty, the value of this attribute counts, not `number`
  friend bool operator==(const Amount&, const Amount&) = default;
};

struct GatePart {
  GateKind kind = GateKind::kAll;
  std::string type;        // kMembers
  std::string class_name;  // kMembers: of this class and below only; empty: of any
  std::string key;         // kRecord
  // Of a leaf within kCapacity or kWeighted: what each member counts; an attribute is the member's.
  Amount share = {Decimal{1, 0}, false, {}};
  Amount first;                 // an attribute is the gated record's
  Amount second;                // likewise
  std::vector<GatePart> parts;  // of a group
  std::uint32_t column = 0;     // where it begins in the text, in characters from 1 on

  // The column does not count.
  friend bool operator==(const GatePart& a, const GatePart& b) {
    return a.kind == b.kind && a.type == b.type && a.class_name == b.class_name && a.key == b.key &&
           a.share == b.share && a.first == b.first && a.second == b.second && a.parts == b.parts;
  }
};

inline constexpr std::size_t kGateBytesMax = 4096;
inline constexpr std::size_t kGateDepthMax = 8;   // groups within groups, the outermost counted
inline constexpr std::size_t kGatePartsMax = 64;  // all parts of all groups

// Reads a gate; the outermost part is a group. kWrongType when the text is none, kOutOfRange when a
// number or the whole is too small or too large: column, what was found, what was expected, and an
// example.
absl::StatusOr<GatePart> ParseGate(std::string_view text);

// The canonical text, which is read back as the same gate.
std::string GateText(const GatePart& gate);

// What the gate names is in the model: relationship types (which carry failure), classes, and
// attributes that are integers or decimals. `owner` is the class of the gated record.
// kUnknownRelationshipType, kUnknownClass, kUnknownAttribute, with the nearest name suggested;
// kWrongType.
absl::Status CheckGate(const GatePart& gate, const Class& owner, const Schema& schema);

}  // namespace kosei::model

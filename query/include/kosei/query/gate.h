// Gates as they stand in a View: the members of a group, and what follows for the record behind it.
// docs/gates.md tells users the same in plain words.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/model/gate.h"
#include "kosei/model/state.h"
#include "kosei/query/budget.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

// One that feeds a gate. The same record over two links is two members.
struct GateMember {
  storage::NodeIndex node = 0;
  storage::TypeIndex via = 0;
  std::array<model::State, 3> effect = {};  // what the member's state amounts to here
  double amount = 1;                        // capacity and weight
  bool in_service = true;                   // else it counts as absent (model: out_of_service)
};

// A part of a gate: children are members or further parts, by position in Gate::members and
// Gate::groups.
struct GateGroup {
  model::GateKind kind = model::GateKind::kAll;  // never kMembers or kRecord
  std::vector<std::uint32_t> members;
  std::vector<std::uint32_t> groups;
  // In the order written, for kPrimary: positions in `groups`.
  double needed = 0;    // members (kAtLeast, kAny, kAll) or amount (kCapacity) that must be up
  double degrades = 0;  // kWeighted: loss from which on
  double fails = 0;
  // What is there even with every member up is less than what is asked for; `needed` is then what
  // is there, so that the next loss is seen.
  bool below_quorum = false;
  double asked = 0;  // `needed` as written
};

using StateOfMember = absl::FunctionRef<model::State(storage::NodeIndex)>;

// Immutable once made. groups[0] is the whole.
struct Gate {
  storage::NodeIndex node = 0;
  std::string text;        // canonical (model::GateText)
  bool of_record = false;  // else of its class
  std::vector<GateMember> members;
  std::vector<GateGroup> groups;
  // Of the members, ascending: the links that are the gate's business; others count directly.
  std::vector<std::pair<storage::NodeIndex, storage::TypeIndex>> links;
  std::vector<std::string> missing;  // keys that the text names and that do not feed the record

  // The least that holds for these states: up, degraded or failed. Monotone.
  model::State Evaluate(StateOfMember state_of) const;
  model::State EvaluateGroup(std::uint32_t group, StateOfMember state_of) const;
  bool below_quorum() const;
  bool Holds(storage::NodeIndex node, storage::TypeIndex via) const;
  // Whether some member, failing on top of these states, makes the record's state worse.
  bool WithoutReserve(StateOfMember state_of) const;
};

// Finds and keeps the gates of one View. Belongs to one thread; the arguments must outlive it.
class GateBook {
 public:
  GateBook(const storage::Reader& reader, const storage::GraphView& graph,
           const model::Schema& schema);
  ~GateBook();

  // Whether nothing in the View can have a gate, as far as is known without reading records.
  bool none() const { return !class_gates_ && !marked_; }
  // Whether it may have one: cheap.
  bool MayHave(storage::NodeIndex node) const {
    return (marked_ && graph_.MayHaveGate(node)) || (class_gates_ && ClassMayHave(node));
  }
  // nullptr when the record has none. The errors of reading records; kHistoryRetired when the
  // version that would say is gone.
  absl::StatusOr<const Gate*> Of(storage::NodeIndex node);
  // As Of, but not kept.
  absl::StatusOr<std::unique_ptr<const Gate>> Make(storage::NodeIndex node);
  // About, for the memory limit.
  std::uint64_t bytes() const { return bytes_; }

 private:
  bool ClassMayHave(storage::NodeIndex node) const;
  // What a text says; many records have the same one.
  struct Parsed {
    model::GatePart part;
    std::string text;
  };
  absl::StatusOr<const Parsed*> Parse(const std::string& text);
  const Parsed& OfClass(ClassNumber class_number, const model::GatePart& part);

  const storage::Reader& reader_;
  const storage::GraphView& graph_;
  const model::Schema& schema_;
  std::vector<char> class_has_gate_;  // by class number
  bool class_gates_ = false;
  bool marked_ = false;
  std::uint64_t bytes_ = 0;
  absl::flat_hash_map<storage::NodeIndex, std::unique_ptr<const Gate>> gates_;
  absl::flat_hash_map<std::string, std::unique_ptr<const Parsed>> parsed_;
  absl::flat_hash_map<ClassNumber, std::unique_ptr<const Parsed>> of_class_;
};

}  // namespace kosei::query

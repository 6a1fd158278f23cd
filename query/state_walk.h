// StateWalk: how states worsen along links, round by round. In each round every record that
// worsened in the one before passes its state on as the model's rules say, and gates that have such
// a record among their members are looked at again. The least fixed point is reached when a round
// changes nothing: a record can only worsen twice, so cycles end, and as no state of a round is
// seen within that round, neither the order of records nor that of links matters.
//
// States first settle for what is down already (Settle), then rounds are counted from the roots.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/model/schema.h"
#include "kosei/query/budget.h"
#include "kosei/query/gate.h"
#include "kosei/query/impact.h"
#include "kosei/query/scenario.h"
#include "kosei/storage/graph.h"
#include "state_scratch.h"

namespace kosei::query {

// Belongs to one thread; the arguments must outlive it.
class StateWalk {
 public:
  StateWalk(const storage::GraphView& graph, const model::Schema& schema, GateBook& gates,
            const Budget& budget);
  ~StateWalk();
  StateWalk(const StateWalk&) = delete;
  StateWalk& operator=(const StateWalk&) = delete;

  // Nodes are below the graph's limit. Both before anything else, in this order.
  void Block(std::span<const RecordId> records);
  // What is down already, and all that follows. kDeadlineExceeded, kMemoryBudget and kRowBudget
  // when a budget ends before: half of it would be no ground to stand on.
  absl::Status Settle(std::span<const Assumption> assumptions);

  // Round 0. Once.
  void Start(std::span<const Assumption> roots);
  // Whether the newest round changed nothing.
  bool exhausted() const { return round_begin_ == rows_.nodes.size(); }
  std::uint32_t depth() const { return depth_; }
  // The next round. When a budget ends, the rest is left out and the truncation says so; kCancelled
  // and failures to read records are errors.
  absl::StatusOr<std::optional<Truncation>> Advance();
  // Instead of Advance at a depth limit: how many rows of the newest round would change more.
  absl::StatusOr<std::optional<Truncation>> Probe();

  // As of the last whole round.
  model::State StateOf(storage::NodeIndex node) const {
    return static_cast<model::State>(scratch_->states[node] & kCurrent);
  }
  // Changed in Settle, ascending by node once Start was called.
  const std::vector<Assumption>& already() const { return already_; }
  // Gated records of which a member worsened since Start, ascending, open or not.
  std::vector<storage::NodeIndex> TouchedGates() const;
  std::uint64_t root_count() const { return level_ends_.empty() ? 0 : level_ends_.front(); }
  const std::vector<storage::NodeIndex>& nodes() const { return rows_.nodes; }

  // Gives the rows away; nothing else may be called afterwards but StateOf and TouchedGates.
  void MoveTo(ImpactAnswer& answer);

 private:
  static constexpr std::uint8_t kCurrent = 0x03;
  static constexpr std::uint8_t kBeforeShift = 2;  // the state before this round, when kChanged
  static constexpr std::uint8_t kChanged = 0x10;
  static constexpr std::uint8_t kScheduled = 0x20;
  static constexpr std::uint8_t kBlocked = 0x40;

  // What arrives over a link of a type, by direction seen from the giving record and its state.
  struct TypeEffects {
    std::array<std::array<std::uint8_t, 4>, 256> in{};
    std::array<std::array<std::uint8_t, 4>, 256> out{};
    std::uint16_t in_bits = 0;
    std::uint16_t out_bits = 0;
  };
  static constexpr std::uint8_t kByClass = 3;

  void FillEffects();
  std::uint8_t EffectByClass(storage::LinkDirection link, storage::TypeIndex type,
                             storage::NodeIndex giver, storage::NodeIndex taker,
                             std::uint8_t state) const;
  model::State Before(storage::NodeIndex node) const;
  // Finds what the newest round changes: into scratch.changes; states are those after it.
  absl::StatusOr<std::optional<TruncationReason>> CollectRound(std::uint64_t& position);
  void Pass(std::uint32_t row);
  // Whether the link is a gate's business: its record is then looked at again after the round.
  bool IsOfGate(storage::NodeIndex taker, storage::TypeIndex type, storage::NodeIndex giver,
                std::uint32_t row, std::uint8_t flags);
  void Raise(storage::NodeIndex node, std::uint8_t state, std::uint32_t parent,
             storage::TypeIndex via, std::uint8_t flags);
  void OpenGates();
  void EndRound();
  void AppendRows();
  void PutInOrder();
  void AddRow(const StateChange& change);
  bool LeadsOn(std::uint32_t row) const;
  absl::StatusOr<std::optional<TruncationReason>> Spent();
  bool MustLook() const;

  const storage::GraphView& graph_;
  const model::Schema& schema_;
  GateBook& gates_;
  const Budget& budget_;
  const bool gated_;
  std::unique_ptr<StateScratch> scratch_;
  TypeEffects effects_;
  StateRows& rows_;  // of scratch_
  std::vector<std::uint64_t> level_ends_;
  std::vector<Assumption> already_;
  std::uint64_t round_begin_ = 0;
  std::uint32_t depth_ = 0;
  bool settling_ = true;
  std::uint64_t links_seen_ = 0;
  std::uint64_t links_visited_ = 0;
  std::uint64_t next_check_ = 0;
  absl::Status gate_error_;
  // Rows that may be superseded: the degraded ones.
  absl::flat_hash_map<storage::NodeIndex, std::uint32_t> degraded_rows_;
};

}  // namespace kosei::query

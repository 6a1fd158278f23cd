#include "state_walk.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "effects.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

#define KOSEI_INLINE __attribute__((always_inline))

namespace kosei::query {
namespace {

using model::State;
using storage::LinkDirection;
using storage::NodeIndex;
using storage::TypeIndex;

// What one row is counted at against the memory limit, with its part of the lists it passes.
constexpr std::uint64_t kBytesPerRow = 38;
// A round with fewer changes is sorted, unless it has one in every few words of the bitmap.
constexpr std::size_t kSmallRound = 256;
constexpr std::size_t kWordsPerChange = 16;

constexpr std::uint64_t BitOf(NodeIndex node) { return std::uint64_t{1} << (node & 63); }

absl::Status SpentWhileSettling(TruncationReason reason) {
  switch (reason) {
    case TruncationReason::kSteps:
      return MakeError(ErrorCode::kRowBudget,
                       "impact: the limit of links was reached while following what is down "
                       "already; allow more steps, or count fewer contexts");
    case TruncationReason::kMemory:
      return MakeError(ErrorCode::kMemoryBudget,
                       "impact: the memory limit was reached while following what is down already; "
                       "allow more, or count fewer contexts");
    case TruncationReason::kTime:
    case TruncationReason::kDepth:
      break;
  }
  return MakeError(ErrorCode::kDeadlineExceeded,
                   "impact: the time was over while following what is down already; allow more, or "
                   "count fewer contexts");
}

}  // namespace

StateWalk::StateWalk(const storage::GraphView& graph, const model::Schema& schema, GateBook& gates,
                     const Budget& budget)
    : graph_(graph),
      schema_(schema),
      gates_(gates),
      budget_(budget),
      gated_(!gates.none()),
      scratch_(AcquireStates(graph.node_limit())),
      rows_(scratch_->rows) {
  FillEffects();
}

StateWalk::~StateWalk() {
  std::vector<std::uint8_t>& states = scratch_->states;
  if (scratch_->touched.size() > states.size() / 8) {
    std::fill(states.begin(), states.end(), 0);
  } else {
    for (const NodeIndex node : scratch_->touched) states[node] = 0;
  }
  ReleaseStates(std::move(scratch_));
}

void StateWalk::FillEffects() {
  for (const model::RelationshipType& type : schema_.relationship_types()) {
    const auto index = static_cast<TypeIndex>(type.number.value);
    const bool by_class = schema_.HasImpactRules(type.number);
    const model::ImpactRule& rule = schema_.ImpactRuleOf(type.number, {}, {});
    const auto set = [&](std::array<std::uint8_t, 4>& effect, std::uint16_t& bits, bool goes) {
      if (!by_class && (!goes || !Carries(rule))) return;
      for (std::size_t state = 1; state < rule.effect.size(); ++state) {
        effect[state] = by_class ? kByClass : static_cast<std::uint8_t>(rule.effect[state]);
      }
      bits |= storage::TypeBit(index);
    };
    set(effects_.in[index], effects_.in_bits, GoesToSource(rule.impact));
    set(effects_.out[index], effects_.out_bits, GoesToTarget(rule.impact));
  }
}

std::uint8_t StateWalk::EffectByClass(LinkDirection link, TypeIndex type, NodeIndex giver,
                                      NodeIndex taker, std::uint8_t state) const {
  const bool giver_is_target = link == LinkDirection::kIn;
  const ClassNumber source = graph_.ClassOf(giver_is_target ? taker : giver);
  const ClassNumber target = graph_.ClassOf(giver_is_target ? giver : taker);
  const model::ImpactRule& rule =
      schema_.ImpactRuleOf(RelationshipTypeNumber{type}, source, target);
  const bool goes = giver_is_target ? GoesToSource(rule.impact) : GoesToTarget(rule.impact);
  return goes ? static_cast<std::uint8_t>(rule.effect[state]) : std::uint8_t{0};
}

State StateWalk::Before(NodeIndex node) const {
  const std::uint8_t byte = scratch_->states[node];
  return static_cast<State>((byte & kChanged) != 0 ? (byte >> kBeforeShift) & kCurrent
                                                   : byte & kCurrent);
}

void StateWalk::Block(std::span<const RecordId> records) {
  for (const RecordId record : records) {
    const NodeIndex node = storage::NodeOf(record);
    scratch_->states[node] |= kBlocked;
    scratch_->touched.push_back(node);
  }
}

absl::Status StateWalk::Settle(std::span<const Assumption> assumptions) {
  if (assumptions.empty()) return absl::OkStatus();
  Start(assumptions);
  settling_ = true;
  while (!exhausted()) {
    KOSEI_ASSIGN_OR_RETURN(const std::optional<Truncation> cut, Advance());
    if (cut.has_value()) return SpentWhileSettling(cut->reason);
  }
  for (const NodeIndex node : rows_.nodes)
    already_.push_back({storage::RecordOf(node), StateOf(node)});
  std::sort(already_.begin(), already_.end(),
            [](const Assumption& a, const Assumption& b) { return a.record < b.record; });
  already_.erase(std::unique(already_.begin(), already_.end()), already_.end());
  rows_.nodes.clear();
  rows_.parents.clear();
  rows_.vias.clear();
  rows_.states.clear();
  level_ends_.clear();
  degraded_rows_.clear();
  scratch_->gate_nodes.clear();
  round_begin_ = 0;
  depth_ = 0;
  return absl::OkStatus();
}

void StateWalk::Start(std::span<const Assumption> roots) {
  settling_ = false;
  absl::flat_hash_map<NodeIndex, std::uint32_t> rows;
  for (const Assumption& root : roots) {
    const NodeIndex node = storage::NodeOf(root.record);
    const auto state = static_cast<std::uint8_t>(root.state);
    const auto [known, fresh] = rows.emplace(node, static_cast<std::uint32_t>(rows_.nodes.size()));
    std::uint8_t& byte = scratch_->states[node];
    const std::uint8_t worst = std::max(state, static_cast<std::uint8_t>(byte & kCurrent));
    byte = static_cast<std::uint8_t>((byte & ~kCurrent) | worst);
    if (!fresh) {
      rows_.states[known->second] = worst;
      continue;
    }
    scratch_->touched.push_back(node);
    rows_.nodes.push_back(node);
    rows_.parents.push_back(known->second);
    rows_.vias.push_back(0);
    rows_.states.push_back(worst);
  }
  for (const auto& [node, row] : rows) {
    if (rows_.states[row] == static_cast<std::uint8_t>(State::kDegraded))
      degraded_rows_.emplace(node, row);
  }
  level_ends_.push_back(rows_.nodes.size());
}

bool StateWalk::MustLook() const {
  return links_visited_ >= next_check_ || links_seen_ >= budget_.limits().steps ||
         (rows_.nodes.size() + scratch_->changes.size()) * kBytesPerRow + gates_.bytes() >
             budget_.limits().memory_bytes;
}

absl::StatusOr<std::optional<TruncationReason>> StateWalk::Spent() {
  if (links_seen_ >= budget_.limits().steps) return TruncationReason::kSteps;
  if ((rows_.nodes.size() + scratch_->changes.size()) * kBytesPerRow + gates_.bytes() >
      budget_.limits().memory_bytes)
    return TruncationReason::kMemory;
  if (links_visited_ < next_check_) return std::nullopt;
  next_check_ = links_visited_ + kStepsPerCheck;
  const absl::Status status = budget_.Check();
  if (status.ok()) return std::nullopt;
  if (HasCode(status, ErrorCode::kDeadlineExceeded)) return TruncationReason::kTime;
  return status;
}

void StateWalk::Raise(NodeIndex node, std::uint8_t state, std::uint32_t parent, TypeIndex via,
                      std::uint8_t flags) {
  std::uint8_t& byte = scratch_->states[node];
  if ((byte & kChanged) == 0) {
    const std::uint8_t before = byte & kCurrent;
    byte = static_cast<std::uint8_t>((byte & ~(kCurrent << kBeforeShift)) |
                                     (before << kBeforeShift) | kChanged);
    scratch_->changed.push_back(node);
  }
  byte = static_cast<std::uint8_t>((byte & ~kCurrent) | state);
  scratch_->changes.push_back({node, parent, via, static_cast<std::uint8_t>(state | flags)});
}

bool StateWalk::IsOfGate(NodeIndex taker, TypeIndex type, NodeIndex giver, std::uint32_t row,
                         std::uint8_t flags) {
  const absl::StatusOr<const Gate*> gate = gates_.Of(taker);
  if (!gate.ok()) {
    gate_error_.Update(gate.status());
    return true;
  }
  if (*gate == nullptr || !(*gate)->Holds(giver, type)) return false;
  std::uint8_t& byte = scratch_->states[taker];
  if ((byte & kScheduled) != 0) return true;
  byte |= kScheduled;
  scratch_->jobs.push_back({taker, row, type, flags});
  return true;
}

void StateWalk::Pass(std::uint32_t row) {
  const NodeIndex giver = rows_.nodes[row];
  const std::uint8_t state = rows_.states[row] & kCurrent;
  const std::uint8_t* const states = scratch_->states.data();
  std::uint64_t seen = 0;
  std::uint64_t visited = 1;
  const auto pass = [&](LinkDirection link, const std::array<std::array<std::uint8_t, 4>, 256>& by,
                        std::uint16_t bits) KOSEI_INLINE {
    graph_.ForEachOf(link, giver, bits, [&](NodeIndex taker, TypeIndex type) KOSEI_INLINE {
      ++visited;
      std::uint8_t arrives = by[type][state];
      if (arrives == 0) return;
      if (arrives == kByClass) {
        arrives = EffectByClass(link, type, giver, taker, state);
        if (arrives == 0) return;
      }
      ++seen;
      const std::uint8_t byte = states[taker];
      const std::uint8_t current = byte & kCurrent;
      if (current == static_cast<std::uint8_t>(State::kFailed) || (byte & kBlocked) != 0) return;
      if (!gated_ && arrives <= current) return;
      const std::uint8_t flags = link == LinkDirection::kIn ? RowState::kIsSource : std::uint8_t{0};
      if (gated_ && gates_.MayHave(taker) && IsOfGate(taker, type, giver, row, flags)) return;
      if (arrives > current) Raise(taker, arrives, row, type, flags);
    });
  };
  if (effects_.in_bits != 0) pass(LinkDirection::kIn, effects_.in, effects_.in_bits);
  if (effects_.out_bits != 0) pass(LinkDirection::kOut, effects_.out, effects_.out_bits);
  links_seen_ += seen;
  links_visited_ += visited;
}

void StateWalk::OpenGates() {
  for (const StateChange& job : scratch_->jobs) {
    std::uint8_t& byte = scratch_->states[job.node];
    byte &= static_cast<std::uint8_t>(~kScheduled);
    scratch_->gate_nodes.push_back(job.node);
    const absl::StatusOr<const Gate*> gate = gates_.Of(job.node);
    if (!gate.ok() || *gate == nullptr) continue;
    const auto state = static_cast<std::uint8_t>(
        (*gate)->Evaluate([this](NodeIndex node) { return Before(node); }));
    links_visited_ += (*gate)->members.size();
    if (state > (byte & kCurrent)) {
      Raise(job.node, state, job.parent, job.via,
            static_cast<std::uint8_t>(RowState::kByGate | job.state));
    }
  }
  scratch_->jobs.clear();
}

absl::StatusOr<std::optional<TruncationReason>> StateWalk::CollectRound(std::uint64_t& position) {
  scratch_->changes.clear();
  scratch_->changed.clear();
  absl::StatusOr<std::optional<TruncationReason>> stop = std::nullopt;
  const std::uint64_t end = rows_.nodes.size();
  for (; position < end; ++position) {
    if (MustLook()) [[unlikely]] {
      stop = Spent();
      if (!stop.ok() || stop->has_value()) break;
    }
    // Superseded within the round before: the row that counts comes too.
    Pass(static_cast<std::uint32_t>(position));
  }
  OpenGates();
  if (!gate_error_.ok()) return gate_error_;
  return stop;
}

void StateWalk::EndRound() {
  std::vector<std::uint8_t>& states = scratch_->states;
  for (const NodeIndex node : scratch_->changed)
    states[node] &= static_cast<std::uint8_t>(~(kChanged | (kCurrent << kBeforeShift)));
}

// By node; of several for one node the last, which is the worst.
void StateWalk::PutInOrder() {
  std::vector<StateChange>& changes = scratch_->changes;
  std::vector<StateChange>& ordered = scratch_->ordered;
  ordered.clear();
  const std::size_t words = (std::size_t{graph_.node_limit()} >> 6) + 1;
  if (changes.size() < std::max(kSmallRound, words / kWordsPerChange)) {
    // What comes later for a node is worse.
    std::sort(changes.begin(), changes.end(), [](const StateChange& a, const StateChange& b) {
      return std::pair(a.node, a.state & kCurrent) < std::pair(b.node, b.state & kCurrent);
    });
    for (const StateChange& change : changes) {
      if (!ordered.empty() && ordered.back().node == change.node) {
        ordered.back() = change;
      } else {
        ordered.push_back(change);
      }
    }
    return;
  }
  std::vector<std::uint64_t>& level = scratch_->level;
  for (const NodeIndex node : scratch_->changed) level[node >> 6] |= BitOf(node);
  std::uint32_t rank = 0;
  for (std::size_t word = 0; word < words; ++word) {
    scratch_->ranks[word] = rank;
    rank += static_cast<std::uint32_t>(std::popcount(level[word]));
  }
  ordered.resize(rank);
  for (const StateChange& change : changes) {
    const std::uint64_t before = level[change.node >> 6] & (BitOf(change.node) - 1);
    ordered[scratch_->ranks[change.node >> 6] + static_cast<std::uint32_t>(std::popcount(before))] =
        change;
  }
  std::fill_n(level.begin(), words, 0);
}

void StateWalk::AddRow(const StateChange& change) {
  const auto row = static_cast<std::uint32_t>(rows_.nodes.size());
  std::uint8_t state = change.state;
  const bool failed = (state & kCurrent) == static_cast<std::uint8_t>(State::kFailed);
  if (failed) {
    const auto earlier = degraded_rows_.find(change.node);
    if (earlier != degraded_rows_.end()) {
      // A root stays where it is, in the state that it came to.
      if (earlier->second < root_count()) {
        state |= RowState::kUnlisted;
        rows_.states[earlier->second] = static_cast<std::uint8_t>(State::kFailed);
      } else {
        rows_.states[earlier->second] |= RowState::kUnlisted;
      }
    }
  } else {
    degraded_rows_.emplace(change.node, row);
  }
  rows_.nodes.push_back(change.node);
  rows_.parents.push_back(change.parent);
  rows_.vias.push_back(change.via);
  rows_.states.push_back(state);
}

void StateWalk::AppendRows() {
  round_begin_ = rows_.nodes.size();
  ++depth_;
  if (scratch_->changes.empty()) return;
  PutInOrder();
  const std::size_t size = rows_.nodes.size() + scratch_->ordered.size();
  rows_.nodes.reserve(size);
  rows_.parents.reserve(size);
  rows_.vias.reserve(size);
  rows_.states.reserve(size);
  for (const StateChange& change : scratch_->ordered) {
    AddRow(change);
    scratch_->touched.push_back(change.node);
  }
  level_ends_.push_back(rows_.nodes.size());
}

absl::StatusOr<std::optional<Truncation>> StateWalk::Advance() {
  std::uint64_t position = round_begin_;
  const std::uint64_t end = rows_.nodes.size();
  const absl::StatusOr<std::optional<TruncationReason>> stop = CollectRound(position);
  EndRound();
  AppendRows();
  if (!stop.ok()) return stop.status();
  if (!stop->has_value()) return std::nullopt;
  return Truncation{**stop, depth_ - 1, end - position};
}

// Whether the row has a part in what the round that was just collected changes.
bool StateWalk::LeadsOn(std::uint32_t row) const {
  const NodeIndex giver = rows_.nodes[row];
  const std::uint8_t state = rows_.states[row] & kCurrent;
  bool leads = false;
  const auto look = [&](LinkDirection link,
                        const std::array<std::array<std::uint8_t, 4>, 256>& by) {
    graph_.ForEach(link, giver, [&](NodeIndex taker, TypeIndex type) {
      std::uint8_t arrives = by[type][state];
      if (arrives == kByClass) arrives = EffectByClass(link, type, giver, taker, state);
      if (arrives != 0 && (scratch_->states[taker] & kChanged) != 0) leads = true;
    });
  };
  look(LinkDirection::kIn, effects_.in);
  look(LinkDirection::kOut, effects_.out);
  return leads;
}

absl::StatusOr<std::optional<Truncation>> StateWalk::Probe() {
  std::uint64_t position = round_begin_;
  const absl::StatusOr<std::optional<TruncationReason>> stop = CollectRound(position);
  std::uint64_t frontier = 0;
  if (stop.ok() && !scratch_->changes.empty()) {
    for (std::uint64_t row = round_begin_; row < position; ++row) {
      if (LeadsOn(static_cast<std::uint32_t>(row))) ++frontier;
    }
  }
  for (const NodeIndex node : scratch_->changed) {
    std::uint8_t& byte = scratch_->states[node];
    byte = static_cast<std::uint8_t>((byte & ~kCurrent) | ((byte >> kBeforeShift) & kCurrent));
  }
  EndRound();
  if (!stop.ok()) return stop.status();
  if (stop->has_value())
    return Truncation{**stop, depth_, frontier + rows_.nodes.size() - position};
  if (frontier == 0) return std::nullopt;
  return Truncation{TruncationReason::kDepth, depth_, frontier};
}

std::vector<NodeIndex> StateWalk::TouchedGates() const {
  std::vector<NodeIndex> touched = scratch_->gate_nodes;
  std::sort(touched.begin(), touched.end());
  touched.erase(std::unique(touched.begin(), touched.end()), touched.end());
  return touched;
}

void StateWalk::MoveTo(ImpactAnswer& answer) {
  answer.nodes = rows_.nodes;
  answer.parents = rows_.parents;
  answer.vias = rows_.vias;
  answer.states = rows_.states;
  answer.level_ends = std::move(level_ends_);
  answer.links_seen = links_seen_;
}

}  // namespace kosei::query

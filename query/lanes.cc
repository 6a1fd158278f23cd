#include "lanes.h"

#include <algorithm>
#include <array>
#include <bit>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::query {
namespace {

using model::State;

// A failure of something central touches everything: then each record's bits are two words.
constexpr Place kManyPlaces = 400'000;

}  // namespace

Lanes::Lanes(const Upstream& upstream, const Budget& budget)
    : upstream_(upstream),
      budget_(budget),
      words_(upstream.size() < kManyPlaces ? kLaneWordsMax : 1),
      resting_(3 * 2 * words_, 0),
      slots_(upstream.size(), 0),
      flags_(upstream.size(), 0),
      pending_((upstream.size() >> 6) + std::size_t{1}, 0),
      cursor_(pending_.size()) {
  const auto begin = resting_.begin() + static_cast<std::ptrdiff_t>(2 * words_);
  std::fill_n(begin, words_, ~std::uint64_t{0});  // degraded, not failed
  std::fill(begin + static_cast<std::ptrdiff_t>(2 * words_), resting_.end(), ~std::uint64_t{0});
}

absl::Status Lanes::Settle(std::span<const std::pair<Place, State>> down) {
  if (down.empty()) return absl::OkStatus();
  for (const auto& [place, state] : down) Assume(0, place, state);
  KOSEI_RETURN_IF_ERROR(Run());
  std::vector<std::uint8_t> base(upstream_.size(), 0);
  for (const Place place : touched_) base[place] = static_cast<std::uint8_t>(StateOf(0, place));
  Clear();
  base_ = std::move(base);
  return absl::OkStatus();
}

std::uint64_t* Lanes::OwnBits(Place place) {
  if (slots_[place] == 0) {
    const std::size_t begin = bits_.size();
    bits_.resize(begin + 2 * words_);
    std::copy_n(&resting_[StateBefore(place) * 2 * words_], 2 * words_, &bits_[begin]);
    touched_.push_back(place);
    slots_[place] = static_cast<std::uint32_t>(touched_.size());
  }
  return &bits_[SlotBegin(slots_[place])];
}

void Lanes::Mark(Place place, std::uint8_t flag) {
  flags_[place] |= flag;
  const std::size_t word = place >> 6;
  pending_[word] |= std::uint64_t{1} << (place & 63);
  cursor_ = std::min(cursor_, word);
}

void Lanes::Assume(std::size_t lane, Place place, State state) {
  if (state <= Before(place)) return;
  std::uint64_t* const bits = OwnBits(place);
  const std::uint64_t bit = std::uint64_t{1} << (lane & 63);
  bits[lane >> 6] |= bit;
  if (state == State::kFailed) bits[words_ + (lane >> 6)] |= bit;
  Mark(place, kChanged);
}

bool Lanes::Raise(Place place, const std::uint64_t* degraded, const std::uint64_t* failed) {
  const std::uint64_t* const known = At(place);
  std::uint64_t fresh = 0;
  for (std::size_t word = 0; word < words_; ++word) {
    fresh |= (degraded[word] & ~known[word]) | (failed[word] & ~known[words_ + word]);
  }
  if (fresh == 0) return false;
  std::uint64_t* const bits = OwnBits(place);
  for (std::size_t word = 0; word < words_; ++word) {
    bits[word] |= degraded[word];
    bits[words_ + word] |= failed[word];
  }
  return true;
}

void Lanes::PassOn(Place place) {
  // A taker's bits may move all bits.
  std::array<std::uint64_t, 2 * kLaneWordsMax> own{};
  std::copy_n(At(place), 2 * words_, own.begin());
  constexpr std::array<std::uint64_t, kLaneWordsMax> kNone{};
  const auto arriving = [&](const UpstreamLink& link, State least) -> const std::uint64_t* {
    const auto wanted = static_cast<std::uint8_t>(least);
    if (link.of_degraded >= wanted) return own.data();
    return link.of_failed >= wanted ? own.data() + words_ : kNone.data();
  };
  const std::span<const UpstreamLink> takers = upstream_.Takers(place);
  for (const UpstreamLink& link : takers) {
    if (Raise(link.other, arriving(link, State::kDegraded), arriving(link, State::kFailed)))
      Mark(link.other, kChanged);
  }
  const std::span<const std::uint32_t> fed = upstream_.GatesFedBy(place);
  for (const std::uint32_t gate : fed) Mark(upstream_.gates()[gate].place, kGate);
  steps_ += takers.size() + fed.size();
}

void Lanes::Visit(Place place) {
  const std::uint8_t flags = flags_[place];
  flags_[place] = 0;
  bool changed = (flags & kChanged) != 0;
  if ((flags & kGate) != 0) {
    const UpstreamGate& gate = upstream_.gates()[upstream_.GateOf(place)];
    const LaneBits bits =
        EvaluateLanes(*gate.gate, words_, [&](std::size_t i) { return At(gate.members[i]); });
    steps_ += gate.members.size();
    changed = Raise(place, bits.degraded.data(), bits.failed.data()) || changed;
  }
  if (changed) PassOn(place);
}

absl::Status Lanes::CheckBudget() {
  if (steps_ > budget_.limits().steps) {
    return MakeError(ErrorCode::kRowBudget,
                     absl::StrFormat("points of failure: the limit of %d links was reached; allow "
                                     "more steps, or ask about less",
                                     budget_.limits().steps));
  }
  KOSEI_RETURN_IF_ERROR(
      budget_.CheckMemory(upstream_.bytes() + slots_.size() * 6 + bits_.size() * 8));
  if (steps_ < next_check_) return absl::OkStatus();
  next_check_ = steps_ + kStepsPerCheck;
  return budget_.Check();
}

absl::Status Lanes::Run() {
  while (cursor_ < pending_.size()) {
    std::uint64_t& word = pending_[cursor_];
    if (word == 0) {
      ++cursor_;
      continue;
    }
    const auto place =
        static_cast<Place>((cursor_ << 6) + static_cast<unsigned>(std::countr_zero(word)));
    word &= word - 1;
    ++steps_;
    Visit(place);
    KOSEI_RETURN_IF_ERROR(CheckBudget());
  }
  return absl::OkStatus();
}

void Lanes::Clear() {
  for (const Place place : touched_) slots_[place] = 0;
  touched_.clear();
  bits_.clear();
  // After an error some of it was not looked at.
  if (cursor_ < pending_.size()) {
    std::fill(pending_.begin(), pending_.end(), 0);
    std::fill(flags_.begin(), flags_.end(), 0);
    cursor_ = pending_.size();
  }
}

}  // namespace kosei::query

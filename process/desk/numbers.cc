#include "desk/numbers.h"

#include <utility>

#include "absl/strings/str_format.h"

namespace kosei::process {
namespace {

std::string KeyOf(const NumberSeries& series, std::uint64_t number) {
  return absl::StrFormat("%s-%0*d", series.prefix, static_cast<int>(series.digits), number);
}

}  // namespace

Numbers::Given& Numbers::Of(const NumberSeries& series) {
  const auto [known, fresh] = given_.try_emplace(series.prefix);
  Given& given = known->second;
  if (!fresh) return given;
  // Keys are never used twice and the series has no gaps: the first number that nobody has ever had
  // is found by halving. A number that was given back before the last stop lies behind it alone.
  const auto taken = [&](std::uint64_t number) {
    return reader_.IdOf(KeyOf(series, number)).has_value();
  };
  std::uint64_t above = 1;
  while (taken(above)) above *= 2;
  std::uint64_t below = above / 2;
  while (above - below > 1) {
    const std::uint64_t middle = below + (above - below) / 2;
    (taken(middle) ? below : above) = middle;
  }
  given.next = above;
  return given;
}

std::unique_ptr<Numbers::Ticket> Numbers::Next(const NumberSeries& series) {
  const MutexLock lock(mutex_);
  Given& given = Of(series);
  std::uint64_t number = 0;
  if (given.back.empty()) {
    // A key may be taken behind a gap of an earlier crash.
    while (reader_.IdOf(KeyOf(series, given.next)).has_value()) ++given.next;
    number = given.next++;
  } else {
    number = *given.back.begin();
    given.back.erase(given.back.begin());
  }
  return std::make_unique<Ticket>(*this, series.prefix, number, KeyOf(series, number));
}

void Numbers::GiveBack(const std::string& prefix, std::uint64_t number) {
  const MutexLock lock(mutex_);
  Given& given = given_[prefix];
  given.back.insert(number);
  while (!given.back.empty() && *given.back.rbegin() + 1 == given.next) {
    given.back.erase(std::prev(given.back.end()));
    --given.next;
  }
}

}  // namespace kosei::process

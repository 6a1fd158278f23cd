#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "absl/strings/str_cat.h"
#include "checks.h"
#include "sim_clock.h"
#include "status_matchers.h"

namespace kosei::simulation {
namespace {

constexpr const char* kHolidays = "/calendars/japan_holidays.yaml";
constexpr std::uint32_t kAtOnce = 100;  // so that an answer has several pages

// The shipped list with more days, each before the first that is later.
std::string WithMore(const std::string& path, const std::set<std::string>& days) {
  std::ifstream file(path);
  std::string text;
  auto day = days.begin();
  for (std::string line; std::getline(file, line);) {
    const std::size_t at = line.find("{date: ");
    while (at != std::string::npos && day != days.end() && *day < line.substr(at + 7, 10))
      absl::StrAppend(&text, "      - {date: ", *day++, ", en: \"A day off\", ja: 臨時休日}\n");
    absl::StrAppend(&text, line, "\n");
  }
  return text;
}

std::string FlipOf(const std::string& key, bool responds, const std::string& before,
                   const std::string& after) {
  return absl::StrCat(key, responds ? " respond " : " resolve ", before, " ", after);
}

}  // namespace

void CheckReview(World& world) {
  const std::string path = absl::StrCat(KOSEI_PROCESS_FOLDER, kHolidays);
  const std::set<std::string> shipped = ReadHolidays(path);
  std::set<std::string> more;
  for (int i = 0; i < 3; ++i) {
    const std::int64_t back = world.dice.Between(2 * kDay, 14 * kDay);
    const std::string day = FormatTimestamp(After(world.now(), -back)).substr(0, 10);
    if (!shipped.contains(day)) more.insert(day);
  }
  std::set<std::string> mended = shipped;
  mended.insert(more.begin(), more.end());
  const NaiveClock before(shipped);
  const NaiveClock after(mended);

  const Timestamp at = world.now();
  std::set<std::string> booked;
  std::size_t records = 0;
  for (const auto& [key, record] : world.books.records()) {
    if (record.class_name != "Incident" && record.class_name != "ServiceRequest") continue;
    ++records;
    for (const bool responds : {true, false}) {
      const std::string was = before.Judge(record, responds, at).verdict;
      const std::string is = after.Judge(record, responds, at).verdict;
      if (was != is) booked.insert(FlipOf(key, responds, was, is));
    }
  }

  client::ClockReviewRequest request;
  request.files = {{"calendars/japan_holidays.yaml", WithMore(path, more)}};
  request.classes = {"Incident", "ServiceRequest"};
  request.at = at;
  request.limit = kAtOnce;
  std::set<std::string> told;
  std::size_t looked_at = 0;
  do {
    const auto page = world.provider.admin().ReviewClocks(request);
    ASSERT_OK(page);
    EXPECT_LE(page->looked_at, kAtOnce);
    looked_at += page->looked_at;
    for (const client::VerdictFlip& flip : page->flips)
      told.insert(
          FlipOf(flip.key, flip.target == client::ClockTarget::kRespond, flip.before, flip.after));
    request.after = page->next;
  } while (!request.after.empty());
  EXPECT_EQ(looked_at, records);
  ExpectSame(told, booked, "verdicts that more holidays change");
  world.done["verdict changed by a mended calendar"] += told.size();
}

}  // namespace kosei::simulation

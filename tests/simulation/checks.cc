#include "checks.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "status_matchers.h"

namespace kosei::simulation {
namespace {

using Rows = std::vector<std::vector<std::string>>;

constexpr const char* kBookedTypes =
    "affects|concerns|reported_by|caused_by|resolved_by|matched_to|part_of|duplicate_of|targets|"
    "deploys|decided_in|follows_from|asks";

std::string AsOf(const SimulatedDay& day) {
  return absl::StrCat("FOR SYSTEM_TIME AS OF ", day.commit, " ");
}

void CheckNumbers(World& world) {
  const Rows rows = world.provider.Ask(
      "MATCH (r:ProcessRecord) WITH split(r.key, '-') AS parts WITH parts[0] AS prefix, "
      "toInteger(parts[1]) AS number RETURN prefix, min(number), max(number), count(*)");
  for (const auto& row : rows) {
    EXPECT_EQ(row[1], "1") << row[0];
    EXPECT_EQ(row[2], row[3]) << "numbers of " << row[0] << " have gaps";
  }
}

void CheckVotes(World& world) {
  std::set<std::string> told;
  for (const auto& row : world.provider.Ask(
           "MATCH (v:Vote)-[:vote_of]->(a:Approval)-[:approval_of]->(r) RETURN r.key, a.policy, "
           "v.step, v.voter, coalesce(v.on_behalf_of, ''), v.ballot, v.key"))
    told.insert(
        absl::StrCat(row[0], " ", row[1], " ", row[2], " ", row[3], " ", row[4], " ", row[5]));
  std::set<std::string> booked;
  for (const BookedVote& vote : world.books.votes())
    booked.insert(absl::StrCat(vote.approval, " ", vote.step, " ", vote.voter, " ",
                               vote.on_behalf_of, " ", vote.rejects ? "reject" : "approve"));
  ExpectSame(told, booked, "votes");
  const Rows own = world.provider.Ask(
      "MATCH (v:Vote)-[:vote_of]->(a:Approval)-[:approval_of]->(r) WHERE r.opened_by IN [v.voter, "
      "v.on_behalf_of] OR (a.policy IN ['change', 'emergency_change'] AND (a.asked_by IN [v.voter, "
      "v.on_behalf_of] OR r.implemented_by IN [v.voter, v.on_behalf_of])) RETURN r.key");
  EXPECT_TRUE(own.empty()) << own.size() << " votes on what is one's own, as on " << own[0][0];
}

}  // namespace

void ExpectSame(const std::set<std::string>& told, const std::set<std::string>& booked,
                const std::string& what) {
  if (told == booked) return;
  std::vector<std::string> differs;
  std::set_symmetric_difference(told.begin(), told.end(), booked.begin(), booked.end(),
                                std::back_inserter(differs));
  std::string shown;
  for (std::size_t i = 0; i < std::min<std::size_t>(differs.size(), 6); ++i)
    absl::StrAppend(&shown, told.contains(differs[i]) ? "the server has " : "the books have ",
                    differs[i], "\n");
  ADD_FAILURE() << what << ": " << differs.size() << " differ\n" << shown;
}

// Who is away is booked by the ballots, which are compared vote by vote.
void CheckStates(World& world) {
  std::set<std::string> told;
  for (const auto& row : world.provider.Ask("MATCH (r:ProcessRecord) WHERE NOT r:Deputising RETURN "
                                            "r.key, r.state, coalesce(r.priority, ''), "
                                            "coalesce(r.assignment_group, ''), kosei.commit(r)"))
    told.insert(absl::StrCat(row[0], " ", row[1], " ", row[2], " ", row[3], " ", row[4]));
  std::set<std::string> booked;
  for (const auto& [key, record] : world.books.records())
    booked.insert(absl::StrCat(key, " ", record.state, " ", std::string(record.text("priority")),
                               " ", std::string(record.text("assignment_group")), " ",
                               record.commit));
  ExpectSame(told, booked, "states");
}

void CheckPromises(World& world) {
  CheckNumbers(world);
  CheckVotes(world);
  for (const auto& row : world.provider.Ask(
           "MATCH (c:Change {kind: 'emergency', state: 'closed'}) WHERE c.reviewed_at IS NULL OR "
           "c.review_result IS NULL RETURN c.key"))
    ADD_FAILURE() << row[0] << " is an emergency change that was closed without a review";
  for (const auto& row :
       world.provider.Ask("MATCH (c:Change) WHERE c.actual_start IS NOT NULL AND NOT "
                          "coalesce(c.after_the_fact, false) AND NOT EXISTS { "
                          "(c)<-[:approval_of]-(:Approval {state: 'approved'}) } RETURN c.key"))
    ADD_FAILURE() << row[0] << " was begun without an approval";
  for (const auto& row : world.provider.Ask("MATCH (i:Incident {is_major: true}) WHERE i.state = "
                                            "'closed' AND (i.reviewed_at IS NULL "
                                            "OR i.management_informed_at IS NULL) RETURN i.key"))
    ADD_FAILURE() << row[0] << " is a major incident that was closed without its review";
}

void CheckPast(World& world, const SimulatedDay& day) {
  std::set<std::string> told;
  for (const auto& row : world.provider.Ask(
           AsOf(day) + "MATCH (r:ProcessRecord) WHERE NOT r:Deputising RETURN r.key, r.state"))
    told.insert(absl::StrCat(row[0], " ", row[1]));
  std::set<std::string> booked;
  for (const auto& [key, record] : world.books.records()) {
    const std::string_view state = record.StateAt(day.commit);
    if (!state.empty()) booked.insert(absl::StrCat(key, " ", std::string(state)));
  }
  ExpectSame(told, booked, "states of " + TextOf(day.at));
  told.clear();
  booked.clear();
  std::set<std::string> ends;
  for (const auto& row :
       world.provider.Ask(absl::StrCat(AsOf(day), "MATCH (r:ProcessRecord)-[l:", kBookedTypes,
                                       "]->(o) RETURN r.key, type(l), o.key"))) {
    told.insert(absl::StrCat(row[0], " ", row[1], " ", row[2]));
    ends.insert(row[2]);
  }
  for (const BookedLink& link : world.books.links()) {
    if (link.HeldAt(day.commit))
      booked.insert(absl::StrCat(link.source, " ", link.type, " ", link.target));
  }
  ExpectSame(told, booked, "links of " + TextOf(day.at));
  client::ViewName view;
  view.kind = client::ViewName::Kind::kCommit;
  view.commit = day.commit;
  const std::vector<std::string> keys(ends.begin(), ends.end());
  for (std::size_t from = 0; from < keys.size(); from += 1'000) {
    const std::vector<std::string> some(
        keys.begin() + static_cast<std::ptrdiff_t>(from),
        keys.begin() + static_cast<std::ptrdiff_t>(std::min(keys.size(), from + 1'000)));
    const auto found = world.provider.admin().Get(some, view);
    ASSERT_OK(found);
    for (std::size_t i = 0; i < some.size(); ++i)
      EXPECT_TRUE(found->records[i].has_value())
          << "a link leads to " << some[i] << ", which was not there on " << TextOf(day.at);
  }
}

void CheckClocks(World& world, const NaiveClock& clock, std::size_t count) {
  std::vector<std::string> keys;
  for (const auto& [key, record] : world.books.records()) {
    if (record.class_name == "Incident" || record.class_name == "ServiceRequest")
      keys.push_back(key);
  }
  for (std::size_t i = 0; i < count && !keys.empty(); ++i) {
    const Booked& record = world.books.At(world.dice.OneOf(keys));
    // Now, or as it was at some time since it was opened.
    const Timestamp opened = *record.time("opened_at");
    const Timestamp at{world.dice.Chance(50)
                           ? world.now().micros
                           : world.dice.Between(opened.micros, world.now().micros)};
    const auto told = world.provider.admin().ClockOfProcess({.key = record.key, .at = at});
    ASSERT_OK(told) << record.key;
    ASSERT_EQ(told->targets.size(), 2U) << record.key;
    for (const client::ProcessTarget& target : told->targets) {
      const bool responds = target.target == client::ClockTarget::kRespond;
      const NaiveVerdict naive = clock.Judge(record, responds, at);
      SCOPED_TRACE(absl::StrCat(record.key, responds ? " respond" : " resolve", " at ", TextOf(at),
                                ", opened ", TextOf(opened)));
      EXPECT_EQ(target.verdict_name, naive.verdict);
      EXPECT_EQ(target.given, naive.given);
      EXPECT_EQ(target.counted, naive.counted);
      EXPECT_EQ(target.stopped, naive.stopped);
    }
    ++world.done["clock checked"];
  }
}

}  // namespace kosei::simulation

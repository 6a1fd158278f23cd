// Risk vectors: how they are written, what is refused, and how they weigh.
#include "kosei/process/risk_vector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "kosei/base/error.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string Written(const std::string& factors) {
  return "risk_vectors:\n  - name: score\n    version: 3\n    class: Change\n"
         "    label: {en: Score, ja: 点}\n    factors:\n" +
         factors;
}
std::string Factor(const std::string& measure, const std::string& rest) {
  return "      - {measure: " + measure + ", label: {en: E, ja: J}, " + rest + "}\n";
}
std::string ErrorOf(const std::string& yaml) {
  const auto parsed = ParseRiskVectors(yaml, "risk.yaml");
  return parsed.ok() ? "" : std::string(MessageOf(parsed.status()));
}

TEST(RiskVector, PointsAreMeasureTimesCoefficientUpToTheCeiling) {
  const auto parsed = ParseRiskVectors(Written(Factor("services_critical", "coefficient: 20") +
                                               Factor("items_hit", "coefficient: 0.5, at_most: 4") +
                                               Factor("reserve_lost", "coefficient: 3")),
                                       "risk.yaml");
  ASSERT_OK(parsed);
  ASSERT_THAT(*parsed, SizeIs(1));
  RiskMeasures measures{};
  measures[static_cast<std::size_t>(RiskMeasure::kServicesCritical)] = 2;
  measures[static_cast<std::size_t>(RiskMeasure::kItemsHit)] = 100;
  const RiskScore score = Weigh(parsed->front(), measures);
  EXPECT_EQ(score.version, 3U);
  EXPECT_DOUBLE_EQ(score.total, 44);
  // What weighs nothing is not told, the rest with the most points first.
  ASSERT_THAT(score.contributions, SizeIs(2));
  EXPECT_EQ(score.contributions[0].measure, RiskMeasure::kServicesCritical);
  EXPECT_FALSE(score.contributions[0].at_ceiling);
  EXPECT_DOUBLE_EQ(score.contributions[1].points, 4);
  EXPECT_TRUE(score.contributions[1].at_ceiling);
}

TEST(RiskVector, AnotherWeighingIsAnotherHash) {
  const auto one = ParseRiskVectors(Written(Factor("items_hit", "coefficient: 1")), "a");
  const auto same = ParseRiskVectors(Written(Factor("items_hit", "coefficient: 1.0")), "b");
  const auto other = ParseRiskVectors(Written(Factor("items_hit", "coefficient: 2")), "c");
  ASSERT_OK(one);
  ASSERT_OK(same);
  ASSERT_OK(other);
  EXPECT_EQ(HashOf(one->front()), HashOf(same->front()));
  EXPECT_NE(HashOf(one->front()), HashOf(other->front()));
  EXPECT_THAT(HashOf(one->front()), SizeIs(64));
}

TEST(RiskVector, WhatIsWrongIsToldWithItsLine) {
  EXPECT_THAT(ErrorOf(Written(Factor("item_hit", "coefficient: 1"))), HasSubstr("items_hit"));
  EXPECT_THAT(ErrorOf(Written(Factor("items_hit", "coefficient: -1"))), HasSubstr("risk.yaml:7"));
  EXPECT_THAT(ErrorOf(Written(Factor("items_hit", "coefficient: many"))), HasSubstr("number"));
  EXPECT_THAT(ErrorOf(Written(Factor("items_hit", "at_most: 1"))), HasSubstr("coefficient"));
  EXPECT_THAT(ErrorOf(Written(Factor("items_hit", "coefficient: 1") +
                              Factor("items_hit", "coefficient: 2"))),
              HasSubstr("already"));
  EXPECT_THAT(ErrorOf("risk_vectors:\n  - {name: x, class: Change, label: {en: E, ja: J}}\n"),
              HasSubstr("weighs nothing"));
}

TEST(RiskVector, TheOneThatIsShippedKnowsEveryMeasure) {
  std::ifstream file(std::string(KOSEI_PROCESS_FOLDER) + "/change_risk_vector.yaml");
  std::stringstream text;
  text << file.rdbuf();
  const auto parsed = ParseRiskVectors(text.str(), "change_risk_vector.yaml");
  ASSERT_OK(parsed);
  EXPECT_THAT(parsed->front().factors, SizeIs(kRiskMeasures - 1));
}

}  // namespace
}  // namespace kosei::process

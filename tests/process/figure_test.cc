// Figures out of YAML: what is shipped, and what is wrong is told with its place.
#include "kosei/process/figure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "kosei/base/error.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using ::kosei::testing::IsError;

constexpr char kOne[] = R"(kpis:
  - name: emergency_share
    process: change
    label: {en: Emergency share, ja: 緊急変更の割合}
    unit: percent
    good: down
    target: 5
    statement: MATCH (c:Change) WHERE c.opened_at >= $from RETURN 1 AS value, count(*) AS counted
)";

std::string Replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return at == std::string::npos ? text : text.replace(at, from.size(), to);
}

absl::StatusOr<std::vector<FigureDefinition>> Parse(const std::string& text) {
  const DefinitionFile files[] = {{"k.yaml", text}};
  return ParseFigures(files);
}

TEST(Figures, AreReadAsTheyAreWritten) {
  ASSERT_OK_AND_ASSIGN(const auto figures, Parse(kOne));
  ASSERT_EQ(figures.size(), 1U);
  EXPECT_EQ(figures[0].name, "emergency_share");
  EXPECT_EQ(figures[0].process, "change");
  EXPECT_EQ(figures[0].label.ja, "緊急変更の割合");
  EXPECT_EQ(figures[0].good, FigureDirection::kDown);
  EXPECT_EQ(figures[0].target, 5.0);
  ASSERT_OK_AND_ASSIGN(const auto watched, Parse(Replaced(kOne, "    target: 5\n", "")));
  EXPECT_FALSE(watched[0].target.has_value());
}

TEST(Figures, WhatIsWrongIsToldWithItsPlace) {
  struct Case {
    const char* name;
    std::string from, to;
    const char* message;
  };
  const Case cases[] = {
      {"unknown key", "unit:", "units:", "k.yaml:5"},
      {"unit", "percent", "percents", "k.yaml:5: unit of figure emergency_share"},
      {"direction", "good: down", "good: sideways", "expected one of up, down"},
      {"no direction", "    good: down\n", "", "which way is better"},
      {"target", "target: 5", "target: some", "k.yaml:7: target of figure emergency_share"},
      {"label", ", ja: 緊急変更の割合", "", "k.yaml:4"},
      {"statement", "RETURN 1 AS", "RETRUN 1 AS", "statement of figure emergency_share"},
      {"writes", "MATCH (c:Change)", "CREATE (c:Change) WITH c", "only reads"},
      {"parameter", "$from", "$since", "nobody gives the parameter $since"},
      {"column", "AS value", "AS share", "it gives no column value"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_THAT(Parse(Replaced(kOne, c.from, c.to)), IsError(ErrorCode::kModelInvalid, c.message));
  }
  const std::string twice =
      std::string(kOne) + std::string(kOne).substr(std::string("kpis:\n").size());
  EXPECT_THAT(Parse(twice), IsError(ErrorCode::kModelInvalid, "is there already, at k.yaml:2"));
}

}  // namespace
}  // namespace kosei::process

#include "engine/plan_cache.h"

#include <memory>
#include <string>

#include "gtest/gtest.h"

namespace kosei::query {
namespace {

std::shared_ptr<const Prepared> Of(const std::string& text) {
  auto prepared = std::make_shared<Prepared>();
  prepared->plan.text = text;
  return prepared;
}

TEST(PlanCache, TheLeastRecentlyUsedGoes) {
  PlanCache cache(2);
  cache.Put(Of("a"));
  cache.Put(Of("b"));
  EXPECT_NE(cache.Find("a", false), nullptr);
  cache.Put(Of("c"));
  EXPECT_EQ(cache.Find("b", false), nullptr);
  EXPECT_NE(cache.Find("a", false), nullptr);
  EXPECT_NE(cache.Find("c", false), nullptr);
  EXPECT_EQ(cache.Find("c", true), nullptr) << "a filter of that text is something else";
}

// A thousand plans of a megabyte of text would be a hundred gigabytes.
TEST(PlanCache, WhatWasMadeOfALongTextIsNotKept) {
  PlanCache cache(2);
  const std::string longest(PlanCache::kOneTextBytesMax, 'x');
  cache.Put(Of(longest));
  cache.Put(Of(longest + "x"));
  EXPECT_NE(cache.Find(longest, false), nullptr);
  EXPECT_EQ(cache.Find(longest + "x", false), nullptr);
}

TEST(PlanCache, TextsThatAreLongTogetherPushOthersOut) {
  PlanCache cache(1'000);
  constexpr std::size_t kTexts = PlanCache::kTextBytesMax / PlanCache::kOneTextBytesMax;
  const auto text_of = [](std::size_t number) {
    std::string text = std::to_string(number);
    text.resize(PlanCache::kOneTextBytesMax, ' ');
    return text;
  };
  cache.Put(Of("RETURN 1"));
  for (std::size_t i = 0; i < kTexts; ++i) cache.Put(Of(text_of(i)));
  EXPECT_EQ(cache.Find("RETURN 1", false), nullptr);
  EXPECT_NE(cache.Find(text_of(0), false), nullptr);
  cache.Put(Of(text_of(kTexts)));
  EXPECT_EQ(cache.Find(text_of(1), false), nullptr);
  EXPECT_NE(cache.Find(text_of(0), false), nullptr) << "it was used since";
  cache.Put(Of(text_of(kTexts)));  // in place of itself
  EXPECT_NE(cache.Find(text_of(2), false), nullptr);
}

}  // namespace
}  // namespace kosei::query

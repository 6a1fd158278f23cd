#include "kosei/base/display_width.h"

#include <gtest/gtest.h>

namespace kosei {
namespace {

TEST(DisplayWidth, CountsColumnsOfATerminal) {
  EXPECT_EQ(DisplayWidth("abc"), 3U);
  EXPECT_EQ(DisplayWidth("\u6771\u4eac"), 4U);              // wide
  EXPECT_EQ(DisplayWidth("\uff76\uff9e"), 2U);              // half-width katakana
  EXPECT_EQ(DisplayWidth("e\u0301"), 1U);                   // combining
  EXPECT_EQ(DisplayWidth("\u30b5\u30fc\u30d0\u30fc"), 8U);  // with the long vowel mark
}

TEST(DisplayWidth, ShowsControlCharactersInsteadOfObeyingThem) {
  EXPECT_EQ(Printable("a\nb\x1b[31m"), "a\\nb\\x1b[31m");
  EXPECT_EQ(Printable("\u202etxt"), "\\u202etxt");
  EXPECT_EQ(Printable("bad \xff"), "bad \xef\xbf\xbd");
  EXPECT_EQ(Elide("\u6771\u4eac\u90fd\u5343\u4ee3\u7530", 9), "\u6771\u4eac\u90fd...");
}

}  // namespace
}  // namespace kosei

#include "kosei/base/value.h"

#include "pch.h"
#include "status_matchers.h"

namespace kosei {
namespace {

TEST(Decimal, IsCanonical) {
  struct Case {
    std::string_view text;
    std::string_view canonical;
  };
  for (const Case& c : {Case{"0", "0"},
                        {"-0.00", "0"},
                        {"12.50", "12.5"},
                        {"+7", "7"},
                        {"-0.001", "-0.001"},
                        {"100", "100"},
                        {"999999999999999999", "999999999999999999"},
                        {".5", "0.5"}}) {
    SCOPED_TRACE(c.text);
    ASSERT_OK_AND_ASSIGN(const Decimal decimal, ParseDecimal(c.text));
    EXPECT_EQ(FormatDecimal(decimal), c.canonical);
  }
  for (const std::string_view text :
       {"", "-", ".", "1.", "1e5", "1,5", "1.2.3", "1234567890123456789", " 1"}) {
    SCOPED_TRACE(text);
    EXPECT_THAT(ParseDecimal(text), testing::HasErrorCode(ErrorCode::kWrongType));
  }
}

TEST(Utf8, IsCheckedStrictly) {
  for (const std::string_view good : {"", "abc", "構成管理", "\xF0\x9F\x98\x80", "\xEF\xBF\xBF"}) {
    EXPECT_TRUE(IsValidUtf8(good)) << good;
  }
  for (const std::string_view bad : {"\x80", "\xC0\xAF", "\xE0\x80\x80", "\xED\xA0\x80",
                                     "\xF4\x90\x80\x80", "\xE6\xA7", "a\xFF", "\xF5\x80\x80\x80"}) {
    EXPECT_FALSE(IsValidUtf8(bad));
  }
}

}  // namespace
}  // namespace kosei

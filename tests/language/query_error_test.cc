#include "kosei/language/query_error.h"

#include <gtest/gtest.h>

namespace kosei::language {
namespace {

TEST(QueryErrorTest, SaysLineAndColumnAndShowsTheLine) {
  const absl::Status status = MakeQueryError(ErrorCode::kQuerySyntax, "UndefinedVariable",
                                             "MATCH (n)\nRETURN m", {17, 18}, "`m` is not defined");
  EXPECT_EQ(MessageOf(status), "line 2, column 8: `m` is not defined\n  RETURN m\n         ^");
  EXPECT_EQ(FieldOf(status), "UndefinedVariable");
  EXPECT_EQ(CodeOf(status), ErrorCode::kQuerySyntax);
}

TEST(QueryErrorTest, ColumnsCountCodePoints) {
  const std::string_view text = "RETURN '構成' + x";
  EXPECT_EQ(PositionOf(text, static_cast<std::uint32_t>(text.size()) - 1).column, 15U);
}

// The last two lines of an error at the last byte of the text.
std::string Shown(std::string_view text) {
  const auto at = static_cast<std::uint32_t>(text.size() - 1);
  const absl::Status status =
      MakeQueryError(ErrorCode::kQuerySyntax, "", text, Span{at, at + 1}, "wrong");
  const std::string_view message = MessageOf(status);
  return std::string(message.substr(message.find('\n') + 1));
}

TEST(QueryErrorTest, TheCaretStandsWhereATerminalShowsThePlace) {
  EXPECT_EQ(Shown("RETURN '構成' + x"), "  RETURN '構成' + x\n                  ^");
  EXPECT_EQ(Shown("RETURN ｻｰﾊﾞｰ x"), "  RETURN ｻｰﾊﾞｰ x\n               ^");
  EXPECT_EQ(Shown("RETURN e\u0301 x"), "  RETURN e\u0301 x\n           ^");
  EXPECT_EQ(Shown("\tRETURN\t名 x"), "  \tRETURN\t名 x\n  \t      \t   ^");
  EXPECT_EQ(Shown("RETURN 名\nx"), "  x\n  ^");
}

TEST(QueryErrorTest, TheEndOfALineIsNotShown) {
  const absl::Status status =
      MakeQueryError(ErrorCode::kQuerySyntax, "", "RETURN m\r\nLIMIT 1", Span{7, 8}, "wrong");
  EXPECT_EQ(MessageOf(status), "line 1, column 8: wrong\n  RETURN m\n         ^");
}

TEST(QueryErrorTest, AnErrorOfARunGetsItsPlaceLater) {
  const absl::Status bare =
      MakeQueryError(ErrorCode::kQueryType, "InvalidArgumentType", Span{7, 8}, "no list");
  EXPECT_EQ(MessageOf(bare), "no list");
  EXPECT_EQ(MessageOf(AddPlace(bare, "RETURN 1")),
            "line 1, column 8: no list\n  RETURN 1\n         ^");
  const absl::Status other = MakeError(ErrorCode::kCancelled, "cancelled");
  EXPECT_EQ(AddPlace(other, "RETURN 1"), other);
}

}  // namespace
}  // namespace kosei::language

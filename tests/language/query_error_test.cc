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

#include "kosei/base/error.h"

#include <set>

#include "pch.h"

namespace kosei {
namespace {

TEST(ErrorTable, AscendsSoThatLookUpsFindEveryCode) {
  ErrorCode previous{0};
  std::set<std::string_view> symbols;
  for (const ErrorInfo& info : ErrorTable()) {
    EXPECT_LT(previous, info.code);
    previous = info.code;
    EXPECT_EQ(InfoOf(info.code).symbol, info.symbol);
    EXPECT_TRUE(symbols.insert(info.symbol).second) << info.symbol;
    EXPECT_FALSE(info.title_en.empty());
    EXPECT_FALSE(info.title_ja.empty());
  }
  EXPECT_EQ(InfoOf(ErrorCode{12345}).code, ErrorCode::kInternal);
}

TEST(Error, CarriesCodeAndField) {
  const absl::Status status =
      MakeError(ErrorCode::kWrongType, "put record web-1: memory is no number", "memory");
  EXPECT_EQ(CodeOf(status), ErrorCode::kWrongType);
  EXPECT_EQ(FieldOf(status), "memory");
  EXPECT_EQ(MessageOf(status), "put record web-1: memory is no number");
  const absl::Status outer = WithContext(status, "import line 7");
  EXPECT_EQ(CodeOf(outer), ErrorCode::kWrongType);
  EXPECT_EQ(FieldOf(outer), "memory");
  EXPECT_EQ(MessageOf(outer), "import line 7: put record web-1: memory is no number");
}

TEST(Error, StatusesMadeElsewhereMapByTheirCode) {
  EXPECT_EQ(CodeOf(absl::NotFoundError("x")), ErrorCode::kNotFound);
  EXPECT_EQ(CodeOf(absl::CancelledError("x")), ErrorCode::kCancelled);
  EXPECT_EQ(CodeOf(absl::UnknownError("x")), ErrorCode::kInternal);
}

}  // namespace
}  // namespace kosei

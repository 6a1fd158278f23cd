// Unique values: one holder at a time, in the present; free again when given up.
#include "pch.h"
#include "store_fixture.h"

namespace kosei::testing {
namespace {

class UniqueTest : public StoreTest {};

TEST_F(UniqueTest, AValueHasOneHolder) {
  ASSERT_OK(Put("Server", "a", {{"serial_number", "SN-1"}}));
  EXPECT_THAT(Put("Application", "b", {{"serial_number", "SN-1"}}),
              IsError(ErrorCode::kDuplicateValue, "record a"));
  EXPECT_OK(Put("Server", "b", {{"serial_number", "SN-2"}}));
  EXPECT_OK(Put("Server", "c")) << "absent is not a value";
  EXPECT_OK(Put("Server", "d"));
}

TEST_F(UniqueTest, AValueGivenUpIsFreeAgain) {
  ASSERT_OK(Put("Server", "a", {{"serial_number", "SN-1"}}));
  ASSERT_OK(Put("Server", "a", {{"serial_number", "SN-9"}}));
  EXPECT_OK(Put("Server", "b", {{"serial_number", "SN-1"}}));
  ASSERT_OK(End("b"));
  EXPECT_OK(Put("Server", "c", {{"serial_number", "SN-1"}}));
  EXPECT_THAT(Put("Server", "b", {{"serial_number", "SN-1"}}),
              HasErrorCode(ErrorCode::kDuplicateValue));
}

TEST_F(UniqueTest, HoldsAcrossAReopen) {
  ASSERT_OK(Put("Server", "a", {{"serial_number", "SN-1"}}));
  Reopen();
  EXPECT_THAT(Put("Server", "b", {{"serial_number", "SN-1"}}),
              HasErrorCode(ErrorCode::kDuplicateValue));
}

TEST_F(UniqueTest, HoldsWithinOneTransaction) {
  storage::Transaction transaction;
  transaction.put_records.push_back(
      {MakeRecord("Server", "a", {{"serial_number", "SN-1"}}), std::nullopt});
  transaction.put_records.push_back(
      {MakeRecord("Server", "b", {{"serial_number", "SN-1"}}), std::nullopt});
  EXPECT_THAT(writer().Commit(transaction), HasErrorCode(ErrorCode::kDuplicateValue));
  EXPECT_OK(Put("Server", "c", {{"serial_number", "SN-1"}}))
      << "the refused transaction holds nothing";
}

}  // namespace
}  // namespace kosei::testing

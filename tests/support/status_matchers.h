// EXPECT_OK, ASSERT_OK, ASSERT_OK_AND_ASSIGN and the matcher HasErrorCode.
#pragma once

#include <ostream>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "kosei/base/error.h"

namespace kosei::testing {

inline const absl::Status& StatusOf(const absl::Status& status) { return status; }
template <typename T>
const absl::Status& StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

MATCHER(IsOk, negation ? "is an error" : "is OK") {
  *result_listener << StatusOf(arg).ToString();
  return StatusOf(arg).ok();
}
MATCHER_P(HasErrorCode, code, std::string("has error ") + std::string(InfoOf(code).symbol)) {
  *result_listener << StatusOf(arg).ToString();
  return HasCode(StatusOf(arg), code);
}
// Error of this code whose message contains `text`.
MATCHER_P2(IsError, code, text,
           std::string("is ") + std::string(InfoOf(code).symbol) + " with \"" + text + "\"") {
  *result_listener << StatusOf(arg).ToString();
  return HasCode(StatusOf(arg), code) &&
         MessageOf(StatusOf(arg)).find(text) != std::string_view::npos;
}

}  // namespace kosei::testing

#define EXPECT_OK(expression) EXPECT_THAT((expression), ::kosei::testing::IsOk())
#define ASSERT_OK(expression) ASSERT_THAT((expression), ::kosei::testing::IsOk())
#define KOSEI_TEST_CONCAT_INNER(a, b) a##b
#define KOSEI_TEST_CONCAT(a, b) KOSEI_TEST_CONCAT_INNER(a, b)
#define ASSERT_OK_AND_ASSIGN_IMPL(result, target, expression) \
  auto result = (expression);                                 \
  ASSERT_TRUE(result.ok()) << result.status().ToString();     \
  target = *std::move(result)
#define ASSERT_OK_AND_ASSIGN(target, expression) \
  ASSERT_OK_AND_ASSIGN_IMPL(KOSEI_TEST_CONCAT(kosei_test_result_, __LINE__), target, expression)

// Instants and files for tests of the service clock.
#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "kosei/base/time.h"
#include "kosei/language/temporal_text.h"
#include "kosei/model/definition.h"

namespace kosei::process {

inline constexpr std::int64_t kMinute = 60'000'000;
inline constexpr std::int64_t kHour = 60 * kMinute;

// "2026-03-02T09:00+09:00".
inline Timestamp At(std::string_view text) {
  const auto time = language::ReadDateTime(text, "Z");
  EXPECT_TRUE(time.ok()) << text;
  return {time->seconds * 1'000'000 + time->nanos / 1'000};
}

inline model::ModelFile FileOf(const std::string& path) {
  std::ifstream in(path);
  EXPECT_TRUE(in.good()) << path;
  std::stringstream text;
  text << in.rdbuf();
  return {path, text.str()};
}

}  // namespace kosei::process

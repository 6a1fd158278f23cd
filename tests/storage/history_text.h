// A store's whole history as text, and a store made of it, in pieces that end anywhere.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gtest/gtest.h"
#include "kosei/base/status_macros.h"
#include "kosei/storage/engine.h"
#include "kosei/storage/history_transfer.h"
#include "status_matchers.h"

namespace kosei::testing {

inline std::string ExportHistory(storage::Engine& engine, std::size_t piece = 1'000) {
  std::string text;
  auto run = engine.BeginExport();
  EXPECT_OK(run);
  if (!run.ok()) return text;
  while (true) {
    const auto lines = (*run)->Next(piece);
    EXPECT_OK(lines);
    if (!lines.ok() || lines->empty()) break;
    text += *lines;
  }
  EXPECT_EQ((*run)->commit(), (*run)->newest());
  return text;
}

inline absl::StatusOr<storage::ImportedHistory> ImportHistory(storage::Engine& engine,
                                                              std::string_view text,
                                                              std::size_t piece = 777) {
  auto run = engine.BeginImport();
  if (!run.ok()) return run.status();
  for (std::size_t at = 0; at < text.size(); at += piece) {
    KOSEI_RETURN_IF_ERROR((*run)->Add(text.substr(at, piece)));
  }
  return (*run)->Finish();
}

}  // namespace kosei::testing

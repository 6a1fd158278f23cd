// A real store of the model that is shipped, and short words for writing to it and asking it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/language/datum.h"
#include "kosei/query/statement.h"
#include "kosei/storage/engine.h"
#include "manual_clock.h"
#include "shipped_processes.h"
#include "temp_folder.h"

namespace kosei::process {

struct ToldRows {
  std::vector<std::string> columns;
  std::vector<std::string> rows;  // values separated by " | "
};

// The clock begins in March 2026.
class ShippedStore : public ::testing::Test {
 protected:
  void SetUp() override;

  absl::StatusOr<ToldRows> Ask(std::string_view text, const language::DatumMap& parameters);

  // Written with the next Commit. Values are as people write them; a record of a process gets a
  // title.
  using Values = std::vector<std::pair<std::string, Value>>;
  void Put(const std::string& key, std::string_view class_name, const Values& values);
  void Link(const std::string& source, std::string_view type, const std::string& target);
  void Commit();

  static language::Datum Instant(std::string_view text);
  // Of March 2026.
  static Value Day(int day, int hour = 0);

 private:
  testing::TempFolder folder_;
  testing::ManualClock clock_;
  std::unique_ptr<storage::Engine> engine_;
  std::unique_ptr<query::StatementRunner> runner_;
  storage::Transaction transaction_;
};

}  // namespace kosei::process

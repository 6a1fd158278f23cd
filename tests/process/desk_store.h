// A store of the default model with the processes as they are shipped, a desk on it, and a clock
// that stands still until it is told.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/process/desk.h"
#include "kosei/query/statement.h"
#include "kosei/storage/engine.h"
#include "manual_clock.h"
#include "one_thread.h"
#include "temp_folder.h"

namespace kosei::process {

// Aborts the test program when the store itself fails.
class DeskStore {
 public:
  DeskStore();

  Desk& desk() { return *desk_; }
  storage::Engine& engine() { return *engine_; }
  query::StatementRunner& statements() { return *statements_; }
  testing::ManualClock& clock() { return clock_; }
  // Closes and opens store and desk.
  void Reopen();

  // Until all that was begun in the background is done.
  void AwaitWork();

  // A configuration item or a person, with attributes as people write them.
  void Put(std::string_view class_name, const std::string& key,
           const std::vector<std::pair<std::string, std::string>>& attributes = {});
  // A person who signs in under the key.
  void PutPerson(const std::string& key, const std::vector<std::string>& roles);
  void Link(const std::string& source, std::string_view type, const std::string& target);

  // Rows of one text each, joined by " | "; the test fails when there is an error.
  std::vector<std::string> Rows(std::string_view text);
  // The state of a record.
  std::string StateOf(const std::string& key);

 private:
  testing::TempFolder folder_;
  testing::ManualClock clock_;
  testing::OneThread thread_;
  std::unique_ptr<storage::Engine> engine_;
  std::unique_ptr<query::StatementRunner> statements_;
  std::unique_ptr<Desk> desk_;
};

// Short words.
language::DatumMap Given(const std::vector<std::pair<std::string, std::string>>& attributes);
Caller As(std::string account);
inline Caller Administrator() { return {"root", true}; }
// All refusals, in English, one a line.
std::string Refused(const absl::StatusOr<Outcome>& outcome);

}  // namespace kosei::process

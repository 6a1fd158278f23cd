// Statements of the query language, as a client sends them and reads their rows.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kosei/base/mutex.h"
#include "kosei/client/view.h"
#include "kosei/language/packstream.h"

namespace kosei::client {

// A value of a row or a parameter: null, boolean, integer, float, text, list, map, node (a record),
// relationship (a link), path, or one of the temporal types.
using QueryValue = language::PackedValue;
using QueryRow = language::PackedList;

// Ends a statement while another thread waits for its rows: its call gives no further row and
// returns kCancelled, and the server stops as well. Cancelling once is for good: a call that begins
// later is cancelled too, and sends nothing. Belongs to one call at a time. Thread-safe.
class Cancellation {
 public:
  void Cancel();
  bool cancelled() const { return cancelled_.load(); }

 private:
  friend class CancellationScope;

  std::atomic<bool> cancelled_{false};
  Mutex mutex_;
  std::function<void()> end_ ABSL_GUARDED_BY(mutex_);  // of the call under way
};

struct StatementRequest {
  std::string text = {};
  language::PackedMap parameters = {};  // by name, without the $
  ViewName view = {};                   // what the statement reads when it does not say so itself
  std::string time_zone = {};           // of date-times without one; empty: UTC
  std::uint64_t rows_max = UINT64_MAX;
  bool filter = false;  // `text` is a list filter: class = Server and status = live
  std::shared_ptr<Cancellation> cancellation = {};  // or none
};

// One operator of a plan; what it takes its rows from comes behind it, deeper.
struct PlanLine {
  std::uint32_t depth = 0;
  std::string name, details;
  std::uint64_t rows = 0;  // of PROFILE, as the next
  std::chrono::nanoseconds time{0};
};

struct StatementSummary {
  View view;
  std::vector<std::string> columns;
  std::uint64_t rows = 0;
  bool cut = false;         // there were more than rows_max
  std::uint64_t steps = 0;  // records and links that were looked at
  bool explained = false;   // EXPLAIN: there are no rows, only the plan
  std::vector<PlanLine> plan;
};

}  // namespace kosei::client

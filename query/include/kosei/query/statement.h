// Statements of the query language (docs/query-language.md): from text to rows.
//
// A statement reads Views: one for all of it, unless a MATCH names another. It is parsed, checked
// against the model of its View, planned and run; what was planned is kept and used again for the
// same text under the same model. So are values of attributes that statements read of many records,
// in at most 256 MiB.
//
// A statement over many records is carried out by several threads where some are idle
// (StatementOptions::threads). Its rows and their order are the same with one and with many; of
// sums of floats the last digit may differ.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/base/time.h"
#include "kosei/language/ast.h"
#include "kosei/language/datum.h"
#include "kosei/language/evaluation.h"
#include "kosei/query/budget.h"
#include "kosei/query/spare_threads.h"
#include "kosei/storage/reader.h"
#include "kosei/storage/view.h"

namespace kosei::query {

struct StatementRequest {
  std::string_view text;
  bool filter = false;  // `text` is a list filter (language/filter.h)
  language::DatumMap parameters = {};
  // What the statement reads when it does not say so itself.
  storage::ViewName view = {};
  std::string time_zone = "Z";  // of date-times without one
  // For somebody who may only see records of these classes and of those below them: no other record
  // is found, followed or counted, and procedures that look at the whole graph are refused. Empty:
  // all may be seen.
  std::span<const ClassNumber> classes = {};
};

// One operator of a plan, as EXPLAIN shows it.
struct PlanLine {
  std::uint32_t depth = 0;  // 0: the last operator; its input comes behind it, deeper
  std::string name;
  std::string details;
  // With PROFILE.
  std::uint64_t rows = 0;
  std::chrono::nanoseconds time{0};
};

struct StatementSummary {
  language::StatementMode mode = language::StatementMode::kRun;
  storage::View view;          // the statement's own
  std::uint64_t rows = 0;      // given to `visit`
  bool cut = false;            // there are more than limits().rows
  std::vector<PlanLine> plan;  // with EXPLAIN and PROFILE
  std::uint64_t steps = 0;     // records and links looked at
};

// What each row is given to. Values of records and links are read through `graph`, as long as the
// call lasts.
class RowVisitor {
 public:
  virtual ~RowVisitor() = default;
  // Once, before the first row.
  virtual void Columns(std::span<const std::string> names, const storage::View& view) = 0;
  // False: no more rows are wanted. An error that it finds goes to evaluation.Fail.
  virtual bool Row(std::span<const language::Datum> values, language::Evaluation& evaluation) = 0;
};

class Columns;
class PlanCache;

struct StatementOptions {
  std::size_t plans_max = 1'000;  // so many plans are kept
  // Threads that may help with statements over many records. Null: none do. Must outlive the
  // runner.
  SpareThreads* threads = nullptr;
  std::uint32_t part_records = 16'384;  // the least that is given to one thread at a time
};

// Thread-safe: any number of statements at once.
class StatementRunner {
 public:
  // Both must outlive it.
  StatementRunner(const storage::Reader& reader, const Clock& clock, StatementOptions options = {});
  ~StatementRunner();

  // limits().rows bounds the rows: the summary says so when there were more. Errors: those of
  // language/query_error.h, with place; kUnknownClass, kUnknownAttribute and
  // kUnknownRelationshipType; those of resolving a View; kDeadlineExceeded, kCancelled,
  // kMemoryBudget, kRowBudget when the budget is spent.
  absl::StatusOr<StatementSummary> Run(const StatementRequest& request, const Budget& budget,
                                       RowVisitor& visitor);

 private:
  const storage::Reader& reader_;
  const Clock& clock_;
  const StatementOptions options_;
  std::unique_ptr<PlanCache> cache_;
  std::unique_ptr<Columns> columns_;
};

}  // namespace kosei::query

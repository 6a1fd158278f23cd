// What a run of the kit came to, in figures and in lists.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "scenario_plan.h"
#include "verdict.h"

namespace kosei::tck {

struct Result {
  std::string file;
  std::string name;
  Category category;
  bool expects_error = false;
  Verdict verdict;
};

struct Counts {
  std::size_t scenarios = 0;
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::size_t unsupported = 0;
  std::size_t wrong_rows = 0;  // of the failed
};

class Report {
 public:
  explicit Report(std::vector<Result> results) : results_(std::move(results)) {}

  Counts All() const;
  Counts ReadOnly() const;
  Counts Core() const;
  // Whatever writes is not supported, so it has not passed.
  bool AllPassed() const;
  // By folder; then core, read-only and all, those that expect an error apart; last the line
  // "tck: scenarios N passed N failed N unsupported N wrong_rows N".
  std::string Table() const;
  // Everything that did not pass: file, scenario, reason.
  std::string List() const;

 private:
  std::vector<Result> results_;
};

}  // namespace kosei::tck

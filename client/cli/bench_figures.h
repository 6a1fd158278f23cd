// What `kosei bench` found: each figure beside the limit that was measured in the same run, and the
// goal for the ratio of the two.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "context.h"

namespace kosei::cli {

// The median, or any other share, of what was measured.
class Samples {
 public:
  void Add(double value) { values_.push_back(value); }
  void Add(const Samples& other) {
    values_.insert(values_.end(), other.values_.begin(), other.values_.end());
  }
  std::size_t size() const { return values_.size(); }
  // `share` 0..1; 0 when nothing was measured.
  double Quantile(double share) const;
  double Median() const { return Quantile(0.5); }
  double Mean() const;

 private:
  std::vector<double> values_;
};

struct Goal {
  enum class Bound : std::uint8_t { kAtMost, kAtLeast };
  Bound bound;
  double number;

  static Goal AtMost(double number) { return {Bound::kAtMost, number}; }
  static Goal AtLeast(double number) { return {Bound::kAtLeast, number}; }
};

struct Figure {
  std::string name;  // for programs
  std::string what;  // for people
  std::string unit;
  double value = 0;
  std::string limit_name = {};  // empty: no limit was measured
  double limit = 0;             // in the same unit
  // For value / limit; where there is no limit, for the value.
  std::optional<Goal> goal = std::nullopt;

  std::optional<double> Ratio() const;
  std::optional<bool> MeetsGoal() const;
};

struct BenchFacts {
  std::uint64_t items = 0;
  std::uint64_t links = 0;
  std::uint64_t seed = 0;
  std::string server;
};

class Figures {
 public:
  void Add(Figure figure) { figures_.push_back(std::move(figure)); }
  // In the form the user asked for.
  void Write(Context& context, const BenchFacts& facts) const;

 private:
  std::string Json(const BenchFacts& facts) const;
  std::string JsonLines(const BenchFacts& facts) const;
  std::string Csv() const;
  std::string Rows(const Context& context) const;

  std::vector<Figure> figures_;
};

}  // namespace kosei::cli

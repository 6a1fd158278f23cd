// One cell of a decision table: which values of an input it takes.
//
// An input's values are cut into atoms, so that no condition of the table tells two values of one
// atom apart: each value of an enum, true and false, each number or text that is named, what lies
// between two neighbouring numbers, all other texts, and "absent". A condition is then a set of
// atoms, and questions about all values at once (is a row ever hit?) are exact.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/language/datum.h"
#include "kosei/process/decision_table.h"

namespace kosei::process {

// A condition as written, read for an input.
struct Condition {
  enum class Kind : std::uint8_t { kAny, kAbsent, kPresent, kValue, kRange };
  struct Test {
    Kind kind = Kind::kAny;
    // kValue: `low` alone; kRange: null: open on that side.
    language::Datum low;
    language::Datum high;
    bool low_in = true;
    bool high_in = true;
  };
  std::vector<Test> tests;  // one of them is met
  bool negated = false;     // none of them is met, and the value is present
};

// kModelInvalid at the row's origin.
absl::StatusOr<Condition> ReadCondition(const FactDefinition& input,
                                        const std::vector<std::string>& texts,
                                        std::string_view origin);
// A value of the type. `what` begins the message.
absl::StatusOr<language::Datum> ReadConstant(const FactDefinition& fact, std::string_view text,
                                             std::string_view origin);

// `value` null: absent.
bool Meets(const Condition& condition, const language::Datum& value);

// The atoms of an input, given all conditions on it.
class Atoms {
 public:
  Atoms(const FactDefinition& input, const std::vector<const Condition*>& conditions);

  std::size_t size() const { return samples_.size(); }
  // A value of the atom; null: absent.
  const language::Datum& sample(std::size_t atom) const { return samples_[atom]; }
  // The sample as text: "absent", "high", "other than a, b".
  std::string Text(std::size_t atom) const;

 private:
  std::vector<language::Datum> samples_;
  std::vector<std::string> texts_;
};

// A value as a person writes it.
std::string FactText(const language::Datum& value);

}  // namespace kosei::process

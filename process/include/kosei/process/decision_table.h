// Decision tables: what follows from a few facts, as rows that people can read and change. They
// give priorities from impact and urgency (ISO/IEC 20000-1, 8.1), the steps of an approval and the
// risk of a change (9.2). A table is checked when it is made: types, rows that can never be hit,
// cases that no row covers. docs/processes/decision_tables.md has the grammar.
//
// Values are those of the query language: text, whole numbers, floating numbers, booleans. Numbers
// compare by what they are worth, so that 3 and 3.0 are one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/language/datum.h"
#include "kosei/process/life_cycle_definition.h"

namespace kosei::process {

enum class FactType : std::uint8_t {
  kEnum = 1,
  kBoolean = 2,
  kInteger = 3,
  kDecimal = 4,
  kText = 5,
};
std::string_view NameOf(FactType type);

enum class HitPolicy : std::uint8_t {
  kFirst = 1,     // the first row that matches
  kUnique = 2,    // no case has two rows
  kPriority = 3,  // of the rows that match, the one whose outputs come first in the order of values
  kAll = 4,       // every row that matches, in order
};
std::string_view NameOf(HitPolicy policy);

struct FactDefinition {
  std::string name;
  Label label;
  FactType type = FactType::kEnum;
  std::vector<std::string> values;  // kEnum
  bool optional = false;            // an input that may be absent
  std::string origin;
};

// One row: a condition a fact of `inputs`, in their order, and a value a fact of `outputs`.
// Conditions are as written: "-" (anything), "high", ">= 3", "3..5" (both ends in it), "absent",
// "present", "not in [a, b]"; of several, one is met.
struct RowDefinition {
  std::vector<std::vector<std::string>> conditions;
  std::vector<std::string> results;
  Label note;  // why, for people; may be empty
  std::string origin;
};

struct DecisionTableDefinition {
  std::string name;
  std::uint32_t version = 1;
  Label label;
  HitPolicy hit = HitPolicy::kFirst;
  bool complete = false;  // asks for a row for every case
  std::vector<FactDefinition> inputs;
  std::vector<FactDefinition> outputs;
  std::vector<RowDefinition> rows;
  std::string origin;
};

// The tables of one file (`decision_tables:`). Only the form is checked here. kModelInvalid with
// file and line.
absl::StatusOr<std::vector<DecisionTableDefinition>> ParseDecisionTables(std::string_view yaml,
                                                                         std::string_view origin);

// All that the table says, in one form; SHA-256 of it, 64 hexadecimal digits.
std::string CanonicalText(const DecisionTableDefinition& definition);
std::string HashOf(const DecisionTableDefinition& definition);

struct DecisionHit {
  std::size_t row = 0;  // from 1 on
  language::DatumMap outputs;
  Label why;  // the conditions that were met, and the row's note
};

struct Decision {
  std::string table;
  std::uint32_t version = 0;
  std::string hash;
  std::vector<DecisionHit> hits;  // one at most, but with kAll; none: no row matches
};

// What a row says of a case.
struct CellReport {
  std::string input;
  std::string condition;  // as written
  std::string value;      // of the case, as text; "absent"
  bool met = false;
};
struct RowReport {
  std::size_t row = 0;
  bool matches = false;
  bool taken = false;  // it is in the decision
  std::vector<CellReport> cells;
};

// Immutable; thread-safe.
class DecisionTable {
 public:
  // kModelInvalid; the message has file and line, what is wrong and how to mend it: names, types,
  // values that are none, a row that nothing or nothing new can hit, two rows for one case
  // (unique), a case without a row (complete), told as an example.
  static absl::StatusOr<std::shared_ptr<const DecisionTable>> Make(
      DecisionTableDefinition definition);
  ~DecisionTable();
  DecisionTable(const DecisionTable&) = delete;
  DecisionTable& operator=(const DecisionTable&) = delete;

  const DecisionTableDefinition& definition() const;
  const std::string& hash() const;

  // `facts` may hold more than the inputs: what is no input is not looked at. kInvalidArgument,
  // with the input as field, when one is absent and not optional, or of another type or not a value
  // of it.
  absl::StatusOr<Decision> Decide(const language::DatumMap& facts) const;
  // Every row, and what it says of these facts. Errors as Decide.
  absl::StatusOr<std::vector<RowReport>> Explain(const language::DatumMap& facts) const;

  // A case that no row covers: an input's name and a value, "absent" or "any"; none: every case has
  // a row. Known whatever `complete` says.
  struct CaseValue {
    std::string input;
    std::string value;
  };
  const std::optional<std::vector<CaseValue>>& gap() const;

 private:
  class Impl;
  explicit DecisionTable(std::unique_ptr<const Impl> impl);
  std::unique_ptr<const Impl> impl_;
};

// All tables. Immutable; thread-safe.
class DecisionBook {
 public:
  static absl::StatusOr<DecisionBook> Load(std::span<const DefinitionFile> files);
  const std::vector<std::shared_ptr<const DecisionTable>>& tables() const { return tables_; }
  const DecisionTable* Find(std::string_view name) const;  // nullptr when unknown

 private:
  std::vector<std::shared_ptr<const DecisionTable>> tables_;
};

}  // namespace kosei::process

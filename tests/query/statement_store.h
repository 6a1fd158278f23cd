// A store with a few things, and short words for asking it in the query language.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/language/datum.h"
#include "kosei/query/statement.h"
#include "test_store.h"

namespace kosei::query {

// Every row as text: values separated by " | ", as language/text_form.h writes them.
struct AskedRows {
  std::vector<std::string> columns;
  std::vector<std::string> rows;
  StatementSummary summary;
};

class StatementStore {
 public:
  explicit StatementStore(std::string_view model_yaml = kThingModel);
  TestStore& store() { return store_; }
  StatementRunner& runner() { return runner_; }

  // Values by attribute name, as people write them.
  using Values = std::vector<std::pair<std::string, Value>>;
  storage::PutRecord Make(const std::string& key, std::string_view class_name,
                          const Values& values);
  // The commit's number.
  CommitNumber Put(const std::string& key, std::string_view class_name, const Values& values);

  // `classes` as in StatementRequest.
  absl::StatusOr<AskedRows> Ask(std::string_view text, language::DatumMap parameters = {},
                                const Limits& limits = {},
                                std::span<const ClassNumber> classes = {});
  // By another runner on the same store.
  absl::StatusOr<AskedRows> AskBy(StatementRunner& runner, std::string_view text,
                                  const Limits& limits = {},
                                  std::span<const ClassNumber> classes = {});
  // The rows; the test fails when there is an error.
  std::vector<std::string> Rows(std::string_view text, language::DatumMap parameters = {});
  // The error's message; the test fails when there is none.
  std::string Error(std::string_view text, language::DatumMap parameters = {});

 private:
  TestStore store_;
  StatementRunner runner_;
};

}  // namespace kosei::query

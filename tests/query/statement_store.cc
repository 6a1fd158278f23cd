#include "statement_store.h"

#include <gtest/gtest.h>

#include <utility>

#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/text_form.h"

namespace kosei::query {
namespace {

class Teller final : public RowVisitor {
 public:
  explicit Teller(AskedRows& told) : told_(told) {}
  void Columns(std::span<const std::string> names, const storage::View&) override {
    told_.columns.assign(names.begin(), names.end());
  }
  bool Row(std::span<const language::Datum> values, language::Evaluation& evaluation) override {
    std::string row;
    for (const language::Datum& value : values)
      row += (&value == values.data() ? "" : " | ") + language::ToText(value, evaluation);
    told_.rows.push_back(std::move(row));
    return true;
  }

 private:
  AskedRows& told_;
};

}  // namespace

StatementStore::StatementStore(std::string_view model_yaml)
    : store_(model_yaml), runner_(store_.reader(), store_.clock()) {}

absl::StatusOr<AskedRows> StatementStore::Ask(std::string_view text, language::DatumMap parameters,
                                              const Limits& limits) {
  AskedRows told;
  Teller teller(told);
  StatementRequest request;
  request.text = text;
  request.parameters = std::move(parameters);
  KOSEI_ASSIGN_OR_RETURN(told.summary,
                         runner_.Run(request, Budget(limits, store_.clock()), teller));
  return told;
}

std::vector<std::string> StatementStore::Rows(std::string_view text,
                                              language::DatumMap parameters) {
  const absl::StatusOr<AskedRows> told = Ask(text, std::move(parameters));
  EXPECT_TRUE(told.ok()) << text << "\n" << told.status();
  return told.ok() ? told->rows : std::vector<std::string>();
}

std::string StatementStore::Error(std::string_view text, language::DatumMap parameters) {
  const absl::StatusOr<AskedRows> told = Ask(text, std::move(parameters));
  EXPECT_FALSE(told.ok()) << text;
  return told.ok() ? std::string() : std::string(MessageOf(told.status()));
}

}  // namespace kosei::query

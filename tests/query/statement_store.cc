#include "statement_store.h"

#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_split.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/text_form.h"

namespace kosei::query {
namespace {

// "a;b" as a list of its two texts.
Value ListOf(const Value& joined) {
  ValueList items;
  for (const std::string& item : std::vector<std::string>(absl::StrSplit(joined.text(), ';')))
    items.emplace_back(item);
  return Value(std::move(items));
}

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

storage::PutRecord StatementStore::Make(const std::string& key, std::string_view class_name,
                                        const Values& values) {
  const auto schema = store_.reader().schema();
  const model::Class* owner = schema->FindClass(class_name);
  Record record;
  record.class_number = owner->number;
  record.key = key;
  for (const auto& [name, value] : values) {
    const model::Attribute* attribute = schema->FindAttribute(*owner, name);
    const bool list = attribute->definition.type == model::AttributeType::kList;
    record.Set(attribute->number, *schema->Coerce(*attribute, list ? ListOf(value) : value));
  }
  return {std::move(record), std::nullopt};
}

CommitNumber StatementStore::Put(const std::string& key, std::string_view class_name,
                                 const Values& values) {
  storage::Transaction transaction;
  transaction.put_records.push_back(Make(key, class_name, values));
  return store_.Commit(std::move(transaction));
}

absl::StatusOr<AskedRows> StatementStore::AskBy(StatementRunner& runner, std::string_view text,
                                                const Limits& limits,
                                                std::span<const ClassNumber> classes) {
  AskedRows told;
  Teller teller(told);
  StatementRequest request;
  request.text = text;
  request.classes = classes;
  KOSEI_ASSIGN_OR_RETURN(told.summary, runner.Run(request, Budget(limits, store_.clock()), teller));
  return told;
}

absl::StatusOr<AskedRows> StatementStore::Ask(std::string_view text, language::DatumMap parameters,
                                              const Limits& limits,
                                              std::span<const ClassNumber> classes) {
  AskedRows told;
  Teller teller(told);
  StatementRequest request;
  request.text = text;
  request.parameters = std::move(parameters);
  request.classes = classes;
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

#include "shipped_store.h"

#include <chrono>
#include <cstddef>
#include <span>

#include "absl/strings/str_format.h"
#include "kosei/language/temporal_text.h"
#include "kosei/language/text_form.h"
#include "kosei/query/budget.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumMap;

class Teller final : public query::RowVisitor {
 public:
  explicit Teller(ToldRows& told) : told_(told) {}
  void Columns(std::span<const std::string> names, const storage::View&) override {
    told_.columns.assign(names.begin(), names.end());
  }
  bool Row(std::span<const Datum> values, language::Evaluation& evaluation) override {
    std::string row;
    for (const Datum& value : values)
      row += (&value == values.data() ? "" : " | ") + language::ToText(value, evaluation);
    told_.rows.push_back(std::move(row));
    return true;
  }

 private:
  ToldRows& told_;
};

}  // namespace

void ShippedStore::SetUp() {
  ASSERT_OK_AND_ASSIGN(const Timestamp start, ParseTimestamp("2026-03-01T00:00:00Z"));
  clock_.JumpTo(start);
  storage::EngineOptions options;
  options.folder = folder_ / "store";
  options.model = ShippedModel();
  options.block_cache_bytes = std::size_t{4} << 20;
  options.write_buffer_bytes = std::size_t{4} << 20;
  options.free_bytes_min = 0;
  options.clock = &clock_;
  ASSERT_OK_AND_ASSIGN(engine_, storage::Engine::Open(std::move(options)));
  runner_ = std::make_unique<query::StatementRunner>(engine_->reader(), clock_);
}

absl::StatusOr<ToldRows> ShippedStore::Ask(std::string_view text, const DatumMap& parameters) {
  ToldRows told;
  Teller teller(told);
  query::StatementRequest request;
  request.text = text;
  request.parameters = Datum::Map(parameters).map();
  const auto summary = runner_->Run(request, query::Budget(query::Limits{}, clock_), teller);
  if (!summary.ok()) return summary.status();
  return told;
}

void ShippedStore::Put(const std::string& key, std::string_view class_name, const Values& values) {
  const auto schema = engine_->reader().schema();
  const model::Class& owner = *schema->FindClass(class_name);
  Record record;
  record.class_number = owner.number;
  record.key = key;
  for (const auto& [name, value] : values) {
    ASSERT_OK_AND_ASSIGN(const model::Attribute* attribute, schema->GetAttribute(owner, name));
    ASSERT_OK_AND_ASSIGN(Value coerced, schema->Coerce(*attribute, value));
    record.Set(attribute->number, std::move(coerced));
  }
  if (schema->IsProcess(owner.number))
    record.Set(schema->FindAttribute(owner, "name")->number, Value("of " + key));
  transaction_.put_records.push_back({std::move(record), std::nullopt});
}

void ShippedStore::Link(const std::string& source, std::string_view type,
                        const std::string& target) {
  const auto schema = engine_->reader().schema();
  transaction_.put_links.push_back({source, schema->FindRelationshipType(type)->number, target});
}

void ShippedStore::Commit() {
  transaction_.by_process = true;
  transaction_.provenance.actor = "test";
  clock_.Advance(std::chrono::seconds(1));
  ASSERT_OK(engine_->writer().Commit(std::exchange(transaction_, {})));
}

Datum ShippedStore::Instant(std::string_view text) {
  return Datum::Of(*language::DateTimeOf(*ParseTimestamp(text), "Z"));
}

Value ShippedStore::Day(int day, int hour) {
  return Value(absl::StrFormat("2026-03-%02dT%02d:00:00Z", day, hour));
}

}  // namespace kosei::process

#include "desk_store.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

#include "kosei/base/error.h"
#include "kosei/language/text_form.h"
#include "kosei/model/definition.h"
#include "kosei/process/definitions.h"

namespace kosei::process {
namespace {

using language::Datum;

void Must(const absl::Status& status) {
  if (status.ok()) return;
  std::fprintf(stderr, "desk store: %s\n", status.ToString().c_str());
  std::abort();
}
template <typename T>
T Must(absl::StatusOr<T> result) {
  Must(result.status());
  return *std::move(result);
}

class Texts final : public query::RowVisitor {
 public:
  explicit Texts(std::vector<std::string>& rows) : rows_(rows) {}
  void Columns(std::span<const std::string>, const storage::View&) override {}
  bool Row(std::span<const Datum> values, language::Evaluation& evaluation) override {
    std::string row;
    for (const Datum& value : values) {
      if (&value != values.data()) row += " | ";
      row += value.kind() == language::DatumKind::kString ? value.string()
                                                          : language::ToText(value, evaluation);
    }
    rows_.push_back(std::move(row));
    return true;
  }

 private:
  std::vector<std::string>& rows_;
};

}  // namespace

DeskStore::DeskStore() {
  Reopen();
  Must(desk_->Define(Administrator(), Must(ReadDefinitionFiles(KOSEI_PROCESS_FOLDER))).status());
}

void DeskStore::Reopen() {
  desk_.reset();
  statements_.reset();
  engine_.reset();
  storage::EngineOptions options;
  options.folder = folder_ / "store";
  options.model = Must(model::ReadModel(KOSEI_MODEL_FOLDER));
  options.block_cache_bytes = std::size_t{4} << 20;
  options.write_buffer_bytes = std::size_t{4} << 20;
  options.free_bytes_min = 0;
  options.clock = &clock_;
  engine_ = Must(storage::Engine::Open(std::move(options)));
  statements_ = std::make_unique<query::StatementRunner>(engine_->reader(), clock_);
  DeskOptions desk;
  desk.clock = &clock_;
  desk.run = [this](std::function<void()> work) { thread_.Run(std::move(work)); };
  desk.time_zone = "Asia/Tokyo";
  desk.own_thread = false;
  desk_ = Desk::Open(engine_->reader(), engine_->writer(), *statements_, std::move(desk));
}

void DeskStore::AwaitWork() {
  // Work follows work: what comes behind three empty rounds has none before it.
  for (int round = 0; round < 3; ++round) {
    storage::Transaction nothing;
    nothing.provenance.actor = "test";
    Must(engine_->writer().Commit(std::move(nothing)).status());
    Notification done;
    thread_.Run([&] { done.Notify(); });
    done.Wait();
  }
}

void DeskStore::Put(std::string_view class_name, const std::string& key,
                    const std::vector<std::pair<std::string, std::string>>& attributes) {
  const auto schema = engine_->reader().schema();
  const model::Class* const owner = Must(schema->GetClass(class_name));
  storage::Transaction transaction;
  transaction.provenance.actor = "test";
  Record record;
  record.class_number = owner->number;
  record.key = key;
  for (const auto& [name, text] : attributes) {
    const model::Attribute* const attribute = Must(schema->GetAttribute(*owner, name));
    record.Set(attribute->number, Must(schema->Coerce(*attribute, Value(text))));
  }
  transaction.put_records.push_back({std::move(record), std::nullopt});
  Must(engine_->writer().Commit(std::move(transaction)).status());
}

void DeskStore::PutPerson(const std::string& key, const std::vector<std::string>& roles) {
  const auto schema = engine_->reader().schema();
  const model::Class* const owner = Must(schema->GetClass("Person"));
  storage::Transaction transaction;
  transaction.provenance.actor = "test";
  Record record;
  record.class_number = owner->number;
  record.key = key;
  ValueList list;
  for (const std::string& role : roles) list.emplace_back(role);
  record.Set(Must(schema->GetAttribute(*owner, "login"))->number, Value(key));
  record.Set(Must(schema->GetAttribute(*owner, "roles"))->number, Value(std::move(list)));
  transaction.put_records.push_back({std::move(record), std::nullopt});
  Must(engine_->writer().Commit(std::move(transaction)).status());
}

void DeskStore::Link(const std::string& source, std::string_view type, const std::string& target) {
  const auto schema = engine_->reader().schema();
  storage::Transaction transaction;
  transaction.provenance.actor = "test";
  transaction.put_links.push_back(
      {source, Must(schema->GetRelationshipType(type))->number, target});
  Must(engine_->writer().Commit(std::move(transaction)).status());
}

std::vector<std::string> DeskStore::Rows(std::string_view text) {
  std::vector<std::string> rows;
  Texts visitor(rows);
  query::StatementRequest request;
  request.text = text;
  const auto summary = statements_->Run(request, query::Budget({}, clock_), visitor);
  EXPECT_TRUE(summary.ok()) << text << "\n" << summary.status();
  return rows;
}

std::string DeskStore::StateOf(const std::string& key) {
  const auto outlook = desk_->Look(Administrator(), key);
  EXPECT_TRUE(outlook.ok()) << outlook.status();
  return outlook.ok() ? outlook->state : std::string();
}

language::DatumMap Given(const std::vector<std::pair<std::string, std::string>>& attributes) {
  language::DatumMap map;
  for (const auto& [name, text] : attributes) map.emplace_back(name, Datum::String(text));
  return map;
}

Caller As(std::string account) { return {std::move(account), false}; }

std::string Refused(const absl::StatusOr<Outcome>& outcome) {
  if (!outcome.ok()) return std::string(MessageOf(outcome.status()));
  std::string text;
  for (const Refusal& refusal : outcome->refusals) text += refusal.message.en + "\n";
  return text;
}

}  // namespace kosei::process

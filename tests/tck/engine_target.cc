#include "engine_target.h"

#include <chrono>
#include <utility>

#include "datum_cell.h"
#include "kosei/base/status_macros.h"
#include "kosei/model/schema.h"

namespace kosei::tck {
namespace {

constexpr std::chrono::seconds kTimeMax{20};  // of a statement; a sanitized build is slow

class Collector final : public query::RowVisitor {
 public:
  void Columns(std::span<const std::string> names, const storage::View& /*view*/) override {
    answer.columns.assign(names.begin(), names.end());
  }
  bool Row(std::span<const language::Datum> values, language::Evaluation& evaluation) override {
    std::vector<Cell>& row = answer.rows.emplace_back();
    for (const language::Datum& value : values) row.push_back(CellOf(value, evaluation));
    return true;
  }
  Answer answer;
};

}  // namespace

absl::Status EngineTarget::NewStore(const Names& names) {
  runner_.reset();
  engine_.reset();
  folder_ = std::make_unique<testing::TempFolder>();
  storage::EngineOptions options;
  options.folder = *folder_ / "store";
  KOSEI_ASSIGN_OR_RETURN(options.model, model::ParseModel(ModelYaml(names), "tck.yaml"));
  options.block_cache_bytes = std::size_t{4} << 20;
  options.record_cache_bytes = std::size_t{16} << 20;
  options.write_buffer_bytes = std::size_t{4} << 20;
  options.free_bytes_min = 0;
  options.index_in_background = false;
  options.checkpoint = false;
  options.scrub_in_background = false;
  KOSEI_ASSIGN_OR_RETURN(engine_, storage::Engine::Open(std::move(options)));
  runner_ = std::make_unique<query::StatementRunner>(engine_->reader(), SystemClock());
  return absl::OkStatus();
}

absl::Status EngineTarget::Commit(const Batch& batch) {
  const auto schema = engine_->reader().schema();
  storage::Transaction transaction;
  transaction.provenance.actor = "tck";
  for (const std::string& key : batch.ended) transaction.end_records.push_back({key, std::nullopt});
  for (const NewRecord& one : batch.records) {
    KOSEI_ASSIGN_OR_RETURN(const model::Class* const owner,
                           schema->GetClass(ClassOf(names(), one.labels)));
    Record record;
    record.class_number = owner->number;
    record.key = one.key;
    for (const auto& [name, value] : one.attributes) {
      KOSEI_ASSIGN_OR_RETURN(const model::Attribute* const attribute,
                             schema->GetAttribute(*owner, name));
      record.Set(attribute->number, value);
    }
    transaction.put_records.push_back({std::move(record), std::nullopt});
  }
  for (const NewLink& link : batch.links) {
    KOSEI_ASSIGN_OR_RETURN(const model::RelationshipType* const type,
                           schema->GetRelationshipType(link.type));
    transaction.put_links.push_back({link.source, type->number, link.target});
  }
  return engine_->writer().Commit(std::move(transaction)).status();
}

absl::StatusOr<Answer> EngineTarget::Run(const std::string& query,
                                         const std::map<std::string, Cell>& parameters) {
  query::StatementRequest request;
  request.text = query;
  for (const auto& [name, cell] : parameters) request.parameters.emplace_back(name, DatumOf(cell));
  query::Limits limits;
  limits.time = kTimeMax;
  Collector collector;
  KOSEI_RETURN_IF_ERROR(
      runner_->Run(request, query::Budget(limits, SystemClock()), collector).status());
  return std::move(collector.answer);
}

}  // namespace kosei::tck

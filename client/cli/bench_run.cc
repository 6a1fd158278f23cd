#include "bench_run.h"

#include <algorithm>
#include <random>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"

namespace kosei::cli {
namespace {

absl::Status Unknown(const char* kind, std::string_view name) {
  return MakeError(ErrorCode::kModelInvalid,
                   absl::StrFormat("bench: the server's model has no %s '%s'; start koseid with "
                                   "the default model",
                                   kind, name));
}

}  // namespace

absl::StatusOr<EstateRecords> EstateRecords::Make(const estate::Estate& estate,
                                                  const client::Model& model) {
  EstateRecords records(estate);
  for (const std::string_view name : estate::ClassNames()) {
    const client::ModelClass* const known = model.FindClass(name);
    if (known == nullptr) return Unknown("class", name);
    records.classes_.push_back(known->number);
  }
  for (const std::string_view name : estate::AttributeNames()) {
    records.attributes_.push_back(model.AttributeOf(name));
    if (records.attributes_.back().value == 0) return Unknown("attribute", name);
  }
  for (const std::string_view name : estate::RelationshipTypeNames()) {
    records.types_.push_back(model.RelationshipTypeOf(name));
    if (records.types_.back().value == 0) return Unknown("relationship type", name);
  }
  return records;
}

void EstateRecords::RecordAt(std::uint32_t position, Record& record) {
  estate_->ItemAt(position, item_);
  record.class_number = classes_[item_.class_index];
  record.key = item_.key;
  record.attributes.clear();
  for (auto& [attribute, value] : item_.attributes) {
    record.attributes.emplace_back(attributes_[attribute], std::move(value));
  }
  std::ranges::sort(record.attributes, {}, [](const auto& entry) { return entry.first; });
}

void EstateRecords::LinkAt(const estate::Link& link, client::Link& out) const {
  out.source.clear();
  estate_->AppendKey(link.source, out.source);
  out.type = types_[link.type_index];
  out.target.clear();
  estate_->AppendKey(link.target, out.target);
}

std::string EstateRecords::KeyAt(std::uint32_t position) const {
  std::string key;
  estate_->AppendKey(position, key);
  return key;
}

AttributeNumber EstateRecords::AttributeOf(std::string_view name) const {
  const auto names = estate::AttributeNames();
  const auto found = std::ranges::find(names, name);
  return attributes_[static_cast<std::size_t>(found - names.begin())];
}

PlainGraph& BenchRun::Graph() {
  if (!graph.has_value()) graph.emplace(estate, *client.model());
  return *graph;
}

std::vector<std::uint32_t> BenchRun::RandomPositions(std::size_t count,
                                                     std::uint64_t purpose) const {
  std::mt19937_64 engine(seed * 1'000 + purpose);  // its sequence is fixed by the standard
  std::vector<std::uint32_t> positions(count);
  for (std::uint32_t& position : positions) {
    position = static_cast<std::uint32_t>(((engine() >> 32) * estate.item_count()) >> 32);
  }
  return positions;
}

absl::StatusOr<ClassNumber> ClassNamed(const client::Model& model, std::string_view name) {
  const client::ModelClass* const found = model.FindClass(name);
  if (found == nullptr) return Unknown("class", name);
  return found->number;
}

}  // namespace kosei::cli

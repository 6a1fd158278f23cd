#include "estate_store.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>
#include <utility>

#include "kosei/model/definition.h"
#include "kosei/model/schema.h"

namespace kosei::bench {
namespace {

constexpr std::size_t kChunkItems = 8'192;

std::unique_ptr<storage::Engine> OpenFolder(const std::string& folder, bool checkpoint) {
  storage::EngineOptions options;
  options.checkpoint = checkpoint;
  options.folder = folder;
  options.model = Must(model::ReadModel(KOSEI_MODEL_FOLDER));
  return Must(storage::Engine::Open(std::move(options)));
}

}  // namespace

void GiveUp(const absl::Status& status) {
  std::fprintf(stderr, "benchmark: %s\n", status.ToString().c_str());
  std::exit(EXIT_FAILURE);
}

std::uint32_t ItemsWanted() {
  const char* const text = std::getenv("KOSEI_BENCH_CIS");
  if (text == nullptr) return 100'000;
  return std::max(static_cast<std::uint32_t>(std::strtoul(text, nullptr, 10)), estate::kItemsMin);
}

BenchFolder::BenchFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "kosei-bench-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr)
    GiveUp(absl::InternalError("no folder can be made: " + name));
  path_ = std::move(name);
}

BenchFolder::~BenchFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

std::uint32_t Sequence::Below(std::uint32_t count) {
  state_ = state_ * 6364136223846793005U + 1442695040888963407U;
  return static_cast<std::uint32_t>(((state_ >> 32) * count) >> 32);
}

EstateStore::EstateStore()
    : estate_({.items = ItemsWanted(), .seed = 1}), engine_(OpenFolder(folder_ / "store", true)) {
  const auto schema = engine_->reader().schema();
  for (const std::string_view name : estate::ClassNames()) {
    classes_.push_back(schema->FindClass(name)->number);
  }
  for (const std::string_view name : estate::AttributeNames())
    attributes_.push_back(AttributeOf(name));
  for (const std::string_view name : estate::RelationshipTypeNames()) {
    types_.push_back(schema->FindRelationshipType(name)->number);
  }
}

AttributeNumber EstateStore::AttributeOf(std::string_view name) const {
  const auto schema = engine_->reader().schema();
  for (const model::Class& owner : schema->classes()) {
    const model::Attribute* const attribute = schema->FindAttribute(owner, name);
    if (attribute != nullptr) return attribute->number;
  }
  GiveUp(absl::NotFoundError("the model lacks attribute " + std::string(name)));
}

Record EstateStore::RecordAt(std::uint32_t position) const {
  estate::Item item;
  estate_.ItemAt(position, item);
  Record record;
  record.class_number = classes_[item.class_index];
  record.key = std::move(item.key);
  for (auto& [attribute, value] : item.attributes) {
    record.Set(attributes_[attribute], std::move(value));
  }
  return record;
}

std::vector<storage::PutLink> EstateStore::LinksOf(std::uint32_t position) const {
  std::vector<estate::Link> links;
  estate_.LinksOf(position, links);
  std::vector<storage::PutLink> out;
  out.reserve(links.size());
  for (const estate::Link& link : links) {
    out.push_back({KeyAt(link.source), types_[link.type_index], KeyAt(link.target)});
  }
  return out;
}

std::string EstateStore::KeyAt(std::uint32_t position) const {
  std::string key;
  estate_.AppendKey(position, key);
  return key;
}

void EstateStore::Open(Start start) {
  engine_ = OpenFolder(folder_ / "store", start == Start::kFromCheckpoint);
}

void EstateStore::ForEachChunk(absl::FunctionRef<void(storage::BulkChunk)> visit) const {
  storage::BulkChunk chunk;
  for (std::uint32_t position = 0; position < item_count(); ++position) {
    chunk.records.push_back(RecordAt(position));
    if (chunk.records.size() == kChunkItems) visit(std::exchange(chunk, {}));
  }
  for (std::uint32_t position = 0; position < item_count(); ++position) {
    for (storage::PutLink& link : LinksOf(position)) chunk.links.push_back(std::move(link));
    if (chunk.links.size() >= kChunkItems) visit(std::exchange(chunk, {}));
  }
  visit(std::move(chunk));
}

std::vector<storage::BulkChunk> EstateStore::Chunks() const {
  std::vector<storage::BulkChunk> chunks;
  ForEachChunk([&chunks](storage::BulkChunk chunk) { chunks.push_back(std::move(chunk)); });
  return chunks;
}

namespace {

void AddTo(storage::BulkLoad& load, storage::BulkChunk chunk) {
  const storage::ChunkResult result = Must(load.Add(std::move(chunk)));
  if (!result.rejected.empty()) GiveUp(result.rejected.front().status);
}

}  // namespace

void EstateStore::Load() {
  const auto load = Must(writer().BeginBulk({"bench", "bench", "", ""}));
  ForEachChunk([&load](storage::BulkChunk chunk) { AddTo(*load, std::move(chunk)); });
  Must(load->Finish().status());
}

void EstateStore::Load(std::vector<storage::BulkChunk> chunks) {
  const auto load = Must(writer().BeginBulk({"bench", "bench", "", ""}));
  for (storage::BulkChunk& chunk : chunks) AddTo(*load, std::move(chunk));
  Must(load->Finish().status());
}

EstateStore& LoadedStore() {
  static const std::unique_ptr<EstateStore> store = [] {
    auto fresh = std::make_unique<EstateStore>();
    fresh->Load();
    Must(fresh->indexes().CatchUp());  // nothing works beside the benchmarks
    return fresh;
  }();
  return *store;
}

}  // namespace kosei::bench

// The Reader of a store.
#pragma once

#include "kosei/storage/reader.h"
#include "record_reader.h"
#include "store.h"

namespace kosei::storage {

class StoreReader final : public Reader {
 public:
  StoreReader(const Store& store, const IndexReader& indexes) : store_(store), indexes_(indexes) {}

  std::shared_ptr<const model::Schema> schema() const override { return store_.schema.newest(); }
  absl::StatusOr<std::shared_ptr<const model::Schema>> SchemaAt(const View& view) const override {
    return SchemaOf(ModelVersionAt(view.commit));
  }
  absl::StatusOr<std::shared_ptr<const model::Schema>> SchemaOf(
      std::uint32_t version) const override {
    return store_.schema.SchemaOf(*store_.database, version);
  }
  std::uint32_t ModelVersionAt(CommitNumber commit) const override {
    return store_.schema.VersionAt(commit);
  }
  std::vector<ModelVersionInfo> ModelVersions() const override { return store_.schema.All(); }
  absl::StatusOr<std::string> ModelText(std::uint32_t version) const override;
  View Newest() const override;
  absl::StatusOr<View> Resolve(const ViewName& name) const override;
  std::optional<absl::StatusOr<View>> ResolveIfCached(const ViewName& name) const override;
  std::optional<RecordId> IdOf(std::string_view key) const override;
  std::string_view KeyOf(RecordId id) const override { return store_.directory.KeyOf(NodeOf(id)); }
  ClassNumber ClassOf(RecordId id) const override { return store_.directory.ClassOf(NodeOf(id)); }
  absl::StatusOr<std::optional<RecordId>> HolderOf(const model::Attribute& attribute,
                                                   const Value& value,
                                                   CommitNumber as_of) const override;
  absl::StatusOr<RecordVersion> GetWhatIsLeft(RecordId id, const View& view) const override;
  absl::StatusOr<RecordVersion> Get(RecordId id, const View& view) const override;
  std::optional<absl::StatusOr<RecordVersion>> GetIfCached(RecordId id,
                                                           const View& view) const override;
  std::uint64_t ContentEpoch() const override;
  absl::StatusOr<std::vector<RecordVersion>> History(RecordId id, const View& view) const override;
  absl::StatusOr<std::vector<LinkVersion>> LinkHistory(RecordId id,
                                                       const View& view) const override;
  absl::Status Scan(
      const View& view, RecordId from,
      absl::FunctionRef<bool(RecordId, CommitNumber, RecordView)> visit) const override;
  void VisitDated(
      absl::FunctionRef<void(RecordId)> record,
      absl::FunctionRef<void(RecordId, RelationshipTypeNumber, RecordId)> link) const override;
  const IndexReader& indexes() const override { return indexes_; }
  absl::StatusOr<GraphView> Graph(const View& view) const override;
  absl::StatusOr<CommitInfo> Commit(CommitNumber number) const override;
  absl::StatusOr<CommitChanges> Changes(CommitNumber number, std::size_t limit) const override;
  absl::Status VisitChanges(CommitNumber number,
                            absl::FunctionRef<bool(const CommitChanges&)> visit) const override;
  absl::StatusOr<std::vector<Baseline>> Baselines() const override;
  StoreCounts Counts() const override;

 private:
  absl::StatusOr<View> ResolveIn(const ViewName& name, ReadTier tier) const;
  // Commit and instant; neither valid_at nor plan.
  absl::StatusOr<View> ResolveMoment(const ViewName& name, ReadTier tier) const;
  absl::StatusOr<RecordVersion> Find(RecordId id, const View& view, ReadTier tier) const;
  // What is left of a version that was retired as well.
  absl::StatusOr<RecordVersion> FindStored(RecordId id, const View& view, ReadTier tier) const;

  const Store& store_;
  const IndexReader& indexes_;
};

}  // namespace kosei::storage

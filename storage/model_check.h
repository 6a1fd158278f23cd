// ModelCheck: looks at what is stored with the eyes of a new model: which records and links would
// not be valid any more, and how the book of unique values has to change. Reads only. Belongs to
// the committing thread, with nothing else under way.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "endpoint_rules.h"
#include "keys.h"
#include "kosei/model/comparison.h"
#include "kosei/storage/model_change.h"
#include "store.h"
#include "valid_time.h"

namespace kosei::storage {

class ModelCheck {
 public:
  // All must outlive this.
  ModelCheck(const Store& store, const model::Schema& before, const model::Schema& after,
             const model::ModelComparison& comparison);

  // Looks at what the comparison says has to be looked at, and at nothing else.
  absl::Status Run(Timestamp now);
  const std::vector<ModelFinding>& findings() const { return findings_; }
  std::uint64_t finding_count() const { return finding_count_; }

  // Entries of the identity family as they must be from `commit` on: who held a value under its old
  // name holds it no more, and holds it under the new one.
  absl::StatusOr<std::vector<std::pair<std::string, std::string>>> IdentityEntries(
      CommitNumber commit) const;

 private:
  absl::Status CheckRecords(Timestamp now);
  void JudgeRecord(const RecordView& record);
  void JudgeReferences(const model::Class& owner, const Record& record);
  void BookUnique(RecordId id, const RecordView& record);
  void GiveUpUnique(RecordId id, const RecordView& record);
  // The name of a value in the book of unique values; empty when it is not unique in that model.
  static std::string IdentityIn(const model::Schema& schema, ClassNumber class_number,
                                AttributeNumber number, const Value& value);
  // A link of a node that holds now or is planned, and when.
  struct HeldLink {
    NodeIndex neighbour;
    TypeIndex type;
    std::vector<ValidInterval> parts;
  };
  void CheckLinks(Timestamp now);
  std::vector<HeldLink> LinksOf(const GraphView& graph, LinkDirection direction,
                                NodeIndex node) const;
  void JudgeLink(NodeIndex source, const HeldLink& link);
  void JudgeCardinality(NodeIndex node, LinkDirection direction,
                        const std::vector<HeldLink>& links);
  void Find(ModelFinding finding);
  std::string KeyOf(NodeIndex node) const { return std::string(store_.directory.KeyOf(node)); }

  const Store& store_;
  const model::Schema& before_;
  const model::Schema& after_;
  const model::ModelComparison& comparison_;
  std::vector<bool> classes_;  // by number
  std::vector<bool> types_;    // by number
  EndpointRules endpoints_;
  absl::flat_hash_map<std::string, RecordId> held_;  // unique values under the new model
  std::vector<std::pair<std::string, RecordId>> given_up_;
  std::vector<std::pair<std::string, RecordId>> taken_;
  std::vector<ModelFinding> findings_;
  std::uint64_t finding_count_ = 0;
};

}  // namespace kosei::storage

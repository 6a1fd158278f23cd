// Look-ups in the indexes of a store.
#pragma once

#include <vector>

#include "indexer.h"
#include "kosei/storage/index.h"
#include "store.h"

namespace kosei::storage {

class IndexLookup final : public IndexReader {
 public:
  IndexLookup(const Store& store, const Indexer& indexer) : store_(store), indexer_(indexer) {}

  bool Has(AttributeNumber attribute) const override {
    return indexer_.WholeOf(attribute.value).has_value();
  }
  Candidates Find(const ValueRange& range, const View& view, std::uint64_t limit,
                  Check check) const override;
  Candidates FindText(std::string_view folded, const View& view, std::uint64_t limit,
                      Check check) const override;
  absl::StatusOr<bool> Visit(const ValueRange& range, const View& view,
                             absl::FunctionRef<bool(RecordId)> visit) const override;

 private:
  // Records that the index may not know as the View shows them; nullopt when there are too many.
  Candidates Late(CommitNumber whole_to, const View& view) const;
  bool Unchanged(IndexNumber number, const Indexer::Whole& whole) const;

  const Store& store_;
  const Indexer& indexer_;
};

}  // namespace kosei::storage

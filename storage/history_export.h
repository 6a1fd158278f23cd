// StoreExport: the history of an open store as lines (kosei/storage/history_transfer.h).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "history_lines.h"
#include "kosei/storage/history_transfer.h"
#include "store.h"

namespace kosei::storage {

class StoreExport final : public HistoryExport {
 public:
  static absl::StatusOr<std::unique_ptr<HistoryExport>> Begin(const Store& store);

  absl::StatusOr<std::string_view> Next(std::size_t bytes_max) override;
  CommitNumber commit() const override { return commit_; }
  CommitNumber newest() const override { return newest_; }

 private:
  enum class Step : std::uint8_t {
    kHead,
    kCommit,   // the next commit's line
    kListed,   // entries of a commit that lists its changes
    kRecords,  // of one that does not: every record entry that carries its number,
    kLinks,    // then every such link entry
    kBaselines,
    kEnd,
    kOver
  };

  StoreExport(const Store& store, CommitNumber newest) : store_(store), newest_(newest) {}
  absl::Status Advance(std::size_t bytes_max);
  absl::Status WriteHead();
  absl::Status WriteCommit();
  absl::Status WriteListed(std::size_t bytes_max);
  absl::Status WriteFound(Family family, std::size_t bytes_max);
  absl::Status WriteBaselines();
  absl::Status WriteLinkOf(const LinkChange& change, std::string value);

  const Store& store_;
  const CommitNumber newest_;
  CommitNumber commit_ = kNoCommit;
  Step step_ = Step::kHead;
  std::vector<StoredModel> models_;
  model::NameBook names_;
  std::vector<std::pair<std::string, std::string>> baselines_;
  CommitChanges changes_;
  std::size_t next_change_ = 0;
  std::unique_ptr<rocksdb::Iterator> found_;
  EndLine written_;
  std::string text_;
};

}  // namespace kosei::storage

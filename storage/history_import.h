// StoreImport: lines of a history into an open store (kosei/storage/history_transfer.h).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "committer.h"
#include "first_replay.h"
#include "history_lines.h"
#include "kosei/storage/history_transfer.h"
#include "model_versions.h"
#include "replayed_commit.h"
#include "store.h"
#include "watermark_keeper.h"

namespace kosei::storage {

class StoreImport final : public HistoryImport {
 public:
  // kOverloaded while a first load is under way.
  static absl::StatusOr<std::unique_ptr<HistoryImport>> Begin(Store& store, Committer& committer,
                                                              WatermarkKeeper& watermark);
  ~StoreImport() override;

  absl::Status Add(std::string_view text) override;
  absl::StatusOr<ImportedHistory> Finish() override;
  const ImportedHistory& progress() const override { return progress_; }

 private:
  // Of a first load: what a piece of the text says of it, until it is added.
  struct FirstItem {
    std::variant<RecordLine, LinkLine> line;
    std::uint64_t number = 0;
  };

  StoreImport(Store& store, Committer& committer, WatermarkKeeper& watermark)
      : store_(store), committer_(committer), watermark_(watermark) {}

  absl::Status AddLines(std::string_view text);
  absl::Status AddLine(std::string_view line);
  absl::Status Take(HistoryLine line);
  absl::Status TakeHead(const HeadLine& head);
  absl::Status TakeModel(ModelLine line);
  absl::Status TakeOverFirstModel();
  absl::Status TakeModelCommit(const StoredModel& model, const CommitLine& line,
                               const DecodedCommit& commit);
  const StoredModel* ModelOf(CommitNumber commit) const;
  absl::Status BeginCommit(CommitLine line, DecodedCommit commit);
  absl::Status TakeCommit(CommitLine line);
  absl::Status TakeRecord(RecordLine line);
  absl::Status TakeLink(LinkLine line);
  absl::Status TakeBaseline(const BaselineLine& line);
  absl::Status TakeEnd(const EndLine& line);
  absl::Status RememberRetired();
  void FinishCommitIfWhole();
  // Writes the whole commits that wait.
  absl::Status WriteWaiting();
  absl::Status WriteFirst();
  absl::StatusOr<Head> AddFirstItems();
  void Release();

  Store& store_;
  Committer& committer_;
  WatermarkKeeper& watermark_;
  LineParser parser_;
  std::string rest_;  // a line that has begun
  std::uint64_t line_ = 0;
  bool head_seen_ = false;
  std::vector<StoredModel> models_;
  bool end_seen_ = false;
  bool retired_seen_ = false;
  bool loading_ = false;  // this import keeps others from committing
  CommitNumber there_;    // commits that the store had when it began
  CommitNumber newest_in_text_;
  EndLine seen_;
  // The commit under way, and those that are whole and wait.
  enum class Under : std::uint8_t { kNone, kPassedOver, kFirst, kUsual } under_ = Under::kNone;
  std::uint64_t records_left_ = 0;
  std::uint64_t links_left_ = 0;
  ReplayedCommit commit_;
  std::vector<ReplayedCommit> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::unique_ptr<FirstReplay> first_;
  std::vector<FirstItem> first_items_;
  bool first_whole_ = false;
  absl::Status failed_;
  ImportedHistory progress_;
};

}  // namespace kosei::storage

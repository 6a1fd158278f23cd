#include "history_import.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "commit_log.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/remnant.h"
#include "kosei/base/status_macros.h"
#include "meta_table.h"
#include "model_changer.h"
#include "retention_book.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kLineBytesMax = std::size_t{8} << 20;
constexpr std::size_t kWaitingBytesMax = std::size_t{8} << 20;

absl::Status Bad(std::string_view what) { return MakeError(ErrorCode::kInvalidArgument, what); }

absl::Status AtLine(const absl::Status& status, std::uint64_t line) {
  return status.ok() ? status
                     : WithContext(status, absl::StrFormat("import history, line %d", line));
}

}  // namespace

absl::StatusOr<std::unique_ptr<HistoryImport>> StoreImport::Begin(Store& store,
                                                                  Committer& committer,
                                                                  WatermarkKeeper& watermark) {
  std::unique_ptr<StoreImport> import(new StoreImport(store, committer, watermark));
  import->there_ = store.published();
  import->progress_.newest = import->there_;
  if (import->there_ == kNoCommit) {
    bool idle = false;
    if (!store.loading.compare_exchange_strong(idle, true)) {
      return MakeError(ErrorCode::kOverloaded,
                       "import history: the first load of this store is under way; try again when "
                       "it has finished");
    }
    import->loading_ = true;
  }
  return std::unique_ptr<HistoryImport>(std::move(import));
}

StoreImport::~StoreImport() { Release(); }

void StoreImport::Release() {
  if (std::exchange(loading_, false)) store_.loading.store(false);
}

absl::Status StoreImport::Add(std::string_view text) {
  KOSEI_RETURN_IF_ERROR(failed_);
  failed_ = AddLines(text);
  // Whole commits before a bad line are in, and stay.
  const absl::Status written = WriteWaiting();
  if (failed_.ok()) failed_ = written;
  return failed_;
}

absl::Status StoreImport::AddLines(std::string_view text) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) {
      rest_ += text;
      if (rest_.size() <= kLineBytesMax) return absl::OkStatus();
      ++line_;
      return AddLine(rest_);
    }
    std::string_view line = text.substr(0, end);
    if (!rest_.empty()) line = rest_ += line;
    ++line_;
    const absl::Status added = line.empty() ? absl::OkStatus() : AddLine(line);
    rest_.clear();
    KOSEI_RETURN_IF_ERROR(added);
    text.remove_prefix(end + 1);
    if (waiting_bytes_ >= kWaitingBytesMax) KOSEI_RETURN_IF_ERROR(WriteWaiting());
  }
  return absl::OkStatus();
}

absl::Status StoreImport::AddLine(std::string_view line) {
  absl::StatusOr<HistoryLine> parsed = parser_.Parse(line);
  waiting_bytes_ += line.size();
  return AtLine(parsed.ok() ? Take(*std::move(parsed)) : parsed.status(), line_);
}

absl::Status StoreImport::Take(HistoryLine line) {
  if (end_seen_) return Bad("there is more after the end");
  if (auto* head = std::get_if<HeadLine>(&line)) return TakeHead(*head);
  if (!head_seen_) return Bad("the first line must have the member kosei_history");
  if (auto* record = std::get_if<RecordLine>(&line)) return TakeRecord(std::move(*record));
  if (records_left_ > 0) {
    return Bad(absl::StrFormat("%d more records were announced by the commit", records_left_));
  }
  if (auto* link = std::get_if<LinkLine>(&line)) return TakeLink(std::move(*link));
  if (links_left_ > 0) {
    return Bad(absl::StrFormat("%d more links were announced by the commit", links_left_));
  }
  if (auto* commit = std::get_if<CommitLine>(&line)) return TakeCommit(std::move(*commit));
  if (auto* model = std::get_if<ModelLine>(&line)) return TakeModel(std::move(*model));
  if (auto* baseline = std::get_if<BaselineLine>(&line)) return TakeBaseline(*baseline);
  return TakeEnd(std::get<EndLine>(line));
}

absl::Status StoreImport::TakeHead(const HeadLine& head) {
  if (head_seen_) return Bad("a second first line");
  head_seen_ = true;
  newest_in_text_ = head.newest;
  if (there_ > head.newest) {
    return MakeError(ErrorCode::kVersionConflict,
                     absl::StrFormat("the text ends with commit %d, and the store has %d already",
                                     head.newest.value, there_.value));
  }
  return absl::OkStatus();
}

absl::Status StoreImport::TakeModel(ModelLine line) {
  if (seen_.commits > 0 || seen_.baselines > 0) return Bad("the model comes before the commits");
  StoredModel& model = line.model;
  const bool first = models_.empty();
  if (first != (model.commit == kNoCommit) || model.commit > newest_in_text_ ||
      (!first &&
       (model.version <= models_.back().version || model.commit <= models_.back().commit))) {
    return Bad(
        "versions of the model ascend, and so do the commits that brought them; the first "
        "came with the store");
  }
  models_.push_back(std::move(model));
  return first ? TakeOverFirstModel() : absl::OkStatus();
}

absl::Status StoreImport::TakeOverFirstModel() {
  return committer_.RunExclusively([this]() -> absl::StatusOr<Head> {
    KOSEI_RETURN_IF_ERROR(ModelChanger(store_, watermark_).TakeOverFirst(models_.front()));
    return store_.head();
  });
}

const StoredModel* StoreImport::ModelOf(CommitNumber commit) const {
  for (const StoredModel& model : models_) {
    if (model.commit == commit) return &model;
  }
  return nullptr;
}

absl::Status StoreImport::TakeCommit(CommitLine line) {
  KOSEI_ASSIGN_OR_RETURN(DecodedCommit commit, DecodeCommit(line.header));
  const CommitNumber number = commit.info.number;
  if (models_.empty()) return Bad("a commit before the first version of the model");
  if (number.value != seen_.commits + 1) {
    return Bad(absl::StrFormat("commit %d, expected %d", number.value, seen_.commits + 1));
  }
  ++seen_.commits;
  records_left_ = line.records;
  links_left_ = line.links;
  if (number > there_) return BeginCommit(std::move(line), std::move(commit));
  KOSEI_ASSIGN_OR_RETURN(const DecodedCommit own, ReadCommit(*store_.database, number));
  if (own.info.hash != commit.info.hash) {
    return MakeError(ErrorCode::kVersionConflict,
                     absl::StrFormat("commit %d is another one in this store; a history goes into "
                                     "an empty store, or into one that has its beginning",
                                     number.value));
  }
  under_ = Under::kPassedOver;
  ++progress_.commits_there;
  FinishCommitIfWhole();
  return absl::OkStatus();
}

absl::Status StoreImport::BeginCommit(CommitLine line, DecodedCommit commit) {
  const CommitNumber number = commit.info.number;
  if (const StoredModel* model = ModelOf(number); model != nullptr) {
    return TakeModelCommit(*model, line, commit);
  }
  if (number.value == 1 && !commit.info.model_hash.empty() &&
      commit.info.model_hash != Sha256::Of(EncodeModel(models_.front()))) {
    return Bad("the first version of the model is not what the first commit says: it was altered");
  }
  if (commit.listed == ChangesListed::kYes) {
    under_ = Under::kUsual;
    commit_ = ReplayedCommit{std::move(line.header), std::move(commit), {}, {}, line_};
    FinishCommitIfWhole();
    return absl::OkStatus();
  }
  KOSEI_RETURN_IF_ERROR(WriteWaiting());
  const Head head = store_.head();
  if (store_.record_count.load() > 0 || commit.info.previous_hash != head.hash ||
      number.value != head.commit.value + 1) {
    return Bad("a first load follows nothing but versions of the model");
  }
  under_ = Under::kFirst;
  first_whole_ = false;
  KOSEI_ASSIGN_OR_RETURN(first_,
                         FirstReplay::Begin(store_, std::move(line.header), std::move(commit)));
  FinishCommitIfWhole();
  return absl::OkStatus();
}

absl::Status StoreImport::TakeModelCommit(const StoredModel& model, const CommitLine& line,
                                          const DecodedCommit& commit) {
  if (line.records > 0 || line.links > 0) {
    return Bad("a commit that brings a version of the model writes nothing else");
  }
  KOSEI_RETURN_IF_ERROR(WriteWaiting());
  KOSEI_RETURN_IF_ERROR(committer_.RunExclusively(
      [&] { return ModelChanger(store_, watermark_).TakeOver(model, line.header, commit); }));
  ++progress_.commits;
  progress_.newest = store_.published();
  return absl::OkStatus();
}

absl::Status StoreImport::TakeRecord(RecordLine line) {
  retired_seen_ = retired_seen_ || IsRetired(RecordView::Trust(line.bytes));
  if (records_left_ == 0) return Bad("a record that no commit announced");
  --records_left_;
  ++seen_.records;
  if (under_ == Under::kUsual) {
    if (!commit_.records.empty() && line.id <= commit_.records.back().id) {
      return Bad("the records of a commit ascend by number");
    }
    commit_.records.push_back(std::move(line));
  } else if (under_ == Under::kFirst) {
    first_items_.push_back({std::move(line), line_});
  }
  if (under_ != Under::kPassedOver) ++progress_.record_versions;
  FinishCommitIfWhole();
  return absl::OkStatus();
}

absl::Status StoreImport::TakeLink(LinkLine line) {
  if (links_left_ == 0) return Bad("a link that no commit announced");
  --links_left_;
  ++seen_.links;
  if (under_ == Under::kUsual) {
    commit_.links.push_back(std::move(line));
  } else if (under_ == Under::kFirst) {
    first_items_.push_back({std::move(line), line_});
  }
  if (under_ != Under::kPassedOver) ++progress_.link_changes;
  FinishCommitIfWhole();
  return absl::OkStatus();
}

void StoreImport::FinishCommitIfWhole() {
  if (records_left_ > 0 || links_left_ > 0) return;
  if (under_ == Under::kFirst) first_whole_ = true;
  if (under_ == Under::kUsual) waiting_.push_back(std::exchange(commit_, ReplayedCommit()));
  under_ = Under::kNone;
}

absl::Status StoreImport::WriteWaiting() {
  waiting_bytes_ = 0;
  if (first_ != nullptr) KOSEI_RETURN_IF_ERROR(WriteFirst());
  if (waiting_.empty()) return absl::OkStatus();
  std::size_t done = 0;
  const absl::Status replayed = committer_.Replay(waiting_, done);
  progress_.commits += done;
  progress_.newest = store_.published();
  const std::uint64_t line = done < waiting_.size() ? waiting_[done].line : line_;
  waiting_.clear();
  return AtLine(replayed, line);
}

absl::Status StoreImport::WriteFirst() {
  const absl::Status added = committer_.RunExclusively([this] { return AddFirstItems(); });
  first_items_.clear();
  if (!added.ok()) {
    first_.reset();
    waiting_.clear();
    return added;
  }
  if (!first_whole_) return absl::OkStatus();
  first_.reset();
  ++progress_.commits;
  progress_.newest = store_.published();
  return absl::OkStatus();
}

absl::StatusOr<Head> StoreImport::AddFirstItems() {
  for (const FirstItem& item : first_items_) {
    const auto* record = std::get_if<RecordLine>(&item.line);
    const absl::Status added = record != nullptr ? first_->AddRecord(*record)
                                                 : first_->AddLink(std::get<LinkLine>(item.line));
    KOSEI_RETURN_IF_ERROR(AtLine(added, item.number));
  }
  if (!first_whole_) return store_.head();
  const absl::StatusOr<Head> head = first_->Finish(watermark_);
  if (!head.ok()) return AtLine(head.status(), line_);
  return head;
}

absl::Status StoreImport::TakeBaseline(const BaselineLine& line) {
  KOSEI_RETURN_IF_ERROR(WriteWaiting());
  KOSEI_ASSIGN_OR_RETURN(const Baseline baseline, DecodeBaseline(line.name, line.bytes));
  if (baseline.view.commit > store_.published()) {
    return Bad(absl::StrFormat("baseline %s names commit %d, and the newest is %d", line.name,
                               baseline.view.commit.value, store_.published().value));
  }
  ++seen_.baselines;
  ++progress_.baselines;
  return store_.Wrote(PutMeta(*store_.database, "baseline/" + line.name, line.bytes));
}

absl::Status StoreImport::TakeEnd(const EndLine& line) {
  if (line != seen_ || seen_.commits != newest_in_text_.value) {
    return Bad(absl::StrFormat(
        "the end counts %d commits, %d records, %d links and %d baselines, and %d, %d, %d and %d "
        "came: lines are missing",
        line.commits, line.records, line.links, line.baselines, seen_.commits, seen_.records,
        seen_.links, seen_.baselines));
  }
  end_seen_ = true;
  return absl::OkStatus();
}

// Which Views show what was retired is not in the text: any may but those of the newest commit from
// its time on.
absl::Status StoreImport::RememberRetired() {
  const Head head = store_.head();
  const RetiredUntil until{CommitNumber{head.commit.value - 1}, head.time};
  KOSEI_RETURN_IF_ERROR(
      store_.Wrote(PutMeta(*store_.database, kRetiredUntilName, EncodeRetiredUntil(until))));
  store_.retired_until_commit = until.commit.value;
  store_.retired_until_instant = until.instant.micros;
  return absl::OkStatus();
}

absl::StatusOr<ImportedHistory> StoreImport::Finish() {
  if (!rest_.empty()) KOSEI_RETURN_IF_ERROR(Add("\n"));
  KOSEI_RETURN_IF_ERROR(failed_);
  if (end_seen_) {
    if (retired_seen_) KOSEI_RETURN_IF_ERROR(RememberRetired());
    return progress_;
  }
  return AtLine(Bad(absl::StrFormat(
                    "the text ends here without its last line, which has the member end: it was "
                    "cut short; commits up to %d are in, and the whole text may be imported on top",
                    store_.published().value)),
                line_ + 1);
}

}  // namespace kosei::storage

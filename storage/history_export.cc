#include "history_export.h"

#include <limits>

#include "absl/strings/str_format.h"
#include "commit_log.h"
#include "keys.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "meta_table.h"
#include "rocksdb_status.h"

namespace kosei::storage {
namespace {

constexpr std::string_view kBaseline = "baseline/";

rocksdb::ReadOptions Scanning() {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.readahead_size = std::size_t{2} << 20;
  return options;
}

}  // namespace

absl::StatusOr<std::unique_ptr<HistoryExport>> StoreExport::Begin(const Store& store) {
  std::unique_ptr<StoreExport> run(new StoreExport(store, store.published()));
  KOSEI_ASSIGN_OR_RETURN(const auto models, ListMeta(*store.database, kModelVersionPrefix));
  for (const auto& [name, bytes] : models) {
    KOSEI_ASSIGN_OR_RETURN(StoredModel model, DecodeModel(bytes));
    if (model.commit <= run->newest_) run->models_.push_back(std::move(model));
  }
  if (!run->models_.empty()) run->names_ = run->models_.back().book;
  KOSEI_ASSIGN_OR_RETURN(auto baselines, ListMeta(*store.database, kBaseline));
  for (auto& [name, bytes] : baselines) {
    const auto baseline = DecodeBaseline(name, bytes);
    // One that was made since names a commit that the text has not.
    if (baseline.ok() && baseline->view.commit > run->newest_) continue;
    run->baselines_.emplace_back(std::move(name), std::move(bytes));
  }
  return std::unique_ptr<HistoryExport>(std::move(run));
}

absl::StatusOr<std::string_view> StoreExport::Next(std::size_t bytes_max) {
  text_.clear();
  while (step_ != Step::kOver && text_.size() < bytes_max) {
    KOSEI_RETURN_IF_ERROR(Advance(bytes_max));
  }
  return std::string_view(text_);
}

absl::Status StoreExport::Advance(std::size_t bytes_max) {
  switch (step_) {
    case Step::kHead:
      return WriteHead();
    case Step::kCommit:
      return WriteCommit();
    case Step::kListed:
      return WriteListed(bytes_max);
    case Step::kRecords:
      return WriteFound(Family::kRecords, bytes_max);
    case Step::kLinks:
      return WriteFound(Family::kLinks, bytes_max);
    case Step::kBaselines:
      return WriteBaselines();
    case Step::kEnd:
      AppendEnd(text_, written_);
      step_ = Step::kOver;
      return absl::OkStatus();
    case Step::kOver:
      break;
  }
  return absl::OkStatus();
}

absl::Status StoreExport::WriteHead() {
  AppendHead(text_, {kHistoryFormat, newest_});
  for (const StoredModel& model : models_) AppendModel(text_, {model});
  step_ = Step::kCommit;
  return absl::OkStatus();
}

absl::Status StoreExport::WriteCommit() {
  if (commit_ == newest_) {
    step_ = Step::kBaselines;
    return absl::OkStatus();
  }
  ++commit_.value;
  CommitLine line;
  KOSEI_ASSIGN_OR_RETURN(line.header,
                         store_.database->Get(Family::kCommits, keys::CommitKey(commit_, 0)));
  KOSEI_ASSIGN_OR_RETURN(const DecodedCommit commit, DecodeCommit(line.header));
  if (commit.listed == ChangesListed::kYes) {
    KOSEI_ASSIGN_OR_RETURN(
        changes_, ReadChanges(*store_.database, commit_, std::numeric_limits<std::size_t>::max()));
    line.records = changes_.records.size();
    line.links = changes_.links.size();
    next_change_ = 0;
    step_ = Step::kListed;
  } else {
    line.records = commit.info.records_created;
    line.links = commit.info.links_created;
    found_ = store_.database->Iterate(Family::kRecords, Scanning());
    found_->SeekToFirst();
    step_ = Step::kRecords;
  }
  AppendCommit(text_, line, commit);
  ++written_.commits;
  written_.records += line.records;
  written_.links += line.links;
  return absl::OkStatus();
}

absl::Status StoreExport::WriteListed(std::size_t bytes_max) {
  const std::size_t records = changes_.records.size();
  for (; next_change_ < records && text_.size() < bytes_max; ++next_change_) {
    const RecordChange& change = changes_.records[next_change_];
    char key[keys::kRecordKeySize];
    keys::WriteRecordKey(key, change.record, commit_);
    KOSEI_ASSIGN_OR_RETURN(const std::string bytes,
                           store_.database->Get(Family::kRecords, {key, sizeof(key)}));
    AppendRecord(text_, change.record, change.kind, bytes, names_);
  }
  for (; next_change_ < records + changes_.links.size() && text_.size() < bytes_max;
       ++next_change_) {
    const LinkChange& change = changes_.links[next_change_ - records];
    char key[keys::kLinkKeySize];
    keys::WriteLinkKey(key, {change.source, change.type, change.target, commit_});
    KOSEI_ASSIGN_OR_RETURN(std::string value,
                           store_.database->Get(Family::kLinks, {key, sizeof(key)}));
    KOSEI_RETURN_IF_ERROR(WriteLinkOf(change, std::move(value)));
  }
  if (next_change_ == records + changes_.links.size()) step_ = Step::kCommit;
  return absl::OkStatus();
}

absl::Status StoreExport::WriteLinkOf(const LinkChange& change, std::string value) {
  LinkLine line;
  line.source = store_.directory.KeyOf(NodeOf(change.source));
  line.type = change.type;
  line.target = store_.directory.KeyOf(NodeOf(change.target));
  line.kind = change.kind;
  line.value = std::move(value);
  AppendLink(text_, line, names_);
  return absl::OkStatus();
}

absl::Status StoreExport::WriteFound(Family family, std::size_t bytes_max) {
  for (; found_->Valid() && text_.size() < bytes_max; found_->Next()) {
    const std::string_view key = ViewOf(found_->key());
    if (family == Family::kRecords) {
      const keys::RecordKey record = keys::DecodeRecordKey(key);
      if (record.commit != commit_) continue;
      // Its own string, for a record is read in place, aligned.
      const std::string bytes = found_->value().ToString();
      AppendRecord(text_, record.id, ChangeKind::kCreated, bytes, names_);
    } else {
      const keys::LinkKey link = keys::DecodeLinkKey(key);
      if (link.commit != commit_) continue;
      KOSEI_RETURN_IF_ERROR(WriteLinkOf({link.source, link.type, link.target, ChangeKind::kCreated},
                                        found_->value().ToString()));
    }
  }
  if (found_->Valid()) return absl::OkStatus();
  KOSEI_RETURN_IF_ERROR(ToStatus(found_->status(), "export history"));
  found_.reset();
  if (family == Family::kRecords) {
    found_ = store_.database->Iterate(Family::kLinks, Scanning());
    found_->SeekToFirst();
    step_ = Step::kLinks;
  } else {
    step_ = Step::kCommit;
  }
  return absl::OkStatus();
}

absl::Status StoreExport::WriteBaselines() {
  for (const auto& [name, bytes] : baselines_) AppendBaseline(text_, {name, bytes});
  written_.baselines = baselines_.size();
  step_ = Step::kEnd;
  return absl::OkStatus();
}

}  // namespace kosei::storage

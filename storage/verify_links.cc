// Every version of every link, and the names that lead into history.
#include <utility>

#include "absl/strings/str_format.h"
#include "keys.h"
#include "kosei/base/error.h"
#include "link_statement.h"
#include "meta_table.h"
#include "rocksdb_status.h"
#include "verify_run.h"

namespace kosei::storage {
namespace {

std::string NameOf(const keys::LinkKey& link) {
  return absl::StrFormat("link %d -(%d)-> %d, commit %d", link.source.value, link.type.value,
                         link.target.value, link.commit.value);
}

class LinkCheck {
 public:
  explicit LinkCheck(VerifyRun& run) : run_(run) {}

  // Versions come by link, newest first.
  void Add(std::string_view bytes, const LinkValue& value) {
    const bool live = value.live;
    const keys::LinkKey key = keys::DecodeLinkKey(bytes);
    const std::string_view name = bytes.substr(0, keys::kLinkPrefixSize);
    if (name != name_) {
      Finish();
      name_ = std::string(name);
      Begin(key, live);
    } else if (live == later_is_live_ && !timed_ && !value.timed) {
      run_.Find(NameOf(key) + (live ? ": it begins while it holds" : ": it ends twice"));
    }
    if (key.commit == kNoCommit || key.commit > run_.report.newest) {
      run_.Find(NameOf(key) + ": there is no such commit");
    }
    if (value.timed && value.valid.from >= value.valid.to) {
      run_.Find(NameOf(key) + ": it ends in valid time before it begins");
    }
    timed_ = timed_ || value.timed;
    later_is_live_ = live;
    oldest_ = key;
  }
  // After the last.
  void Finish() {
    if (!name_.empty() && !later_is_live_ && !timed_) {
      run_.Find(NameOf(oldest_) + ": it ends and never began");
    }
  }

 private:
  void Begin(const keys::LinkKey& key, bool live) {
    timed_ = false;
    if (live) ++run_.report.links;
    for (const RecordId end : {key.source, key.target}) {
      if (!run_.IsKnown(end)) {
        run_.Find(absl::StrFormat("%s: there is no record %d", NameOf(key), end.value));
      }
    }
    if (run_.schema.RelationshipTypeName(key.type).empty()) {
      run_.Find(NameOf(key) + ": its type was never named");
    }
  }

  VerifyRun& run_;
  std::string name_;
  keys::LinkKey oldest_{};
  bool later_is_live_ = false;
  bool timed_ = false;  // a statement of it has a valid time of its own: they need not take turns
};

}  // namespace

void VerifyLinks(VerifyRun& run) {
  const std::uint64_t total = run.EstimateOf(Family::kLinks);
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.readahead_size = std::size_t{2} << 20;
  const auto iterator = run.database.Iterate(Family::kLinks, options);
  LinkCheck check(run);
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    const absl::StatusOr<LinkValue> value = DecodeLinkValue(ViewOf(iterator->value()));
    if (iterator->key().size() != keys::kLinkKeySize || !value.ok()) {
      run.Find(absl::StrFormat("links: an entry of %d and %d bytes", iterator->key().size(),
                               iterator->value().size()));
      continue;
    }
    check.Add(ViewOf(iterator->key()), *value);
    run.Progress("links", ++run.report.link_versions, total);
  }
  check.Finish();
  if (!iterator->status().ok()) {
    run.Find("links: cannot be read on: " + iterator->status().ToString());
  } else if (run.report.link_versions != run.link_entries_expected) {
    run.Find(absl::StrFormat("links: %d versions, the commits wrote %d", run.report.link_versions,
                             run.link_entries_expected));
  }
}

void VerifyNames(VerifyRun& run) {
  const auto entries = ListMeta(run.database, "baseline/");
  if (!entries.ok()) {
    run.Find("baselines: " + std::string(MessageOf(entries.status())));
    return;
  }
  for (const auto& [name, bytes] : *entries) {
    const auto baseline = DecodeBaseline(name, bytes);
    if (!baseline.ok()) {
      run.Find("baseline " + name + ": " + std::string(MessageOf(baseline.status())));
    } else if (baseline->view.commit > run.report.newest) {
      run.Find(
          absl::StrFormat("baseline %s: there is no commit %d", name, baseline->view.commit.value));
    }
  }
}

}  // namespace kosei::storage

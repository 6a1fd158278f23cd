#include "link_history.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "keys.h"
#include "kosei/base/bytes.h"
#include "kosei/base/status_macros.h"
#include "rocksdb_status.h"

namespace kosei::storage {
namespace {

// The entries of one link come newest first; each begin pairs with the end that was seen just
// before it.
class IntervalBuilder {
 public:
  void Add(const keys::LinkKey& key, bool live) {
    if (live) {
      intervals_.push_back({key.source, key.type, key.target, key.commit, end_});
      end_ = kOpenEnd;
    } else {
      end_ = key.commit;
    }
  }
  // Oldest first.
  std::vector<LinkVersion> Take() {
    std::reverse(intervals_.begin(), intervals_.end());
    end_ = kOpenEnd;
    return std::exchange(intervals_, {});
  }

 private:
  std::vector<LinkVersion> intervals_;
  CommitNumber end_ = kOpenEnd;
};

bool IsLive(const rocksdb::Slice& value) { return !value.empty() && (value[0] & 1) != 0; }

}  // namespace

absl::Status ForEachLink(const Database& database, RecordId from,
                         absl::FunctionRef<bool(const LinkVersion&)> visit) {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.readahead_size = std::size_t{1} << 20;
  const auto iterator = database.Iterate(Family::kLinks, options);
  std::string start;
  AppendU64(start, from.value);
  IntervalBuilder builder;
  std::string current;
  const auto flush = [&] {
    for (const LinkVersion& link : builder.Take()) {
      if (!visit(link)) return false;
    }
    return true;
  };
  for (iterator->Seek(start); iterator->Valid(); iterator->Next()) {
    const std::string_view bytes = ViewOf(iterator->key());
    const std::string_view name = bytes.substr(0, keys::kLinkPrefixSize);
    if (name != current) {
      if (!flush()) return absl::OkStatus();
      current.assign(name);
    }
    builder.Add(keys::DecodeLinkKey(bytes), IsLive(iterator->value()));
  }
  KOSEI_RETURN_IF_ERROR(ToStatus(iterator->status(), "read links"));
  flush();
  return absl::OkStatus();
}

}  // namespace kosei::storage

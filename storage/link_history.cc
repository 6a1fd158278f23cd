#include "link_history.h"

#include <algorithm>
#include <string>
#include <utility>

#include "keys.h"
#include "kosei/base/bytes.h"
#include "kosei/base/status_macros.h"
#include "rocksdb_status.h"

namespace kosei::storage {

absl::Status ForEachLink(const Database& database, RecordId from,
                         absl::FunctionRef<bool(const StoredLink&)> visit) {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.readahead_size = std::size_t{1} << 20;
  const auto iterator = database.Iterate(Family::kLinks, options);
  std::string start;
  AppendU64(start, from.value);
  StoredLink link;
  std::string current;
  const auto flush = [&] {
    if (link.statements.empty()) return true;
    std::reverse(link.statements.begin(), link.statements.end());
    const bool more = visit(link);
    link.statements.clear();
    link.timed = false;
    return more;
  };
  for (iterator->Seek(start); iterator->Valid(); iterator->Next()) {
    const std::string_view bytes = ViewOf(iterator->key());
    const std::string_view name = bytes.substr(0, keys::kLinkPrefixSize);
    const keys::LinkKey key = keys::DecodeLinkKey(bytes);
    if (name != current) {
      if (!flush()) return absl::OkStatus();
      current.assign(name);
      link.source = key.source;
      link.type = key.type;
      link.target = key.target;
    }
    KOSEI_ASSIGN_OR_RETURN(const LinkValue value, DecodeLinkValue(ViewOf(iterator->value())));
    link.timed = link.timed || value.timed;
    link.statements.push_back({key.commit, value.live, value.valid});
  }
  KOSEI_RETURN_IF_ERROR(ToStatus(iterator->status(), "read links"));
  flush();
  return absl::OkStatus();
}

void ForEachPlainVersion(const StoredLink& link,
                         absl::FunctionRef<void(const LinkVersion&)> visit) {
  LinkVersion version{link.source, link.type, link.target, kNoCommit};
  for (const LinkStatement& said : link.statements) {
    if (said.live) {
      version.begin = said.commit;
    } else if (version.begin != kNoCommit) {
      version.end = said.commit;
      visit(version);
      version.begin = kNoCommit;
      version.end = kOpenEnd;
    }
  }
  if (version.begin != kNoCommit) visit(version);
}

}  // namespace kosei::storage

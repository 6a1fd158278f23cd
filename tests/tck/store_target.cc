#include "store_target.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/status_macros.h"

namespace kosei::tck {

absl::Status StoreTarget::Prepare(const Names& names, const Content& content) {
  if (!names_ || *names_ != names) {
    names_ = names;
    keys_.clear();
    store_ = NewStore(names);
  }
  KOSEI_RETURN_IF_ERROR(store_);
  KOSEI_RETURN_IF_ERROR(EndAll());
  return Put(content);
}

absl::Status StoreTarget::EndAll() {
  const std::vector<std::string> keys = std::exchange(keys_, {});
  for (std::size_t i = 0; i < keys.size(); i += kBatchMax) {
    const auto begin = keys.begin() + static_cast<std::ptrdiff_t>(i);
    const auto count = static_cast<std::ptrdiff_t>(std::min(kBatchMax, keys.size() - i));
    KOSEI_RETURN_IF_ERROR(Commit({.ended = {begin, begin + count}, .records = {}, .links = {}}));
  }
  return absl::OkStatus();
}

absl::Status StoreTarget::Put(const Content& content) {
  ++scenario_;
  const auto key = [this](const std::string& own) {
    return absl::StrFormat("s%d-%s", scenario_, own);
  };
  Batch batch;
  const auto flush_if = [&](bool full) -> absl::Status {
    if (!full) return absl::OkStatus();
    return Commit(std::exchange(batch, {}));
  };
  for (const NewRecord& record : content.records) {
    batch.records.push_back(record);
    batch.records.back().key = key(record.key);
    keys_.push_back(batch.records.back().key);
    KOSEI_RETURN_IF_ERROR(flush_if(batch.records.size() == kBatchMax));
  }
  for (const NewLink& link : content.links) {
    batch.links.push_back({key(link.source), link.type, key(link.target)});
    KOSEI_RETURN_IF_ERROR(flush_if(batch.links.size() == kBatchMax));
  }
  return flush_if(!batch.records.empty() || !batch.links.empty());
}

}  // namespace kosei::tck

#include "bolt/result.h"

#include <algorithm>

#include "absl/strings/str_format.h"
#include "bolt/chunks.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::server::bolt {

absl::Status Result::Seal() {
  if (blocks_.empty()) return absl::OkStatus();
  const std::uint64_t bytes =
      blocks_.back().bytes.size() + blocks_.back().ends.size() * sizeof(std::uint32_t);
  collected_ += bytes;
  return kept_.Add(bytes, services_.limits.stream_bytes_max);
}

absl::Status Result::Add(std::string_view record) {
  if (blocks_.empty() || blocks_.back().bytes.size() >= kStreamFrameBytes) {
    KOSEI_RETURN_IF_ERROR(Seal());
    blocks_.emplace_back();
  }
  Block& block = blocks_.back();
  if (collected_ + block.bytes.size() + record.size() > kCollectedBytesMax) {
    return MakeError(ErrorCode::kMemoryBudget,
                     absl::StrFormat("query: the records are larger than %d MiB together; ask for "
                                     "fewer with LIMIT, or for less of each",
                                     kCollectedBytesMax >> 20));
  }
  AppendMessage(block.bytes, record);
  block.ends.push_back(static_cast<std::uint32_t>(block.bytes.size()));
  ++left_;
  return absl::OkStatus();
}

std::uint64_t Result::Advance(std::uint64_t records, std::size_t bytes, Outbox* out) {
  std::uint64_t taken = 0;
  std::size_t size = 0;
  while (taken < records && left_ > 0 && (taken == 0 || size < bytes)) {
    Block& block = blocks_[block_];
    const std::size_t begin = record_ == 0 ? 0 : block.ends[record_ - 1];
    const std::size_t first = record_;
    do {
      ++record_;
    } while (record_ < block.ends.size() && taken + (record_ - first) < records &&
             size + (block.ends[record_] - begin) <= bytes);
    const std::size_t end = block.ends[record_ - 1];
    if (out != nullptr) out->Bytes(std::string_view(block.bytes).substr(begin, end - begin));
    size += end - begin;
    taken += record_ - first;
    left_ -= record_ - first;
    if (record_ < block.ends.size()) continue;
    std::string().swap(block.bytes);
    std::vector<std::uint32_t>().swap(block.ends);
    ++block_;
    record_ = 0;
  }
  return taken;
}

std::uint64_t Result::Take(std::uint64_t records, std::size_t bytes, Outbox& out) {
  return Advance(records, bytes, &out);
}

void Result::Skip(std::uint64_t records) { Advance(records, SIZE_MAX, nullptr); }

}  // namespace kosei::server::bolt

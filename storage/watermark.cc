#include "watermark.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "hash.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kSlotBytes = 4096;
// Format 1 had no writes, and format 2 no list of files.
constexpr std::size_t kPayloadBytesOf[] = {0, 56, 64, 80};
constexpr std::uint32_t kFormat = 3;
constexpr std::string_view kMagic = "KWMK";

struct Slot {
  std::uint64_t sequence;
  WatermarkValue value;
};

std::string Encode(const Slot& slot) {
  std::string bytes(kMagic);
  AppendU32(bytes, kFormat);
  AppendU64(bytes, slot.sequence);
  AppendU64(bytes, slot.value.commit.value);
  bytes.append(slot.value.hash);
  AppendU64(bytes, slot.value.writes);
  AppendU64(bytes, slot.value.files.number);
  AppendU64(bytes, slot.value.files.bytes);
  AppendU64(bytes, Hash64(bytes));
  bytes.resize(kSlotBytes, '\0');
  return bytes;
}

std::optional<Slot> Decode(std::string_view bytes) {
  if (bytes.size() < kPayloadBytesOf[kFormat] + 8 || bytes.substr(0, 4) != kMagic)
    return std::nullopt;
  const std::uint32_t format = ReadU32(bytes.data() + 4);
  if (format == 0 || format > kFormat) return std::nullopt;
  const std::size_t payload = kPayloadBytesOf[format];
  if (ReadU64(bytes.data() + payload) != Hash64(bytes.substr(0, payload))) return std::nullopt;
  Slot slot{ReadU64(bytes.data() + 8),
            {CommitNumber{ReadU64(bytes.data() + 16)}, std::string(bytes.substr(24, 32))}};
  if (format >= 2) slot.value.writes = ReadU64(bytes.data() + 56);
  if (format >= 3) slot.value.files = {ReadU64(bytes.data() + 64), ReadU64(bytes.data() + 72)};
  return slot;
}

bool Untouched(std::string_view slot) {
  return slot.find_first_not_of('\0') == std::string_view::npos;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Watermark>> Watermark::Open(FileSystem& files,
                                                           const std::string& path) {
  KOSEI_ASSIGN_OR_RETURN(auto file, files.OpenFile(path));
  std::unique_ptr<Watermark> watermark(new Watermark(std::move(file)));
  KOSEI_ASSIGN_OR_RETURN(const std::string bytes, watermark->file_->ReadAt(0, 2 * kSlotBytes));
  if (bytes.empty()) {
    // Room for both slots now: an advance must not need space that a full disk has not got.
    KOSEI_RETURN_IF_ERROR(watermark->file_->WriteAt(0, std::string(2 * kSlotBytes, '\0')));
    KOSEI_RETURN_IF_ERROR(watermark->file_->Sync());
    return watermark;
  }
  const std::string_view all(bytes);
  const std::string_view first = all.substr(0, kSlotBytes);
  const std::string_view second =
      all.size() > kSlotBytes ? all.substr(kSlotBytes) : std::string_view();
  const std::optional<Slot> a = Decode(first);
  const std::optional<Slot> b = Decode(second);
  // Before the second slot was ever written, a torn first write leaves nothing acknowledged behind
  // it.
  if (!a && !b && !Untouched(second)) {
    return MakeError(ErrorCode::kStorageCorrupt,
                     "watermark " + path +
                         ": both slots are damaged, so nothing proves which commits were "
                         "acknowledged; restore the folder from a backup");
  }
  const std::optional<Slot>& newest = !b || (a && a->sequence > b->sequence) ? a : b;
  if (newest) {
    watermark->value_ = newest->value;
    watermark->sequence_ = newest->sequence;
  }
  return watermark;
}

absl::Status Watermark::Advance(const WatermarkValue& value) {
  Slot slot{sequence_ + 1, value};
  slot.value.writes = std::max(value.writes, value_.writes);
  slot.value.files = std::max(value.files, value_.files);
  // Sequence 1 goes to the first slot, 2 to the second, and so on.
  const std::uint64_t offset = (slot.sequence + 1) % 2 * kSlotBytes;
  KOSEI_RETURN_IF_ERROR(file_->WriteAt(offset, Encode(slot)));
  KOSEI_RETURN_IF_ERROR(file_->Sync());
  sequence_ = slot.sequence;
  value_ = slot.value;
  return absl::OkStatus();
}

}  // namespace kosei::storage

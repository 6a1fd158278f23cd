#include <bit>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/value.h"
#include "kosei/language/packstream.h"

namespace kosei::language {

absl::Status PackReader::Malformed(std::string_view what) const {
  return MakeError(ErrorCode::kMalformedFrame,
                   absl::StrFormat("read PackStream, byte %d: %s", at_, what));
}

absl::StatusOr<std::uint64_t> PackReader::Number(std::size_t bytes) {
  if (bytes_.size() - at_ < bytes) return Malformed("the bytes end within a number");
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes; ++i)
    number = number << 8 | static_cast<unsigned char>(bytes_[at_ + i]);
  at_ += bytes;
  return number;
}

absl::StatusOr<std::string> PackReader::Take(std::size_t bytes) {
  if (bytes_.size() - at_ < bytes) {
    return Malformed(
        absl::StrFormat("%d bytes of text are announced, %d follow", bytes, bytes_.size() - at_));
  }
  std::string taken(bytes_.substr(at_, bytes));
  at_ += bytes;
  return taken;
}

absl::StatusOr<std::string> PackReader::TakeText(std::size_t bytes) {
  KOSEI_ASSIGN_OR_RETURN(std::string text, Take(bytes));
  if (!IsValidUtf8(text)) return Malformed("the text before it is not UTF-8");
  return text;
}

absl::StatusOr<PackedList> PackReader::ReadItems(std::size_t count, int depth) {
  // Each item has a byte at least: a larger number is no reason to take memory.
  if (count > bytes_.size() - at_) {
    return Malformed(
        absl::StrFormat("%d values are announced, %d bytes follow", count, bytes_.size() - at_));
  }
  PackedList items;
  for (std::size_t i = 0; i < count; ++i) {
    KOSEI_ASSIGN_OR_RETURN(PackedValue item, ReadAt(depth));
    items.push_back(std::move(item));
  }
  return items;
}

absl::StatusOr<std::string> PackReader::ReadKey() {
  const std::size_t begin = at_;
  KOSEI_ASSIGN_OR_RETURN(const std::uint64_t marker, Number(1));
  if (marker >= 0x80 && marker <= 0x8F) return TakeText(marker & 0x0F);
  if (marker < 0xD0 || marker > 0xD2) {
    at_ = begin;
    return Malformed("the key of a map is no text");
  }
  KOSEI_ASSIGN_OR_RETURN(const std::uint64_t size, Number(std::size_t{1} << (marker - 0xD0)));
  return TakeText(size);
}

absl::StatusOr<PackedMap> PackReader::ReadEntries(std::size_t count, int depth) {
  if (count > (bytes_.size() - at_) / 2) {
    return Malformed(
        absl::StrFormat("%d pairs are announced, %d bytes follow", count, bytes_.size() - at_));
  }
  PackedMap entries;
  for (std::size_t i = 0; i < count; ++i) {
    KOSEI_ASSIGN_OR_RETURN(std::string key, ReadKey());
    KOSEI_ASSIGN_OR_RETURN(PackedValue value, ReadAt(depth));
    entries.push_back({std::move(key), std::move(value)});
  }
  return entries;
}

absl::StatusOr<PackedStructure> PackReader::ReadStructure(std::size_t fields, int depth) {
  KOSEI_ASSIGN_OR_RETURN(const std::uint64_t tag, Number(1));
  PackedStructure structure;
  structure.tag = static_cast<std::uint8_t>(tag);
  KOSEI_ASSIGN_OR_RETURN(structure.fields, ReadItems(fields, depth));
  return structure;
}

// Markers that are followed by a size.
absl::StatusOr<PackedValue> PackReader::ReadSized(std::uint8_t marker, int depth) {
  const unsigned first = marker >= 0xD0 ? marker & 0xFCU : 0xCCU;
  KOSEI_ASSIGN_OR_RETURN(const std::uint64_t size, Number(std::size_t{1} << (marker - first)));
  if (first == 0xCC) {
    KOSEI_ASSIGN_OR_RETURN(std::string bytes, Take(size));
    return PackedValue{PackedBytes{std::move(bytes)}};
  }
  if (first == 0xD0) {
    KOSEI_ASSIGN_OR_RETURN(std::string text, TakeText(size));
    return PackedValue{std::move(text)};
  }
  if (first == 0xD4) {
    KOSEI_ASSIGN_OR_RETURN(PackedList items, ReadItems(size, depth));
    return PackedValue{std::move(items)};
  }
  KOSEI_ASSIGN_OR_RETURN(PackedMap entries, ReadEntries(size, depth));
  return PackedValue{std::move(entries)};
}

namespace {

bool HasSize(std::uint64_t marker) {
  return (marker >= 0xCC && marker <= 0xCE) || (marker >= 0xD0 && marker <= 0xD2) ||
         (marker >= 0xD4 && marker <= 0xD6) || (marker >= 0xD8 && marker <= 0xDA);
}

// Of `bytes` bytes, with the sign of the highest.
std::int64_t Signed(std::uint64_t number, std::size_t bytes) {
  const auto unused = static_cast<int>(64 - bytes * 8);
  return static_cast<std::int64_t>(number << unused) >> unused;
}

}  // namespace

absl::StatusOr<PackedValue> PackReader::ReadAt(int depth) {
  if (depth > kPackDepthMax)
    return Malformed(absl::StrFormat("values are nested more than %d deep", kPackDepthMax));
  if (at_end()) return Malformed("a value is missing");
  if (values_left_ == 0) return Malformed("there are more values than are read at once");
  --values_left_;
  KOSEI_ASSIGN_OR_RETURN(const std::uint64_t marker, Number(1));
  if (marker <= 0x7F || marker >= 0xF0) return PackedValue{Signed(marker, 1)};
  const std::size_t small = marker & 0x0F;
  if (marker <= 0x8F) {
    KOSEI_ASSIGN_OR_RETURN(std::string text, TakeText(small));
    return PackedValue{std::move(text)};
  }
  if (marker <= 0x9F) {
    KOSEI_ASSIGN_OR_RETURN(PackedList items, ReadItems(small, depth + 1));
    return PackedValue{std::move(items)};
  }
  if (marker <= 0xAF) {
    KOSEI_ASSIGN_OR_RETURN(PackedMap entries, ReadEntries(small, depth + 1));
    return PackedValue{std::move(entries)};
  }
  if (marker <= 0xBF) {
    KOSEI_ASSIGN_OR_RETURN(PackedStructure structure, ReadStructure(small, depth + 1));
    return ValueOf(std::move(structure));
  }
  if (HasSize(marker)) return ReadSized(static_cast<std::uint8_t>(marker), depth + 1);
  if (marker == 0xC0) return PackedValue{};
  if (marker == 0xC2 || marker == 0xC3) return PackedValue{marker == 0xC3};
  if (marker == 0xC1) {
    KOSEI_ASSIGN_OR_RETURN(const std::uint64_t bits, Number(8));
    return PackedValue{std::bit_cast<double>(bits)};
  }
  if (marker >= 0xC8 && marker <= 0xCB) {
    const std::size_t bytes = std::size_t{1} << (marker - 0xC8);
    KOSEI_ASSIGN_OR_RETURN(const std::uint64_t number, Number(bytes));
    return PackedValue{Signed(number, bytes)};
  }
  --at_;
  return Malformed(absl::StrFormat("%02X begins no value", marker));
}

absl::StatusOr<PackedValue> PackReader::Read() { return ReadAt(0); }

absl::StatusOr<PackedStructure> PackReader::ReadMessage() {
  KOSEI_ASSIGN_OR_RETURN(const std::uint64_t marker, Number(1));
  if (marker < 0xB0 || marker > 0xBF) {
    --at_;
    return Malformed(absl::StrFormat("%02X begins no message", marker));
  }
  return ReadStructure(marker & 0x0F, 0);
}

}  // namespace kosei::language

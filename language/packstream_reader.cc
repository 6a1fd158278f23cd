#include <bit>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/value.h"
#include "kosei/language/packstream.h"
#include "packstream_tags.h"

namespace kosei::language {
namespace {

enum class Kind : std::uint8_t {
  kNull,
  kBoolean,
  kInteger,
  kFloat,
  kBytes,
  kText,
  kList,
  kMap,
  kStructure
};

// Markers from `first` on are followed by a size of 1, 2 or 4 bytes.
struct Sized {
  std::uint8_t first;
  Kind kind;
};
constexpr Sized kSized[] = {
    {0xCC, Kind::kBytes}, {0xD0, Kind::kText}, {0xD4, Kind::kList}, {0xD8, Kind::kMap}};

// Of `bytes` bytes, with the sign of the highest.
std::uint64_t Extended(std::uint64_t number, std::size_t bytes) {
  const auto unused = static_cast<int>(64 - bytes * 8);
  return static_cast<std::uint64_t>(static_cast<std::int64_t>(number << unused) >> unused);
}

bool IsElement(std::uint8_t tag) {
  return tag == pack_tag::kNode || tag == pack_tag::kRelationship || tag == pack_tag::kPath;
}

}  // namespace

// What a marker says, and the number behind it.
struct PackReader::Head {
  Kind kind = Kind::kNull;
  // The bits of a boolean, an integer or a float; else how many bytes, items, pairs or fields there
  // are.
  std::uint64_t number = 0;
};

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

absl::StatusOr<std::string_view> PackReader::Take(std::uint64_t bytes) {
  if (bytes_.size() - at_ < bytes) {
    return Malformed(
        absl::StrFormat("%d bytes of text are announced, %d follow", bytes, bytes_.size() - at_));
  }
  const std::string_view taken = bytes_.substr(at_, bytes);
  at_ += bytes;
  return taken;
}

absl::StatusOr<std::string> PackReader::ReadText(std::uint64_t bytes) {
  KOSEI_ASSIGN_OR_RETURN(const std::string_view text, Take(bytes));
  if (!IsValidUtf8(text)) return Malformed("the text that ends here is not UTF-8");
  return std::string(text);
}

// A larger number than the bytes can hold is no reason to take memory, or to go on.
absl::Status PackReader::CheckCount(std::uint64_t count, std::size_t bytes_of_each) const {
  if (count <= (bytes_.size() - at_) / bytes_of_each) return absl::OkStatus();
  return Malformed(absl::StrFormat("%d %s are announced, %d bytes follow", count,
                                   bytes_of_each == 1 ? "values" : "pairs", bytes_.size() - at_));
}

absl::StatusOr<PackReader::Head> PackReader::ReadHead() {
  if (at_end()) return Malformed("a value is missing");
  KOSEI_ASSIGN_OR_RETURN(const std::uint64_t marker, Number(1));
  if (marker <= 0x7F || marker >= 0xF0) return Head{Kind::kInteger, Extended(marker, 1)};
  const std::uint64_t small = marker & 0x0F;
  if (marker <= 0x8F) return Head{Kind::kText, small};
  if (marker <= 0x9F) return Head{Kind::kList, small};
  if (marker <= 0xAF) return Head{Kind::kMap, small};
  if (marker <= 0xBF) return Head{Kind::kStructure, small};
  if (marker == 0xC0) return Head{Kind::kNull};
  if (marker == 0xC2 || marker == 0xC3) return Head{Kind::kBoolean, marker & 1};
  if (marker == 0xC1) {
    KOSEI_ASSIGN_OR_RETURN(const std::uint64_t bits, Number(8));
    return Head{Kind::kFloat, bits};
  }
  if (marker >= 0xC8 && marker <= 0xCB) {
    const std::size_t bytes = std::size_t{1} << (marker - 0xC8);
    KOSEI_ASSIGN_OR_RETURN(const std::uint64_t number, Number(bytes));
    return Head{Kind::kInteger, Extended(number, bytes)};
  }
  for (const Sized& sized : kSized) {
    if (marker < sized.first || marker > sized.first + 2U) continue;
    KOSEI_ASSIGN_OR_RETURN(const std::uint64_t size,
                           Number(std::size_t{1} << (marker - sized.first)));
    return Head{sized.kind, size};
  }
  --at_;
  return Malformed(absl::StrFormat("%02X begins no value", marker));
}

absl::StatusOr<PackedList> PackReader::ReadItems(std::uint64_t count, int depth) {
  KOSEI_RETURN_IF_ERROR(CheckCount(count, 1));
  PackedList items;
  for (std::uint64_t i = 0; i < count; ++i) {
    KOSEI_ASSIGN_OR_RETURN(PackedValue item, ReadAt(depth));
    items.push_back(std::move(item));
  }
  return items;
}

absl::StatusOr<std::string> PackReader::ReadKey() {
  const std::size_t begin = at_;
  KOSEI_ASSIGN_OR_RETURN(const Head head, ReadHead());
  if (head.kind == Kind::kText) return ReadText(head.number);
  at_ = begin;
  return Malformed("the key of a map is no text");
}

absl::StatusOr<PackedMap> PackReader::ReadEntries(std::uint64_t count, int depth) {
  KOSEI_RETURN_IF_ERROR(CheckCount(count, 2));
  PackedMap entries;
  for (std::uint64_t i = 0; i < count; ++i) {
    KOSEI_ASSIGN_OR_RETURN(std::string key, ReadKey());
    KOSEI_ASSIGN_OR_RETURN(PackedValue value, ReadAt(depth));
    entries.push_back({std::move(key), std::move(value)});
  }
  return entries;
}

absl::StatusOr<PackedValue> PackReader::ReadStructure(std::uint64_t fields, int depth) {
  KOSEI_ASSIGN_OR_RETURN(const std::uint64_t tag, Number(1));
  PackedStructure structure;
  structure.tag = static_cast<std::uint8_t>(tag);
  KOSEI_ASSIGN_OR_RETURN(structure.fields, ReadItems(fields, depth));
  if (source_ == PackSource::kClient && IsElement(structure.tag))
    return PackedValue{std::move(structure)};
  return ValueOf(std::move(structure));
}

absl::StatusOr<PackedValue> PackReader::ReadAt(int depth) {
  if (depth > kPackDepthMax)
    return Malformed(absl::StrFormat("values are nested more than %d deep", kPackDepthMax));
  if (++values_ > kPackValuesMax && source_ == PackSource::kClient) {
    return MakeError(ErrorCode::kFrameTooLarge,
                     absl::StrFormat("read PackStream: there are more than %d values; send fewer "
                                     "at once",
                                     kPackValuesMax));
  }
  KOSEI_ASSIGN_OR_RETURN(const Head head, ReadHead());
  switch (head.kind) {
    case Kind::kNull:
      break;
    case Kind::kBoolean:
      return PackedValue{head.number != 0};
    case Kind::kInteger:
      return PackedValue{static_cast<std::int64_t>(head.number)};
    case Kind::kFloat:
      return PackedValue{std::bit_cast<double>(head.number)};
    case Kind::kBytes: {
      KOSEI_ASSIGN_OR_RETURN(const std::string_view bytes, Take(head.number));
      return PackedValue{PackedBytes{std::string(bytes)}};
    }
    case Kind::kText: {
      KOSEI_ASSIGN_OR_RETURN(std::string text, ReadText(head.number));
      return PackedValue{std::move(text)};
    }
    case Kind::kList: {
      KOSEI_ASSIGN_OR_RETURN(PackedList items, ReadItems(head.number, depth + 1));
      return PackedValue{std::move(items)};
    }
    case Kind::kMap: {
      KOSEI_ASSIGN_OR_RETURN(PackedMap entries, ReadEntries(head.number, depth + 1));
      return PackedValue{std::move(entries)};
    }
    case Kind::kStructure:
      return ReadStructure(head.number, depth + 1);
  }
  return PackedValue{};
}

absl::StatusOr<PackedValue> PackReader::Read() { return ReadAt(0); }

absl::StatusOr<std::string_view> PackReader::Skip() {
  const std::size_t begin = at_;
  // Each value that is announced has a byte at least, so that this ends with the bytes.
  for (std::uint64_t left = 1; left > 0; --left) {
    KOSEI_ASSIGN_OR_RETURN(const Head head, ReadHead());
    if (head.kind == Kind::kBytes || head.kind == Kind::kText) {
      KOSEI_RETURN_IF_ERROR(Take(head.number).status());
    } else if (head.kind == Kind::kList || head.kind == Kind::kStructure) {
      if (head.kind == Kind::kStructure) KOSEI_RETURN_IF_ERROR(Number(1).status());
      left += head.number;
    } else if (head.kind == Kind::kMap) {
      left += 2 * head.number;
    }
    KOSEI_RETURN_IF_ERROR(CheckCount(left - 1, 1));
  }
  return bytes_.substr(begin, at_ - begin);
}

absl::StatusOr<PackReader::MessageHead> PackReader::ReadMessageHead() {
  const std::size_t begin = at_;
  KOSEI_ASSIGN_OR_RETURN(const Head head, ReadHead());
  if (head.kind != Kind::kStructure) {
    at_ = begin;
    return Malformed("no message begins here");
  }
  KOSEI_ASSIGN_OR_RETURN(const std::uint64_t tag, Number(1));
  return MessageHead{static_cast<std::uint8_t>(tag), head.number};
}

absl::StatusOr<PackedStructure> PackReader::ReadMessage() {
  KOSEI_ASSIGN_OR_RETURN(const MessageHead head, ReadMessageHead());
  PackedStructure structure;
  structure.tag = head.tag;
  KOSEI_ASSIGN_OR_RETURN(structure.fields, ReadItems(head.fields, 0));
  return structure;
}

}  // namespace kosei::language

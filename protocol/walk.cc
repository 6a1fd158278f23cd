// The walk budget. The verifier proves that every offset stays inside the frame, not that two
// offsets lead to different places: a small frame whose offsets all lead to the same string or
// table can reach thousands of times its size, and costs whoever reads it, not who sent it. So
// after the verifier everything that the accessors of this message reach is counted as if it lay
// there apart. A frame written by a builder that shares nothing counts for at most its own size.
//
// It goes by the type tables that flatc writes beside the accessors (--reflect-types), so a new
// field or message is counted without anybody thinking of it.
#include <algorithm>
#include <array>

#include "kosei/protocol/messages.h"

namespace kosei::protocol::internal {
namespace {

using flatbuffers::ElementaryType;
using flatbuffers::ReadScalar;
using flatbuffers::TypeCode;
using flatbuffers::TypeTable;
using flatbuffers::uoffset_t;
using flatbuffers::voffset_t;

constexpr std::size_t kOffsetSize = sizeof(uoffset_t);
constexpr std::size_t kVtableHead = 2 * sizeof(voffset_t);

// By ElementaryType, up to ET_DOUBLE; strings and sequences are told apart before.
constexpr std::array<std::uint8_t, flatbuffers::ET_STRING> kScalarSizes = {1, 1, 1, 1, 2, 2,
                                                                           4, 4, 8, 8, 4, 8};

std::size_t SizeOfStruct(const TypeTable& type) {
  return static_cast<std::size_t>(type.values[type.num_elems]);
}

std::size_t AlignmentOfStruct(const TypeTable& type) {
  std::size_t alignment = 1;
  for (std::size_t i = 0; i < type.num_elems; ++i) {
    const TypeCode& code = type.type_codes[i];
    alignment = std::max(alignment, code.base_type == flatbuffers::ET_SEQUENCE
                                        ? AlignmentOfStruct(*type.type_refs[code.sequence_ref]())
                                        : std::size_t{kScalarSizes[code.base_type]});
  }
  return alignment;
}

const std::uint8_t* Follow(const std::uint8_t* offset) {
  return offset + ReadScalar<uoffset_t>(offset);
}

class Walk {
 public:
  explicit Walk(std::uint64_t budget) : left_(budget) {}

  bool Table(const std::uint8_t* table, const TypeTable& type) {
    if (type.st != flatbuffers::ST_TABLE || !Spend(kOffsetSize)) return false;
    const std::uint8_t* vtable = table - ReadScalar<flatbuffers::soffset_t>(table);
    const std::size_t vtable_size = ReadScalar<voffset_t>(vtable);
    if (vtable_size < kVtableHead) return true;
    const std::size_t fields =
        std::min(type.num_elems, (vtable_size - kVtableHead) / sizeof(voffset_t));
    for (std::size_t i = 0; i < fields; ++i) {
      const voffset_t at = ReadScalar<voffset_t>(vtable + kVtableHead + i * sizeof(voffset_t));
      if (at != 0 && !Field(table + at, type, type.type_codes[i])) return false;
    }
    return true;
  }

 private:
  bool Spend(std::uint64_t bytes) {
    if (bytes > left_) return false;
    left_ -= bytes;
    return true;
  }

  bool Field(const std::uint8_t* field, const TypeTable& type, const TypeCode& code) {
    if (code.is_repeating != 0) return Spend(kOffsetSize) && Vector(Follow(field), type, code);
    if (code.base_type == flatbuffers::ET_STRING) {
      return Spend(kOffsetSize) && String(Follow(field));
    }
    if (code.base_type != flatbuffers::ET_SEQUENCE) return Spend(kScalarSizes[code.base_type]);
    const TypeTable& inner = *type.type_refs[code.sequence_ref]();
    if (inner.st == flatbuffers::ST_STRUCT) return Spend(SizeOfStruct(inner));
    return Spend(kOffsetSize) && Table(Follow(field), inner);
  }

  bool String(const std::uint8_t* text) {
    return Spend(kOffsetSize + std::uint64_t{ReadScalar<uoffset_t>(text)} + 1);
  }

  // Elements in place. The verifier does not look at the alignment of wide ones.
  bool Flat(const std::uint8_t* vector, std::size_t size, std::size_t alignment) {
    const std::uint64_t count = ReadScalar<uoffset_t>(vector);
    const auto address = reinterpret_cast<std::uintptr_t>(vector + kOffsetSize);
    return (count == 0 || address % alignment == 0) && Spend(kOffsetSize + count * size);
  }

  bool Vector(const std::uint8_t* vector, const TypeTable& type, const TypeCode& code) {
    if (code.base_type < flatbuffers::ET_STRING) {
      return Flat(vector, kScalarSizes[code.base_type], kScalarSizes[code.base_type]);
    }
    const bool strings = code.base_type == flatbuffers::ET_STRING;
    const TypeTable* inner = strings ? nullptr : type.type_refs[code.sequence_ref]();
    if (inner != nullptr && inner->st == flatbuffers::ST_STRUCT) {
      return Flat(vector, SizeOfStruct(*inner), AlignmentOfStruct(*inner));
    }
    const std::uint64_t count = ReadScalar<uoffset_t>(vector);
    if (!Spend(kOffsetSize + count * kOffsetSize)) return false;
    const std::uint8_t* element = vector + kOffsetSize;
    for (std::uint64_t i = 0; i < count; ++i, element += kOffsetSize) {
      if (!(strings ? String(Follow(element)) : Table(Follow(element), *inner))) return false;
    }
    return true;
  }

  std::uint64_t left_;
};

}  // namespace

absl::Status CheckWalk(std::string_view body, const TypeTable* type) {
  const auto* start = reinterpret_cast<const std::uint8_t*>(body.data());
  Walk walk(std::uint64_t{kWalkFactorMax} * body.size());
  if (walk.Table(Follow(start), *type)) return absl::OkStatus();
  return Malformed("it reaches more than " + std::to_string(kWalkFactorMax) +
                   " times its bytes, or holds misaligned numbers; write every string and table "
                   "once for each place that names it");
}

}  // namespace kosei::protocol::internal

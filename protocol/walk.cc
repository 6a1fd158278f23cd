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

// Every position is checked before it is read, although the verifier came first: the verifier
// passes over deprecated fields, of which the type tables still tell.
class Walk {
 public:
  explicit Walk(std::string_view body)
      : start_(reinterpret_cast<const std::uint8_t*>(body.data())),
        size_(body.size()),
        left_(std::uint64_t{kWalkFactorMax} * body.size()) {}

  bool Root(const TypeTable& type) {
    std::size_t table = 0;
    return Follow(0, table) && Table(table, type);
  }

 private:
  bool Spend(std::uint64_t bytes) {
    if (bytes > left_) return false;
    left_ -= bytes;
    return true;
  }

  bool Fits(std::uint64_t at, std::uint64_t bytes) const {
    return at <= size_ && bytes <= size_ - at;
  }

  template <typename Number>
  bool Read(std::uint64_t at, Number& number) const {
    if (at % sizeof(Number) != 0 || !Fits(at, sizeof(Number))) return false;
    number = ReadScalar<Number>(start_ + at);
    return true;
  }

  // Where the offset at `at` leads to, which costs its reader one step.
  bool Follow(std::size_t at, std::size_t& target) {
    uoffset_t offset = 0;
    if (!Spend(kOffsetSize) || !Read(at, offset)) return false;
    target = at + offset;
    return true;
  }

  bool Table(std::size_t table, const TypeTable& type) {
    if (type.st != flatbuffers::ST_TABLE) return false;  // a union: no message has one
    flatbuffers::soffset_t to_vtable = 0;
    voffset_t vtable_size = 0;
    if (depth_ == kVerifierDepthMax || !Spend(kOffsetSize) || !Read(table, to_vtable)) return false;
    // May lie on either side; a position before the start wraps to one that does not fit.
    const std::size_t vtable = table - static_cast<std::size_t>(std::int64_t{to_vtable});
    if (!Read(vtable, vtable_size) || !Fits(vtable, vtable_size)) return false;
    if (vtable_size < kVtableHead) return true;
    const std::size_t fields =
        std::min(type.num_elems, (vtable_size - kVtableHead) / sizeof(voffset_t));
    ++depth_;
    for (std::size_t i = 0; i < fields; ++i) {
      voffset_t at = 0;
      if (!Read(vtable + kVtableHead + i * sizeof(voffset_t), at)) return false;
      if (at != 0 && !Field(table + at, type, type.type_codes[i])) return false;
    }
    --depth_;
    return true;
  }

  bool Field(std::size_t field, const TypeTable& type, const TypeCode& code) {
    std::size_t target = 0;
    if (code.is_repeating != 0) return Follow(field, target) && Vector(target, type, code);
    if (code.base_type == flatbuffers::ET_STRING) return Follow(field, target) && String(target);
    if (code.base_type != flatbuffers::ET_SEQUENCE) return Spend(kScalarSizes[code.base_type]);
    const TypeTable& inner = *type.type_refs[code.sequence_ref]();
    if (inner.st == flatbuffers::ST_STRUCT) return Spend(SizeOfStruct(inner));
    return Follow(field, target) && Table(target, inner);
  }

  bool String(std::size_t text) {
    uoffset_t length = 0;
    return Read(text, length) && Spend(kOffsetSize + std::uint64_t{length} + 1);
  }

  // Elements in place. The verifier does not look at the alignment of wide ones.
  bool Flat(std::size_t vector, std::size_t size, std::size_t alignment) {
    uoffset_t count = 0;
    if (!Read(vector, count)) return false;
    const bool aligned = count == 0 || (vector + kOffsetSize) % alignment == 0;
    return aligned && Spend(kOffsetSize + std::uint64_t{count} * size);
  }

  bool Vector(std::size_t vector, const TypeTable& type, const TypeCode& code) {
    if (code.base_type < flatbuffers::ET_STRING) {
      return Flat(vector, kScalarSizes[code.base_type], kScalarSizes[code.base_type]);
    }
    if (code.base_type == flatbuffers::ET_STRING) {
      return Each(vector, [this](std::size_t text) { return String(text); });
    }
    const TypeTable& inner = *type.type_refs[code.sequence_ref]();
    if (inner.st == flatbuffers::ST_STRUCT) {
      return Flat(vector, SizeOfStruct(inner), AlignmentOfStruct(inner));
    }
    return Each(vector, [this, &inner](std::size_t table) { return Table(table, inner); });
  }

  template <typename Visit>
  bool Each(std::size_t vector, const Visit& visit) {
    uoffset_t count = 0;
    if (!Read(vector, count) || !Spend(kOffsetSize)) return false;
    std::size_t element = vector + kOffsetSize;
    for (uoffset_t i = 0; i < count; ++i, element += kOffsetSize) {
      std::size_t target = 0;
      if (!Follow(element, target) || !visit(target)) return false;
    }
    return true;
  }

  const std::uint8_t* start_;
  std::size_t size_;
  std::uint64_t left_;
  std::uint32_t depth_ = 0;
};

}  // namespace

absl::Status CheckWalk(std::string_view body, const TypeTable* type) {
  if (Walk(body).Root(*type)) return absl::OkStatus();
  return Malformed("it reaches more than " + std::to_string(kWalkFactorMax) +
                   " times its bytes, or holds misaligned numbers; write every string and table "
                   "once for each place that names it");
}

}  // namespace kosei::protocol::internal

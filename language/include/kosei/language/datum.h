// Datum: what an expression of the query language has for a value. Sixteen bytes: numbers, dates,
// records and links stand in them, the rest (text, lists, maps, paths, date-times, durations) is
// shared and immutable, so that copying a Datum copies sixteen bytes and counts a reference.
//
// Records and links are only named here: what they hold is read by whoever has the graph
// (language/evaluation.h). `moment` says in which of a statement's Views they were found; it is no
// part of what they are, so one record of two moments is equal to itself.
//
// Thread-safety: as of an int; what is shared may be shared between threads.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kosei/base/ids.h"
#include "kosei/language/temporal.h"

namespace kosei::language {

enum class DatumKind : std::uint8_t {
  kNull,
  kBoolean,
  kInteger,  // 64 bits, signed
  kFloat,    // IEEE 754, 64 bits
  kString,   // UTF-8
  kDate,
  kLocalTime,
  kTime,  // with an offset
  kLocalDateTime,
  kDateTime,  // with an offset or a zone
  kDuration,
  kList,
  kMap,
  kNode,          // a record
  kRelationship,  // a link
  kPath,
};

// A bit a kind: those whose value is on the heap and shared.
constexpr std::uint32_t BitOf(DatumKind kind) { return 1U << static_cast<unsigned>(kind); }
inline constexpr std::uint32_t kSharedDatumKinds =
    BitOf(DatumKind::kString) | BitOf(DatumKind::kList) | BitOf(DatumKind::kMap) |
    BitOf(DatumKind::kPath) | BitOf(DatumKind::kDateTime) | BitOf(DatumKind::kDuration);

// "INTEGER", "NODE", ...: for messages.
std::string_view NameOf(DatumKind kind);

// Levels of lists and maps. What reads PackStream allows for more (language/packstream.h), so that
// whatever a statement gives can be read.
inline constexpr int kDatumDepthMax = 100;

struct NodeRef {
  RecordId record;
  std::uint16_t moment = 0;
  friend bool operator==(const NodeRef& a, const NodeRef& b) { return a.record == b.record; }
};

// Records are below 2^32 (storage/graph.h).
struct LinkRef {
  std::uint32_t source = 0;
  std::uint32_t target = 0;
  std::uint8_t type = 0;  // RelationshipTypeNumber
  std::uint16_t moment = 0;
  friend bool operator==(const LinkRef& a, const LinkRef& b) {
    return a.source == b.source && a.target == b.target && a.type == b.type;
  }
};

class Datum;
using DatumList = std::vector<Datum>;
// Ascending by key, each key once.
using DatumMap = std::vector<std::pair<std::string, Datum>>;

// links[i] joins nodes[i] and nodes[i + 1], in either direction. At least one node.
struct PathValue {
  std::vector<NodeRef> nodes;
  std::vector<LinkRef> links;
};

class Datum {
 public:
  Datum() = default;  // null
  Datum(const Datum& other) : head_(other.head_), body_(other.body_) {
    if (is_shared()) body_.shared->references.fetch_add(1, std::memory_order_relaxed);
  }
  Datum(Datum&& other) noexcept : head_(other.head_), body_(other.body_) { other.head_ = {}; }
  Datum& operator=(const Datum& other) {
    Datum copy(other);
    swap(copy);
    return *this;
  }
  Datum& operator=(Datum&& other) noexcept {
    swap(other);
    return *this;
  }
  ~Datum() {
    if (is_shared()) Release();
  }
  void swap(Datum& other) noexcept {
    std::swap(head_, other.head_);
    std::swap(body_, other.body_);
  }

  static Datum Boolean(bool value) { return {DatumKind::kBoolean, std::int64_t{value}}; }
  static Datum Integer(std::int64_t value) { return {DatumKind::kInteger, value}; }
  static Datum Float(double value) {
    Datum datum(DatumKind::kFloat, 0);
    datum.body_.real = value;
    return datum;
  }
  static Datum String(std::string value);
  static Datum List(DatumList value);
  static Datum Map(DatumMap value);  // any order; of a key that comes twice the last counts
  static Datum Path(PathValue value);
  static Datum Node(NodeRef node) {
    Datum datum(DatumKind::kNode, static_cast<std::int64_t>(node.record.value));
    datum.head_.moment = node.moment;
    return datum;
  }
  static Datum Relationship(LinkRef link) {
    Datum datum(DatumKind::kRelationship,
                static_cast<std::int64_t>(std::uint64_t{link.source} << 32 | link.target));
    datum.head_.type = link.type;
    datum.head_.moment = link.moment;
    return datum;
  }
  static Datum Of(Date value) { return {DatumKind::kDate, value.days}; }
  static Datum Of(LocalTime value) { return {DatumKind::kLocalTime, value.nanos}; }
  static Datum Of(OffsetTime value) {
    Datum datum(DatumKind::kTime, value.nanos);
    datum.head_.more = value.offset;
    return datum;
  }
  static Datum Of(LocalDateTime value) {
    Datum datum(DatumKind::kLocalDateTime, value.seconds);
    datum.head_.more = value.nanos;
    return datum;
  }
  static Datum Of(DateTime value);
  static Datum Of(Duration value);

  DatumKind kind() const { return head_.kind; }
  bool is_null() const { return head_.kind == DatumKind::kNull; }
  bool is_number() const {
    return head_.kind == DatumKind::kInteger || head_.kind == DatumKind::kFloat;
  }
  bool is_true() const { return head_.kind == DatumKind::kBoolean && body_.number != 0; }

  // Each is for the kind it names alone.
  bool boolean() const { return body_.number != 0; }
  std::int64_t integer() const { return body_.number; }
  double real() const { return body_.real; }
  // An integer or a float as a float.
  double number() const {
    return head_.kind == DatumKind::kInteger ? static_cast<double>(body_.number) : body_.real;
  }
  const std::string& string() const;
  const DatumList& list() const;
  const DatumMap& map() const;
  const PathValue& path() const;
  NodeRef node() const {
    return {RecordId{static_cast<std::uint64_t>(body_.number)}, head_.moment};
  }
  LinkRef relationship() const {
    const auto bits = static_cast<std::uint64_t>(body_.number);
    return {static_cast<std::uint32_t>(bits >> 32), static_cast<std::uint32_t>(bits), head_.type,
            head_.moment};
  }
  Date date() const { return {body_.number}; }
  LocalTime local_time() const { return {body_.number}; }
  OffsetTime time() const { return {body_.number, head_.more}; }
  LocalDateTime local_date_time() const { return {body_.number, head_.more}; }
  const DateTime& date_time() const;
  const Duration& duration() const;

  // The value of the key, or null.
  const Datum& At(std::string_view key) const;  // kMap

  // Levels of lists and maps: 0 of all other values, 1 of a list of numbers. Whoever makes lists of
  // what a statement gives keeps this at most kDatumDepthMax (language/made_values.h), as values
  // are walked by recursion.
  int depth() const {
    return head_.kind == DatumKind::kList || head_.kind == DatumKind::kMap ? head_.more : 0;
  }

  // Bytes on the heap that this value keeps, shared parts each time that they are in it: about what
  // it takes when it is written out. SIZE_MAX: that many or more. Known, not counted.
  std::size_t HeapBytes() const { return is_shared() ? body_.shared->heap_bytes : 0; }

 private:
  struct Shared {
    mutable std::atomic<std::uint32_t> references{1};
    std::size_t heap_bytes = 0;
  };
  template <typename T>
  struct Holder;
  struct Head {
    DatumKind kind = DatumKind::kNull;
    std::uint8_t type = 0;
    std::uint16_t moment = 0;
    std::int32_t more = 0;
  };
  union Body {
    std::int64_t number = 0;
    double real;
    const Shared* shared;
  };

  Datum(DatumKind kind, std::int64_t number) {
    head_.kind = kind;
    body_.number = number;
  }
  template <typename T>
  static Datum Hold(DatumKind kind, T value);
  template <typename T>
  const T& Held() const;
  bool is_shared() const {
    return (kSharedDatumKinds >> static_cast<unsigned>(head_.kind) & 1) != 0;
  }
  void Release();

  Head head_;
  Body body_;
};

static_assert(sizeof(Datum) == 16);

// Bytes on the heap of all values that this thread has made, less those that it has dropped; what
// is shared counts once. A value may be dropped by another thread than made it: only what is added
// while one thread works at one thing means something.
std::int64_t HeldDatumBytes();

}  // namespace kosei::language

#include "kosei/language/datum.h"

#include <algorithm>
#include <cstdint>
#include <memory>

namespace kosei::language {

namespace {

constexpr std::size_t kHolderBytes = 24;  // what is known of it, and the allocator's own

std::size_t BytesOf(const std::string& text) {
  return sizeof(std::string) + (text.capacity() > 15 ? text.capacity() + 1 : 0);
}

// The largest number there is instead of a larger one: a list that holds a list twice, and so on,
// has twice as many bytes with each level.
std::size_t Sum(std::size_t a, std::size_t b) { return b > SIZE_MAX - a ? SIZE_MAX : a + b; }

// Without what items hold on their own.
std::size_t OwnBytes(const std::string& text) { return BytesOf(text); }
std::size_t OwnBytes(const DatumList& list) {
  return sizeof(DatumList) + list.capacity() * sizeof(Datum);
}
std::size_t OwnBytes(const DatumMap& map) {
  std::size_t bytes = sizeof(DatumMap) + map.capacity() * sizeof(DatumMap::value_type);
  for (const auto& [key, item] : map) bytes += BytesOf(key) - sizeof(std::string);
  return bytes;
}
std::size_t OwnBytes(const PathValue& path) {
  return sizeof(PathValue) + path.nodes.capacity() * sizeof(NodeRef) +
         path.links.capacity() * sizeof(LinkRef);
}
std::size_t OwnBytes(const DateTime& moment) {
  return sizeof(DateTime) + BytesOf(moment.zone) - sizeof(std::string);
}
std::size_t OwnBytes(const Duration&) { return sizeof(Duration); }

// Of the items.
std::size_t ItemBytes(const DatumList& list) {
  std::size_t bytes = 0;
  for (const Datum& item : list) bytes = Sum(bytes, item.HeapBytes());
  return bytes;
}
std::size_t ItemBytes(const DatumMap& map) {
  std::size_t bytes = 0;
  for (const auto& [key, item] : map) bytes = Sum(bytes, item.HeapBytes());
  return bytes;
}
template <typename T>
std::size_t ItemBytes(const T&) {
  return 0;
}

constinit thread_local std::int64_t held_bytes = 0;

const Datum kNullDatum{};

bool KeyBelow(const DatumMap::value_type& entry, std::string_view key) { return entry.first < key; }

// Sorts by key; of equal keys the last given stays.
void Order(DatumMap& map) {
  const auto out_of_order = [](const auto& a, const auto& b) { return !(b.first > a.first); };
  if (std::adjacent_find(map.begin(), map.end(), out_of_order) == map.end()) return;
  std::vector<std::size_t> order(map.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::sort(order.begin(), order.end(), [&map](std::size_t a, std::size_t b) {
    const int keys = map[a].first.compare(map[b].first);
    return keys != 0 ? keys < 0 : a < b;
  });
  DatumMap kept;
  kept.reserve(map.size());
  for (const std::size_t at : order) {
    if (!kept.empty() && kept.back().first == map[at].first) kept.pop_back();
    kept.push_back(std::move(map[at]));
  }
  map = std::move(kept);
}

}  // namespace

template <typename T>
struct Datum::Holder : Datum::Shared {
  explicit Holder(T held) : value(std::move(held)) {
    held_bytes += Bytes();
    heap_bytes = Sum(static_cast<std::size_t>(Bytes()), ItemBytes(value));
  }
  ~Holder() { held_bytes -= Bytes(); }
  Holder(const Holder&) = delete;
  Holder& operator=(const Holder&) = delete;
  // The same at both ends: what is held never changes.
  std::int64_t Bytes() const { return static_cast<std::int64_t>(kHolderBytes + OwnBytes(value)); }
  const T value;
};

std::int64_t HeldDatumBytes() { return held_bytes; }

std::string_view NameOf(DatumKind kind) {
  switch (kind) {
    case DatumKind::kNull:
      return "NULL";
    case DatumKind::kBoolean:
      return "BOOLEAN";
    case DatumKind::kInteger:
      return "INTEGER";
    case DatumKind::kFloat:
      return "FLOAT";
    case DatumKind::kString:
      return "STRING";
    case DatumKind::kDate:
      return "DATE";
    case DatumKind::kLocalTime:
      return "LOCAL TIME";
    case DatumKind::kTime:
      return "ZONED TIME";
    case DatumKind::kLocalDateTime:
      return "LOCAL DATETIME";
    case DatumKind::kDateTime:
      return "ZONED DATETIME";
    case DatumKind::kDuration:
      return "DURATION";
    case DatumKind::kList:
      return "LIST";
    case DatumKind::kMap:
      return "MAP";
    case DatumKind::kNode:
      return "NODE";
    case DatumKind::kRelationship:
      return "RELATIONSHIP";
    case DatumKind::kPath:
      return "PATH";
  }
  return "NULL";
}

template <typename T>
Datum Datum::Hold(DatumKind kind, T value) {
  Datum datum;
  datum.head_.kind = kind;
  datum.body_.shared = std::make_unique<Holder<T>>(std::move(value)).release();
  return datum;
}

template <typename T>
const T& Datum::Held() const {
  return static_cast<const Holder<T>*>(body_.shared)->value;
}

Datum Datum::String(std::string value) { return Hold(DatumKind::kString, std::move(value)); }

Datum Datum::List(DatumList value) {
  int below = 0;
  for (const Datum& item : value) below = std::max(below, item.depth());
  Datum datum = Hold(DatumKind::kList, std::move(value));
  datum.head_.more = below + 1;
  return datum;
}

Datum Datum::Map(DatumMap value) {
  Order(value);
  int below = 0;
  for (const auto& [key, item] : value) below = std::max(below, item.depth());
  Datum datum = Hold(DatumKind::kMap, std::move(value));
  datum.head_.more = below + 1;
  return datum;
}

Datum Datum::Path(PathValue value) { return Hold(DatumKind::kPath, std::move(value)); }
Datum Datum::Of(DateTime value) { return Hold(DatumKind::kDateTime, std::move(value)); }
Datum Datum::Of(Duration value) { return Hold(DatumKind::kDuration, value); }

const std::string& Datum::string() const { return Held<std::string>(); }
const DatumList& Datum::list() const { return Held<DatumList>(); }
const DatumMap& Datum::map() const { return Held<DatumMap>(); }
const PathValue& Datum::path() const { return Held<PathValue>(); }
const DateTime& Datum::date_time() const { return Held<DateTime>(); }
const Duration& Datum::duration() const { return Held<Duration>(); }

const Datum& Datum::At(std::string_view key) const {
  const DatumMap& entries = map();
  const auto found = std::lower_bound(entries.begin(), entries.end(), key, KeyBelow);
  return found != entries.end() && found->first == key ? found->second : kNullDatum;
}

void Datum::Release() {
  if (body_.shared->references.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  const auto drop = [this]<typename T>(const T&) {
    const std::unique_ptr<const Holder<T>> last(static_cast<const Holder<T>*>(body_.shared));
  };
  if (head_.kind == DatumKind::kString) drop(string());
  if (head_.kind == DatumKind::kList) drop(list());
  if (head_.kind == DatumKind::kMap) drop(map());
  if (head_.kind == DatumKind::kPath) drop(path());
  if (head_.kind == DatumKind::kDateTime) drop(date_time());
  if (head_.kind == DatumKind::kDuration) drop(duration());
}

}  // namespace kosei::language

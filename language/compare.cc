#include "kosei/language/compare.h"

#include <algorithm>
#include <cmath>
#include <compare>
#include <cstddef>
#include <string_view>

#include "numbers.h"

namespace kosei::language {
namespace {

constexpr std::int64_t kNanosPerSecond = 1'000'000'000;

// How two values lie for <, <=, > and >=.
enum class Relation : std::uint8_t { kBelow, kEqual, kAbove, kUnordered, kUnknown };

Relation RelationOf(int order) {
  return order < 0 ? Relation::kBelow : order > 0 ? Relation::kAbove : Relation::kEqual;
}

bool IsTemporal(DatumKind kind) { return kind >= DatumKind::kDate && kind <= DatumKind::kDuration; }

template <typename T>
int Order(const T& a, const T& b) {
  return a < b ? -1 : b < a ? 1 : 0;
}

// The instant a time would be on one day.
std::int64_t InstantOf(OffsetTime time) { return time.nanos - time.offset * kNanosPerSecond; }

// By the instant of what has one. Of one kind, and not of durations.
int OrderInstants(const Datum& a, const Datum& b) {
  if (a.kind() == DatumKind::kDate) return Order(a.date().days, b.date().days);
  if (a.kind() == DatumKind::kLocalTime) return Order(a.local_time().nanos, b.local_time().nanos);
  if (a.kind() == DatumKind::kTime) return Order(InstantOf(a.time()), InstantOf(b.time()));
  if (a.kind() == DatumKind::kLocalDateTime) {
    const LocalDateTime x = a.local_date_time();
    const LocalDateTime y = b.local_date_time();
    return x.seconds != y.seconds ? Order(x.seconds, y.seconds) : Order(x.nanos, y.nanos);
  }
  const DateTime& x = a.date_time();
  const DateTime& y = b.date_time();
  return x.seconds != y.seconds ? Order(x.seconds, y.seconds) : Order(x.nanos, y.nanos);
}

// A month as long as the mean one of the Gregorian calendar's 400 years: 146,097 days / 4,800.
double MeanSeconds(const Duration& duration) {
  constexpr double kMonth = 146097.0 * 86400.0 / 4800.0;
  return static_cast<double>(duration.months) * kMonth +
         static_cast<double>(duration.days) * 86400.0 + static_cast<double>(duration.seconds) +
         static_cast<double>(duration.nanos) / 1e9;
}

// By the mean length; of equal ones by their parts, so that only equal durations are at 0.
int OrderDurations(const Duration& a, const Duration& b) {
  if (const int order = Order(MeanSeconds(a), MeanSeconds(b)); order != 0) return order;
  if (a.months != b.months) return Order(a.months, b.months);
  if (a.days != b.days) return Order(a.days, b.days);
  return a.seconds != b.seconds ? Order(a.seconds, b.seconds) : Order(a.nanos, b.nanos);
}

// Of one kind of temporal values.
bool SameTemporal(const Datum& a, const Datum& b) {
  if (a.kind() == DatumKind::kDate) return a.date() == b.date();
  if (a.kind() == DatumKind::kLocalTime) return a.local_time() == b.local_time();
  if (a.kind() == DatumKind::kTime) return a.time() == b.time();
  if (a.kind() == DatumKind::kLocalDateTime) return a.local_date_time() == b.local_date_time();
  if (a.kind() == DatumKind::kDateTime) return a.date_time() == b.date_time();
  return a.duration() == b.duration();
}

bool SamePath(const PathValue& a, const PathValue& b) {
  return a.nodes == b.nodes && a.links == b.links;
}

std::optional<bool> And(std::optional<bool> a, std::optional<bool> b) {
  if (a == false || b == false) return false;
  return a.has_value() && b.has_value() ? std::optional(true) : std::nullopt;
}

std::optional<bool> ListsEqual(const DatumList& a, const DatumList& b) {
  if (a.size() != b.size()) return false;
  std::optional<bool> equal = true;
  for (std::size_t i = 0; i < a.size() && equal != false; ++i)
    equal = And(equal, IsEqual(a[i], b[i]));
  return equal;
}

std::optional<bool> MapsEqual(const DatumMap& a, const DatumMap& b) {
  if (!std::ranges::equal(a, b, {}, &DatumMap::value_type::first, &DatumMap::value_type::first))
    return false;
  std::optional<bool> equal = true;
  for (std::size_t i = 0; i < a.size() && equal != false; ++i)
    equal = And(equal, IsEqual(a[i].second, b[i].second));
  return equal;
}

Relation RelationOf(const Datum& a, const Datum& b);

// The first pair that is not equal decides; a list that ends is below its continuation.
Relation ListRelation(const DatumList& a, const DatumList& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
    const Relation relation = RelationOf(a[i], b[i]);
    if (relation != Relation::kEqual) return relation;
  }
  return RelationOf(a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0);
}

Relation RelationOf(const Datum& a, const Datum& b) {
  if (a.is_number() && b.is_number()) {
    const std::partial_ordering order = CompareNumbers(a, b);
    if (order == std::partial_ordering::unordered) return Relation::kUnordered;
    return RelationOf(order < 0 ? -1 : order > 0 ? 1 : 0);
  }
  if (a.kind() != b.kind()) return Relation::kUnknown;
  // UTF-8 sorts by code point when its bytes are compared without sign, as std::string does.
  if (a.kind() == DatumKind::kString) return RelationOf(a.string().compare(b.string()));
  if (a.kind() == DatumKind::kBoolean) return RelationOf(int{a.boolean()} - int{b.boolean()});
  if (a.kind() == DatumKind::kList) return ListRelation(a.list(), b.list());
  if (IsTemporal(a.kind()) && a.kind() != DatumKind::kDuration)
    return RelationOf(OrderInstants(a, b));
  return Relation::kUnknown;
}

// Place of a kind in the global order.
int RankOf(DatumKind kind) {
  switch (kind) {
    case DatumKind::kMap:
      return 0;
    case DatumKind::kNode:
      return 1;
    case DatumKind::kRelationship:
      return 2;
    case DatumKind::kList:
      return 3;
    case DatumKind::kPath:
      return 4;
    case DatumKind::kDateTime:
      return 5;
    case DatumKind::kLocalDateTime:
      return 6;
    case DatumKind::kDate:
      return 7;
    case DatumKind::kTime:
      return 8;
    case DatumKind::kLocalTime:
      return 9;
    case DatumKind::kDuration:
      return 10;
    case DatumKind::kString:
      return 11;
    case DatumKind::kBoolean:
      return 12;
    case DatumKind::kInteger:
    case DatumKind::kFloat:
      return 13;
    case DatumKind::kNull:
      return 14;
  }
  return 14;
}

int OrderNumbers(const Datum& a, const Datum& b) {
  const bool a_is_nan = std::isnan(a.number());
  const bool b_is_nan = std::isnan(b.number());
  if (a_is_nan || b_is_nan) return int{a_is_nan} - int{b_is_nan};
  const std::partial_ordering order = CompareNumbers(a, b);
  return order < 0 ? -1 : order > 0 ? 1 : 0;
}

int OrderLists(const DatumList& a, const DatumList& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    if (const int order = CompareOrder(a[i], b[i]); order != 0) return order;
  return Order(a.size(), b.size());
}

// By the keys first, then by the values.
int OrderMaps(const DatumMap& a, const DatumMap& b) {
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    if (const int order = a[i].first.compare(b[i].first); order != 0) return order;
  if (a.size() != b.size()) return Order(a.size(), b.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    if (const int order = CompareOrder(a[i].second, b[i].second); order != 0) return order;
  return 0;
}

int OrderLinks(const LinkRef& a, const LinkRef& b) {
  if (const int order = Order(a.source, b.source); order != 0) return order;
  if (const int order = Order(a.target, b.target); order != 0) return order;
  return Order(a.type, b.type);
}

int OrderPaths(const PathValue& a, const PathValue& b) {
  if (const int order = Order(a.nodes[0].record, b.nodes[0].record); order != 0) return order;
  for (std::size_t i = 0; i < std::min(a.links.size(), b.links.size()); ++i) {
    if (const int order = OrderLinks(a.links[i], b.links[i]); order != 0) return order;
    if (const int order = Order(a.nodes[i + 1].record, b.nodes[i + 1].record); order != 0)
      return order;
  }
  return Order(a.links.size(), b.links.size());
}

// Of one kind. Values that are written differently differ here, even at one instant.
int OrderTemporals(const Datum& a, const Datum& b) {
  if (a.kind() == DatumKind::kDuration) return OrderDurations(a.duration(), b.duration());
  if (const int order = OrderInstants(a, b); order != 0) return order;
  if (a.kind() == DatumKind::kTime) return Order(a.time().offset, b.time().offset);
  if (a.kind() != DatumKind::kDateTime) return 0;
  if (const int order = Order(a.date_time().offset, b.date_time().offset); order != 0) return order;
  return a.date_time().zone.compare(b.date_time().zone);
}

}  // namespace

std::optional<bool> IsEqual(const Datum& a, const Datum& b) {
  if (a.is_null() || b.is_null()) return std::nullopt;
  if (a.is_number() && b.is_number()) return CompareNumbers(a, b) == 0;
  if (a.kind() != b.kind()) return false;
  if (a.kind() == DatumKind::kString) return a.string() == b.string();
  if (a.kind() == DatumKind::kBoolean) return a.boolean() == b.boolean();
  if (a.kind() == DatumKind::kNode) return a.node() == b.node();
  if (a.kind() == DatumKind::kRelationship) return a.relationship() == b.relationship();
  if (a.kind() == DatumKind::kList) return ListsEqual(a.list(), b.list());
  if (a.kind() == DatumKind::kMap) return MapsEqual(a.map(), b.map());
  if (a.kind() == DatumKind::kPath) return SamePath(a.path(), b.path());
  return SameTemporal(a, b);
}

Datum Compare(ComparisonKind kind, const Datum& a, const Datum& b) {
  if (kind == ComparisonKind::kEqual || kind == ComparisonKind::kNotEqual) {
    const std::optional<bool> equal = IsEqual(a, b);
    if (!equal.has_value()) return {};
    return Datum::Boolean(*equal == (kind == ComparisonKind::kEqual));
  }
  const Relation relation = RelationOf(a, b);
  if (relation == Relation::kUnknown) return {};
  const bool equal = relation == Relation::kEqual;
  const bool below = relation == Relation::kBelow;
  const bool above = relation == Relation::kAbove;
  if (kind == ComparisonKind::kLess) return Datum::Boolean(below);
  if (kind == ComparisonKind::kLessOrEqual) return Datum::Boolean(below || equal);
  if (kind == ComparisonKind::kGreater) return Datum::Boolean(above);
  return Datum::Boolean(above || equal);
}

int CompareOrder(const Datum& a, const Datum& b) {
  if (a.is_number() && b.is_number()) return OrderNumbers(a, b);
  if (a.kind() != b.kind()) return Order(RankOf(a.kind()), RankOf(b.kind()));
  if (a.kind() == DatumKind::kString) return a.string().compare(b.string());
  if (a.kind() == DatumKind::kBoolean) return int{a.boolean()} - int{b.boolean()};
  if (a.kind() == DatumKind::kNode) return Order(a.node().record, b.node().record);
  if (a.kind() == DatumKind::kRelationship) return OrderLinks(a.relationship(), b.relationship());
  if (a.kind() == DatumKind::kList) return OrderLists(a.list(), b.list());
  if (a.kind() == DatumKind::kMap) return OrderMaps(a.map(), b.map());
  if (a.kind() == DatumKind::kPath) return OrderPaths(a.path(), b.path());
  return a.is_null() ? 0 : OrderTemporals(a, b);
}

bool Equivalent(const Datum& a, const Datum& b) {
  if (a.kind() != b.kind()) return a.is_number() && b.is_number() && OrderNumbers(a, b) == 0;
  if (a.kind() == DatumKind::kString) return a.string() == b.string();
  if (a.kind() == DatumKind::kList) {
    return a.list().size() == b.list().size() &&
           std::ranges::equal(a.list(), b.list(), DatumEquivalent());
  }
  if (IsTemporal(a.kind())) return SameTemporal(a, b);
  return CompareOrder(a, b) == 0;
}

}  // namespace kosei::language

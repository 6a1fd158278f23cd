#include <bit>
#include <cmath>
#include <functional>
#include <string_view>

#include "kosei/language/compare.h"
#include "numbers.h"

namespace kosei::language {
namespace {

// Multiplications by an odd number and shifts: every bit of both reaches the upper and lower half.
std::uint64_t Mix(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) * 0x9E3779B97F4A7C15ULL;
  hash ^= hash >> 32;
  hash *= 0x9E3779B97F4A7C15ULL;
  return hash ^ hash >> 29;
}

std::uint64_t Of(std::int64_t value) { return static_cast<std::uint64_t>(value); }
std::uint64_t Of(std::string_view text) { return std::hash<std::string_view>()(text); }
std::uint64_t Of(const LinkRef& link) {
  return Mix(std::uint64_t{link.source} << 32 | link.target, link.type);
}

std::uint64_t NumberHash(const Datum& value) {
  if (value.kind() == DatumKind::kInteger) return Of(value.integer());
  if (const auto integer = ExactInteger(value.real())) return Of(*integer);
  return std::isnan(value.real()) ? ~0ULL : std::bit_cast<std::uint64_t>(value.real());
}

std::uint64_t BodyHash(const Datum& value) {
  switch (value.kind()) {
    case DatumKind::kNull:
      return 0;
    case DatumKind::kBoolean:
      return value.boolean() ? 1 : 0;
    case DatumKind::kInteger:
    case DatumKind::kFloat:
      return NumberHash(value);
    case DatumKind::kString:
      return Of(value.string());
    case DatumKind::kDate:
      return Of(value.date().days);
    case DatumKind::kLocalTime:
      return Of(value.local_time().nanos);
    case DatumKind::kTime:
      return Mix(Of(value.time().nanos), Of(value.time().offset));
    case DatumKind::kLocalDateTime:
      return Mix(Of(value.local_date_time().seconds), Of(value.local_date_time().nanos));
    case DatumKind::kDateTime:
      return Mix(Mix(Of(value.date_time().seconds), Of(value.date_time().nanos)),
                 Of(value.date_time().offset));
    case DatumKind::kDuration: {
      const Duration& duration = value.duration();
      return Mix(Mix(Mix(Of(duration.months), Of(duration.days)), Of(duration.seconds)),
                 Of(duration.nanos));
    }
    case DatumKind::kList: {
      std::uint64_t hash = value.list().size();
      for (const Datum& item : value.list()) hash = Mix(hash, HashOf(item));
      return hash;
    }
    case DatumKind::kMap: {
      std::uint64_t hash = value.map().size();
      for (const auto& [key, item] : value.map()) hash = Mix(Mix(hash, Of(key)), HashOf(item));
      return hash;
    }
    case DatumKind::kNode:
      return value.node().record.value;
    case DatumKind::kRelationship:
      return Of(value.relationship());
    case DatumKind::kPath: {
      std::uint64_t hash = value.path().nodes[0].record.value;
      for (const LinkRef& link : value.path().links) hash = Mix(hash, Of(link));
      return hash;
    }
  }
  return 0;
}

}  // namespace

std::uint64_t HashOf(const Datum& value) {
  const DatumKind kind = value.is_number() ? DatumKind::kInteger : value.kind();
  return Mix(static_cast<std::uint64_t>(kind) + 1, BodyHash(value));
}

}  // namespace kosei::language

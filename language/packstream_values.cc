// Structures of PackStream as the values they hold, and what was read as values of a statement.
#include <cstdlib>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "calendar.h"
#include "code_points.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/packstream.h"
#include "packstream_tags.h"
#include "temporal_values.h"
#include "time_zone.h"

namespace kosei::language {
namespace {

absl::Status WrongFields(const PackedStructure& structure) {
  return MakeError(ErrorCode::kMalformedFrame,
                   absl::StrFormat("read PackStream: a structure %02X with %d fields holds other "
                                   "fields than the protocol says",
                                   structure.tag, structure.fields.size()));
}

// The fields of a structure one after the other; a wrong one leaves `ok` false.
class Fields {
 public:
  explicit Fields(PackedStructure& structure) : structure_(structure) {}

  template <typename T>
  T Take() {
    if (next_ < structure_.fields.size()) {
      if (T* const field = std::get_if<T>(&structure_.fields[next_++].value))
        return std::move(*field);
    }
    ok_ = false;
    return T();
  }
  std::int64_t Integer() { return Take<std::int64_t>(); }
  // From `least` to `most`.
  template <typename T>
  T Within(std::int64_t least, std::int64_t most) {
    const std::int64_t value = Integer();
    ok_ = ok_ && value >= least && value <= most;
    return static_cast<T>(value);
  }
  std::int32_t Nanos() { return Within<std::int32_t>(0, 999'999'999); }
  std::int32_t Offset() { return Within<std::int32_t>(-kOffsetMax, kOffsetMax); }
  std::int64_t NanosOfDay() { return Within<std::int64_t>(0, 86'399'999'999'999); }
  bool any_left() const { return next_ < structure_.fields.size(); }
  bool ok() const { return ok_ && !any_left(); }

 private:
  PackedStructure& structure_;
  std::size_t next_ = 0;
  bool ok_ = true;
};

std::vector<std::string> Texts(PackedList list, bool& ok) {
  std::vector<std::string> texts;
  for (PackedValue& item : list) {
    auto* const text = std::get_if<std::string>(&item.value);
    ok = ok && text != nullptr;
    if (text != nullptr) texts.push_back(std::move(*text));
  }
  return texts;
}

absl::StatusOr<PackedValue> NodeFrom(PackedStructure structure) {
  Fields fields(structure);
  bool ok = true;
  PackedNode node;
  node.id = fields.Integer();
  node.labels = Texts(fields.Take<PackedList>(), ok);
  node.properties = fields.Take<PackedMap>();
  node.element_id = fields.any_left() ? fields.Take<std::string>() : std::to_string(node.id);
  if (!ok || !fields.ok()) return WrongFields(structure);
  return PackedValue{std::move(node)};
}

absl::StatusOr<PackedValue> RelationshipFrom(PackedStructure structure) {
  Fields fields(structure);
  PackedRelationship link;
  link.id = fields.Integer();
  link.start = fields.Integer();
  link.end = fields.Integer();
  link.type = fields.Take<std::string>();
  link.properties = fields.Take<PackedMap>();
  const bool named = fields.any_left();
  link.element_id = named ? fields.Take<std::string>() : std::to_string(link.id);
  link.start_element_id = named ? fields.Take<std::string>() : std::to_string(link.start);
  link.end_element_id = named ? fields.Take<std::string>() : std::to_string(link.end);
  if (!fields.ok()) return WrongFields(structure);
  return PackedValue{std::move(link)};
}

// Stays a structure for the path around it, once its fields are known to be right.
bool IsUnbound(const PackedStructure& structure) {
  const PackedList& fields = structure.fields;
  return structure.tag == pack_tag::kUnboundRelationship &&
         (fields.size() == 3 || fields.size() == 4) && fields[0].As<std::int64_t>() != nullptr &&
         fields[1].As<std::string>() != nullptr && fields[2].As<PackedMap>() != nullptr &&
         (fields.size() == 3 || fields[3].As<std::string>() != nullptr);
}

// Its ends are filled in by the first step over it.
PackedRelationship Unbound(PackedStructure structure) {
  PackedRelationship link;
  link.id = *structure.fields[0].As<std::int64_t>();
  link.type = std::move(std::get<std::string>(structure.fields[1].value));
  link.properties = std::move(std::get<PackedMap>(structure.fields[2].value));
  link.element_id = structure.fields.size() == 4
                        ? std::move(std::get<std::string>(structure.fields[3].value))
                        : std::to_string(link.id);
  return link;
}

// A number of a relationship from 1 on, negative against its direction, and one of a node from 0.
std::optional<PackedPath::Step> StepOf(const PackedValue& link, const PackedValue& node,
                                       const PackedPath& path) {
  const auto* const over = link.As<std::int64_t>();
  const auto* const to = node.As<std::int64_t>();
  if (over == nullptr || to == nullptr) return std::nullopt;
  const auto links = static_cast<std::int64_t>(path.relationships.size());
  const auto nodes = static_cast<std::int64_t>(path.nodes.size());
  if (*over == 0 || *over > links || *over < -links || *to < 0 || *to >= nodes) return std::nullopt;
  return PackedPath::Step{static_cast<std::size_t>(std::abs(*over)) - 1,
                          static_cast<std::size_t>(*to), *over > 0};
}

absl::StatusOr<PackedValue> PathFrom(PackedStructure structure) {
  Fields fields(structure);
  PackedList nodes = fields.Take<PackedList>();
  PackedList links = fields.Take<PackedList>();
  const PackedList steps = fields.Take<PackedList>();
  if (!fields.ok() || nodes.empty() || steps.size() % 2 != 0) return WrongFields(structure);
  PackedPath path;
  for (PackedValue& node : nodes) {
    if (node.As<PackedNode>() == nullptr) return WrongFields(structure);
    path.nodes.push_back(std::move(*std::get<Boxed<PackedNode>>(node.value)));
  }
  for (PackedValue& link : links) {
    const auto* const unbound = link.As<PackedStructure>();
    if (unbound == nullptr || !IsUnbound(*unbound)) return WrongFields(structure);
    path.relationships.push_back(Unbound(std::move(std::get<PackedStructure>(link.value))));
  }
  std::size_t here = 0;
  for (std::size_t i = 0; i < steps.size(); i += 2) {
    const auto step = StepOf(steps[i], steps[i + 1], path);
    if (!step.has_value()) return WrongFields(structure);
    PackedRelationship& link = path.relationships[step->relationship];
    const PackedNode& start = path.nodes[step->forward ? here : step->node];
    const PackedNode& end = path.nodes[step->forward ? step->node : here];
    if (link.start_element_id.empty()) {
      link.start = start.id;
      link.end = end.id;
      link.start_element_id = start.element_id;
      link.end_element_id = end.element_id;
    }
    here = step->node;
    path.steps.push_back(*step);
  }
  return PackedValue{std::move(path)};
}

// All that counts in calendars goes by it.
absl::Status CheckDay(std::int64_t seconds) {
  return IsValidDay(FloorDivide(seconds, kSecondsOfDay)) ? absl::OkStatus() : OutOfYears();
}

absl::StatusOr<PackedValue> DateTimeFrom(PackedStructure structure) {
  const std::uint8_t tag = structure.tag;
  const bool local = tag == pack_tag::kLegacyDateTime || tag == pack_tag::kLegacyDateTimeInZone;
  // Far beyond all years there are, so that an offset can be taken off.
  constexpr std::int64_t kSecondsMax = std::int64_t{1} << 60;
  Fields fields(structure);
  DateTime value;
  value.seconds = fields.Within<std::int64_t>(-kSecondsMax, kSecondsMax);
  value.nanos = fields.Nanos();
  if (tag == pack_tag::kDateTime || tag == pack_tag::kLegacyDateTime) {
    value.offset = fields.Offset();
    if (!fields.ok()) return WrongFields(structure);
  } else {
    value.zone = fields.Take<std::string>();
    if (!fields.ok()) return WrongFields(structure);
    KOSEI_ASSIGN_OR_RETURN(const TimeZone zone, TimeZone::Parse(value.zone));
    value.offset = local ? zone.OffsetOfLocal(value.seconds) : zone.OffsetAt(value.seconds);
    value.zone = zone.name();
  }
  if (local) value.seconds -= value.offset;
  KOSEI_RETURN_IF_ERROR(CheckDay(LocalOf(value).seconds));
  return PackedValue{std::move(value)};
}

absl::StatusOr<PackedValue> TemporalFrom(PackedStructure structure) {
  Fields fields(structure);
  PackedValue made;
  if (structure.tag == pack_tag::kDate) {
    const Date date{fields.Integer()};
    if (fields.ok() && !IsValidDay(date.days)) return OutOfYears();
    made.value = date;
  } else if (structure.tag == pack_tag::kLocalTime) {
    made.value = LocalTime{fields.NanosOfDay()};
  } else if (structure.tag == pack_tag::kTime) {
    OffsetTime time;
    time.nanos = fields.NanosOfDay();
    time.offset = fields.Offset();
    made.value = time;
  } else if (structure.tag == pack_tag::kLocalDateTime) {
    LocalDateTime time;
    time.seconds = fields.Integer();
    time.nanos = fields.Nanos();
    if (fields.ok()) KOSEI_RETURN_IF_ERROR(CheckDay(time.seconds));
    made.value = time;
  } else {
    Duration duration;
    duration.months = fields.Integer();
    duration.days = fields.Integer();
    duration.seconds = fields.Integer();
    duration.nanos = fields.Nanos();
    made.value = duration;
  }
  if (!fields.ok()) return WrongFields(structure);
  return made;
}

}  // namespace

absl::StatusOr<PackedValue> ValueOf(PackedStructure structure) {
  switch (structure.tag) {
    case pack_tag::kNode:
      return NodeFrom(std::move(structure));
    case pack_tag::kRelationship:
      return RelationshipFrom(std::move(structure));
    case pack_tag::kPath:
      return PathFrom(std::move(structure));
    case pack_tag::kDateTime:
    case pack_tag::kDateTimeInZone:
    case pack_tag::kLegacyDateTime:
    case pack_tag::kLegacyDateTimeInZone:
      return DateTimeFrom(std::move(structure));
    case pack_tag::kDate:
    case pack_tag::kTime:
    case pack_tag::kLocalTime:
    case pack_tag::kLocalDateTime:
    case pack_tag::kDuration:
      return TemporalFrom(std::move(structure));
    default:
      return PackedValue{std::move(structure)};
  }
}

namespace {

struct ToDatum {
  using Result = absl::StatusOr<Datum>;

  Result operator()(std::monostate) const { return Datum(); }
  Result operator()(bool value) const { return Datum::Boolean(value); }
  Result operator()(std::int64_t value) const { return Datum::Integer(value); }
  Result operator()(double value) const { return Datum::Float(value); }
  Result operator()(const std::string& value) const { return Datum::String(value); }
  Result operator()(Date value) const { return Datum::Of(value); }
  Result operator()(LocalTime value) const { return Datum::Of(value); }
  Result operator()(OffsetTime value) const { return Datum::Of(value); }
  Result operator()(LocalDateTime value) const { return Datum::Of(value); }
  Result operator()(const DateTime& value) const { return Datum::Of(value); }
  Result operator()(const Duration& value) const { return Datum::Of(value); }
  Result operator()(const PackedList& list) const {
    DatumList items;
    items.reserve(list.size());
    for (const PackedValue& value : list) {
      KOSEI_ASSIGN_OR_RETURN(Datum item, DatumOf(value));
      items.push_back(std::move(item));
    }
    return Datum::List(std::move(items));
  }
  Result operator()(const PackedMap& map) const {
    DatumMap entries;
    for (const auto& [key, value] : map) {
      KOSEI_ASSIGN_OR_RETURN(Datum item, DatumOf(value));
      entries.emplace_back(key, std::move(item));
    }
    return Datum::Map(std::move(entries));
  }
  Result operator()(const PackedBytes&) const { return Refused("bytes"); }
  Result operator()(const Boxed<PackedNode>&) const { return Refused(pack_tag::kNode); }
  Result operator()(const Boxed<PackedRelationship>&) const {
    return Refused(pack_tag::kRelationship);
  }
  Result operator()(const Boxed<PackedPath>&) const { return Refused(pack_tag::kPath); }
  Result operator()(const PackedStructure& structure) const { return Refused(structure.tag); }

  static absl::Status Refused(std::uint8_t tag) {
    switch (tag) {
      case pack_tag::kNode:
        return Refused("a node");
      case pack_tag::kRelationship:
        return Refused("a relationship");
      case pack_tag::kPath:
        return Refused("a path");
      default:
        return Refused("a structure");
    }
  }

  static absl::Status Refused(std::string_view what) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("%s cannot be a parameter; send an id, a text, a number, a "
                                     "list or a map",
                                     what),
                     "parameters");
  }
};

}  // namespace

absl::StatusOr<Datum> DatumOf(const PackedValue& value) {
  KOSEI_ASSIGN_OR_RETURN(Datum datum, std::visit(ToDatum(), value.value));
  if (datum.depth() <= kDatumDepthMax) return datum;
  return MakeError(
      ErrorCode::kInvalidArgument,
      absl::StrFormat("lists and maps are nested more than %d deep; flatten them", kDatumDepthMax),
      "parameters");
}

absl::StatusOr<DatumMap> ReadParameters(std::string_view bytes) {
  constexpr std::size_t kNameShown = 64;
  if (bytes.empty()) return DatumMap();
  PackReader reader(bytes, PackSource::kClient);
  KOSEI_ASSIGN_OR_RETURN(const PackedValue packed, reader.Read());
  if (packed.As<std::monostate>() != nullptr && reader.at_end()) return DatumMap();
  const auto* const map = packed.As<PackedMap>();
  if (map == nullptr || !reader.at_end()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "query: the parameters are not one map, expected {name: value}", "parameters");
  }
  DatumMap parameters;
  for (const PackedEntry& entry : *map) {
    absl::StatusOr<Datum> value = DatumOf(entry.value);
    if (!value.ok()) {
      const std::string_view name =
          std::string_view(entry.key).substr(0, OffsetOf(entry.key, kNameShown));
      return WithContext(value.status(), absl::StrFormat("parameter $%s", name));
    }
    parameters.emplace_back(entry.key, *std::move(value));
  }
  // In the order that a map of values has.
  return Datum::Map(std::move(parameters)).map();
}

}  // namespace kosei::language

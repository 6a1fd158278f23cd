// Structures of PackStream as the values they hold, and what was read as values of a statement.
#include <cstdlib>
#include <optional>
#include <utility>

#include "absl/strings/str_format.h"
#include "calendar.h"
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
  // Of the years there are.
  std::int64_t Day() {
    const std::int64_t day = Integer();
    ok_ = ok_ && IsValidDay(day);
    return day;
  }
  std::int64_t SecondOfClock() {
    const std::int64_t second = Integer();
    ok_ = ok_ && IsValidDay(FloorDivide(second, kSecondsOfDay));
    return second;
  }
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
    path.nodes.push_back(std::move(std::get<PackedNode>(node.value)));
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

absl::StatusOr<PackedValue> DateTimeFrom(PackedStructure structure) {
  const std::uint8_t tag = structure.tag;
  const bool local = tag == pack_tag::kLegacyDateTime || tag == pack_tag::kLegacyDateTimeInZone;
  Fields fields(structure);
  DateTime value;
  value.seconds = fields.SecondOfClock();
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
  // What clocks show is within the years; an instant may be beyond them by its offset.
  if (!IsValidDay(FloorDivide(LocalOf(value).seconds, kSecondsOfDay)))
    return WrongFields(structure);
  return PackedValue{std::move(value)};
}

absl::StatusOr<PackedValue> TemporalFrom(PackedStructure structure) {
  Fields fields(structure);
  PackedValue made;
  if (structure.tag == pack_tag::kDate) {
    made.value = Date{fields.Day()};
  } else if (structure.tag == pack_tag::kLocalTime) {
    made.value = LocalTime{fields.NanosOfDay()};
  } else if (structure.tag == pack_tag::kTime) {
    OffsetTime time;
    time.nanos = fields.NanosOfDay();
    time.offset = fields.Offset();
    made.value = time;
  } else if (structure.tag == pack_tag::kLocalDateTime) {
    LocalDateTime time;
    time.seconds = fields.SecondOfClock();
    time.nanos = fields.Nanos();
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
  Result operator()(const PackedNode&) const { return Refused("a node"); }
  Result operator()(const PackedRelationship&) const { return Refused("a relationship"); }
  Result operator()(const PackedPath&) const { return Refused("a path"); }
  Result operator()(const PackedStructure&) const { return Refused("a structure"); }

  static absl::Status Refused(std::string_view what) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("parameter: %s cannot be one; send an id, a text, a number, a "
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
      absl::StrFormat("parameter: lists and maps are nested more than %d deep", kDatumDepthMax),
      "parameters");
}

}  // namespace kosei::language

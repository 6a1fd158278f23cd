#include <bit>
#include <limits>
#include <map>

#include "absl/strings/str_format.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/language/element_id.h"
#include "kosei/language/packstream.h"
#include "packstream_tags.h"

namespace kosei::language {
namespace {

template <typename T>
bool Fits(std::int64_t value) {
  return value >= std::numeric_limits<T>::min() && value <= std::numeric_limits<T>::max();
}

void AppendByte(std::string& out, unsigned value) { out += static_cast<char>(value); }

}  // namespace

void PackWriter::Null() { AppendByte(out_, 0xC0); }
void PackWriter::Boolean(bool value) { AppendByte(out_, value ? 0xC3 : 0xC2); }

void PackWriter::Integer(std::int64_t value) {
  if (value >= -16 && value <= 127) {
    AppendByte(out_, static_cast<std::uint8_t>(value));
  } else if (Fits<std::int8_t>(value)) {
    AppendByte(out_, 0xC8);
    AppendByte(out_, static_cast<std::uint8_t>(value));
  } else if (Fits<std::int16_t>(value)) {
    AppendByte(out_, 0xC9);
    AppendU16(out_, static_cast<std::uint16_t>(value));
  } else if (Fits<std::int32_t>(value)) {
    AppendByte(out_, 0xCA);
    AppendU32(out_, static_cast<std::uint32_t>(value));
  } else {
    AppendByte(out_, 0xCB);
    AppendU64(out_, static_cast<std::uint64_t>(value));
  }
}

void PackWriter::Float(double value) {
  AppendByte(out_, 0xC1);
  AppendU64(out_, std::bit_cast<std::uint64_t>(value));
}

// `small`: the marker of sizes below 16, 0 when there is none; `sized`: the first of the three
// markers that are followed by a size of 1, 2 and 4 bytes.
void PackWriter::Head(std::size_t count, std::uint8_t small, std::uint8_t sized) {
  if (count < 16 && small != 0) {
    AppendByte(out_, small | static_cast<unsigned>(count));
  } else if (count <= 0xFF) {
    AppendByte(out_, sized);
    AppendByte(out_, static_cast<unsigned>(count));
  } else if (count <= 0xFFFF) {
    AppendByte(out_, sized + 1U);
    AppendU16(out_, static_cast<std::uint16_t>(count));
  } else {
    AppendByte(out_, sized + 2U);
    AppendU32(out_, static_cast<std::uint32_t>(count));
  }
}

void PackWriter::String(std::string_view value) {
  Head(value.size(), 0x80, 0xD0);
  out_ += value;
}

void PackWriter::Bytes(std::string_view value) {
  Head(value.size(), 0, 0xCC);
  out_ += value;
}

void PackWriter::ListHead(std::size_t count) { Head(count, 0x90, 0xD4); }
void PackWriter::MapHead(std::size_t count) { Head(count, 0xA0, 0xD8); }

void PackWriter::StructureHead(std::size_t fields, std::uint8_t tag) {
  AppendByte(out_, 0xB0 | static_cast<unsigned>(fields & 15));
  AppendByte(out_, tag);
}

bool PackWriter::HasRoom(std::size_t bytes, Evaluation& evaluation) const {
  if (out_.size() <= bytes_max_ && bytes <= bytes_max_ - out_.size()) return true;
  evaluation.Fail(MakeError(
      ErrorCode::kMemoryBudget,
      absl::StrFormat("query: a row is larger than %d KiB as it is sent; ask for fewer values in "
                      "a list, or for less of each record",
                      bytes_max_ >> 10)));
  return false;
}

void PackWriter::List(const DatumList& list, Evaluation& evaluation) {
  ListHead(list.size());
  for (const Datum& item : list) {
    if (evaluation.failed()) return;
    Value(item, evaluation);
  }
}

void PackWriter::Map(const DatumMap& map, Evaluation& evaluation) {
  MapHead(map.size());
  for (const auto& [key, value] : map) {
    if (evaluation.failed()) return;
    String(key);
    Value(value, evaluation);
  }
}

void PackWriter::Node(NodeRef node, Evaluation& evaluation) {
  StructureHead(form_ == PackForm::kBolt4 ? 3 : 4, pack_tag::kNode);
  Integer(IdOf(node));
  const std::vector<std::string> labels = evaluation.graph->Labels(node, evaluation);
  ListHead(labels.size());
  for (const std::string& label : labels) String(label);
  Map(evaluation.graph->Properties(node, evaluation), evaluation);
  if (form_ != PackForm::kBolt4) String(evaluation.graph->ElementId(node));
}

void PackWriter::Relationship(const LinkRef& link, Evaluation& evaluation) {
  StructureHead(form_ == PackForm::kBolt4 ? 5 : 8, pack_tag::kRelationship);
  Integer(IdOf(link));
  Integer(link.source);
  Integer(link.target);
  String(evaluation.graph->TypeOf(link));
  Map(evaluation.graph->Properties(link, evaluation), evaluation);
  if (form_ == PackForm::kBolt4) return;
  String(ElementIdOf(link));
  String(evaluation.graph->ElementId({RecordId{link.source}, link.moment}));
  String(evaluation.graph->ElementId({RecordId{link.target}, link.moment}));
}

void PackWriter::UnboundRelationship(const LinkRef& link, Evaluation& evaluation) {
  StructureHead(form_ == PackForm::kBolt4 ? 3 : 4, pack_tag::kUnboundRelationship);
  Integer(IdOf(link));
  String(evaluation.graph->TypeOf(link));
  Map(evaluation.graph->Properties(link, evaluation), evaluation);
  if (form_ != PackForm::kBolt4) String(ElementIdOf(link));
}

// Nodes and relationships once each, in the order in which they are met; then for each step the
// number of its relationship (from 1; negative: against its direction) and of the node it reaches.
void PackWriter::Path(const PathValue& path, Evaluation& evaluation) {
  std::vector<NodeRef> nodes;
  std::map<std::uint64_t, std::int64_t> node_at;
  for (const NodeRef& node : path.nodes) {
    const auto number = static_cast<std::int64_t>(nodes.size());
    if (node_at.emplace(node.record.value, number).second) nodes.push_back(node);
  }
  std::vector<LinkRef> links;
  std::map<std::string, std::int64_t> link_at;
  for (const LinkRef& link : path.links) {
    const auto number = static_cast<std::int64_t>(links.size()) + 1;
    if (link_at.emplace(ElementIdOf(link), number).second) links.push_back(link);
  }
  StructureHead(3, pack_tag::kPath);
  ListHead(nodes.size());
  for (const NodeRef& node : nodes) {
    if (!HasRoom(1, evaluation)) return;
    Node(node, evaluation);
  }
  ListHead(links.size());
  for (const LinkRef& link : links) {
    if (!HasRoom(1, evaluation)) return;
    UnboundRelationship(link, evaluation);
  }
  ListHead(path.links.size() * 2);
  for (std::size_t i = 0; i < path.links.size(); ++i) {
    const std::int64_t number = link_at[ElementIdOf(path.links[i])];
    const bool forward = path.links[i].source == path.nodes[i].record.value;
    Integer(forward ? number : -number);
    Integer(node_at[path.nodes[i + 1].record.value]);
  }
}

void PackWriter::Zoned(const DateTime& value) {
  const bool utc = form_ != PackForm::kBolt4;
  const bool named = !value.zone.empty();
  StructureHead(3, utc ? (named ? pack_tag::kDateTimeInZone : pack_tag::kDateTime)
                       : (named ? pack_tag::kLegacyDateTimeInZone : pack_tag::kLegacyDateTime));
  Integer(utc ? value.seconds : value.seconds + value.offset);
  Integer(value.nanos);
  if (named) {
    String(value.zone);
  } else {
    Integer(value.offset);
  }
}

void PackWriter::Temporal(const Datum& value) {
  if (value.kind() == DatumKind::kDate) {
    StructureHead(1, pack_tag::kDate);
    Integer(value.date().days);
  } else if (value.kind() == DatumKind::kLocalTime) {
    StructureHead(1, pack_tag::kLocalTime);
    Integer(value.local_time().nanos);
  } else if (value.kind() == DatumKind::kTime) {
    StructureHead(2, pack_tag::kTime);
    Integer(value.time().nanos);
    Integer(value.time().offset);
  } else if (value.kind() == DatumKind::kLocalDateTime) {
    StructureHead(2, pack_tag::kLocalDateTime);
    Integer(value.local_date_time().seconds);
    Integer(value.local_date_time().nanos);
  } else if (value.kind() == DatumKind::kDateTime) {
    Zoned(value.date_time());
  } else {
    const Duration& duration = value.duration();
    StructureHead(4, pack_tag::kDuration);
    for (const std::int64_t part : {duration.months, duration.days, duration.seconds})
      Integer(part);
    Integer(duration.nanos);
  }
}

void PackWriter::Value(const Datum& value, Evaluation& evaluation) {
  if (!HasRoom(1, evaluation)) return;
  switch (value.kind()) {
    case DatumKind::kNull:
      return Null();
    case DatumKind::kBoolean:
      return Boolean(value.boolean());
    case DatumKind::kInteger:
      return Integer(value.integer());
    case DatumKind::kFloat:
      return Float(value.real());
    case DatumKind::kString:
      if (HasRoom(value.string().size(), evaluation)) String(value.string());
      return;
    case DatumKind::kDate:
    case DatumKind::kLocalTime:
    case DatumKind::kTime:
    case DatumKind::kLocalDateTime:
    case DatumKind::kDateTime:
    case DatumKind::kDuration:
      return Temporal(value);
    case DatumKind::kList:
      return List(value.list(), evaluation);
    case DatumKind::kMap:
      return Map(value.map(), evaluation);
    case DatumKind::kNode:
      return Node(value.node(), evaluation);
    case DatumKind::kRelationship:
      return Relationship(value.relationship(), evaluation);
    case DatumKind::kPath:
      return Path(value.path(), evaluation);
  }
}

}  // namespace kosei::language

#include "handlers/collision_encoding.h"

#include "handlers/encode.h"

namespace kosei::server {

flatbuffers::Offset<fb::Collision> EncodeCollision(Builder& builder, const storage::Reader& reader,
                                                   const query::Collision& collision,
                                                   NameTable& names) {
  std::vector<flatbuffers::Offset<fb::CollidingRecord>> records;
  for (const query::CollisionRecord& record : collision.records) {
    const auto key = Text(builder, reader.KeyOf(record.record));
    const auto criticality = Text(builder, record.criticality);
    records.push_back(fb::CreateCollidingRecord(builder, key, reader.ClassOf(record.record).value,
                                                static_cast<std::uint8_t>(record.state),
                                                record.service, criticality));
  }
  std::vector<flatbuffers::Offset<fb::CollidingGate>> gates;
  for (const query::OpenedGate& gate : collision.gates) {
    const auto key = Text(builder, reader.KeyOf(gate.record));
    const auto text = Text(builder, gate.text);
    gates.push_back(
        fb::CreateCollidingGate(builder, key, static_cast<std::uint8_t>(gate.state), text));
  }
  const auto changes = builder.CreateVector(names.PositionsOf(collision.changes));
  const auto record_vector = builder.CreateVector(records);
  const auto gate_vector = builder.CreateVector(gates);
  const auto windows = builder.CreateVector(names.PositionsOf(collision.windows));
  return fb::CreateCollision(builder, static_cast<fb::CollisionKind>(collision.kind), changes,
                             collision.window.from.micros, collision.window.to.micros,
                             record_vector, collision.record_count, collision.service_count,
                             gate_vector, windows);
}

}  // namespace kosei::server

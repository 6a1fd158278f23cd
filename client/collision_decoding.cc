#include "collision_decoding.h"

#include <string>
#include <utility>
#include <vector>

#include "kosei/protocol/messages.h"
#include "message_parts.h"
#include "text_decoding.h"

namespace kosei::client {
namespace {

using Positions = flatbuffers::Vector<std::uint32_t>;

std::vector<std::string> NamesAt(const FbNames* names, const Positions* positions) {
  std::vector<std::string> out;
  if (names == nullptr || positions == nullptr) return out;
  for (const std::uint32_t position : *positions) {
    if (position < names->size()) out.push_back(Text(names->Get(position)));
  }
  return out;
}

}  // namespace

Collision ToCollision(const fb::Collision& from, const FbNames* names) {
  Collision out;
  out.kind = static_cast<CollisionKind>(from.kind());
  out.changes = NamesAt(names, from.changes());
  out.window = {Timestamp{from.from()}, Timestamp{from.to()}};
  if (from.records() != nullptr) {
    for (const fb::CollidingRecord* record : *from.records()) {
      out.records.push_back({Text(record->key()), ClassNumber{record->class_number()},
                             ToState(record->state()), record->service(),
                             Text(record->criticality())});
    }
  }
  out.record_count = from.record_count();
  out.service_count = from.service_count();
  if (from.gates() != nullptr) {
    for (const fb::CollidingGate* gate : *from.gates())
      out.gates.push_back({Text(gate->key()), ToState(gate->state()), Text(gate->gate())});
  }
  out.windows = NamesAt(names, from.windows());
  return out;
}

}  // namespace kosei::client

#include "plan_decoding.h"

#include <string>
#include <utility>

#include "kosei/protocol/messages.h"
#include "message_parts.h"
#include "text_decoding.h"

namespace kosei::client {
namespace {}  // namespace

PlanInfo ToPlan(const fb::PlanInfo* from) {
  PlanInfo out;
  if (from == nullptr) return out;
  out.name = Text(from->name());
  out.number = from->number();
  out.description = Text(from->description());
  out.actor = Text(from->actor());
  out.cause = Text(from->cause());
  out.created = Timestamp{from->created()};
  out.base = from->base();
  out.state = static_cast<PlanState>(from->state());
  out.steps = from->steps();
  out.edits = from->edits();
  out.merged_from = from->merged_from();
  out.merged = from->merged();
  out.merged_by = Text(from->merged_by());
  return out;
}

std::vector<Conflict> ToConflicts(const FbConflicts* from) {
  std::vector<Conflict> out;
  if (from == nullptr) return out;
  out.reserve(from->size());
  for (const fb::PlanConflict* one : *from) {
    Conflict conflict;
    conflict.kind = static_cast<ConflictKind>(one->kind());
    conflict.key = Text(one->key());
    conflict.attribute = Text(one->attribute());
    conflict.other = Text(one->other());
    conflict.planned = Text(one->planned());
    conflict.present = Text(one->present());
    conflict.message = Text(one->message());
    conflict.step = one->step();
    conflict.step_actor = Text(one->step_actor());
    conflict.commit = one->commit();
    conflict.commit_actor = Text(one->commit_actor());
    out.push_back(std::move(conflict));
  }
  return out;
}

std::vector<WriteCounts> ToCommits(const FbCommits* from) {
  std::vector<WriteCounts> out;
  if (from == nullptr) return out;
  for (const fb::WriteCounts* one : *from) out.push_back(ToCounts(one));
  return out;
}

}  // namespace kosei::client

// Collisions of planned work and free slots: the request's changes and windows become a calendar.
#include "kosei/query/collisions.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_format.h"
#include "handlers/collision_encoding.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/collisions_generated.h"

namespace kosei::server {
namespace {

using protocol::TextOf;
using Names = flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>;
using Positions = flatbuffers::Vector<std::uint32_t>;

constexpr std::uint32_t kListedMax = 1'000;
constexpr std::uint64_t kCalendarMemoryFactor = 4;

std::string ChangeName(const fb::PlannedChange& change) {
  return absl::StrFormat("change \"%s\"", TextOf(change.id()));
}

// Reads one request's changes and windows.
class WorkDecoder {
 public:
  WorkDecoder(const Services& services, const storage::View& view, const model::Schema& schema,
              const Names* names)
      : services_(services), view_(view), schema_(schema), names_(names) {}

  absl::StatusOr<query::PlannedChange> Change(const fb::PlannedChange& from) {
    query::PlannedChange change;
    change.id = TextOf(from.id());
    change.window = {Timestamp{from.from()}, Timestamp{from.to()}};
    const std::string name = ChangeName(from);
    KOSEI_ASSIGN_OR_RETURN(const std::vector<RecordId> failed,
                           Records(from.failed(), name + " takes down", "failed"));
    for (const RecordId id : failed) change.assumed.push_back({id, model::State::kFailed});
    KOSEI_ASSIGN_OR_RETURN(const std::vector<RecordId> degraded,
                           Records(from.degraded(), name + " degrades", "degraded"));
    for (const RecordId id : degraded) change.assumed.push_back({id, model::State::kDegraded});
    KOSEI_ASSIGN_OR_RETURN(change.written, Records(from.changes(), name + " changes", "changes"));
    std::vector<RecordId> down = change.written;
    if (!TextOf(from.plan()).empty()) {
      KOSEI_RETURN_IF_ERROR(AddPlan(std::string(TextOf(from.plan())), name, change.written, down));
    }
    if (from.change_is_failure()) KOSEI_RETURN_IF_ERROR(AddFailures(down, change.assumed));
    return change;
  }

  absl::StatusOr<query::CalendarWindow> Window(const fb::CalendarWindow& from) {
    query::CalendarWindow window;
    window.id = TextOf(from.id());
    const std::string name = absl::StrFormat("window \"%s\" is about", window.id);
    if (from.kind() != fb::CalendarKind::freeze && from.kind() != fb::CalendarKind::maintenance) {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("collisions: window \"%s\" is of kind %d, expected 1 "
                                       "(freeze) or 2 (maintenance)",
                                       window.id, static_cast<int>(from.kind())),
                       "kind");
    }
    window.kind = static_cast<query::CalendarKind>(from.kind());
    window.window = {Timestamp{from.from()}, Timestamp{from.to()}};
    if (from.classes() != nullptr) {
      for (const std::uint32_t position : *from.classes()) {
        KOSEI_ASSIGN_OR_RETURN(const std::string_view class_name, NameAt(position, name));
        KOSEI_ASSIGN_OR_RETURN(const model::Class* found, schema_.GetClass(class_name));
        window.classes.push_back(found->number);
      }
    }
    KOSEI_ASSIGN_OR_RETURN(window.records, Records(from.records(), name, "records"));
    KOSEI_ASSIGN_OR_RETURN(window.services, Records(from.services(), name, "services"));
    return window;
  }

  absl::StatusOr<std::vector<RecordId>> Blocked(const Names* keys) const {
    std::vector<RecordId> records;
    if (keys == nullptr) return records;
    for (const flatbuffers::String* key : *keys) {
      KOSEI_ASSIGN_OR_RETURN(const RecordId id, Record("collisions: blocked is", TextOf(key)));
      records.push_back(id);
    }
    return records;
  }

 private:
  absl::StatusOr<std::string_view> NameAt(std::uint32_t position,
                                          const std::string& operation) const {
    if (names_ != nullptr && position < names_->size()) return TextOf(names_->Get(position));
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("collisions: %s name %d, and there are %d; name one of these",
                                     operation, position, names_ == nullptr ? 0 : names_->size()),
                     "names");
  }

  absl::StatusOr<std::vector<RecordId>> Records(const Positions* positions,
                                                const std::string& operation,
                                                const char* field) const {
    std::vector<RecordId> records;
    if (positions == nullptr) return records;
    if (positions->size() > protocol::kImpactRootsMax) {
      return MakeError(ErrorCode::kRowBudget,
                       absl::StrFormat("collisions: %s %d records, at most %d are taken", operation,
                                       positions->size(), protocol::kImpactRootsMax),
                       field);
    }
    records.reserve(positions->size());
    for (const std::uint32_t position : *positions) {
      KOSEI_ASSIGN_OR_RETURN(const std::string_view key, NameAt(position, operation));
      KOSEI_ASSIGN_OR_RETURN(const RecordId id, Record("collisions: " + operation, key));
      records.push_back(id);
    }
    return records;
  }

  absl::StatusOr<RecordId> Record(const std::string& operation, std::string_view key) const {
    return IdOfKey(services_.reader, operation, key);
  }

  // `down`: what is out of service while the plan is carried out; not the ends of links.
  absl::Status AddPlan(const std::string& plan, const std::string& name,
                       std::vector<RecordId>& written, std::vector<RecordId>& down) {
    const absl::StatusOr<std::vector<storage::PlanStep>> steps = services_.plans.Steps(plan);
    if (HasCode(steps.status(), ErrorCode::kUnknownPlan)) {
      return MakeError(ErrorCode::kUnknownPlan,
                       absl::StrFormat("collisions: %s carries out plan \"%s\", and there is no "
                                       "such plan; `plan list` shows those there are",
                                       name, plan),
                       "plan");
    }
    KOSEI_RETURN_IF_ERROR(steps.status());
    const auto add = [&](const std::string& key, bool itself) -> absl::Status {
      KOSEI_ASSIGN_OR_RETURN(const RecordId id,
                             Record(absl::StrFormat("collisions: plan \"%s\" of", plan), key));
      written.push_back(id);
      if (itself) down.push_back(id);
      return absl::OkStatus();
    };
    for (const storage::PlanStep& step : *steps) {
      for (const auto& put : step.edits.put_records)
        KOSEI_RETURN_IF_ERROR(add(put.record.key, true));
      for (const auto& end : step.edits.end_records) KOSEI_RETURN_IF_ERROR(add(end.key, true));
      for (const auto& link : step.edits.put_links) {
        KOSEI_RETURN_IF_ERROR(add(link.source, false));
        KOSEI_RETURN_IF_ERROR(add(link.target, false));
      }
      for (const auto& link : step.edits.end_links) {
        KOSEI_RETURN_IF_ERROR(add(link.source, false));
        KOSEI_RETURN_IF_ERROR(add(link.target, false));
      }
    }
    return absl::OkStatus();
  }

  // What is not there yet, or no more, cannot fail.
  absl::Status AddFailures(const std::vector<RecordId>& changed,
                           std::vector<query::Assumption>& assumed) const {
    for (const RecordId id : changed) {
      const absl::Status there = services_.reader.GetWhatIsLeft(id, view_).status();
      if (HasCode(there, ErrorCode::kNotFound)) continue;
      KOSEI_RETURN_IF_ERROR(there);
      assumed.push_back({id, model::State::kFailed});
    }
    return absl::OkStatus();
  }

  const Services& services_;
  const storage::View view_;
  const model::Schema& schema_;
  const Names* names_;
};

struct Asked {
  std::unique_ptr<query::ChangeCalendar> calendar;
  query::PlannedChange wanted;  // the change of the id that the request asks about, if any
};

// `wanted`: an id to be told of.
absl::StatusOr<Asked> MakeCalendar(const Services& services, const storage::View& view,
                                   const fb::PlannedWork* work, std::uint32_t listed,
                                   std::string_view wanted, const query::Budget& budget) {
  if (work == nullptr || work->changes() == nullptr || work->changes()->size() == 0) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "collisions: there are no changes; give at least one", "changes");
  }
  KOSEI_ASSIGN_OR_RETURN(const auto schema, services.reader.SchemaAt(view));
  WorkDecoder decoder(services, view, *schema, work->names());
  query::CalendarOptions options;
  options.listed = std::clamp(listed, 1U, kListedMax);
  KOSEI_ASSIGN_OR_RETURN(options.contexts,
                         ContextsOf(services.reader, view, work->contexts(), work->all_contexts()));
  KOSEI_ASSIGN_OR_RETURN(options.blocked, decoder.Blocked(work->blocked()));
  Asked asked;
  KOSEI_ASSIGN_OR_RETURN(asked.calendar, query::ChangeCalendar::Open(services.reader, view,
                                                                     std::move(options), budget));
  absl::flat_hash_set<std::string> ids;
  for (const fb::PlannedChange* from : *work->changes()) {
    KOSEI_ASSIGN_OR_RETURN(query::PlannedChange change, decoder.Change(*from));
    if (!ids.insert(change.id).second) {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("collisions: two changes have the id \"%s\"; give each one "
                                       "of its own",
                                       change.id),
                       "id");
    }
    if (change.id == wanted) asked.wanted = change;
    KOSEI_RETURN_IF_ERROR(asked.calendar->Put(std::move(change), budget));
  }
  std::vector<query::CalendarWindow> windows;
  if (work->windows() != nullptr) {
    for (const fb::CalendarWindow* from : *work->windows()) {
      KOSEI_ASSIGN_OR_RETURN(windows.emplace_back(), decoder.Window(*from));
    }
  }
  KOSEI_RETURN_IF_ERROR(asked.calendar->SetWindows(std::move(windows), budget));
  return asked;
}

absl::StatusOr<query::Budget> BudgetOf(const Services& services, const Call& call,
                                       std::uint32_t deadline_ms) {
  KOSEI_ASSIGN_OR_RETURN(query::Limits limits, LimitsOf(services, call, deadline_ms));
  limits.memory_bytes *= kCalendarMemoryFactor;  // a few thousand answers at once
  return query::Budget(limits, services.clock, call.cancelled);
}

}  // namespace

absl::Status AnswerCollisions(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::CollisionsRequest* request,
                         protocol::Open<fb::CollisionsRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const storage::View view, ResolveView(services.reader, request->view()));
  KOSEI_ASSIGN_OR_RETURN(const query::Budget budget,
                         BudgetOf(services, call, request->deadline_ms()));
  KOSEI_ASSIGN_OR_RETURN(const Asked asked, MakeCalendar(services, view, request->work(),
                                                         request->listed(), {}, budget));
  const std::string_view only = TextOf(request->only());
  KOSEI_ASSIGN_OR_RETURN(const query::CollisionReport report,
                         only.empty() ? asked.calendar->Check(request->limit(), budget)
                                      : asked.calendar->CheckOne(only, request->limit(), budget));
  NameTable names;
  std::vector<flatbuffers::Offset<fb::Collision>> collisions;
  for (const query::Collision& collision : report.collisions)
    collisions.push_back(EncodeCollision(builder, services.reader, collision, names));
  std::vector<flatbuffers::Offset<fb::ChangeSummary>> changes;
  for (const query::ChangeSummary& change : report.changes) {
    const auto id = Text(builder, change.id);
    changes.push_back(fb::CreateChangeSummary(builder, id, change.window.from.micros,
                                              change.window.to.micros, change.affected_count,
                                              change.service_count, change.collision_count));
  }
  const auto counts = builder.CreateVector(report.counts.data(), report.counts.size());
  const auto collision_vector = builder.CreateVector(collisions);
  const auto change_vector = builder.CreateVector(changes);
  const auto name_vector = builder.CreateVectorOfStrings(names.names());
  const fb::ViewInfo info = EncodeView(view);
  protocol::FinishBody(
      builder, fb::CreateCollisionsReply(
                   builder, &info, services.reader.ModelVersionAt(view.commit), report.total(),
                   counts, collision_vector, change_vector, name_vector));
  if (builder.GetSize() <= call.reply_bytes_max) return absl::OkStatus();
  return TooLarge(call, "ask for fewer collisions (limit) or records of each (listed)");
}

absl::Status AnswerFreeSlots(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::FreeSlotsRequest* request,
                         protocol::Open<fb::FreeSlotsRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const storage::View view, ResolveView(services.reader, request->view()));
  KOSEI_ASSIGN_OR_RETURN(const query::Budget budget,
                         BudgetOf(services, call, request->deadline_ms()));
  const std::string_view id = TextOf(request->change());
  KOSEI_ASSIGN_OR_RETURN(Asked asked, MakeCalendar(services, view, request->work(), 1, id, budget));
  if (id.empty() || asked.wanted.id.empty()) {
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("free slots: there is no change \"%s\" among those of the "
                                     "request; name one of them",
                                     id),
                     "change");
  }
  query::SlotRequest slots{.change = std::move(asked.wanted),
                           .within = {Timestamp{request->from()}, Timestamp{request->to()}},
                           .count = request->count()};
  if (request->length() != 0) {
    if (request->length() < 0) {
      return MakeError(
          ErrorCode::kInvalidArgument,
          absl::StrFormat("free slots: a length of %d us, expected more than 0", request->length()),
          "length");
    }
    slots.change.window = {Timestamp{0}, Timestamp{request->length()}};
  }
  KOSEI_ASSIGN_OR_RETURN(const std::vector<query::FreeSlot> found,
                         asked.calendar->FreeSlots(slots, budget));
  std::vector<flatbuffers::Offset<fb::FreeSlot>> offsets;
  for (const query::FreeSlot& slot : found) {
    offsets.push_back(fb::CreateFreeSlot(builder, slot.window.from.micros, slot.window.to.micros,
                                         slot.latest.micros));
  }
  const auto vector = builder.CreateVector(offsets);
  const fb::ViewInfo info = EncodeView(view);
  protocol::FinishBody(
      builder, fb::CreateFreeSlotsReply(builder, &info, services.reader.ModelVersionAt(view.commit),
                                        vector));
  return absl::OkStatus();
}

}  // namespace kosei::server

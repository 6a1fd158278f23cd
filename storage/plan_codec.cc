#include "plan_codec.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "flatbuffers/flatbuffers.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/record/plan_generated.h"

namespace kosei::storage {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <typename T>
using Offset = flatbuffers::Offset<T>;

std::string BytesOf(const Builder& builder) {
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}

std::string TextOf(const flatbuffers::String* text) {
  return text == nullptr ? std::string() : text->str();
}

Offset<flatbuffers::String> Text(Builder& builder, const std::string& text) {
  return text.empty() ? Offset<flatbuffers::String>() : builder.CreateString(text);
}

// FlatBuffers reads in place and needs aligned bytes; what comes from RocksDB need not be.
std::vector<std::uint64_t> Aligned(std::string_view bytes) {
  std::vector<std::uint64_t> aligned(bytes.size() / 8 + 1);
  std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(aligned.data()));
  return aligned;
}

absl::Status Damaged(std::string_view what) {
  return MakeError(ErrorCode::kStorageCorrupt, "read plan: " + std::string(what) + " is damaged");
}

template <typename Table>
const Table* Root(const std::vector<std::uint64_t>& aligned, std::size_t size,
                  const char* identifier) {
  const auto* bytes = reinterpret_cast<const std::uint8_t*>(aligned.data());
  flatbuffers::Verifier::Options options;
  options.max_tables = static_cast<flatbuffers::uoffset_t>(size);
  flatbuffers::Verifier verifier(bytes, size, options);
  return verifier.VerifyBuffer<Table>(identifier) ? flatbuffers::GetRoot<Table>(bytes) : nullptr;
}

template <typename Link>
auto EncodeLinks(Builder& builder, const std::vector<Link>& links) {
  std::vector<Offset<fb::StoredLink>> offsets;
  offsets.reserve(links.size());
  for (const Link& link : links) {
    const auto source = builder.CreateString(link.source);
    const auto target = builder.CreateString(link.target);
    offsets.push_back(fb::CreateStoredLink(builder, source, link.type.value, target));
  }
  return builder.CreateVector(offsets);
}

template <typename Link, typename Stored>
void DecodeLinks(const Stored* stored, std::vector<Link>& links) {
  if (stored == nullptr) return;
  for (const fb::StoredLink* one : *stored) {
    Link link;
    link.source = TextOf(one->source());
    link.type = RelationshipTypeNumber{one->type()};
    link.target = TextOf(one->target());
    links.push_back(std::move(link));
  }
}

}  // namespace

std::string EncodePlan(const PlanInfo& plan) {
  Builder builder(512);
  const auto name = Text(builder, plan.name);
  const auto description = Text(builder, plan.description);
  const auto actor = Text(builder, plan.actor);
  const auto cause = Text(builder, plan.cause);
  const auto merged_by = Text(builder, plan.merged_by);
  builder.Finish(fb::CreateStoredPlan(builder, plan.number.value, name, description, actor, cause,
                                      plan.created.micros, plan.base.value,
                                      static_cast<std::uint8_t>(plan.state), plan.steps, plan.edits,
                                      plan.merged.value, merged_by, plan.merged_from.value),
                 fb::StoredPlanIdentifier());
  return BytesOf(builder);
}

absl::StatusOr<PlanInfo> DecodePlan(std::string_view bytes) {
  const std::vector<std::uint64_t> aligned = Aligned(bytes);
  const auto* stored = Root<fb::StoredPlan>(aligned, bytes.size(), fb::StoredPlanIdentifier());
  if (stored == nullptr) return Damaged("its header");
  PlanInfo plan;
  plan.number = PlanNumber{stored->number()};
  plan.name = TextOf(stored->name());
  plan.description = TextOf(stored->description());
  plan.actor = TextOf(stored->actor());
  plan.cause = TextOf(stored->cause());
  plan.created = Timestamp{stored->created()};
  plan.base = CommitNumber{stored->base()};
  plan.state = static_cast<PlanState>(stored->state());
  plan.steps = stored->steps();
  plan.edits = stored->edits();
  plan.merged = CommitNumber{stored->merged()};
  plan.merged_by = TextOf(stored->merged_by());
  plan.merged_from = CommitNumber{stored->merged_from()};
  if (plan.state != PlanState::kOpen && plan.state != PlanState::kMerged) {
    return Damaged("its state");
  }
  return plan;
}

std::string EncodeStep(const PlanStep& step) {
  Builder builder(1'024);
  const Transaction& edits = step.edits;
  std::vector<Offset<fb::StoredPut>> puts;
  puts.reserve(edits.put_records.size());
  for (const PutRecord& put : edits.put_records) {
    const std::string record = EncodeRecord(put.record);
    builder.ForceVectorAlignment(record.size(), 1, 8);
    const auto bytes =
        builder.CreateVector(reinterpret_cast<const std::uint8_t*>(record.data()), record.size());
    puts.push_back(fb::CreateStoredPut(builder, bytes));
  }
  std::vector<Offset<fb::StoredEnd>> ends;
  ends.reserve(edits.end_records.size());
  for (const EndRecord& end : edits.end_records) {
    ends.push_back(fb::CreateStoredEnd(builder, builder.CreateString(end.key)));
  }
  const auto put_records = builder.CreateVector(puts);
  const auto end_links = EncodeLinks(builder, edits.end_links);
  const auto put_links = EncodeLinks(builder, edits.put_links);
  const auto end_records = builder.CreateVector(ends);
  const auto actor = Text(builder, edits.provenance.actor);
  const auto reason = Text(builder, edits.provenance.reason);
  const auto cause = Text(builder, edits.provenance.cause);
  const auto source = Text(builder, edits.provenance.source);
  builder.Finish(fb::CreateStoredStep(builder, step.number, step.known.value, step.time.micros,
                                      actor, reason, cause, source, put_records, end_links,
                                      put_links, end_records));
  return BytesOf(builder);
}

absl::StatusOr<PlanStep> DecodeStep(std::string_view bytes) {
  const std::vector<std::uint64_t> aligned = Aligned(bytes);
  const auto* stored = Root<fb::StoredStep>(aligned, bytes.size(), nullptr);
  if (stored == nullptr) return Damaged("a step");
  PlanStep step;
  step.number = stored->number();
  step.known = CommitNumber{stored->known()};
  step.time = Timestamp{stored->time()};
  step.edits.provenance = {TextOf(stored->actor()), TextOf(stored->reason()),
                           TextOf(stored->cause()), TextOf(stored->source())};
  if (stored->put_records() != nullptr) {
    for (const fb::StoredPut* put : *stored->put_records()) {
      if (put->record() == nullptr) return Damaged("a record of a step");
      // The record is read in place, too, wherever it came to lie.
      const std::string record(put->record()->begin(), put->record()->end());
      const absl::StatusOr<RecordView> view = RecordView::Verify(record);
      if (!view.ok()) return Damaged("a record of a step");
      step.edits.put_records.push_back({view->Decode(), std::nullopt});
    }
  }
  DecodeLinks(stored->end_links(), step.edits.end_links);
  DecodeLinks(stored->put_links(), step.edits.put_links);
  if (stored->end_records() != nullptr) {
    for (const fb::StoredEnd* end : *stored->end_records()) {
      EndRecord ended;
      ended.key = TextOf(end->key());
      step.edits.end_records.push_back(std::move(ended));
    }
  }
  return step;
}

}  // namespace kosei::storage

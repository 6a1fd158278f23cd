#include "request_encoding.h"

#include <algorithm>

#include "impact_encoding.h"
#include "kosei/base/record.h"
#include "kosei/protocol/admin_generated.h"
#include "kosei/protocol/index_generated.h"
#include "kosei/protocol/limits.h"
#include "kosei/protocol/messages.h"
#include "kosei/protocol/model_generated.h"
#include "kosei/protocol/paths_generated.h"
#include "kosei/protocol/plans_generated.h"
#include "kosei/protocol/read_generated.h"
#include "kosei/protocol/session_generated.h"
#include "kosei/protocol/write_generated.h"

namespace kosei::client {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;
template <typename T>
using Offset = flatbuffers::Offset<T>;
using TextOffset = Offset<flatbuffers::String>;

static_assert(static_cast<int>(fb::ViewKind::baseline) ==
              static_cast<int>(ViewName::Kind::kBaseline));
static_assert(static_cast<int>(fb::PlanTake::main) == static_cast<int>(Take::kMain));
static_assert(static_cast<int>(fb::TraceWay::both) == static_cast<int>(TraceWay::kBoth));
static_assert(static_cast<int>(fb::Direction::up) == static_cast<int>(Direction::kUp));
static_assert(static_cast<int>(fb::ImpactDetail::paths) == static_cast<int>(ImpactDetail::kPaths));

Builder& FreshBuilder() {
  thread_local Builder builder(1'024);
  builder.Clear();
  return builder;
}

template <typename Table>
std::string Finish(Builder& builder, Offset<Table> root) {
  return std::string(protocol::FinishBody(builder, root));
}

TextOffset Text(Builder& builder, std::string_view text) {
  // Absent and empty mean the same in every message.
  return text.empty() ? TextOffset() : builder.CreateString(text.data(), text.size());
}

Offset<fb::ViewSpec> Spec(Builder& builder, const ViewName& view) {
  return EncodeViewSpec(builder, view);
}

Offset<flatbuffers::Vector<TextOffset>> Texts(Builder& builder,
                                              const std::vector<std::string>& texts) {
  return builder.CreateVectorOfStrings(texts);
}

Offset<fb::MutateRequest> Edits(Builder& builder, const Mutation& mutation) {
  std::vector<Offset<fb::PutRecord>> puts;
  for (const PutRecord& put : mutation.put_records) {
    const auto bytes = protocol::CreateRecordBytes(builder, EncodeRecord(put.record));
    puts.push_back(fb::CreatePutRecord(builder, bytes, put.expected_begin.value_or(UINT64_MAX)));
  }
  const auto links = [&builder](const std::vector<Link>& from) {
    std::vector<Offset<fb::LinkRef>> out;
    for (const Link& link : from) {
      const auto source = Text(builder, link.source);
      const auto target = Text(builder, link.target);
      out.push_back(fb::CreateLinkRef(builder, source, link.type.value, target,
                                      link.valid_from.micros, link.valid_to.micros));
    }
    return builder.CreateVector(out);
  };
  std::vector<Offset<fb::EndRecord>> ends;
  for (const EndRecord& end : mutation.end_records) {
    const auto key = Text(builder, end.key);
    ends.push_back(fb::CreateEndRecord(builder, key, end.expected_begin.value_or(UINT64_MAX),
                                       end.valid_from.micros, end.valid_to.micros));
  }
  const auto puts_offset = builder.CreateVector(puts);
  const auto end_links = links(mutation.end_links);
  const auto put_links = links(mutation.put_links);
  const auto ends_offset = builder.CreateVector(ends);
  const auto reason = Text(builder, mutation.provenance.reason);
  const auto cause = Text(builder, mutation.provenance.cause);
  const auto source = Text(builder, mutation.provenance.source);
  return fb::CreateMutateRequest(builder, reason, cause, source, puts_offset, end_links, put_links,
                                 ends_offset);
}

}  // namespace

std::string EncodePing(std::uint64_t nonce) {
  Builder& builder = FreshBuilder();
  return Finish(builder, fb::CreatePing(builder, nonce));
}

std::string EncodeGet(const std::vector<std::string>& keys, const ViewName& view) {
  Builder& builder = FreshBuilder();
  const auto key_offsets = Texts(builder, keys);
  const auto spec = Spec(builder, view);
  return Finish(builder, fb::CreateGetRequest(builder, key_offsets, spec));
}

std::string EncodeHistory(std::string_view key, const ViewName& view) {
  Builder& builder = FreshBuilder();
  const auto key_offset = Text(builder, key);
  const auto spec = Spec(builder, view);
  return Finish(builder, fb::CreateHistoryRequest(builder, key_offset, spec));
}

std::string EncodeDiff(std::string_view key, const ViewName& from, const ViewName& to) {
  Builder& builder = FreshBuilder();
  const auto key_offset = Text(builder, key);
  const auto from_spec = Spec(builder, from);
  const auto to_spec = Spec(builder, to);
  return Finish(builder, fb::CreateDiffRequest(builder, key_offset, from_spec, to_spec));
}

std::string EncodeCompare(const CompareRequest& request) {
  Builder& builder = FreshBuilder();
  const auto from = Spec(builder, request.from);
  const auto to = Spec(builder, request.to);
  const auto class_name = Text(builder, request.class_name);
  const auto key_prefix = Text(builder, request.key_prefix);
  const auto type_name = Text(builder, request.type_name);
  return Finish(builder,
                fb::CreateCompareRequest(builder, from, to, class_name, key_prefix, type_name));
}

std::string EncodeSearch(const SearchRequest& request) {
  Builder& builder = FreshBuilder();
  const auto text = Text(builder, request.text);
  const auto class_name = Text(builder, request.class_name);
  std::vector<Offset<fb::AttributeEquals>> equals;
  for (const Condition& condition : request.where) {
    const auto attribute_offset = builder.CreateString(condition.attribute);
    const auto value_offset = builder.CreateString(condition.value);
    equals.push_back(fb::CreateAttributeEquals(builder, attribute_offset, value_offset,
                                               static_cast<fb::Comparison>(condition.comparison)));
  }
  const auto equals_offset = builder.CreateVector(equals);
  const auto spec = Spec(builder, request.view);
  return Finish(builder, fb::CreateSearchRequest(builder, text, class_name, equals_offset,
                                                 request.limit, spec, 0, request.by_id));
}

std::string EncodeImpact(const ImpactRequest& request, ImpactDetail detail) {
  Builder& builder = FreshBuilder();
  return Finish(builder, EncodeImpactTable(builder, request, detail));
}

std::string EncodePath(std::string_view from, std::string_view to, const ViewName& view) {
  Builder& builder = FreshBuilder();
  const auto from_offset = Text(builder, from);
  const auto to_offset = Text(builder, to);
  const auto spec = Spec(builder, view);
  return Finish(builder, fb::CreatePathRequest(builder, from_offset, to_offset, spec));
}

std::string EncodePaths(const PathsRequest& request) {
  Builder& builder = FreshBuilder();
  const auto from = Text(builder, request.from);
  const auto to = Text(builder, request.to);
  const auto spec = Spec(builder, request.view);
  return Finish(builder, fb::CreatePathsRequest(builder, from, to, request.nearest, request.limit,
                                                spec, request.deadline_ms));
}

std::string EncodeTrace(const TraceRequest& request) {
  Builder& builder = FreshBuilder();
  const auto roots = Texts(builder, request.roots);
  std::vector<Offset<fb::TracedType>> types;
  for (const TracedType& traced : request.over) {
    const auto type = Text(builder, traced.type);
    types.push_back(fb::CreateTracedType(builder, type, static_cast<fb::TraceWay>(traced.way)));
  }
  const auto over = builder.CreateVector(types);
  const auto classes = Texts(builder, request.classes);
  const auto spec = Spec(builder, request.view);
  return Finish(builder,
                fb::CreateTraceRequest(builder, roots, over, request.depth.value_or(UINT32_MAX),
                                       classes, request.limit, spec, request.deadline_ms));
}

std::string EncodeOrder(const OrderRequest& request) {
  Builder& builder = FreshBuilder();
  const auto keys = Texts(builder, request.keys);
  const auto affected_by = Texts(builder, request.affected_by);
  const auto needed_by = Texts(builder, request.needed_by);
  const auto classes = Texts(builder, request.classes);
  const auto spec = Spec(builder, request.view);
  return Finish(
      builder, fb::CreateOrderRequest(builder, keys, affected_by, needed_by, classes,
                                      request.reverse, request.through, spec, request.deadline_ms));
}

std::string EncodeWatch(const WatchRequest& request) {
  Builder& builder = FreshBuilder();
  const auto class_name = Text(builder, request.class_name);
  const auto key_prefix = Text(builder, request.key_prefix);
  const auto type_name = Text(builder, request.type_name);
  fb::WatchRequestBuilder out(builder);
  out.add_after(request.after.value_or(UINT64_MAX));
  out.add_class_name(class_name);
  out.add_key_prefix(key_prefix);
  out.add_type_name(type_name);
  return Finish(builder, out.Finish());
}

std::string EncodeMutation(const Mutation& mutation) {
  Builder& builder = FreshBuilder();
  return Finish(builder, Edits(builder, mutation));
}

std::string EncodeBulkBegin(const Provenance& provenance, std::string_view batch) {
  Builder& builder = FreshBuilder();
  const auto reason = Text(builder, provenance.reason);
  const auto cause = Text(builder, provenance.cause);
  const auto source = Text(builder, provenance.source);
  const auto batch_offset = Text(builder, batch);
  return Finish(builder, fb::CreateBulkBeginRequest(builder, reason, cause, source, batch_offset));
}

std::string EncodeBulkEnd(std::uint64_t load) {
  Builder& builder = FreshBuilder();
  return Finish(builder, fb::CreateBulkEndRequest(builder, load));
}

std::string EncodeStatus() {
  Builder& builder = FreshBuilder();
  return Finish(builder, fb::CreateStatusRequest(builder));
}

std::string EncodeTokenCreate(std::string_view name, std::string_view role,
                              std::uint32_t expires_in_days,
                              const std::vector<std::string>& classes) {
  Builder& builder = FreshBuilder();
  const auto name_offset = Text(builder, name);
  const auto role_offset = Text(builder, role);
  const auto classes_offset =
      classes.empty() ? Offset<flatbuffers::Vector<TextOffset>>() : Texts(builder, classes);
  return Finish(builder, fb::CreateTokenCreateRequest(builder, name_offset, role_offset,
                                                      expires_in_days, classes_offset));
}

std::string EncodeTokenList() {
  Builder& builder = FreshBuilder();
  return Finish(builder, fb::CreateTokenListRequest(builder));
}

std::string EncodeTokenRevoke(std::string_view name) {
  Builder& builder = FreshBuilder();
  const auto name_offset = Text(builder, name);
  return Finish(builder, fb::CreateTokenRevokeRequest(builder, name_offset));
}

std::string EncodeBaselineCreate(std::string_view name, std::string_view description,
                                 const ViewName& view) {
  Builder& builder = FreshBuilder();
  const auto name_offset = Text(builder, name);
  const auto description_offset = Text(builder, description);
  const auto spec = Spec(builder, view);
  return Finish(builder,
                fb::CreateBaselineCreateRequest(builder, name_offset, description_offset, spec));
}

std::string EncodeBaselineDrop(std::string_view name) {
  Builder& builder = FreshBuilder();
  const auto name_offset = Text(builder, name);
  return Finish(builder, fb::CreateBaselineDropRequest(builder, name_offset));
}

std::string EncodeModel(std::uint32_t version) {
  Builder& builder = FreshBuilder();
  return Finish(builder, fb::CreateModelRequest(builder, 0, version));
}

std::string EncodeModelApply(const std::vector<ModelFile>& files, bool dry_run,
                             const Provenance& provenance) {
  Builder& builder = FreshBuilder();
  std::vector<Offset<fb::ModelFile>> offsets;
  for (const ModelFile& file : files) {
    const auto name = Text(builder, file.name);
    const auto text = Text(builder, file.text);
    offsets.push_back(fb::CreateModelFile(builder, name, text));
  }
  const auto file_vector = builder.CreateVector(offsets);
  const auto reason = Text(builder, provenance.reason);
  const auto cause = Text(builder, provenance.cause);
  const auto source = Text(builder, provenance.source);
  return Finish(builder,
                fb::CreateModelApplyRequest(builder, file_vector, dry_run, reason, cause, source));
}

std::string EncodeModelHistory() {
  Builder& builder = FreshBuilder();
  return Finish(builder, fb::CreateModelHistoryRequest(builder));
}

std::string EncodeModelText(const ViewName& view, const std::optional<ViewName>& base) {
  Builder& builder = FreshBuilder();
  const auto spec = Spec(builder, view);
  // The newest has no table of its own, and an absent base means none.
  Offset<fb::ViewSpec> base_spec;
  if (base) base_spec = Spec(builder, *base);
  if (base && base_spec.IsNull()) base_spec = fb::CreateViewSpec(builder);
  return Finish(builder, fb::CreateModelTextRequest(builder, spec, base_spec));
}

std::string EncodeErase(const EraseRequest& request) {
  Builder& builder = FreshBuilder();
  const auto key = Text(builder, request.key);
  const auto attributes = Texts(builder, request.attributes);
  const auto reason = Text(builder, request.reason);
  const auto cause = Text(builder, request.cause);
  return Finish(builder, fb::CreateEraseRequest(builder, key, attributes, reason, cause));
}

std::string EncodeBaselineList() {
  Builder& builder = FreshBuilder();
  return Finish(builder, fb::CreateBaselineListRequest(builder));
}

std::string EncodeIndexList() {
  Builder& builder = FreshBuilder();
  return Finish(builder, fb::CreateIndexListRequest(builder));
}

std::string EncodeScrub(ScrubAction action) {
  Builder& builder = FreshBuilder();
  return Finish(builder, fb::CreateScrubRequest(builder, static_cast<fb::ScrubAction>(action)));
}

std::string EncodeIndexBuild(std::string_view name) {
  Builder& builder = FreshBuilder();
  const auto name_offset = Text(builder, name);
  return Finish(builder, fb::CreateIndexBuildRequest(builder, name_offset));
}

std::string EncodeIndexDrop(std::string_view name) {
  Builder& builder = FreshBuilder();
  const auto name_offset = Text(builder, name);
  return Finish(builder, fb::CreateIndexDropRequest(builder, name_offset));
}

std::string EncodePlanOpen(std::string_view name, std::string_view description,
                           std::string_view cause) {
  Builder& builder = FreshBuilder();
  const auto name_offset = Text(builder, name);
  const auto description_offset = Text(builder, description);
  const auto cause_offset = Text(builder, cause);
  return Finish(builder,
                fb::CreatePlanOpenRequest(builder, name_offset, description_offset, cause_offset));
}

std::string EncodePlanEdit(std::string_view name, const Mutation& edits) {
  Builder& builder = FreshBuilder();
  const auto name_offset = Text(builder, name);
  const auto edits_offset = Edits(builder, edits);
  return Finish(builder, fb::CreatePlanEditRequest(builder, name_offset, edits_offset));
}

std::string EncodePlanList() {
  Builder& builder = FreshBuilder();
  return Finish(builder, fb::CreatePlanListRequest(builder));
}

std::string EncodePlanShow(std::string_view name) {
  Builder& builder = FreshBuilder();
  const auto name_offset = Text(builder, name);
  return Finish(builder, fb::CreatePlanShowRequest(builder, name_offset));
}

std::string EncodePlanDiff(std::string_view name, std::uint32_t limit) {
  Builder& builder = FreshBuilder();
  const auto name_offset = Text(builder, name);
  return Finish(builder, fb::CreatePlanDiffRequest(builder, name_offset, limit));
}

std::string EncodePlanRebase(std::string_view name, Take take) {
  Builder& builder = FreshBuilder();
  const auto name_offset = Text(builder, name);
  return Finish(builder,
                fb::CreatePlanRebaseRequest(builder, name_offset, static_cast<fb::PlanTake>(take)));
}

std::string EncodePlanMerge(std::string_view name, const MergeOptions& options) {
  Builder& builder = FreshBuilder();
  const auto name_offset = Text(builder, name);
  const auto reason = Text(builder, options.provenance.reason);
  const auto cause = Text(builder, options.provenance.cause);
  const auto source = Text(builder, options.provenance.source);
  return Finish(builder, fb::CreatePlanMergeRequest(builder, name_offset,
                                                    static_cast<fb::PlanTake>(options.take),
                                                    options.keep_steps, reason, cause, source));
}

std::string EncodePlanDrop(std::string_view name) {
  Builder& builder = FreshBuilder();
  const auto name_offset = Text(builder, name);
  return Finish(builder, fb::CreatePlanDropRequest(builder, name_offset));
}

std::string EncodeRevert(std::uint64_t commit, const MergeOptions& options) {
  Builder& builder = FreshBuilder();
  const auto reason = Text(builder, options.provenance.reason);
  const auto cause = Text(builder, options.provenance.cause);
  const auto source = Text(builder, options.provenance.source);
  return Finish(builder,
                fb::CreateRevertRequest(builder, commit, static_cast<fb::PlanTake>(options.take),
                                        reason, cause, source));
}

}  // namespace kosei::client

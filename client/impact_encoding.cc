#include "impact_encoding.h"

#include <string_view>
#include <vector>

#include "kosei/protocol/limits.h"

namespace kosei::client {
namespace {

using Builder = flatbuffers::FlatBufferBuilder;

flatbuffers::Offset<fb::ImpactScenario> EncodeScenario(Builder& builder,
                                                       const ImpactScenario& scenario) {
  if (scenario.empty()) return {};
  std::vector<flatbuffers::Offset<fb::Assumption>> assumptions;
  for (const Assumption& each : scenario.assumptions) {
    const auto key = builder.CreateString(each.key);
    assumptions.push_back(
        fb::CreateAssumption(builder, key, static_cast<std::uint8_t>(each.state)));
  }
  const auto assumption_vector = builder.CreateVector(assumptions);
  const auto blocked = builder.CreateVectorOfStrings(scenario.blocked);
  const auto contexts = builder.CreateVectorOfStrings(scenario.contexts);
  const auto time = scenario.time.value_or(std::pair<Timestamp, Timestamp>());
  return fb::CreateImpactScenario(builder, assumption_vector, blocked, contexts,
                                  scenario.all_contexts, time.first.micros, time.second.micros);
}

}  // namespace

flatbuffers::Offset<fb::ViewSpec> EncodeViewSpec(Builder& builder, const ViewName& view) {
  const bool plain = !view.valid_at.has_value() && view.plan.empty();
  if (view.kind == ViewName::Kind::kNewest && plain) return {};
  // Absent and empty mean the same in every message.
  const auto text = [&](const std::string& from) {
    return from.empty() ? flatbuffers::Offset<flatbuffers::String>() : builder.CreateString(from);
  };
  const auto baseline = text(view.baseline);
  const auto plan = text(view.plan);
  return fb::CreateViewSpec(builder, static_cast<fb::ViewKind>(view.kind), view.commit,
                            view.time.micros, baseline,
                            view.valid_at.value_or(kBeginningOfTime).micros, plan);
}

flatbuffers::Offset<fb::ImpactRequest> EncodeImpactTable(Builder& builder,
                                                         const ImpactRequest& request,
                                                         ImpactDetail detail) {
  const auto roots = builder.CreateVectorOfStrings(request.roots);
  const auto spec = EncodeViewSpec(builder, request.view);
  const auto scenario = EncodeScenario(builder, request.scenario);
  fb::ImpactRequestBuilder out(builder);
  out.add_roots(roots);
  out.add_direction(static_cast<fb::Direction>(request.direction));
  if (request.depth.has_value()) out.add_depth(*request.depth);
  out.add_limit(request.limit);
  out.add_detail(static_cast<fb::ImpactDetail>(detail));
  out.add_view(spec);
  out.add_deadline_ms(request.deadline_ms);
  out.add_credit_bytes(protocol::kStreamWindowBytes);
  out.add_scenario(scenario);
  out.add_want_hash(request.want_hash);
  out.add_want_needs(request.want_needs);
  return out.Finish();
}

}  // namespace kosei::client

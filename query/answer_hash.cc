#include "kosei/query/answer_hash.h"

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "kosei/base/bytes.h"
#include "kosei/base/status_macros.h"

namespace kosei::query {
namespace {

std::string Quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

std::vector<std::string> SortedKeys(const storage::Reader& reader,
                                    const std::vector<RecordId>& records) {
  std::vector<std::string> keys;
  for (const RecordId record : records) keys.push_back(Quoted(reader.KeyOf(record)));
  std::sort(keys.begin(), keys.end());
  keys.erase(std::unique(keys.begin(), keys.end()), keys.end());
  return keys;
}

absl::StatusOr<std::string> ViewText(const storage::Reader& reader, const storage::View& view) {
  std::string commit_hash;
  if (view.commit != kNoCommit) {
    KOSEI_ASSIGN_OR_RETURN(const storage::CommitInfo commit, reader.Commit(view.commit));
    commit_hash = ToHex(commit.hash);
  }
  const std::uint32_t version = reader.ModelVersionAt(view.commit);
  KOSEI_ASSIGN_OR_RETURN(const std::string model, reader.ModelText(version));
  return absl::StrFormat("kosei impact 1\nview %d %s %d %d\nmodel %d %s\n", view.commit.value,
                         commit_hash, view.valid_at.micros, view.plan.value, version,
                         ToHex(Sha256::Of(model)));
}

std::string RequestText(const storage::Reader& reader, const ImpactRequest& request) {
  std::string text = request.direction == ImpactDirection::kUp ? "up" : "down";
  if (request.depth.has_value()) absl::StrAppendFormat(&text, " %d", *request.depth);
  text += '\n';
  std::vector<std::string> assumed;
  const auto assume = [&](RecordId record, model::State state) {
    assumed.push_back(absl::StrFormat("%s %s", Quoted(reader.KeyOf(record)), model::NameOf(state)));
  };
  for (const RecordId root : request.roots) assume(root, model::State::kFailed);
  for (const Assumption& each : request.scenario.assumptions) assume(each.record, each.state);
  std::sort(assumed.begin(), assumed.end());
  assumed.erase(std::unique(assumed.begin(), assumed.end()), assumed.end());
  for (const std::string& line : assumed) absl::StrAppendFormat(&text, "assume %s\n", line);
  for (const std::string& key : SortedKeys(reader, request.scenario.blocked))
    absl::StrAppendFormat(&text, "block %s\n", key);
  std::vector<std::string> contexts = request.scenario.contexts;
  std::sort(contexts.begin(), contexts.end());
  contexts.erase(std::unique(contexts.begin(), contexts.end()), contexts.end());
  for (const std::string& name : contexts)
    absl::StrAppendFormat(&text, "context %s\n", Quoted(name));
  if (request.scenario.time.has_value()) {
    absl::StrAppendFormat(&text, "time %d %d\n", request.scenario.time->from.micros,
                          request.scenario.time->to.micros);
  }
  return text;
}

}  // namespace

absl::StatusOr<std::string> AnswerHash(const storage::Reader& reader, const ImpactRequest& request,
                                       const ImpactAnswer& answer, const Budget& budget) {
  KOSEI_ASSIGN_OR_RETURN(const std::string view, ViewText(reader, answer.view));
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(answer.view));
  Sha256 hash;
  hash.Update(view);
  hash.Update(RequestText(reader, request));
  std::string line;
  for (std::uint64_t i = 0; i < answer.nodes.size(); ++i) {
    if (i % kStepsPerCheck == 0) KOSEI_RETURN_IF_ERROR(budget.Check());
    // Roots stand in the order in which they were asked for, which is nobody's concern here.
    if (i < answer.root_count() || !answer.Listed(i)) continue;
    line = absl::StrFormat(
        "%s %s %d %s %s\n", Quoted(reader.KeyOf(storage::RecordOf(answer.nodes[i]))),
        model::NameOf(answer.StateAt(i)), answer.DistanceOf(i),
        schema->RelationshipTypeName(RelationshipTypeNumber{answer.vias[i]}),
        Quoted(reader.KeyOf(storage::RecordOf(answer.nodes[answer.parents[i]]))));
    hash.Update(line);
  }
  if (answer.truncated.has_value()) {
    hash.Update(absl::StrFormat("cut %d %d %d\n", static_cast<int>(answer.truncated->reason),
                                answer.truncated->depth, answer.truncated->frontier));
  }
  return hash.Finish();
}

}  // namespace kosei::query

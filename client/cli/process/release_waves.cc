// kosei release waves
#include <algorithm>
#include <map>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "list_output.h"
#include "process/record_rows.h"
#include "process/release_items.h"
#include "process/release_options.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::QueryRow;
using client::QueryValue;

// Those that were cancelled or backed out take nothing anywhere.
constexpr const char* kDeployments =
    "MATCH (d:Deployment)-[:deploys]->(r:Release {key: $key}) WHERE NOT d.state IN ['cancelled', "
    "'backed_out'] OPTIONAL MATCH (d)-[:targets]->(i) RETURN key(d) AS key, d.wave, d.state, "
    "collect(DISTINCT key(i)) AS items ORDER BY key";

// A deployment, or what has none yet.
struct Part {
  std::int64_t wave = 0;   // 0: not said
  std::string deployment;  // empty: none yet
  std::string state;
  std::vector<std::string> items;
};

absl::StatusOr<std::vector<Part>> DeploymentsOf(client::Client& client, const std::string& key) {
  KOSEI_ASSIGN_OR_RETURN(const std::vector<QueryRow> rows,
                         RowsOf(client, kDeployments, {{"key", QueryValue{key}}}));
  std::vector<Part> parts;
  for (const QueryRow& row : rows) {
    const auto* const wave = row[1].As<std::int64_t>();
    Part part{wave == nullptr ? 0 : *wave, TextOf(row[0]), TextOf(row[2]), TextsOf(row[3])};
    std::ranges::sort(part.items);
    parts.push_back(std::move(part));
  }
  return parts;
}

// What no deployment goes to, by the wave that the graph gives it.
absl::StatusOr<std::vector<Part>> Uncovered(client::Client& client,
                                            const std::vector<std::string>& items,
                                            const std::vector<Part>& deployments,
                                            std::size_t most) {
  client::OrderRequest request;
  request.keys = items;
  // What lies between two items of the release counts, though it is not deployed.
  request.through = true;
  KOSEI_ASSIGN_OR_RETURN(const client::OrderResult order, client.Order(request));
  const auto has_one = [&](const std::string& item) {
    return std::ranges::any_of(deployments, [&](const Part& part) {
      return std::ranges::binary_search(part.items, item);
    });
  };
  std::map<std::int64_t, std::vector<std::string>> waves;
  for (const client::OrderedRecord& record : order.records) {
    if (std::ranges::binary_search(items, record.key) && !has_one(record.key))
      waves[record.wave].push_back(record.key);
  }
  std::vector<Part> parts;
  for (const auto& [wave, keys] : waves) {
    for (std::size_t i = 0; i < keys.size(); i += most) {
      Part& part = parts.emplace_back(Part{wave, "", "", {}});
      for (std::size_t j = i; j < std::min(keys.size(), i + most); ++j)
        part.items.push_back(keys[j]);
    }
  }
  return parts;
}

absl::Status Open(client::Client& client, const ReleaseWavesOptions& options,
                  const std::string& title, Part& part) {
  client::ProcessNew record;
  record.class_name = "Deployment";
  record.reason = options.reason;
  record.attributes.push_back({"name", {absl::StrFormat("%s, wave %d", title, part.wave)}});
  record.attributes.push_back({"wave", {part.wave}});
  record.links.push_back({"deploys", options.key});
  for (const std::string& item : part.items) record.links.push_back({"targets", item});
  KOSEI_ASSIGN_OR_RETURN(const client::ProcessOutcome outcome, client.OpenProcess(record));
  if (!outcome.done()) return MakeError(ErrorCode::kGuardRefused, outcome.refusals.front().en);
  part.deployment = outcome.key;
  part.state = outcome.to;
  return absl::OkStatus();
}

void WritePart(JsonWriter& json, const Part& part) {
  json.BeginObject();
  json.Key("wave");
  part.wave == 0 ? json.Null() : json.Unsigned(static_cast<std::uint64_t>(part.wave));
  json.Key("deployment");
  part.deployment.empty() ? json.Null() : json.Text(part.deployment);
  json.Key("state");
  part.state.empty() ? json.Null() : json.Text(part.state);
  json.Key("items");
  json.BeginArray();
  for (const std::string& item : part.items) json.Text(item);
  json.End();
  json.End();
}

std::vector<std::string> RowOf(const Part& part) {
  return {part.wave == 0 ? "" : std::to_string(part.wave), part.deployment, part.state,
          absl::StrJoin(part.items, ";")};
}

// "host:web-1 host:web-2 host:web-3 host:web-4 and 12 more"
std::string ItemsText(const Context& context, const std::vector<std::string>& items) {
  constexpr std::size_t kShown = 4;
  std::vector<std::string> first = items;
  if (first.size() > kShown) first.resize(kShown);
  std::string text = absl::StrJoin(first, " ");
  if (items.size() <= kShown) return text;
  const std::string more = Grouped(items.size() - kShown);
  return context.japanese() ? absl::StrFormat("%s ほか %s 件", text, more)
                            : absl::StrFormat("%s and %s more", text, more);
}

void Write(Context& context, const std::vector<Part>& parts) {
  const auto title = [&](const char* en, const char* ja) {
    return std::string(context.Say(en, ja));
  };
  WriteList(context, parts,
            ListForm<Part>{{"wave", "deployment", "state", "items"}, WritePart, RowOf},
            Table({{title("WAVE", "段階"), Table::Align::kRight},
                   {title("DEPLOYMENT", "展開")},
                   {title("STATE", "状態")},
                   {title("ITEMS", "品目")}}),
            [&](const Part& part) -> std::vector<std::string> {
              return {part.wave == 0 ? "-" : std::to_string(part.wave),
                      part.deployment.empty() ? "-" : part.deployment,
                      part.state.empty() ? "-" : part.state, ItemsText(context, part.items)};
            });
}

}  // namespace

CommandResult RunReleaseWaves(Context& context, const ReleaseWavesOptions& options) {
  if (options.max.has_value() && *options.max == 0) {
    return MakeError(ErrorCode::kInvalidArgument, "--max is 0, expected at least one item",
                     "--max");
  }
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const language::PackedMap release,
                         FindProcessRecord(*client, options.key, "Release"));
  KOSEI_ASSIGN_OR_RETURN(std::vector<Part> parts, DeploymentsOf(*client, options.key));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<std::string> items,
                         ItemsOfRelease(*client, options.key));
  if (!items.empty()) {
    KOSEI_ASSIGN_OR_RETURN(std::vector<Part> uncovered,
                           Uncovered(*client, items, parts, options.max.value_or(items.size())));
    for (Part& part : uncovered) {
      if (options.open)
        KOSEI_RETURN_IF_ERROR(Open(*client, options, TextOf(At(release, "name")), part));
      parts.push_back(std::move(part));
    }
  }
  // Within a wave what has a deployment comes first.
  std::ranges::sort(parts, {}, [](const Part& part) {
    return std::tuple(part.wave, part.deployment.empty(), part.deployment, part.items);
  });
  Write(context, parts);
  if (!parts.empty()) return ExitCode::kOk;
  context.Note(context.Say("neither its changes nor its deployments name items (targets)",
                           "変更にも展開にも対象品目が関連付けられていません (targets)"));
  return ExitCode::kNothing;
}

}  // namespace kosei::cli

#include "shipped_processes.h"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/status/statusor.h"

namespace kosei::process {
namespace {

template <typename T>
T Must(absl::StatusOr<T> result) {
  if (!result.ok()) {
    std::fprintf(stderr, "shipped processes: %s\n", result.status().ToString().c_str());
    std::abort();
  }
  return *std::move(result);
}

std::string TextOf(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

void ReadWords(ShippedProcesses& shipped) {
  Vocabulary& words = shipped.vocabulary;
  words.model = shipped.facts.get();
  words.roles = shipped.Names("roles.yaml", "roles");
  words.audiences = shipped.Names("vocabulary.yaml", "audiences");
  words.audiences->insert(words.roles.begin(), words.roles.end());
  words.signals = shipped.Names("vocabulary.yaml", "signals");
  words.allowances = shipped.Names("vocabulary.yaml", "allowances");
  words.parties = shipped.Names("vocabulary.yaml", "parties");
  words.notifications = shipped.Names("notifications.yaml", "notifications");
  words.policies = shipped.Names("approval.yaml", "approval_policies");
  words.calendars = NameSet();
  for (const YAML::Node& check : shipped.Items("vocabulary.yaml", "checks")) {
    CheckSignature& signature = words.checks[check["name"].as<std::string>()];
    for (const YAML::Node& argument : check["arguments"])
      signature.required.insert(argument.as<std::string>());
  }
}

ShippedProcesses Load() {
  ShippedProcesses shipped;
  model::NameBook names;
  shipped.schema = Must(model::Schema::Build(ShippedModel(), names));
  shipped.facts = FactsOf(shipped.schema);
  std::map<std::string, std::vector<DefinitionFile>> by_kind;
  for (const auto& entry : std::filesystem::directory_iterator(KOSEI_PROCESS_FOLDER)) {
    if (!entry.is_regular_file()) continue;
    const std::string name = entry.path().filename().string();
    std::string text = TextOf(entry.path());
    YAML::Node document = YAML::Load(text);
    by_kind[document.begin()->first.as<std::string>()].push_back({name, std::move(text)});
    shipped.documents.emplace(name, std::move(document));
  }
  ReadWords(shipped);
  shipped.life_cycles = Must(LifeCycleBook::Load(by_kind["life_cycles"], shipped.vocabulary));
  shipped.tables = Must(DecisionBook::Load(by_kind["decision_tables"]));
  return shipped;
}

}  // namespace

std::vector<YAML::Node> ShippedProcesses::Items(std::string_view file, std::string_view key) const {
  const YAML::Node list = documents.find(file)->second[std::string(key)];
  return {list.begin(), list.end()};
}

NameSet ShippedProcesses::Names(std::string_view file, std::string_view key) const {
  NameSet names;
  for (const YAML::Node& item : Items(file, key)) names.insert(item["name"].as<std::string>());
  return names;
}

const LifeCycle* ShippedProcesses::For(const model::Class& known,
                                       const language::DatumMap& attributes) const {
  std::vector<std::string> classes;
  for (const model::Class* at = &known; at != nullptr;
       at = at->definition.parent.empty() ? nullptr : schema->FindClass(at->definition.parent))
    classes.push_back(at->definition.name);
  return life_cycles.For(classes, attributes);
}

model::ModelDefinition ShippedModel() { return Must(model::ReadModel(KOSEI_DEFAULT_MODEL_FOLDER)); }

const ShippedProcesses& Processes() {
  static const ShippedProcesses kShipped = Load();
  return kShipped;
}

const ApprovalBook& Approvals() {
  static const ApprovalBook kApprovals = [] {
    const std::filesystem::path folder = KOSEI_PROCESS_FOLDER;
    const std::vector<DefinitionFile> files = {{"approval.yaml", TextOf(folder / "approval.yaml")}};
    return Must(ApprovalBook::Load(files, Processes().tables));
  }();
  return kApprovals;
}

}  // namespace kosei::process

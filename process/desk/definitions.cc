#include "kosei/process/definitions.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "definition/yaml_block.h"
#include "desk/checks.h"
#include "kosei/base/error.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/status_macros.h"
#include "kosei/process/agreement_definition.h"

namespace kosei::process {
namespace {

constexpr std::array<std::string_view, 1> kRolesKeys = {"roles"};
constexpr std::array<std::string_view, 3> kRoleKeys = {"name", "label", "description"};
constexpr std::array<std::string_view, 1> kNumberingKeys = {"numbering"};
constexpr std::array<std::string_view, 3> kSeriesKeys = {"class", "prefix", "digits"};

// The key at the very beginning of a line that says what the file is about.
std::string_view SubjectOf(const DefinitionFile& file) {
  std::string_view left = file.text;
  while (!left.empty()) {
    const std::size_t end = std::min(left.find('\n'), left.size());
    const std::string_view line = left.substr(0, end);
    left.remove_prefix(std::min(end + 1, left.size()));
    if (line.empty() || line[0] == '#' || line[0] == ' ' || line[0] == '-') continue;
    return line.substr(0, line.find(':'));
  }
  return {};
}

bool IsAboutCalendars(std::string_view subject) {
  return subject == "calendars" || subject == "holidays" || subject == "holiday_lists";
}

template <typename Read>
absl::Status ReadList(const DefinitionFile& definition, std::string_view what, Keys file_keys,
                      std::string_view key, std::string_view item, Keys item_keys, Read&& read) {
  YamlFile file(definition.name);
  return file.Read(definition.text, [&](const YAML::Node& document) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(const YamlBlock block, YamlBlock::Open(file, document, what, file_keys));
    return block.ForEachBlock(key, item, item_keys, read);
  });
}

absl::Status ReadRoles(const DefinitionFile& file, std::vector<RoleDefinition>& roles) {
  return ReadList(file, "a file of roles", kRolesKeys, "roles", "a role", kRoleKeys,
                  [&](const YamlBlock& block) -> absl::Status {
                    RoleDefinition& role = roles.emplace_back();
                    KOSEI_RETURN_IF_ERROR(block.RequireName("name", role.name));
                    KOSEI_RETURN_IF_ERROR(block.RequireLabel("label", role.label));
                    return block.ReadText("description", role.description);
                  });
}

absl::Status ReadNumbering(const DefinitionFile& file, const model::Schema& schema,
                           std::vector<NumberSeries>& numbers) {
  return ReadList(file, "a file of numbers", kNumberingKeys, "numbering", "a series of numbers",
                  kSeriesKeys, [&](const YamlBlock& block) -> absl::Status {
                    NumberSeries series;
                    KOSEI_RETURN_IF_ERROR(block.RequireText("class", series.class_name));
                    KOSEI_RETURN_IF_ERROR(block.RequireText("prefix", series.prefix));
                    KOSEI_RETURN_IF_ERROR(block.ReadCount("digits", series.digits));
                    const auto known = schema.GetClass(series.class_name);
                    if (!known.ok()) return block.ErrorAt("class", MessageOf(known.status()));
                    if (series.digits > 12)
                      return block.ErrorAt("digits", "digits is more than 12");
                    for (const NumberSeries& other : numbers) {
                      if (other.prefix != series.prefix) continue;
                      return block.ErrorAt(
                          "prefix", absl::StrFormat("prefix %s is that of class %s already; choose "
                                                    "another one",
                                                    series.prefix, other.class_name));
                    }
                    numbers.push_back(std::move(series));
                    return absl::OkStatus();
                  });
}

struct FilesBySubject {
  std::vector<DefinitionFile> roles, numbering, life_cycles, tables, policies, figures, messages;
  std::vector<DefinitionFile> risk_vectors, control, suggestions;
  std::vector<model::ModelFile> calendars, agreements;
};

absl::StatusOr<FilesBySubject> Sorted(const std::vector<DefinitionFile>& files) {
  FilesBySubject sorted;
  for (const DefinitionFile& file : files) {
    const std::string_view subject = SubjectOf(file);
    if (subject == "roles") {
      sorted.roles.push_back(file);
    } else if (subject == "numbering") {
      sorted.numbering.push_back(file);
    } else if (subject == "life_cycles") {
      sorted.life_cycles.push_back(file);
    } else if (subject == "decision_tables") {
      sorted.tables.push_back(file);
    } else if (subject == "approval_policies") {
      sorted.policies.push_back(file);
    } else if (subject == "kpis") {
      sorted.figures.push_back(file);
    } else if (IsAboutCalendars(subject)) {
      sorted.calendars.push_back({file.name, file.text});
    } else if (subject == "agreements") {
      sorted.agreements.push_back({file.name, file.text});
    } else if (subject == "risk_vectors") {
      sorted.risk_vectors.push_back(file);
    } else if (subject == "control") {
      sorted.control.push_back(file);
    } else if (subject == "suggestions") {
      sorted.suggestions.push_back(file);
    } else if (subject == "notifications") {
      sorted.messages.push_back(file);
    } else if (!IsKnownSubject(subject)) {
      return DefinitionError(file.name, absl::StrFormat("it begins with \"%s\"; expected one of %s",
                                                        subject, KnownSubjects()));
    }
  }
  return sorted;
}

// States that a version of an agreement names are those of some life cycle.
absl::Status CheckStates(const AgreementDefinition& agreement,
                         const std::set<std::string, std::less<>>& known) {
  for (const AgreementVersion& version : agreement.agreement.versions) {
    for (const auto* names : {&version.counted_states, &version.responded_states}) {
      for (const std::string& name : *names) {
        if (known.contains(name)) continue;
        NearestName nearest(name);
        for (const std::string& each : known) nearest.Offer(each);
        return DefinitionError(
            agreement.origin,
            absl::StrFormat("agreement %s: no life cycle has a state \"%s\"%s; name one that there "
                            "is, or take it out",
                            agreement.agreement.name, name, nearest.Suggestion()));
      }
    }
  }
  return absl::OkStatus();
}

// Whom notifications name, and their texts; without texts nobody looks at either.
void AddMessages(const MessageBook& messages, Vocabulary& vocabulary) {
  if (messages.empty()) return;
  vocabulary.notifications.emplace();
  for (const MessageTemplate& message : messages.templates())
    vocabulary.notifications->insert(message.name);
  vocabulary.audiences = vocabulary.roles;
  for (const std::string_view audience : KnownAudiences()) vocabulary.audiences->emplace(audience);
}

}  // namespace

absl::StatusOr<std::shared_ptr<const Definitions>> Definitions::Load(
    std::vector<DefinitionFile> files, std::shared_ptr<const model::Schema> schema) {
  std::shared_ptr<Definitions> made(new Definitions());
  made->schema_ = std::move(schema);
  made->facts_ = FactsOf(made->schema_);
  KOSEI_ASSIGN_OR_RETURN(const FilesBySubject sorted, Sorted(files));
  for (const DefinitionFile& file : sorted.roles)
    KOSEI_RETURN_IF_ERROR(ReadRoles(file, made->roles_));
  for (const DefinitionFile& file : sorted.numbering)
    KOSEI_RETURN_IF_ERROR(ReadNumbering(file, *made->schema_, made->numbers_));
  KOSEI_ASSIGN_OR_RETURN(DecisionBook decisions, DecisionBook::Load(sorted.tables));
  made->tables_ = std::make_unique<const DecisionBook>(std::move(decisions));
  KOSEI_ASSIGN_OR_RETURN(made->policies_, ApprovalBook::Load(sorted.policies, *made->tables_));
  KOSEI_ASSIGN_OR_RETURN(made->figures_, ParseFigures(sorted.figures));
  if (!sorted.calendars.empty()) {
    KOSEI_ASSIGN_OR_RETURN(const CalendarDefinitions parsed, ParseCalendars(sorted.calendars));
    KOSEI_ASSIGN_OR_RETURN(made->calendars_, CalendarBook::Make(parsed));
  }
  KOSEI_ASSIGN_OR_RETURN(made->messages_, MessageBook::Load(sorted.messages));
  Vocabulary vocabulary;
  vocabulary.model = made->facts_.get();
  for (const RoleDefinition& role : made->roles_) vocabulary.roles.insert(role.name);
  vocabulary.checks = KnownChecks();
  NameSet& names = vocabulary.calendars.emplace();
  for (const auto& [name, calendar] : made->calendars_.calendars()) names.insert(name);
  if (!made->policies_.policies().empty()) vocabulary.policies.emplace();
  for (const ApprovalPolicyDefinition& policy : made->policies_.policies())
    vocabulary.policies->insert(policy.name);
  AddMessages(made->messages_, vocabulary);
  KOSEI_ASSIGN_OR_RETURN(made->life_cycles_, LifeCycleBook::Load(sorted.life_cycles, vocabulary));
  KOSEI_RETURN_IF_ERROR(made->LoadAgreements(sorted.agreements));
  KOSEI_RETURN_IF_ERROR(made->LoadRiskVectors(sorted.risk_vectors));
  KOSEI_RETURN_IF_ERROR(made->LoadControl(sorted.control));
  KOSEI_RETURN_IF_ERROR(made->LoadSuggestions(sorted.suggestions));
  for (const model::Class& each : made->schema_->classes()) {
    if (each.definition.is_abstract || !made->schema_->IsProcess(each.number)) continue;
    const bool moves =
        std::any_of(made->life_cycles_.life_cycles().begin(),
                    made->life_cycles_.life_cycles().end(), [&](const auto& life_cycle) {
                      const model::Class* const of =
                          made->schema_->FindClass(life_cycle->definition().class_name);
                      return of != nullptr && made->schema_->IsA(each.number, of->number);
                    });
    if (!moves) continue;
    if (made->has_life_cycle_.size() <= each.number.value)
      made->has_life_cycle_.resize(each.number.value + std::size_t{1});
    made->has_life_cycle_[each.number.value] = true;
    if (made->NumbersOf(each) != nullptr) continue;
    return DefinitionError("", absl::StrFormat("class %s has a life cycle and no numbers; add "
                                               "\"- {class: %s, prefix: ...}\" to the numbering",
                                               each.definition.name, each.definition.name));
  }
  made->files_ = std::move(files);
  return std::shared_ptr<const Definitions>(std::move(made));
}

absl::Status Definitions::LoadAgreements(std::span<const model::ModelFile> files) {
  KOSEI_ASSIGN_OR_RETURN(const std::vector<AgreementDefinition> parsed,
                         ParseAgreements(files, calendars_));
  std::set<std::string, std::less<>> states;
  for (const auto& life_cycle : life_cycles_.life_cycles()) {
    for (const StateDefinition& state : life_cycle->definition().states) states.insert(state.name);
  }
  std::vector<Agreement> agreements;
  for (const AgreementDefinition& each : parsed) {
    KOSEI_RETURN_IF_ERROR(CheckStates(each, states));
    for (const std::string& name : each.default_for) {
      if (const auto known = schema_->GetClass(name); !known.ok())
        return DefinitionError(each.origin, MessageOf(known.status()));
      default_agreements_.emplace_back(name, each.agreement.name);
    }
    agreements.push_back(each.agreement);
  }
  KOSEI_ASSIGN_OR_RETURN(agreements_, ServiceBook::Make(std::move(agreements), calendars_));
  return absl::OkStatus();
}

const LifeCycle* Definitions::LifeCycleOf(const model::Class& owner,
                                          const language::DatumMap& attributes) const {
  std::vector<std::string> classes{owner.definition.name};
  for (const ClassNumber above : owner.ancestors) classes.emplace_back(schema_->ClassName(above));
  return life_cycles_.For(classes, attributes);
}

const NumberSeries* Definitions::NumbersOf(const model::Class& owner) const {
  const NumberSeries* nearest = nullptr;
  const model::Class* of = nullptr;
  for (const NumberSeries& series : numbers_) {
    const model::Class* const known = schema_->FindClass(series.class_name);
    if (known == nullptr || !schema_->IsA(owner.number, known->number)) continue;
    if (of != nullptr && !schema_->IsA(known->number, of->number)) continue;
    nearest = &series;
    of = known;
  }
  return nearest;
}

const Agreement* Definitions::DefaultAgreementOf(const model::Class& owner) const {
  const Agreement* nearest = nullptr;
  const model::Class* of = nullptr;
  for (const auto& [class_name, agreement] : default_agreements_) {
    const model::Class* const known = schema_->FindClass(class_name);
    if (known == nullptr || !schema_->IsA(owner.number, known->number)) continue;
    if (of != nullptr && !schema_->IsA(known->number, of->number)) continue;
    nearest = agreements_.Find(agreement);
    of = known;
  }
  return nearest;
}

bool IsAboutTime(const DefinitionFile& file) {
  const std::string_view subject = SubjectOf(file);
  return IsAboutCalendars(subject) || subject == "agreements";
}

absl::StatusOr<std::vector<DefinitionFile>> ReadDefinitionFiles(const std::string& folder) {
  std::error_code error;
  std::set<std::filesystem::path> paths;
  std::filesystem::recursive_directory_iterator each(folder, error);
  if (!error) {
    for (const auto end = std::filesystem::recursive_directory_iterator(); each != end && !error;
         each.increment(error)) {
      if (each->path().extension() == ".yaml") paths.insert(each->path());
    }
  }
  if (error) {
    return MakeError(ErrorCode::kModelInvalid,
                     absl::StrFormat("definitions of processes: folder %s cannot be read: %s",
                                     folder, error.message()));
  }
  std::vector<DefinitionFile> files;
  for (const std::filesystem::path& path : paths) {
    std::ifstream stream(path, std::ios::binary);
    DefinitionFile file;
    file.name = std::filesystem::relative(path, folder, error).string();
    file.text.assign(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
    if (!stream.good() && !stream.eof()) {
      return MakeError(
          ErrorCode::kModelInvalid,
          absl::StrFormat("definitions of processes: file %s cannot be read", path.string()));
    }
    files.push_back(std::move(file));
  }
  return files;
}

}  // namespace kosei::process

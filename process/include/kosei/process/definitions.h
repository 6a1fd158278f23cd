// Definitions: everything that the processes of a store are made of, as data: life cycles, decision
// tables, approval policies, agreements, calendars, roles, numbers. Loaded together, because they
// name each other; one that is wrong keeps all of them out. docs/processes has the grammar.
//
// A store keeps its definitions as records (class ProcessDefinition), so that they have versions
// like everything else, and those of any day can be asked for.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/model/schema.h"
#include "kosei/process/agreement.h"
#include "kosei/process/approval_policy.h"
#include "kosei/process/calendar.h"
#include "kosei/process/control.h"
#include "kosei/process/decision_table.h"
#include "kosei/process/figure.h"
#include "kosei/process/life_cycle.h"
#include "kosei/process/life_cycle_definition.h"
#include "kosei/process/messages.h"
#include "kosei/process/risk_vector.h"
#include "kosei/process/suggestion.h"

namespace kosei::process {

struct RoleDefinition {
  std::string name;
  Label label;
  std::string description = {};  // what it is there for; may be empty
};

// How records of a class are numbered: "INC" and 6 digits give INC-000042.
struct NumberSeries {
  std::string class_name;
  std::string prefix;
  std::uint32_t digits = 6;
};

// Immutable; thread-safe.
class Definitions {
 public:
  // kModelInvalid with file and line; also for a class of a process that has no numbers.
  static absl::StatusOr<std::shared_ptr<const Definitions>> Load(
      std::vector<DefinitionFile> files, std::shared_ptr<const model::Schema> schema);

  const std::vector<DefinitionFile>& files() const { return files_; }
  const model::Schema& schema() const { return *schema_; }
  const LifeCycleBook& life_cycles() const { return life_cycles_; }
  const DecisionBook& tables() const { return *tables_; }
  const ApprovalBook& policies() const { return policies_; }
  const CalendarBook& calendars() const { return calendars_; }
  const ServiceBook& agreements() const { return agreements_; }
  const std::vector<RoleDefinition>& roles() const { return roles_; }
  const std::vector<FigureDefinition>& figures() const { return figures_; }
  const MessageBook& messages() const { return messages_; }

  // Of records of this class with these attributes; nullptr: they have none.
  const LifeCycle* LifeCycleOf(const model::Class& owner,
                               const language::DatumMap& attributes) const;
  // Whether some records of the class have a life cycle.
  bool HasLifeCycle(ClassNumber class_number) const {
    return class_number.value < has_life_cycle_.size() && has_life_cycle_[class_number.value];
  }
  // nullptr: its records have no numbers.
  const NumberSeries* NumbersOf(const model::Class& owner) const;
  // That governs its records when their service names none: of those that are the default for the
  // class or one above it, that of the nearest. nullptr: none is.
  const Agreement* DefaultAgreementOf(const model::Class& owner) const;
  const std::vector<SuggestionDefinition>& suggestions() const { return suggestions_; }
  // That holds for its records; nullptr: they are not under control.
  const ControlRule* ControlOf(const model::Class& owner) const;
  // That weighs the risk of its records; nullptr: none does.
  const RiskVectorDefinition* RiskVectorOf(const model::Class& owner) const;

 private:
  Definitions() = default;
  // After the calendars and the life cycles, which they name.
  absl::Status LoadAgreements(std::span<const model::ModelFile> files);
  absl::Status LoadRiskVectors(std::span<const DefinitionFile> files);
  absl::Status LoadControl(std::span<const DefinitionFile> files);
  absl::Status LoadSuggestions(std::span<const DefinitionFile> files);

  std::vector<DefinitionFile> files_;
  std::shared_ptr<const model::Schema> schema_;
  std::unique_ptr<const ModelFacts> facts_;
  std::vector<RoleDefinition> roles_;
  std::vector<NumberSeries> numbers_;
  std::vector<FigureDefinition> figures_;
  std::vector<bool> has_life_cycle_;            // by class number
  std::unique_ptr<const DecisionBook> tables_;  // the policies refer to it
  ApprovalBook policies_;
  CalendarBook calendars_;
  ServiceBook agreements_;
  MessageBook messages_;
  std::vector<std::pair<std::string, std::string>> default_agreements_;  // class, agreement
  std::vector<RiskVectorDefinition> risk_vectors_;
  std::vector<ControlRule> control_;
  std::vector<SuggestionDefinition> suggestions_;
  LifeCycleBook life_cycles_;
};

// Whether the file is about time alone: calendars, holidays or agreements.
bool IsAboutTime(const DefinitionFile& file);

// The *.yaml files of a folder, in name order. kModelInvalid.
absl::StatusOr<std::vector<DefinitionFile>> ReadDefinitionFiles(const std::string& folder);

}  // namespace kosei::process

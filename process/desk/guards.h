// Guards that need the graph: statements, and the checks that are known by name.
#pragma once

#include <string>
#include <string_view>

#include "desk/asking.h"
#include "desk/case.h"
#include "kosei/process/life_cycle.h"

namespace kosei::process {

class DeskGuards final : public GuardRunner {
 public:
  // All must outlive it. `key` is the record's, `attributes` it has, `actor` asks.
  DeskGuards(const DeskParts& parts, const Definitions& definitions, const Asking& asking,
             std::string_view key, const language::DatumMap& attributes, const Actor& actor)
      : parts_(parts),
        definitions_(definitions),
        asking_(asking),
        key_(key),
        attributes_(attributes),
        actor_(actor) {}

  // What is to change along with the transition; outlives it.
  void set_change(const language::DatumMap& attributes, const std::vector<RecordLink>& links) {
    changes_ = &attributes;
    links_ = &links;
  }

  absl::StatusOr<CheckAnswer> Check(std::string_view check,
                                    const language::DatumMap& with) override;
  absl::StatusOr<QueryAnswer> Query(const language::Statement& statement, std::string_view text,
                                    const language::DatumMap& parameters) override;

 private:
  absl::StatusOr<CheckAnswer> NoOpenTasks();
  absl::StatusOr<CheckAnswer> NotAuthor();
  absl::StatusOr<CheckAnswer> NoOpenApprovals();
  absl::StatusOr<CheckAnswer> Approved(const std::string& policy);
  absl::StatusOr<CheckAnswer> PlanUnchanged();
  absl::StatusOr<CheckAnswer> ImpactCurrent();
  // The record's attributes with what changes along.
  language::DatumMap Attributes() const;
  absl::StatusOr<bool> HasIncoming(std::string_view type) const;
  // Rows of one text each, joined; empty: none.
  absl::StatusOr<std::string> Found(std::string_view text, language::DatumMap parameters);

  const DeskParts& parts_;
  const Definitions& definitions_;
  const Asking& asking_;
  const std::string_view key_;
  const language::DatumMap& attributes_;
  const Actor& actor_;
  const language::DatumMap* changes_ = nullptr;
  const std::vector<RecordLink>* links_ = nullptr;
};

}  // namespace kosei::process

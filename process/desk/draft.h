// Draft: a transaction that grows while a transition is worked out, by names; what the store is
// given in the end.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "kosei/language/datum.h"
#include "kosei/model/schema.h"
#include "kosei/process/desk.h"
#include "kosei/storage/writer.h"

namespace kosei::process {

class Draft {
 public:
  // The schema must outlive it.
  Draft(const model::Schema& schema, std::string actor, std::string reason);

  // Creates the record or changes it; a null takes a value away. What a value of the class cannot
  // be is kWrongType and the like, with the attribute as field.
  absl::Status Put(const model::Class& owner, std::string_view key,
                   const language::DatumMap& attributes,
                   std::optional<CommitNumber> expected_begin);
  // kUnknownRelationshipType.
  absl::Status Link(std::string_view key, const RecordLink& link);
  absl::Status Unlink(std::string_view key, const RecordLink& link);

  // What the commit serves.
  void set_cause(std::string_view key) { transaction_.provenance.cause = key; }
  storage::Transaction Take() { return std::move(transaction_); }

 private:
  const model::Schema& schema_;
  storage::Transaction transaction_;
};

}  // namespace kosei::process

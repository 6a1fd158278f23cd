// Reading what a procedure was given: records, options, times. The first thing that is wrong is
// kept in the run's error, and nothing is right from then on.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/run.h"
#include "kosei/language/ast.h"
#include "kosei/language/datum.h"
#include "kosei/storage/view.h"

namespace kosei::query {

class ProcedureArguments {
 public:
  // All must outlive it.
  ProcedureArguments(std::string_view procedure, Run& run, const language::DatumList& values,
                     language::Span span)
      : procedure_(procedure), run_(run), values_(values), span_(span) {}

  // A record, its key, or a list of them.
  std::vector<RecordId> Records(const language::Datum& value, std::string_view what);
  std::vector<RecordId> Records(std::size_t position) {
    return Records(values_[position], "records");
  }
  RecordId Record(std::size_t position, std::string_view what);
  // The map at the position, or nothing; names that are not `known` are an error.
  const language::DatumMap* Options(std::size_t position, std::vector<std::string_view> known);
  const language::Datum* Option(const language::DatumMap* options, std::string_view name) const;
  std::optional<std::int64_t> Number(const language::DatumMap* options, std::string_view name);
  std::optional<std::string> Text(const language::DatumMap* options, std::string_view name);
  std::vector<std::string> Texts(const language::DatumMap* options, std::string_view name);
  // An instant, a commit number or a baseline's name.
  std::optional<storage::View> ViewAt(std::size_t position);

  bool ok() const { return !run_.failed(); }
  void Fail(std::string_view message);

 private:
  const std::string_view procedure_;
  Run& run_;
  const language::DatumList& values_;
  const language::Span span_;
};

// A record of the statement's own moment.
language::Datum NodeDatum(RecordId record);
// A link between two records, of whichever direction it is.
language::Datum LinkDatum(RecordId source, RelationshipTypeNumber type, RecordId target);

}  // namespace kosei::query

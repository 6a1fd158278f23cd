// Versions, commits and what differs between two times, as procedures.
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/procedure.h"
#include "engine/procedure_arguments.h"
#include "kosei/language/compare.h"
#include "kosei/query/attribute_values.h"
#include "kosei/query/compare.h"

namespace kosei::query {
namespace {

using language::Datum;
using language::DatumKind;
using language::DatumList;
using language::DatumMap;
using language::Span;
using Give = absl::FunctionRef<bool(Datum*)>;

constexpr std::size_t kDifferenceBytes = std::size_t{1} << 20;

// By name, as the model of the moment calls them.
DatumMap ValuesOf(const model::Schema& schema, RecordView record) {
  DatumMap values;
  const model::Class* owner = schema.FindClass(record.class_number());
  record.ForEach([&](AttributeNumber number, const Value& value) {
    const model::Attribute* attribute =
        owner == nullptr ? nullptr : schema.FindAttribute(*owner, number);
    if (attribute == nullptr) {
      values.emplace_back(std::string(schema.AttributeName(number)), DatumOf(value));
    } else {
      values.emplace_back(attribute->definition.name, DatumOf(value, attribute->definition));
    }
  });
  return values;
}

void HistoryOf(Run& run, const DatumList& values, Span span, Give give) {
  ProcedureArguments arguments("kosei.history", run, values, span);
  const RecordId record = arguments.Record(0, "record");
  if (!arguments.ok()) return;
  const auto versions = run.reader().History(record, run.moment(0).view);
  if (!versions.ok()) {
    run.Fail(versions.status());
    return;
  }
  for (const storage::RecordVersion& version : *versions) {
    const auto commit = run.reader().Commit(version.begin);
    if (!commit.ok()) {
      run.Fail(commit.status());
      return;
    }
    const RecordView view = version.record();
    Datum row[] = {Datum::Integer(static_cast<std::int64_t>(version.begin.value)),
                   DatumOf(commit->time),
                   TextOrNull(commit->actor),
                   TextOrNull(commit->reason),
                   TextOrNull(commit->cause),
                   DatumOf(view.valid_from()),
                   DatumOf(view.valid_to()),
                   Datum::Boolean(view.ended()),
                   Datum::Map(ValuesOf(*run.moment(0).schema, view))};
    if (!give(row)) return;
  }
}

// A row for each attribute that differs; of a record that came or went one row with all its values.
bool GiveRecord(Run& run, const RecordDifference& difference, Give give) {
  const model::Schema& schema = *run.moment(0).schema;
  DatumMap before;
  DatumMap after;
  if (difference.before.has_value()) before = ValuesOf(schema, difference.before->record());
  if (difference.after.has_value()) after = ValuesOf(schema, difference.after->record());
  const Datum key = Datum::String(std::string(run.reader().KeyOf(difference.id)));
  const Datum commit = Datum::Integer(static_cast<std::int64_t>(difference.cause.value));
  if (!difference.before.has_value() || !difference.after.has_value()) {
    const bool added = difference.after.has_value();
    Datum row[] = {key,
                   Datum::String(added ? "added" : "removed"),
                   {},
                   added ? Datum() : Datum::Map(std::move(before)),
                   added ? Datum::Map(std::move(after)) : Datum(),
                   commit};
    return give(row);
  }
  std::set<std::string> names;
  for (const auto& [name, value] : before) names.insert(name);
  for (const auto& [name, value] : after) names.insert(name);
  const Datum from = Datum::Map(std::move(before));
  const Datum to = Datum::Map(std::move(after));
  for (const std::string& name : names) {
    const Datum& old_value = from.At(name);
    const Datum& new_value = to.At(name);
    if (language::Equivalent(old_value, new_value)) continue;
    Datum row[] = {key,   Datum::String("changed"), Datum::String(name), old_value, new_value,
                   commit};
    if (!give(row)) return false;
  }
  return true;
}

bool GiveLink(Run& run, const LinkDifference& difference, Give give) {
  const Datum target = Datum::String(std::string(run.reader().KeyOf(difference.target)));
  Datum row[] = {
      Datum::String(std::string(run.reader().KeyOf(difference.source))),
      Datum::String(difference.added ? "linked" : "unlinked"),
      Datum::String(std::string(run.moment(0).schema->RelationshipTypeName(difference.type))),
      difference.added ? Datum() : target,
      difference.added ? target : Datum(),
      Datum::Integer(static_cast<std::int64_t>(difference.cause.value))};
  return give(row);
}

void DifferencesOf(Run& run, const DatumList& values, Span span, Give give) {
  ProcedureArguments arguments("kosei.diff", run, values, span);
  const auto from = arguments.ViewAt(0);
  if (!from.has_value()) return;
  const auto to = arguments.ViewAt(1);
  const DatumMap* options = arguments.Options(2, {"class", "prefix", "type"});
  ChangeSelection selection;
  selection.class_name = arguments.Text(options, "class").value_or("");
  selection.key_prefix = arguments.Text(options, "prefix").value_or("");
  selection.type_name = arguments.Text(options, "type").value_or("");
  if (!arguments.ok()) return;
  const auto comparison = Comparison::Open(run.reader(), *from, *to, selection, run.budget());
  if (!comparison.ok()) {
    run.Fail(comparison.status());
    return;
  }
  Differences found;
  for (bool more = true; more;) {
    const auto next = (*comparison)->Next(run.budget(), kDifferenceBytes, found);
    if (!next.ok()) {
      run.Fail(next.status());
      return;
    }
    more = *next;
    for (const RecordDifference& each : found.records) {
      if (!GiveRecord(run, each, give)) return;
    }
    for (const LinkDifference& each : found.links) {
      if (!GiveLink(run, each, give)) return;
    }
  }
}

void BaselinesOf(Run& run, const DatumList&, Span, Give give) {
  const auto baselines = run.reader().Baselines();
  if (!baselines.ok()) {
    run.Fail(baselines.status());
    return;
  }
  for (const storage::Baseline& baseline : *baselines) {
    Datum row[] = {Datum::String(baseline.name),
                   Datum::Integer(static_cast<std::int64_t>(baseline.view.commit.value)),
                   DatumOf(baseline.created), TextOrNull(baseline.creator),
                   TextOrNull(baseline.description)};
    if (!give(row)) return;
  }
}

}  // namespace

std::vector<Procedure> HistoryProcedures() {
  return {
      {"kosei.history",
       "kosei.history(record)",
       1,
       1,
       {{"commit", DatumKind::kInteger},
        {"at", DatumKind::kDateTime},
        {"actor", DatumKind::kString},
        {"reason", DatumKind::kString},
        {"cause", DatumKind::kString},
        {"valid_from", DatumKind::kDateTime},
        {"valid_to", DatumKind::kDateTime},
        {"ended", DatumKind::kBoolean},
        {"values", DatumKind::kMap}},
       HistoryOf},
      {"kosei.diff",
       "kosei.diff(from, to, {class, prefix, type})",
       2,
       3,
       {{"key", DatumKind::kString},
        {"change", DatumKind::kString},
        {"attribute", DatumKind::kString},
        {"old", DatumKind::kNull},
        {"new", DatumKind::kNull},
        {"commit", DatumKind::kInteger}},
       DifferencesOf},
      {"kosei.baselines",
       "kosei.baselines()",
       0,
       0,
       {{"name", DatumKind::kString},
        {"commit", DatumKind::kInteger},
        {"created", DatumKind::kDateTime},
        {"creator", DatumKind::kString},
        {"description", DatumKind::kString}},
       BaselinesOf,
       true},
  };
}

}  // namespace kosei::query

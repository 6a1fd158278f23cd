#include "desk/clock_review.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "desk/clock_asking.h"
#include "desk/definition_records.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/attribute_values.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumMap;

struct Sides {
  std::shared_ptr<const Definitions> before;
  std::shared_ptr<const Definitions> after;
};

// Files as they are called in force: one of another place goes by its own name, when only one in
// force has it, so that a file can be tried out of its folder.
std::vector<DefinitionFile> AsCalled(const Definitions& in_force,
                                     const std::vector<DefinitionFile>& files) {
  const auto last = [](std::string_view name) { return name.substr(name.rfind('/') + 1); };
  std::vector<DefinitionFile> called = files;
  for (DefinitionFile& file : called) {
    std::vector<std::string_view> alike;
    bool is_there = false;
    for (const DefinitionFile& known : in_force.files()) {
      is_there = is_there || known.name == file.name;
      if (last(known.name) == last(file.name)) alike.push_back(known.name);
    }
    if (!is_there && alike.size() == 1) file.name = alike.front();
  }
  return called;
}

// What is in force, with other files about time: those of `files` alone, or in place of those of
// the same names.
absl::StatusOr<std::shared_ptr<const Definitions>> WithTime(
    const DeskParts& parts, const Definitions& in_force, const std::vector<DefinitionFile>& files,
    bool alone) {
  const auto is_given = [&](const DefinitionFile& file) {
    return std::ranges::count(files, file.name, &DefinitionFile::name) > 0;
  };
  std::vector<DefinitionFile> mixed;
  for (const DefinitionFile& file : in_force.files()) {
    const bool replaced = IsAboutTime(file) && (alone || is_given(file));
    if (!replaced) mixed.push_back(file);
  }
  for (const DefinitionFile& file : files) {
    if (IsAboutTime(file)) mixed.push_back(file);
  }
  return Definitions::Load(std::move(mixed), parts.reader.schema());
}

absl::StatusOr<Sides> SidesOf(const DeskParts& parts,
                              const std::shared_ptr<const Definitions>& in_force,
                              const Asking& asking, const ClockReviewQuestion& question) {
  if (!question.proposed.empty()) {
    if (std::ranges::none_of(question.proposed, IsAboutTime)) {
      return MakeError(ErrorCode::kInvalidArgument,
                       "no file is about calendars, holidays or agreements; give those that are to "
                       "be mended",
                       "files");
    }
    KOSEI_ASSIGN_OR_RETURN(
        std::shared_ptr<const Definitions> proposed,
        WithTime(parts, *in_force, AsCalled(*in_force, question.proposed), false));
    return Sides{in_force, std::move(proposed)};
  }
  if (question.since > asking.view().commit) {
    return MakeError(ErrorCode::kOutOfRange,
                     absl::StrFormat("commit %d: the newest one is %d; name an earlier one",
                                     question.since.value, asking.view().commit.value),
                     "since");
  }
  storage::View earlier = asking.view();
  earlier.commit = question.since;
  KOSEI_ASSIGN_OR_RETURN(std::vector<DefinitionFile> files,
                         StoredDefinitions(parts.reader, asking.At(earlier)));
  if (files.empty()) files = parts.options.shipped;
  KOSEI_ASSIGN_OR_RETURN(std::shared_ptr<const Definitions> before,
                         WithTime(parts, *in_force, files, true));
  return Sides{std::move(before), in_force};
}

// The classes whose records are looked at: none of them is below another one.
absl::StatusOr<std::set<std::string>> ClassesOf(const Definitions& definitions,
                                                const ClockReviewQuestion& question) {
  std::set<std::string> names;
  for (const std::string& name : question.classes) {
    KOSEI_RETURN_IF_ERROR(definitions.schema().GetClass(name).status());
    names.insert(name);
  }
  if (!names.empty()) return names;
  // Configuration items have a life cycle and no clock.
  for (const auto& life_cycle : definitions.life_cycles().life_cycles()) {
    const std::string& name = life_cycle->definition().class_name;
    const model::Class* const owner = definitions.schema().FindClass(name);
    if (owner != nullptr && definitions.schema().IsProcess(owner->number)) names.insert(name);
  }
  return names;
}

absl::StatusOr<std::set<std::string>> KeysOf(const Definitions& definitions, const Asking& asking,
                                             const ClockReviewQuestion& question) {
  KOSEI_ASSIGN_OR_RETURN(const std::set<std::string> classes, ClassesOf(definitions, question));
  DatumMap parameters{{"after", Datum::String(question.after)},
                      {"limit", Datum::Integer(static_cast<std::int64_t>(question.limit))}};
  std::string bounds;
  if (question.from != kBeginningOfTime) {
    bounds += " AND r.opened_at >= $from";
    parameters.emplace_back("from", query::DatumOf(question.from));
  }
  if (question.to != kEndOfTime) {
    bounds += " AND r.opened_at < $to";
    parameters.emplace_back("to", query::DatumOf(question.to));
  }
  std::set<std::string> keys;
  for (const std::string& name : classes) {
    KOSEI_RETURN_IF_ERROR(asking.Ask(
        absl::StrFormat("MATCH (r:`%s`) WHERE r.key > $after%s RETURN r.key ORDER BY r.key LIMIT "
                        "$limit",
                        name, bounds),
        parameters, [&](std::span<const Datum> row) {
          keys.insert(row[0].string());
          return true;
        }));
  }
  return keys;
}

}  // namespace

absl::StatusOr<ClockReview> Review(const DeskParts& parts,
                                   const std::shared_ptr<const Definitions>& definitions,
                                   const Asking& asking, const ClockReviewQuestion& question) {
  KOSEI_ASSIGN_OR_RETURN(const Sides sides, SidesOf(parts, definitions, asking, question));
  KOSEI_ASSIGN_OR_RETURN(const std::set<std::string> keys, KeysOf(*definitions, asking, question));
  ClockReview review;
  review.at = question.at.value_or(parts.options.clock->Now());
  std::size_t gone_through = 0;
  for (const std::string& key : keys) {
    if (gone_through == question.limit) break;
    ++gone_through;
    review.next = key;
    absl::StatusOr<Ticket> before = TicketOfRecord(parts, *sides.before, key);
    // Its kind of record may be without a life cycle.
    if (HasCode(before.status(), ErrorCode::kInvalidArgument)) continue;
    if (HasCode(before.status(), ErrorCode::kHistoryRetired)) {
      review.retired.push_back(key);
      continue;
    }
    KOSEI_RETURN_IF_ERROR(before.status());
    KOSEI_ASSIGN_OR_RETURN(const Ticket after, TicketOfRecord(parts, *sides.after, key));
    ++review.looked_at;
    KOSEI_RETURN_IF_ERROR(AddFlips({*before, sides.before->agreements()},
                                   {after, sides.after->agreements()}, review.at, review.flips));
  }
  if (gone_through < question.limit) review.next.clear();
  return review;
}

}  // namespace kosei::process

#include "desk/clock_review.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "desk/clock_asking.h"
#include "desk/definition_records.h"
#include "kosei/base/error.h"
#include "kosei/base/record.h"
#include "kosei/base/status_macros.h"
#include "kosei/model/schema.h"
#include "kosei/storage/reader.h"

namespace kosei::process {
namespace {

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

// The records that are looked at.
class Wanted {
 public:
  static absl::StatusOr<Wanted> Of(const Definitions& definitions,
                                   const ClockReviewQuestion& question) {
    Wanted wanted(definitions.schema(), question);
    for (const std::string& name : question.classes) {
      KOSEI_ASSIGN_OR_RETURN(const model::Class* owner, wanted.schema_.GetClass(name));
      wanted.classes_.push_back(owner->number);
    }
    if (!wanted.classes_.empty()) return wanted;
    // Configuration items have a life cycle and no clock.
    for (const auto& life_cycle : definitions.life_cycles().life_cycles()) {
      const model::Class* owner = wanted.schema_.FindClass(life_cycle->definition().class_name);
      if (owner != nullptr && wanted.schema_.IsProcess(owner->number))
        wanted.classes_.push_back(owner->number);
    }
    return wanted;
  }

  bool Has(RecordView record) const {
    const ClassNumber number = record.class_number();
    const bool is_one = std::ranges::any_of(
        classes_, [&](ClassNumber super) { return schema_.IsA(number, super); });
    return is_one && (every_time_ || WasOpenedThen(record));
  }

 private:
  Wanted(const model::Schema& schema, const ClockReviewQuestion& question)
      : schema_(schema),
        from_(question.from),
        to_(question.to),
        every_time_(from_ == kBeginningOfTime && to_ == kEndOfTime) {}

  bool WasOpenedThen(RecordView record) const {
    const model::Class* const owner = schema_.FindClass(record.class_number());
    const model::Attribute* const opened =
        owner == nullptr ? nullptr : schema_.FindAttribute(*owner, "opened_at");
    if (opened == nullptr) return false;
    const Value at = record.Find(opened->number);
    if (at.kind() != ValueKind::kInteger) return false;
    return from_.micros <= at.integer() && at.integer() < to_.micros;
  }

  const model::Schema& schema_;
  const Timestamp from_;
  const Timestamp to_;
  const bool every_time_;
  std::vector<ClassNumber> classes_;
};

// Of one page, from where the last one ended: a store is gone through once, however many there are.
absl::StatusOr<std::vector<std::string>> KeysOf(const DeskParts& parts,
                                                const Definitions& definitions,
                                                const storage::View& view,
                                                const ClockReviewQuestion& question) {
  KOSEI_ASSIGN_OR_RETURN(const Wanted wanted, Wanted::Of(definitions, question));
  RecordId first{1};
  if (!question.after.empty()) {
    const std::optional<RecordId> last = parts.reader.IdOf(question.after);
    if (!last.has_value()) {
      return MakeError(
          ErrorCode::kNotFound,
          absl::StrFormat("there is no record %s behind which to go on; give `next` of "
                          "the page before",
                          question.after),
          "after");
    }
    first = RecordId{last->value + 1};
  }
  std::vector<std::string> keys;
  KOSEI_RETURN_IF_ERROR(parts.reader.Scan(
      view, first, [&](RecordId /*id*/, CommitNumber /*begin*/, RecordView record) {
        if (wanted.Has(record)) keys.emplace_back(record.key());
        return keys.size() < question.limit;
      }));
  return keys;
}

}  // namespace

absl::StatusOr<ClockReview> Review(const DeskParts& parts,
                                   const std::shared_ptr<const Definitions>& definitions,
                                   const Asking& asking, const ClockReviewQuestion& question) {
  KOSEI_ASSIGN_OR_RETURN(const Sides sides, SidesOf(parts, definitions, asking, question));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<std::string> keys,
                         KeysOf(parts, *definitions, asking.view(), question));
  ClockReview review;
  review.at = question.at.value_or(parts.options.clock->Now());
  if (keys.size() == question.limit) review.next = keys.back();
  for (const std::string& key : keys) {
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
  return review;
}

}  // namespace kosei::process

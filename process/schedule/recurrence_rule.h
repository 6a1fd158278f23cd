// The RRULE of a series: strict about what it says, and stepped through by libical, which this room
// sees here alone. Steps are by the clock, without a zone: UNTIL, COUNT and times that clocks skip
// are the concern of who knows the zone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "schedule/local_time.h"

namespace kosei::process {

struct RecurrenceRule {
  std::string text;  // without COUNT and UNTIL
  std::optional<std::int64_t> count;
  std::optional<WrittenTime> until;
};

// kInvalidArgument with what is wrong and how to mend it; `dates` says that the series is of whole
// days. FREQ is DAILY, WEEKLY, MONTHLY or YEARLY.
absl::StatusOr<RecurrenceRule> ReadRecurrenceRule(std::string_view text, std::size_t line,
                                                  bool dates);

// The times of a rule, ascending. Belongs to one thread.
class RuleSteps {
 public:
  // kInvalidArgument when libical refuses the rule.
  static absl::StatusOr<RuleSteps> Begin(const RecurrenceRule& rule, const WrittenTime& start,
                                         std::size_t line);
  ~RuleSteps();
  RuleSteps(RuleSteps&&) noexcept;
  RuleSteps& operator=(RuleSteps&&) noexcept;

  // In seconds since 1970-01-01T00:00 of the clock. Nothing when there is no other one.
  std::optional<std::int64_t> Next();

 private:
  struct Iterator;
  explicit RuleSteps(std::unique_ptr<Iterator> iterator);
  std::unique_ptr<Iterator> iterator_;
};

}  // namespace kosei::process

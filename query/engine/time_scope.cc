#include "engine/time_scope.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "engine/stored_value.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "kosei/language/query_error.h"

namespace kosei::query {
namespace {

using language::Datum;
using language::DatumKind;
using language::Expression;

constexpr std::int64_t kMicrosPerDay = 86'400'000'000;
constexpr std::int64_t kDaysMax = 3'650'000;

class Reading {
 public:
  Reading(std::string_view text, language::Evaluation& evaluation)
      : text_(text), evaluation_(evaluation) {}

  absl::StatusOr<Datum> Value(const Expression& expression) {
    language::Scope scope;
    language::CompileContext context;
    context.text = text_;
    KOSEI_ASSIGN_OR_RETURN(const language::EvaluatorPtr evaluator,
                           language::Compile(expression, scope, context));
    std::vector<Datum> row(scope.slot_count());
    Datum value = evaluator->Evaluate(row.data(), evaluation_);
    if (evaluation_.failed()) return language::AddPlace(evaluation_.error, text_);
    return value;
  }

  absl::Status Wrong(const Expression& expression, std::string_view clause, const Datum& value,
                     std::string_view wanted) const {
    return language::MakeQueryError(ErrorCode::kQueryType, "InvalidArgumentType", text_,
                                    expression.span,
                                    absl::StrFormat("%s takes %s, not a value of type %s", clause,
                                                    wanted, language::NameOf(value.kind())));
  }

 private:
  const std::string_view text_;
  language::Evaluation& evaluation_;
};

}  // namespace

absl::StatusOr<TimeNames> TimeNamesOf(const language::TimeScope& time, const TimeNames& otherwise,
                                      std::string_view text, language::Evaluation& evaluation) {
  TimeNames names = otherwise;
  storage::ViewName& name = names.view;
  Reading reading(text, evaluation);
  const auto set = [&](const Expression& expression, std::string_view clause,
                       storage::ViewName& to) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(const Datum value, reading.Value(expression));
    const std::optional<storage::ViewName> asked = ViewNameOf(value);
    if (!asked.has_value()) {
      return reading.Wrong(expression, clause, value,
                           "an instant with an offset such as '2026-03-01T09:00:00+09:00', a "
                           "commit number or a baseline's name");
    }
    to = *asked;
    to.plan = otherwise.view.plan;
    to.valid_at = otherwise.view.valid_at;
    return absl::OkStatus();
  };
  if (time.system_as_of != nullptr) {
    KOSEI_RETURN_IF_ERROR(set(*time.system_as_of, "FOR SYSTEM_TIME AS OF", name));
    names.from.reset();
  }
  if (time.system_from != nullptr) {
    names.from.emplace();
    KOSEI_RETURN_IF_ERROR(set(*time.system_from, "FOR SYSTEM_TIME FROM", *names.from));
    KOSEI_RETURN_IF_ERROR(set(*time.system_to, "FOR SYSTEM_TIME TO", name));
    // Half-open: what began at TO is not meant any more.
    if (name.kind == storage::ViewName::Kind::kCommit && name.commit.value > 0)
      name.commit = CommitNumber{name.commit.value - 1};
    if (name.kind == storage::ViewName::Kind::kTime) {
      if (name.time > evaluation.now) {
        name.kind = storage::ViewName::Kind::kNewest;
      } else {
        --name.time.micros;
      }
    }
  }
  if (time.valid_as_of != nullptr) {
    KOSEI_ASSIGN_OR_RETURN(const Datum value, reading.Value(*time.valid_as_of));
    const std::optional<Timestamp> instant = InstantOf(value);
    if (!instant.has_value()) {
      return reading.Wrong(*time.valid_as_of, "FOR VALID_TIME AS OF", value,
                           "an instant with an offset such as '2026-03-01T09:00:00+09:00'");
    }
    name.valid_at = *instant;
  }
  if (time.plan != nullptr) {
    KOSEI_ASSIGN_OR_RETURN(const Datum value, reading.Value(*time.plan));
    if (value.kind() != DatumKind::kString)
      return reading.Wrong(*time.plan, "IN PLAN", value, "a plan's name");
    name.plan = value.string();
  }
  return names;
}

std::optional<Timestamp> InstantOf(const Datum& value) {
  if (value.kind() == DatumKind::kDate && value.date().days > -kDaysMax &&
      value.date().days < kDaysMax)
    return Timestamp{value.date().days * kMicrosPerDay};
  if (value.kind() == DatumKind::kDateTime) {
    const kosei::Value stored = StoredValueOf(value);
    if (!stored.is_null()) return Timestamp{stored.integer()};
  }
  if (value.kind() == DatumKind::kString) {
    const absl::StatusOr<Timestamp> instant = ParseTimestamp(value.string());
    if (instant.ok()) return *instant;
  }
  return std::nullopt;
}

std::optional<storage::ViewName> ViewNameOf(const Datum& value) {
  storage::ViewName name;
  const std::optional<Timestamp> instant = InstantOf(value);
  if (instant.has_value()) {
    name.kind = storage::ViewName::Kind::kTime;
    name.time = *instant;
    return name;
  }
  if (value.kind() == DatumKind::kInteger && value.integer() >= 0) {
    name.kind = storage::ViewName::Kind::kCommit;
    name.commit = CommitNumber{static_cast<std::uint64_t>(value.integer())};
    return name;
  }
  if (value.kind() != DatumKind::kString) return std::nullopt;
  name.kind = storage::ViewName::Kind::kBaseline;
  name.baseline = value.string();
  return name;
}

}  // namespace kosei::query

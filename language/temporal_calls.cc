#include "temporal_calls.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/str_format.h"
#include "calendar.h"
#include "kosei/base/error.h"
#include "kosei/base/time.h"
#include "kosei/language/query_error.h"
#include "temporal_make.h"
#include "temporal_values.h"

namespace kosei::language {
namespace {

using Call = Datum (*)(const Datum*, std::size_t, Span, Evaluation&);

Datum Finish(absl::StatusOr<Datum> result, Span span, Evaluation& evaluation) {
  if (result.ok()) return *std::move(result);
  return evaluation.Fail(MakeQueryError(CodeOf(result.status()), FieldOf(result.status()), span,
                                        MessageOf(result.status())));
}

template <DatumKind kind>
Datum Make(const Datum* arguments, std::size_t count, Span span, Evaluation& evaluation) {
  if (count == 0)
    return Finish(NowAs(kind, evaluation.now, evaluation.time_zone), span, evaluation);
  return Finish(MakeTemporal(kind, arguments[0], evaluation), span, evaluation);
}

template <DatumKind kind>
Datum Truncate(const Datum* arguments, std::size_t count, Span span, Evaluation& evaluation) {
  for (std::size_t i = 0; i < 2; ++i) {
    if (arguments[i].is_null()) return {};
  }
  const Datum map = count == 3 ? arguments[2] : Datum();
  if (arguments[0].kind() != DatumKind::kString ||
      (count == 3 && !map.is_null() && map.kind() != DatumKind::kMap)) {
    return evaluation.Fail(MakeQueryError(
        ErrorCode::kQueryType, "InvalidArgumentType", span,
        absl::StrFormat("%s.truncate takes a unit as a string, a value, and a map of smaller parts",
                        FunctionOf(kind))));
  }
  return Finish(TruncateTemporal(kind, arguments[0].string(), arguments[1], map, evaluation), span,
                evaluation);
}

// The clock read at `instant`, in the zone that is given as text or in a map.
Datum ReadClock(DatumKind kind, Timestamp instant, const Datum* arguments, std::size_t count,
                Span span, Evaluation& evaluation) {
  if (count == 0) return Finish(NowAs(kind, instant, evaluation.time_zone), span, evaluation);
  Datum zone = arguments[0];
  if (zone.kind() == DatumKind::kMap && zone.map().size() == 1) zone = zone.At("timezone");
  if (zone.is_null() && arguments[0].is_null()) return {};
  if (zone.kind() != DatumKind::kString) {
    return evaluation.Fail(MakeQueryError(ErrorCode::kQueryType, "InvalidArgumentType", span,
                                          "a clock takes a time zone: 'Asia/Tokyo', '+09:00' or "
                                          "{timezone: 'Asia/Tokyo'}"));
  }
  return Finish(NowAs(kind, instant, zone.string()), span, evaluation);
}

// One statement is one transaction here.
template <DatumKind kind>
Datum StatementClock(const Datum* arguments, std::size_t count, Span span, Evaluation& evaluation) {
  return ReadClock(kind, evaluation.now, arguments, count, span, evaluation);
}

template <DatumKind kind>
Datum RealClock(const Datum* arguments, std::size_t count, Span span, Evaluation& evaluation) {
  return ReadClock(kind, SystemClock().Now(), arguments, count, span, evaluation);
}

Datum MakeAmount(const Datum* arguments, std::size_t, Span span, Evaluation& evaluation) {
  return Finish(MakeDuration(arguments[0]), span, evaluation);
}

template <Difference unit>
Datum Differ(const Datum* arguments, std::size_t, Span span, Evaluation& evaluation) {
  if (arguments[0].is_null() || arguments[1].is_null()) return {};
  return Finish(DifferenceOf(unit, arguments[0], arguments[1]), span, evaluation);
}

// datetime.fromepoch(seconds, nanoseconds), datetime.fromepochmillis(milliseconds).
Datum FromEpoch(const Datum* arguments, std::size_t count, Span span, Evaluation& evaluation) {
  DatumMap map;
  for (std::size_t i = 0; i < count; ++i) {
    if (arguments[i].is_null()) return {};
  }
  if (count == 1) {
    map.emplace_back("epochMillis", arguments[0]);
  } else {
    map.emplace_back("epochSeconds", arguments[0]);
    map.emplace_back("nanosecond", arguments[1]);
  }
  return Finish(MakeTemporal(DatumKind::kDateTime, Datum::Map(std::move(map)), evaluation), span,
                evaluation);
}

constexpr std::size_t kFunctionsOfKind = 5;
struct NamesOfKind {
  std::array<std::string_view, kFunctionsOfKind> names;
};

template <DatumKind kind>
constexpr std::array<TemporalFunction, kFunctionsOfKind> FunctionsOf(const NamesOfKind& of) {
  return {{{of.names[0], 0, 1, Make<kind>},
           {of.names[1], 2, 3, Truncate<kind>},
           {of.names[2], 0, 1, StatementClock<kind>},
           {of.names[3], 0, 1, StatementClock<kind>},
           {of.names[4], 0, 1, RealClock<kind>}}};
}

constexpr std::array kOfInstants = {
    FunctionsOf<DatumKind::kDate>(
        {{"date", "date.truncate", "date.transaction", "date.statement", "date.realtime"}}),
    FunctionsOf<DatumKind::kLocalTime>({{"localtime", "localtime.truncate", "localtime.transaction",
                                         "localtime.statement", "localtime.realtime"}}),
    FunctionsOf<DatumKind::kTime>(
        {{"time", "time.truncate", "time.transaction", "time.statement", "time.realtime"}}),
    FunctionsOf<DatumKind::kLocalDateTime>(
        {{"localdatetime", "localdatetime.truncate", "localdatetime.transaction",
          "localdatetime.statement", "localdatetime.realtime"}}),
    FunctionsOf<DatumKind::kDateTime>({{"datetime", "datetime.truncate", "datetime.transaction",
                                        "datetime.statement", "datetime.realtime"}}),
};

constexpr std::array<TemporalFunction, 7> kOthers = {{
    {"datetime.fromepoch", 2, 2, FromEpoch},
    {"datetime.fromepochmillis", 1, 1, FromEpoch},
    {"duration", 1, 1, MakeAmount},
    {"duration.between", 2, 2, Differ<Difference::kBetween>},
    {"duration.inmonths", 2, 2, Differ<Difference::kMonths>},
    {"duration.indays", 2, 2, Differ<Difference::kDays>},
    {"duration.inseconds", 2, 2, Differ<Difference::kSeconds>},
}};

}  // namespace

const TemporalFunction* FindTemporalFunction(std::string_view lower_case_name) {
  for (const auto& functions : kOfInstants) {
    const auto found = std::ranges::find(functions, lower_case_name, &TemporalFunction::name);
    if (found != functions.end()) return &*found;
  }
  const auto found = std::ranges::find(kOthers, lower_case_name, &TemporalFunction::name);
  return found == kOthers.end() ? nullptr : &*found;
}

std::vector<std::string_view> TemporalFunctionNames() {
  std::vector<std::string_view> names;
  for (const auto& functions : kOfInstants)
    for (const TemporalFunction& function : functions) names.push_back(function.name);
  for (const TemporalFunction& function : kOthers) names.push_back(function.name);
  return names;
}

}  // namespace kosei::language

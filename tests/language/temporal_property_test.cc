// What holds for all temporal values, tried with random ones.
#include <gtest/gtest.h>

#include <random>

#include "calendar.h"
#include "duration.h"
#include "temporal_caller.h"
#include "temporal_values.h"
#include "time_zone.h"

namespace kosei::language {
namespace {

constexpr std::string_view kZones[] = {"Asia/Tokyo",          "Europe/Paris", "America/New_York",
                                       "Australia/Lord_Howe", "Pacific/Apia", "Africa/Monrovia"};
constexpr DatumKind kInstants[] = {DatumKind::kDate, DatumKind::kLocalTime, DatumKind::kTime,
                                   DatumKind::kLocalDateTime, DatumKind::kDateTime};

// Values over all years, near ones more often; sizes of all magnitudes.
class RandomTime {
 public:
  explicit RandomTime(std::uint64_t seed) : engine_(seed) {}

  std::int64_t Between(std::int64_t least, std::int64_t most) {
    return std::uniform_int_distribution<std::int64_t>(least, most)(engine_);
  }
  std::int64_t Size() {
    const std::int64_t most = std::int64_t{1} << Between(0, 62);
    return Between(-most, most);
  }
  std::int64_t Days() {
    const std::int64_t year =
        Between(0, 2) == 0 ? Between(kYearMin, kYearMax) : Between(1850, 2100);
    return DaysOf(CalendarDate{year, 1, 1}) + Between(0, 364);
  }
  std::int64_t Nanos() {
    constexpr std::int64_t units[] = {1, 1'000, 1'000'000, kNanosOfSecond, 60 * kNanosOfSecond};
    const std::int64_t unit = units[Between(0, 4)];
    return Between(0, kNanosOfDay / unit - 1) * unit;
  }
  TimeZone Zone() {
    if (Between(0, 1) == 0)
      return TimeZone(static_cast<std::int32_t>(Between(-kOffsetMax, kOffsetMax)));
    return *TimeZone::Parse(kZones[Between(0, 5)]);
  }
  Datum Value(DatumKind kind) {
    if (kind == DatumKind::kDuration) {
      return Datum::Of(Duration{Size(), Size(), Size(),
                                static_cast<std::int32_t>(Between(0, kNanosOfSecond - 1))});
    }
    TemporalParts parts{.days = Days(), .nanos = Nanos(), .zone = Zone()};
    parts.offset = parts.zone->OffsetAt(0);
    return *Assemble(kind, parts);
  }

 private:
  std::mt19937_64 engine_;
};

bool Same(const Datum& a, const Datum& b) {
  const DatumKind kind = a.kind();
  if (kind != b.kind()) return false;
  if (kind == DatumKind::kDate) return a.date() == b.date();
  if (kind == DatumKind::kLocalTime) return a.local_time() == b.local_time();
  if (kind == DatumKind::kTime) return a.time() == b.time();
  if (kind == DatumKind::kLocalDateTime) return a.local_date_time() == b.local_date_time();
  if (kind == DatumKind::kDateTime) return a.date_time() == b.date_time();
  return a.duration() == b.duration();
}

class TemporalPropertyTest : public testing::TestWithParam<DatumKind> {
 protected:
  RandomTime random_{static_cast<std::uint64_t>(GetParam()) * 7'919 + 20'261'130};
};

TEST_P(TemporalPropertyTest, TextReadsBackAsTheSameValue) {
  for (int i = 0; i < 3'000; ++i) {
    const Datum value = random_.Value(GetParam());
    const std::string text = TemporalText(value);
    Evaluation evaluation;
    const Datum back = CallTemporal(FunctionOf(GetParam()), {Datum::String(text)}, evaluation);
    ASSERT_TRUE(Same(back, value)) << text << " -> " << TextOrError(back, evaluation);
  }
}

TEST_P(TemporalPropertyTest, TruncatingTwiceIsTruncatingOnce) {
  constexpr std::string_view units[] = {
      "millennium", "century", "decade", "year",   "weekYear", "quarter",     "month",
      "week",       "day",     "hour",   "minute", "second",   "millisecond", "microsecond"};
  const std::string function = std::string(FunctionOf(GetParam())) + ".truncate";
  int tried = 0;
  for (int i = 0; i < 3'000; ++i) {
    const Datum unit = Datum::String(std::string(units[random_.Between(0, 13)]));
    const Datum value = random_.Value(GetParam());
    Evaluation evaluation;
    const Datum once = CallTemporal(function, {unit, value}, evaluation);
    if (evaluation.failed()) continue;
    ++tried;
    const Datum twice = CallTemporal(function, {unit, once}, evaluation);
    ASSERT_TRUE(Same(once, twice)) << unit.string() << " " << TemporalText(value);
  }
  EXPECT_GT(tried, 1'000);
}

// a + (what lies between a and b) = b, on local clocks; of times of day up to whole days.
TEST_P(TemporalPropertyTest, TheDifferenceLeadsFromOneToTheOther) {
  for (int i = 0; i < 3'000; ++i) {
    const Datum a = random_.Value(GetParam());
    Datum b = random_.Value(GetParam());
    // Offsets and zones stay those of `a`.
    TemporalParts parts = PartsOf(b);
    parts.zone = PartsOf(a).zone;
    parts.offset = PartsOf(a).offset;
    if (GetParam() == DatumKind::kDateTime && !parts.zone->name().empty()) continue;
    b = *Assemble(GetParam(), parts);
    Evaluation evaluation;
    const Datum between = CallTemporal("duration.between", {a, b}, evaluation);
    const Datum sum = AddTemporal(a, between, {}, evaluation);
    ASSERT_TRUE(Same(sum, b)) << TemporalText(a) << " + " << TextOrError(between, evaluation)
                              << " = " << TextOrError(sum, evaluation) << ", not "
                              << TemporalText(b);
  }
}

// Zones too: seconds between two instants lead from one to the other.
TEST(TemporalZonePropertyTest, SecondsLeadFromOneInstantToTheOther) {
  RandomTime random(20'261'201);
  for (int i = 0; i < 3'000; ++i) {
    const Datum a = random.Value(DatumKind::kDateTime);
    const Datum b = random.Value(DatumKind::kDateTime);
    Evaluation evaluation;
    const Datum between = CallTemporal("duration.inseconds", {a, b}, evaluation);
    const Datum sum = AddTemporal(a, between, {}, evaluation);
    ASSERT_FALSE(evaluation.failed()) << MessageOf(evaluation.error);
    ASSERT_EQ(sum.date_time().seconds, b.date_time().seconds);
    ASSERT_EQ(sum.date_time().nanos, b.date_time().nanos);
    ASSERT_EQ(sum.date_time().zone, a.date_time().zone);
  }
}

// Text that looks like a temporal value without being made for it: it is one, or it is refused;
// when it is one, so is what is written for it.
TEST(TemporalTextPropertyTest, AnyTextIsAValueOrAnError) {
  constexpr std::string_view pieces[] = {"-",
                                         "+",
                                         ":",
                                         "T",
                                         "Z",
                                         "W",
                                         "Q",
                                         "P",
                                         "Y",
                                         "M",
                                         "D",
                                         "H",
                                         "S",
                                         ".",
                                         ",",
                                         "[",
                                         "]",
                                         "0",
                                         "1",
                                         "9",
                                         "00",
                                         "12",
                                         "31",
                                         "59",
                                         "2024",
                                         "02",
                                         "7",
                                         "366",
                                         "9999",
                                         "+09:00",
                                         "[Asia/Tokyo]",
                                         "2024-02-29"};
  constexpr std::string_view functions[] = {"date",          "localtime", "time",
                                            "localdatetime", "datetime",  "duration"};
  RandomTime random(20'261'203);
  int values = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    const std::int64_t count = random.Between(1, 7);
    for (std::int64_t j = 0; j < count; ++j)
      text += pieces[random.Between(0, static_cast<std::int64_t>(std::size(pieces)) - 1)];
    for (const std::string_view function : functions) {
      Evaluation evaluation;
      const Datum value = CallTemporal(function, {Datum::String(text)}, evaluation);
      if (evaluation.failed()) continue;
      ++values;
      const Datum again = CallTemporal(function, {Datum::String(TemporalText(value))}, evaluation);
      ASSERT_TRUE(Same(again, value)) << text << " -> " << TextOrError(again, evaluation);
    }
  }
  EXPECT_GT(values, 1'000);
}

// Whatever comes in, arithmetic gives a value within its range or an error.
TEST(DurationPropertyTest, NothingOverflows) {
  RandomTime random(20'261'202);
  for (int i = 0; i < 5'000; ++i) {
    const Datum duration = random.Value(DatumKind::kDuration);
    const Datum instant = random.Value(kInstants[random.Between(0, 4)]);
    const Datum number =
        Datum::Float(static_cast<double>(random.Size()) / static_cast<double>(random.Size()));
    Evaluation evaluation;
    const Datum later = AddTemporal(instant, duration, {}, evaluation);
    const Datum earlier = SubtractTemporal(instant, duration, {}, evaluation);
    for (const Datum& value : {later, earlier}) {
      const TemporalParts parts = PartsOf(value);
      ASSERT_TRUE(!parts.days.has_value() || IsValidDay(*parts.days));
      ASSERT_TRUE(!parts.nanos.has_value() || (*parts.nanos >= 0 && *parts.nanos < kNanosOfDay));
    }
    for (const Datum& scaled : {MultiplyDuration(duration, number, {}, evaluation),
                                DivideDuration(duration, number, {}, evaluation)}) {
      if (scaled.is_null()) continue;
      ASSERT_GE(scaled.duration().nanos, 0);
      ASSERT_LT(scaled.duration().nanos, kNanosOfSecond);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kinds, TemporalPropertyTest, testing::ValuesIn(kInstants),
                         [](const auto& one) { return std::string(FunctionOf(one.param)); });

}  // namespace
}  // namespace kosei::language

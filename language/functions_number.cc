// Functions of numbers, and chance.
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <string>
#include <string_view>

#include "absl/strings/str_format.h"
#include "functions.h"
#include "letter_case.h"
#include "numbers.h"

namespace kosei::language {
namespace {

// A function of one float.
template <double (*kFunction)(double)>
Datum OfFloat(const Call& call) {
  if (!call[0].is_number()) return call.WrongType(0, "a number");
  return Datum::Float(kFunction(call[0].number()));
}

double Ceil(double x) { return std::ceil(x); }
double Floor(double x) { return std::floor(x); }
double Sqrt(double x) { return std::sqrt(x); }
double Exp(double x) { return std::exp(x); }
double Log(double x) { return std::log(x); }
double Log10(double x) { return std::log10(x); }
double Sin(double x) { return std::sin(x); }
double Cos(double x) { return std::cos(x); }
double Tan(double x) { return std::tan(x); }
double Cot(double x) { return 1 / std::tan(x); }
double Asin(double x) { return std::asin(x); }
double Acos(double x) { return std::acos(x); }
double Atan(double x) { return std::atan(x); }
double Sinh(double x) { return std::sinh(x); }
double Cosh(double x) { return std::cosh(x); }
double Tanh(double x) { return std::tanh(x); }
double Degrees(double x) { return x * 180 / std::numbers::pi; }
double Radians(double x) { return x * std::numbers::pi / 180; }
double Haversin(double x) { return (1 - std::cos(x)) / 2; }

Datum Atan2(const Call& call) {
  for (std::size_t i = 0; i < 2; ++i)
    if (!call[i].is_number()) return call.WrongType(i, "a number");
  return Datum::Float(std::atan2(call[0].number(), call[1].number()));
}

Datum Abs(const Call& call) {
  if (call[0].kind() == DatumKind::kFloat) return Datum::Float(std::abs(call[0].real()));
  if (call[0].kind() != DatumKind::kInteger) return call.WrongType(0, "a number");
  if (call[0].integer() == std::numeric_limits<std::int64_t>::min()) {
    return Fail(ErrorCode::kQueryArithmetic, "IntegerOverflow", call.span,
                "abs(): the lowest integer has no positive one; use toFloat()", call.evaluation);
  }
  return Datum::Integer(std::abs(call[0].integer()));
}

Datum Sign(const Call& call) {
  if (!call[0].is_number()) return call.WrongType(0, "a number");
  const double value = call[0].number();
  return Datum::Integer(value > 0 ? 1 : value < 0 ? -1 : 0);
}

Datum IsNan(const Call& call) {
  if (!call[0].is_number()) return call.WrongType(0, "a number");
  return Datum::Boolean(std::isnan(call[0].number()));
}

// To a whole number; none: no such mode.
std::optional<double> RoundWhole(double value, std::string_view mode) {
  const double away = value < 0 ? std::floor(value) : std::ceil(value);
  const double toward = std::trunc(value);
  const double rest = std::abs(value - toward);
  if (mode == "UP") return away;
  if (mode == "DOWN") return toward;
  if (mode == "CEILING") return std::ceil(value);
  if (mode == "FLOOR") return std::floor(value);
  if (mode == "HALF_UP") return rest >= 0.5 ? away : toward;
  if (mode == "HALF_DOWN") return rest > 0.5 ? away : toward;
  if (mode != "HALF_EVEN") return std::nullopt;
  if (rest != 0.5) return rest > 0.5 ? away : toward;
  return std::fmod(toward, 2) == 0 ? toward : away;
}

// round(x): a half goes up. round(x, digits, mode): a half goes away from zero unless a mode says
// otherwise.
Datum Round(const Call& call) {
  if (!call[0].is_number()) return call.WrongType(0, "a number");
  const double value = call[0].number();
  if (!std::isfinite(value)) return Datum::Float(value);
  if (call.count == 1) {
    const double below = std::floor(value);
    return Datum::Float(value - below >= 0.5 ? below + 1 : below);
  }
  if (!call[1].is_number()) return call.WrongType(1, "an integer");
  if (call.count > 2 && call[2].kind() != DatumKind::kString) return call.WrongType(2, "a string");
  const double digits = std::trunc(call[1].number());
  const std::string mode = call.count > 2 ? UpperCase(call[2].string()) : "HALF_UP";
  // The decimal digits count, not the binary ones: 1.005 to two digits is rounded as it is written.
  const bool whole_already = std::abs(value) >= 0x1p52 || digits > 300;
  const double scale = std::pow(10, digits);
  const double scaled =
      digits > 15 ? value * scale
                  : FloatFromText(absl::StrFormat("%.15g", value * scale)).value_or(value * scale);
  const std::optional<double> rounded = RoundWhole(scaled, mode);
  if (!rounded.has_value() || !(digits >= 0)) {
    return Fail(ErrorCode::kQueryArgument, "InvalidArgumentValue", call.span,
                "round(): expected 0 or more digits, and a mode among UP, DOWN, CEILING, FLOOR, "
                "HALF_UP, HALF_DOWN and HALF_EVEN",
                call.evaluation);
  }
  if (whole_already || !std::isfinite(*rounded)) return Datum::Float(value);
  return Datum::Float(*rounded / scale);
}

Datum E(const Call&) { return Datum::Float(std::numbers::e); }
Datum Pi(const Call&) { return Datum::Float(std::numbers::pi); }

// SplitMix64.
std::uint64_t NextRandom(Evaluation& evaluation) {
  std::uint64_t next = evaluation.random_state += 0x9E3779B97F4A7C15ULL;
  next = (next ^ next >> 30) * 0xBF58476D1CE4E5B9ULL;
  next = (next ^ next >> 27) * 0x94D049BB133111EBULL;
  return next ^ next >> 31;
}

Datum Rand(const Call& call) {
  return Datum::Float(static_cast<double>(NextRandom(call.evaluation) >> 11) * 0x1p-53);
}

// RFC 9562, version 4.
Datum RandomUuid(const Call& call) {
  const std::uint64_t high = (NextRandom(call.evaluation) & ~0xF000ULL) | 0x4000ULL;
  const std::uint64_t low = (NextRandom(call.evaluation) & ~(3ULL << 62)) | 1ULL << 63;
  return Datum::String(absl::StrFormat("%08x-%04x-%04x-%04x-%012x", high >> 32, high >> 16 & 0xFFFF,
                                       high & 0xFFFF, low >> 48, low & 0xFFFFFFFFFFFFULL));
}

constexpr std::uint32_t kNumbers = kNumberKinds;
constexpr std::uint32_t kFloat = BitOf(DatumKind::kFloat);

constexpr Function kFunctions[] = {
    {"abs", 1, 1, Abs, kNumbers, kNumbers},
    {"sign", 1, 1, Sign, kNumbers, kIntegerKind},
    {"isnan", 1, 1, IsNan, kNumbers, kBooleanKind},
    {"round", 1, 3, Round, kNumbers, kFloat},
    {"ceil", 1, 1, OfFloat<Ceil>, kNumbers, kFloat},
    {"ceiling", 1, 1, OfFloat<Ceil>, kNumbers, kFloat},
    {"floor", 1, 1, OfFloat<Floor>, kNumbers, kFloat},
    {"sqrt", 1, 1, OfFloat<Sqrt>, kNumbers, kFloat},
    {"exp", 1, 1, OfFloat<Exp>, kNumbers, kFloat},
    {"log", 1, 1, OfFloat<Log>, kNumbers, kFloat},
    {"ln", 1, 1, OfFloat<Log>, kNumbers, kFloat},
    {"log10", 1, 1, OfFloat<Log10>, kNumbers, kFloat},
    {"sin", 1, 1, OfFloat<Sin>, kNumbers, kFloat},
    {"cos", 1, 1, OfFloat<Cos>, kNumbers, kFloat},
    {"tan", 1, 1, OfFloat<Tan>, kNumbers, kFloat},
    {"cot", 1, 1, OfFloat<Cot>, kNumbers, kFloat},
    {"asin", 1, 1, OfFloat<Asin>, kNumbers, kFloat},
    {"acos", 1, 1, OfFloat<Acos>, kNumbers, kFloat},
    {"atan", 1, 1, OfFloat<Atan>, kNumbers, kFloat},
    {"atan2", 2, 2, Atan2, kNumbers, kFloat},
    {"sinh", 1, 1, OfFloat<Sinh>, kNumbers, kFloat},
    {"cosh", 1, 1, OfFloat<Cosh>, kNumbers, kFloat},
    {"tanh", 1, 1, OfFloat<Tanh>, kNumbers, kFloat},
    {"degrees", 1, 1, OfFloat<Degrees>, kNumbers, kFloat},
    {"radians", 1, 1, OfFloat<Radians>, kNumbers, kFloat},
    {"haversin", 1, 1, OfFloat<Haversin>, kNumbers, kFloat},
    {"e", 0, 0, E, kAnyKinds, kFloat},
    {"pi", 0, 0, Pi, kAnyKinds, kFloat},
    {"rand", 0, 0, Rand, kAnyKinds, kFloat, NullRule::kGivesNull, Outcome::kVaries},
    {"randomuuid", 0, 0, RandomUuid, kAnyKinds, kStringKind, NullRule::kGivesNull,
     Outcome::kVaries},
};

}  // namespace

std::span<const Function> NumberFunctions() { return kFunctions; }

}  // namespace kosei::language

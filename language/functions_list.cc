// Functions of lists, and of what has a size.
#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/str_format.h"
#include "code_points.h"
#include "functions.h"

namespace kosei::language {
namespace {

bool IsList(const Datum& value) { return value.kind() == DatumKind::kList; }

Datum Size(const Call& call) {
  if (IsList(call[0])) return Datum::Integer(static_cast<std::int64_t>(call[0].list().size()));
  if (call[0].kind() == DatumKind::kString)
    return Datum::Integer(static_cast<std::int64_t>(CountCodePoints(call[0].string())));
  return call.WrongType(0, "a list or a string");
}

Datum IsEmpty(const Call& call) {
  if (IsList(call[0])) return Datum::Boolean(call[0].list().empty());
  if (call[0].kind() == DatumKind::kString) return Datum::Boolean(call[0].string().empty());
  if (call[0].kind() == DatumKind::kMap) return Datum::Boolean(call[0].map().empty());
  return call.WrongType(0, "a list, a string or a map");
}

Datum Head(const Call& call) {
  if (!IsList(call[0])) return call.WrongType(0, "a list");
  return call[0].list().empty() ? Datum() : call[0].list().front();
}

Datum Last(const Call& call) {
  if (!IsList(call[0])) return call.WrongType(0, "a list");
  return call[0].list().empty() ? Datum() : call[0].list().back();
}

Datum Tail(const Call& call) {
  if (!IsList(call[0])) return call.WrongType(0, "a list");
  const DatumList& list = call[0].list();
  return call.List(list.empty() ? DatumList() : DatumList(list.begin() + 1, list.end()));
}

Datum Reverse(const Call& call) {
  if (IsList(call[0])) return call.List({call[0].list().rbegin(), call[0].list().rend()});
  if (call[0].kind() != DatumKind::kString) return call.WrongType(0, "a list or a string");
  std::string_view rest = call[0].string();
  std::string reversed(rest.size(), '\0');
  auto end = reversed.end();
  while (!rest.empty()) {
    const std::string_view before = rest;
    TakeCodePoint(rest);
    const std::string_view point = before.substr(0, before.size() - rest.size());
    end = std::copy_backward(point.begin(), point.end(), end);
  }
  return call.Text(std::move(reversed));
}

Datum Range(const Call& call) {
  for (std::size_t i = 0; i < call.count; ++i) {
    if (call[i].kind() == DatumKind::kInteger) continue;
    return Fail(ErrorCode::kQueryArgument, "InvalidArgumentType", call.span,
                absl::StrFormat("range(): found %s, expected integers", NameOf(call[i].kind())),
                call.evaluation);
  }
  const std::int64_t start = call[0].integer();
  const std::int64_t end = call[1].integer();
  const std::int64_t step = call.count > 2 ? call[2].integer() : 1;
  if (step == 0) {
    return Fail(ErrorCode::kQueryArgument, "NumberOutOfRange", call.span,
                "range(): the step is 0 and would never arrive; give another", call.evaluation);
  }
  if (step > 0 ? start > end : start < end) return Datum::List({});
  // Differences of 64-bit integers fit into 64 bits without sign.
  const auto unsigned_of = [](std::int64_t value) { return static_cast<std::uint64_t>(value); };
  const std::uint64_t width =
      step > 0 ? unsigned_of(end) - unsigned_of(start) : unsigned_of(start) - unsigned_of(end);
  const std::uint64_t stride = step > 0 ? unsigned_of(step) : 0 - unsigned_of(step);
  const std::uint64_t steps = width / stride;
  if (steps >= kListItemsMax) return TooLarge("range()", call.span, call.evaluation);
  if (!call.evaluation.HasRoom((steps + 1) * sizeof(Datum), call.span)) return {};
  DatumList items;
  items.reserve(steps + 1);
  std::uint64_t next = unsigned_of(start);
  for (std::uint64_t i = 0; i <= steps; ++i, next += unsigned_of(step))
    items.push_back(Datum::Integer(static_cast<std::int64_t>(next)));
  return call.List(std::move(items));
}

constexpr std::uint32_t kSized = kListKind | kStringKind;

constexpr Function kFunctions[] = {
    {"size", 1, 1, Size, kSized, kIntegerKind},
    {"isempty", 1, 1, IsEmpty, kSized | kMapKind, kBooleanKind},
    {"head", 1, 1, Head, kListKind},
    {"last", 1, 1, Last, kListKind},
    {"tail", 1, 1, Tail, kListKind, kListKind},
    {"reverse", 1, 1, Reverse, kSized, kSized},
    {"range", 2, 3, Range, kAnyKinds, kListKind},
};

}  // namespace

std::span<const Function> ListFunctions() { return kFunctions; }

}  // namespace kosei::language

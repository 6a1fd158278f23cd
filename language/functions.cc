#include "functions.h"

#include <array>
#include <string>

#include "absl/container/flat_hash_map.h"

namespace kosei::language {
namespace {

std::string NameWithBrackets(const Call& call) { return std::string(call.function.name) + "()"; }

absl::flat_hash_map<std::string_view, const Function*> AllByName() {
  absl::flat_hash_map<std::string_view, const Function*> all;
  for (const auto table : FunctionTables())
    for (const Function& function : table) all.emplace(function.name, &function);
  return all;
}

}  // namespace

std::span<const std::span<const Function>> FunctionTables() {
  static const std::array kTables = {TextFunctions(),       ListFunctions(),
                                     NumberFunctions(),     GraphFunctions(),
                                     ConversionFunctions(), WorkingTimeFunctions()};
  return kTables;
}

Datum Call::WrongType(std::size_t at, std::string_view wanted) const {
  return WrongKind(NameWithBrackets(*this), arguments[at], wanted, span, evaluation);
}

Datum Call::WrongValue(std::size_t at, std::string_view wanted) const {
  return language::WrongValue(NameWithBrackets(*this), arguments[at], wanted, span, evaluation);
}

bool Call::MayGrow(const DatumList& items) const {
  if (items.size() >= kListItemsMax) TooLarge("the list", span, evaluation);
  return evaluation.Proceed() && evaluation.HasRoom(items.capacity() * sizeof(Datum), span);
}

const Function* FindFunction(std::string_view lower_case_name) {
  static const auto& all = *new const auto(AllByName());
  const auto found = all.find(lower_case_name);
  return found == all.end() ? nullptr : found->second;
}

std::string KindsText(std::uint32_t kinds) {
  std::string text;
  for (int kind = 1; kind <= static_cast<int>(DatumKind::kPath); ++kind) {
    if ((kinds >> kind & 1) == 0) continue;
    if (!text.empty()) text += " or ";
    text += NameOf(static_cast<DatumKind>(kind));
  }
  return text;
}

}  // namespace kosei::language

#include "value_parser.h"

#include <cstddef>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "value_text.h"

namespace kosei::cli {
namespace {

ValueList SplitList(std::string_view text) {
  ValueList items;
  while (!text.empty()) {
    const std::size_t end = text.find(';');
    std::string_view item = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const std::size_t first = item.find_first_not_of(" \t");
    if (first == std::string_view::npos) continue;
    item = item.substr(first, item.find_last_not_of(" \t") - first + 1);
    items.emplace_back(item);
  }
  return items;
}

}  // namespace

Value ValueOfText(std::string text, const client::ModelAttribute& attribute) {
  if (static_cast<AttributeType>(attribute.type) == AttributeType::kList) return SplitList(text);
  return Value(std::move(text));
}

absl::Status UnknownAttribute(const client::Model& model, const client::ModelClass& owner,
                              std::string_view name) {
  const std::string nearest = model.NearestAttribute(owner, name);
  return MakeError(
      ErrorCode::kUnknownAttribute,
      absl::StrFormat("class %s has no attribute '%s'%s", owner.name, name,
                      nearest.empty() ? "" : absl::StrFormat("; did you mean '%s'?", nearest)),
      name);
}

}  // namespace kosei::cli

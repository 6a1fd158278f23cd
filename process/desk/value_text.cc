#include "desk/value_text.h"

#include "kosei/language/text_form.h"
#include "kosei/query/attribute_values.h"

namespace kosei::process {

std::string PlainText(const language::Datum& value, language::Evaluation& evaluation) {
  if (value.kind() == language::DatumKind::kString) return value.string();
  std::string text = language::ToText(value, evaluation);
  // A date, a time or a duration stands in quotes.
  if (text.size() < 2 || text.front() != '\'') return text;
  return text.substr(1, text.size() - 2);
}

std::string TextOf(const Value& value, const model::Attribute* attribute) {
  if (value.is_null()) return {};
  const language::Datum datum =
      attribute == nullptr ? query::DatumOf(value) : query::DatumOf(value, attribute->definition);
  language::Evaluation nothing;  // values name no records
  return PlainText(datum, nothing);
}

}  // namespace kosei::process

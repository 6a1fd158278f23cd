#include "desk/value_text.h"

#include "kosei/language/text_form.h"
#include "kosei/query/attribute_values.h"

namespace kosei::process {

std::string TextOf(const Value& value, const model::Attribute* attribute) {
  if (value.is_null()) return {};
  const language::Datum datum =
      attribute == nullptr ? query::DatumOf(value) : query::DatumOf(value, attribute->definition);
  if (datum.kind() == language::DatumKind::kString) return datum.string();
  language::Evaluation nothing;  // values name no records
  return language::ToText(datum, nothing);
}

}  // namespace kosei::process

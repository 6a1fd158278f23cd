// What a search by text looks at: the key, and the text of these attributes.
#pragma once

#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "kosei/base/ids.h"
#include "kosei/base/record.h"
#include "kosei/model/schema.h"

namespace kosei::storage {

// Name, description and what the model marks, ascending.
std::vector<AttributeNumber> SearchedAttributes(const model::Schema& schema);

// Calls visit(attribute, text) for each text of these attributes that the record has, items of
// lists one by one.
void ForEachSearchedText(RecordView record, const std::vector<AttributeNumber>& searched,
                         absl::FunctionRef<void(AttributeNumber, std::string_view)> visit);

}  // namespace kosei::storage

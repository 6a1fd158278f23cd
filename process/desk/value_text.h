// Values of records as people read them.
#pragma once

#include <string>

#include "kosei/base/value.h"
#include "kosei/language/datum.h"
#include "kosei/language/evaluation.h"
#include "kosei/model/schema.h"

namespace kosei::process {

// Text and moments without quotes; everything else as the query language writes it.
std::string PlainText(const language::Datum& value, language::Evaluation& evaluation);

// Text as it is, without quotes; everything else as the query language writes it. Null is empty.
// `attribute` may be null: the model does not know it.
std::string TextOf(const Value& value, const model::Attribute* attribute);

}  // namespace kosei::process

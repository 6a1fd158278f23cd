// What stands for the names in braces of a notification's text, and how a record keeps it: a list
// of texts such as "input.reason=the disk is full".
#pragma once

#include <string_view>

#include "kosei/language/datum.h"
#include "kosei/process/messages.h"

namespace kosei::process {

// `facts`: the record's attributes; `inputs`: what was given to the transition.
MessageValues ValuesOfMessage(const MessageTemplate& message, std::string_view key,
                              const language::DatumMap& facts, const language::DatumMap& inputs);

// Long values are cut.
language::Datum PackedMessageValues(const MessageValues& values);
MessageValues UnpackedMessageValues(const language::Datum& packed);

// A value as people read it: text as it is, instants as 2026-12-01T09:00:00Z; null is empty.
std::string PlainText(const language::Datum& value);

// At most so many bytes, with whole characters and "…" behind what was cut; bytes that are no UTF-8
// are replaced by "?".
std::string ShortText(std::string_view text, std::size_t bytes_max);

}  // namespace kosei::process

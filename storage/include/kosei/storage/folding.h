// Text as it is compared in a search: Unicode NFKC with case folding (NFKC_Casefold), so that case
// and width make no difference: "ＷＥＢ" is "web", half-width katakana is full-width.
#pragma once

#include <string>
#include <string_view>

namespace kosei::storage {

bool IsAscii(std::string_view text);

// Puts the folded text into `folded`; false, with `folded` empty, when `text` is not UTF-8.
// Folding twice is folding once. Thread-safe.
bool FoldText(std::string_view text, std::string& folded);

// The same for text that is known to be UTF-8.
std::string Folded(std::string_view text);

// Which Unicode the folding is of, such as "unicode 15.0": another one may fold another way, so
// whatever was made of folded text is made anew.
std::string FoldingVersion();

}  // namespace kosei::storage

// UTF-8 by code points. Bytes that are no UTF-8 count as one code point each.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace kosei::language {

// Takes the first code point off a text that is not empty. A byte that begins none is given as it
// is, above the code points (0x110000 + byte), so that AppendCodePoint puts the byte back.
char32_t TakeCodePoint(std::string_view& text);
void AppendCodePoint(char32_t point, std::string& out);

std::size_t CountCodePoints(std::string_view text);
// Where the code point of this number begins, in bytes; the size of the text when it has fewer.
std::size_t OffsetOf(std::string_view text, std::size_t number);

// As messages show it: of a long text the beginning, cut between code points, and "...".
std::string Shortened(std::string_view text, std::size_t bytes_max = 80);

// White_Space of Unicode.
bool IsSpace(char32_t point);

}  // namespace kosei::language

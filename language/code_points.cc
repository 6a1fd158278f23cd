#include "code_points.h"

namespace kosei::language {
namespace {

constexpr char32_t kLoneByte = 0x110000;

unsigned char ByteAt(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

// By the first byte; 0: it begins none.
std::size_t LengthOf(unsigned char first) {
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first < 0xE0) return 2;
  if (first >= 0xE0 && first < 0xF0) return 3;
  return first >= 0xF0 && first < 0xF5 ? 4 : 0;
}

}  // namespace

char32_t TakeCodePoint(std::string_view& text) {
  const unsigned char first = ByteAt(text, 0);
  const std::size_t length = LengthOf(first);
  bool whole = length != 0 && length <= text.size();
  for (std::size_t i = 1; whole && i < length; ++i) whole = (ByteAt(text, i) & 0xC0) == 0x80;
  if (!whole) {
    text.remove_prefix(1);
    return kLoneByte + first;
  }
  char32_t point = length == 1 ? first : first & (0xFFU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) point = point << 6 | (ByteAt(text, i) & 0x3FU);
  text.remove_prefix(length);
  return point;
}

void AppendCodePoint(char32_t point, std::string& out) {
  const auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
  const auto put_rest = [&put, point](int shift) { put(0x80U | (point >> shift & 0x3FU)); };
  if (point >= kLoneByte) {
    put(point - kLoneByte);
  } else if (point < 0x80) {
    put(point);
  } else if (point < 0x800) {
    put(0xC0U | point >> 6);
    put_rest(0);
  } else if (point < 0x10000) {
    put(0xE0U | point >> 12);
    put_rest(6);
    put_rest(0);
  } else {
    put(0xF0U | point >> 18);
    put_rest(12);
    put_rest(6);
    put_rest(0);
  }
}

std::size_t CountCodePoints(std::string_view text) {
  std::size_t count = 0;
  for (; !text.empty(); ++count) TakeCodePoint(text);
  return count;
}

std::size_t OffsetOf(std::string_view text, std::size_t number) {
  std::string_view rest = text;
  for (; number > 0 && !rest.empty(); --number) TakeCodePoint(rest);
  return text.size() - rest.size();
}

std::string Shortened(std::string_view text, std::size_t bytes_max) {
  if (text.size() <= bytes_max) return std::string(text);
  std::size_t size = bytes_max;
  while (size > 0 && (ByteAt(text, size) & 0xC0) == 0x80) --size;
  return std::string(text.substr(0, size)) + "...";
}

bool IsSpace(char32_t point) {
  if (point >= 0x09 && point <= 0x0D) return true;
  if (point >= 0x2000 && point <= 0x200A) return true;
  for (const char32_t space :
       {0x20U, 0x85U, 0xA0U, 0x1680U, 0x2028U, 0x2029U, 0x202FU, 0x205FU, 0x3000U})
    if (point == space) return true;
  return false;
}

}  // namespace kosei::language

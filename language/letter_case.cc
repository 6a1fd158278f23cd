#include "letter_case.h"

#include <array>
#include <cstdint>

#include "code_points.h"

namespace kosei::language {
namespace {

// Upper-case letters [first, last] with their small ones at `distance` behind; `step` 2: every
// second code point is an upper-case letter, and its small one follows.
struct Alphabet {
  char32_t first;
  char32_t last;
  char32_t distance;
  char32_t step;
};

constexpr std::array kAlphabets = {
    Alphabet{'A', 'Z', 32, 1},       Alphabet{0xC0, 0xD6, 32, 1},
    Alphabet{0xD8, 0xDE, 32, 1},  // Latin-1
    Alphabet{0x100, 0x12E, 1, 2},    Alphabet{0x132, 0x136, 1, 2},
    Alphabet{0x139, 0x147, 1, 2},    Alphabet{0x14A, 0x176, 1, 2},
    Alphabet{0x179, 0x17D, 1, 2},  // Latin Extended-A
    Alphabet{0x1CD, 0x1DB, 1, 2},    Alphabet{0x1DE, 0x1EE, 1, 2},
    Alphabet{0x1F8, 0x21E, 1, 2},    Alphabet{0x222, 0x232, 1, 2},
    Alphabet{0x1E00, 0x1E94, 1, 2},  Alphabet{0x1EA0, 0x1EFE, 1, 2},
    Alphabet{0x388, 0x38A, 37, 1},   Alphabet{0x391, 0x3A1, 32, 1},
    Alphabet{0x3A3, 0x3AB, 32, 1},  // Greek
    Alphabet{0x400, 0x40F, 80, 1},   Alphabet{0x410, 0x42F, 32, 1},
    Alphabet{0x460, 0x480, 1, 2},    Alphabet{0x48A, 0x4BE, 1, 2},
    Alphabet{0x4C1, 0x4CD, 1, 2},    Alphabet{0x4D0, 0x52E, 1, 2},  // Cyrillic
    Alphabet{0x531, 0x556, 48, 1},                                  // Armenian
    Alphabet{0xFF21, 0xFF3A, 32, 1},                                // wide Latin
};

struct Pair {
  char32_t upper;
  char32_t lower;
};

constexpr std::array kPairs = {
    Pair{0x178, 0xFF},  Pair{0x386, 0x3AC}, Pair{0x38C, 0x3CC},
    Pair{0x38E, 0x3CD}, Pair{0x38F, 0x3CE}, Pair{0x4C0, 0x4CF},
};

constexpr char32_t kFinalSigma = 0x3C2;
constexpr char32_t kUpperSigma = 0x3A3;

char32_t Upper(char32_t point) {
  if (point == kFinalSigma) return kUpperSigma;
  for (const auto& [first, last, distance, step] : kAlphabets) {
    if (point < first + distance || point > last + distance) continue;
    if ((point - distance - first) % step == 0) return point - distance;
  }
  for (const auto& [upper, lower] : kPairs)
    if (point == lower) return upper;
  return point;
}

char32_t Lower(char32_t point) {
  for (const auto& [first, last, distance, step] : kAlphabets) {
    if (point < first || point > last) continue;
    if ((point - first) % step == 0) return point + distance;
  }
  for (const auto& [upper, lower] : kPairs)
    if (point == upper) return lower;
  return point;
}

std::string Map(std::string_view utf8, char32_t (*of)(char32_t)) {
  std::string out;
  out.reserve(utf8.size());
  while (!utf8.empty()) AppendCodePoint(of(TakeCodePoint(utf8)), out);
  return out;
}

}  // namespace

std::string UpperCase(std::string_view utf8) { return Map(utf8, Upper); }
std::string LowerCase(std::string_view utf8) { return Map(utf8, Lower); }

}  // namespace kosei::language

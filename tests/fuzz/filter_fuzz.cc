// Question: does any text crash ParseFilter, or become a statement whose text Parse does not read
// as the same one?
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz_check.h"
#include "kosei/language/filter.h"
#include "kosei/language/parse.h"
#include "kosei/language/print.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto statement = kosei::language::ParseFilter(text);
  if (!statement.ok()) return 0;
  const std::string canonical = kosei::language::ToText(*statement);
  const auto again = kosei::language::Parse(canonical);
  // A text at the bound of size or nesting may be written longer than it was.
  if (!again.ok() && size > 4096) return 0;
  FUZZ_CHECK(again.ok());
  FUZZ_CHECK(kosei::language::ToText(*again) == canonical);
  return 0;
}

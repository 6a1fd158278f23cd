// Question: do any bytes crash the reader of PackStream, or become a value of a statement that is
// another one when it is written and read again?
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "fuzz_check.h"
#include "kosei/language/compare.h"
#include "kosei/language/packstream.h"

using kosei::language::DatumOf;
using kosei::language::Equivalent;
using kosei::language::Evaluation;
using kosei::language::PackForm;
using kosei::language::PackReader;
using kosei::language::PackWriter;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  PackReader(bytes).ReadMessage().IgnoreError();
  PackReader reader(bytes);
  while (!reader.at_end()) {
    const auto read = reader.Read();
    if (!read.ok()) return 0;
    const auto datum = DatumOf(*read);
    if (!datum.ok()) continue;
    for (const PackForm form : {PackForm::kBolt4, PackForm::kBolt5}) {
      Evaluation evaluation;
      std::string written;
      PackWriter(written, form).Value(*datum, evaluation);
      const auto again = PackReader(written).Read();
      FUZZ_CHECK(again.ok());
      const auto value = DatumOf(*again);
      FUZZ_CHECK(value.ok());
      // By the clock of a place an hour that comes twice is always the first.
      if (form == PackForm::kBolt5) FUZZ_CHECK(Equivalent(*value, *datum));
    }
  }
  return 0;
}

// Question: does any text crash ParseGate, or pass it and then not come back from its own canonical
// text as the same gate?
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "fuzz_check.h"
#include "kosei/model/gate.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<kosei::model::GatePart> gate = kosei::model::ParseGate(text);
  if (!gate.ok()) return 0;
  const std::string canonical = kosei::model::GateText(*gate);
  const absl::StatusOr<kosei::model::GatePart> again = kosei::model::ParseGate(canonical);
  FUZZ_CHECK(again.ok());
  FUZZ_CHECK(*again == *gate);
  FUZZ_CHECK(kosei::model::GateText(*again) == canonical);
  return 0;
}

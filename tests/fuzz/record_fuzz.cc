// Question: does any record from outside crash RecordView::Verify, or pass it and then not decode,
// encode and verify again as the same record?
#include <cstddef>
#include <cstdint>
#include <string>

#include "fuzz_check.h"
#include "kosei/base/record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(reinterpret_cast<const char*>(data), size);
  const absl::StatusOr<kosei::RecordView> view = kosei::RecordView::Verify(bytes);
  if (!view.ok()) return 0;
  const kosei::Record record = view->Decode();
  FUZZ_CHECK(record.key == view->key());
  FUZZ_CHECK(record.class_number == view->class_number());
  std::size_t visited = 0;
  view->ForEach([&visited](kosei::AttributeNumber, const kosei::Value&) { ++visited; });
  FUZZ_CHECK(visited == view->attribute_count());

  const std::string again = kosei::EncodeRecord(record);
  if (again.size() > kosei::kRecordBytesMax) return 0;  // shared texts, written apart
  const absl::StatusOr<kosei::RecordView> second = kosei::RecordView::Verify(again);
  FUZZ_CHECK(second.ok());
  FUZZ_CHECK(second->Decode() == record);
  return 0;
}

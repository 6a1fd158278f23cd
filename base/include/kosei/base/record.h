// The one form of a record, on disk and on the wire (base/schema/record.fbs): written once, then
// only moved.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/base/ids.h"
#include "kosei/base/time.h"
#include "kosei/base/value.h"

namespace kosei {

// The most that one record may be, and the most attributes it may carry. Checked before anything is
// parsed.
inline constexpr std::size_t kRecordBytesMax = 1U << 20;
inline constexpr std::size_t kRecordAttributesMax = 1'000;
inline constexpr std::size_t kKeyBytesMax = 512;

// A record in the open: what is encoded, and what decoding gives. Attributes ascend by number, none
// is null.
struct Record {
  ClassNumber class_number;
  std::string key;
  std::vector<std::pair<AttributeNumber, Value>> attributes;
  Timestamp valid_from = kBeginningOfTime;
  Timestamp valid_to = kEndOfTime;
  bool ended = false;

  // The value, or nullptr when absent. Valid until the record changes.
  const Value* Find(AttributeNumber attribute) const;
  // Sets, replaces, or (null value) removes, keeping the order.
  void Set(AttributeNumber attribute, Value value);
  friend bool operator==(const Record&, const Record&) = default;
};

// Encodes into the form of record.fbs. The same record always gives the same bytes. Reuses a buffer
// of its own per thread; the result is a copy that the caller owns.
std::string EncodeRecord(const Record& record);

// Reads bytes in place. Copies nothing; every string_view lives as long as the bytes do.
class RecordView {
 public:
  // For bytes from outside: checks size, identifier, structure (depth 4, at most
  // kRecordAttributesMax attributes), and that attributes ascend. kMalformedFrame otherwise.
  static absl::StatusOr<RecordView> Verify(std::string_view bytes);
  // For bytes that were verified when they came in and have been under a checksum since.
  static RecordView Trust(std::string_view bytes) { return RecordView(bytes); }

  ClassNumber class_number() const;
  std::string_view key() const;
  Timestamp valid_from() const;
  Timestamp valid_to() const;
  bool ended() const;
  std::size_t attribute_count() const;
  // The text of a text attribute without copying; empty when absent or of another kind.
  std::string_view Text(AttributeNumber attribute) const;
  Value Find(AttributeNumber attribute) const;  // null when absent
  void ForEach(absl::FunctionRef<void(AttributeNumber, const Value&)> visit) const;
  Record Decode() const;
  std::string_view bytes() const { return bytes_; }

 private:
  explicit RecordView(std::string_view bytes) : bytes_(bytes) {}
  std::string_view bytes_;
};

}  // namespace kosei

// Value: what an attribute holds. The model's types (integer, IP address, date, ...) say what a
// value means; here are only the six forms in which all of them are stored and sent:
//   null     the attribute is absent
//   boolean  boolean
//   integer  integer, timestamp (UTC us), date (days since 1970-01-01), duration (us)
//   decimal  decimal: coefficient * 10^-scale
//   text     string, text, enum, IP address, IP network, MAC, URL, reference (a record's key);
//            always UTF-8
//   list     a list of the above, not nested
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"

namespace kosei {

struct Decimal {
  std::int64_t coefficient = 0;
  std::uint8_t scale = 0;  // digits after the point, 0..18; canonical: no trailing zeros
  friend bool operator==(const Decimal&, const Decimal&) = default;
};

// Reads "-12.50" into its canonical form {-125, 1}. At most 18 digits.
absl::StatusOr<Decimal> ParseDecimal(std::string_view text);
std::string FormatDecimal(Decimal decimal);

// Stored and sent: never renumber.
enum class ValueKind : std::uint8_t {
  kNull = 0,
  kBoolean = 1,
  kInteger = 2,
  kDecimal = 3,
  kText = 4,
  kList = 5
};

class Value;
using ValueList = std::vector<Value>;

class Value {
 public:
  Value() = default;
  // NOLINTBEGIN(google-explicit-constructor): a value is written where it is used: {"name",
  // "web-1"}.
  Value(bool boolean) : data_(boolean) {}
  Value(std::int64_t integer) : data_(integer) {}
  Value(int integer) : data_(std::int64_t{integer}) {}
  Value(Decimal decimal) : data_(decimal) {}
  Value(std::string text) : data_(std::move(text)) {}
  Value(std::string_view text) : data_(std::string(text)) {}
  Value(const char* text) : data_(std::string(text)) {}
  Value(ValueList list) : data_(std::move(list)) {}
  // NOLINTEND(google-explicit-constructor)

  ValueKind kind() const { return static_cast<ValueKind>(data_.index()); }
  bool is_null() const { return kind() == ValueKind::kNull; }

  // Each needs the kind it names (std::bad_variant_access otherwise: a programmer's error).
  bool boolean() const { return std::get<bool>(data_); }
  std::int64_t integer() const { return std::get<std::int64_t>(data_); }
  Decimal decimal() const { return std::get<Decimal>(data_); }
  const std::string& text() const { return std::get<std::string>(data_); }
  const ValueList& list() const { return std::get<ValueList>(data_); }

  friend bool operator==(const Value& a, const Value& b);

 private:
  std::variant<std::monostate, bool, std::int64_t, Decimal, std::string, ValueList> data_;
};

inline bool operator==(const Value& a, const Value& b) { return a.data_ == b.data_; }

// Strict UTF-8 (RFC 3629: no surrogates, no overlong forms). Control characters are allowed here;
// the model decides.
bool IsValidUtf8(std::string_view text);

}  // namespace kosei

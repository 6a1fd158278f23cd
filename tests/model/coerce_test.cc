// Schema::Coerce and Format: what each type takes, what it makes of it, what it refuses.
#include <cstdint>
#include <limits>

#include "kosei/base/record.h"
#include "kosei/model/schema.h"
#include "model_builder.h"
#include "status_matchers.h"

namespace kosei::model {
namespace {

using ::kosei::testing::BuildYaml;
using ::kosei::testing::IsError;
using ::kosei::testing::ModelWithAttribute;

constexpr std::int64_t kDay = 86'400'000'000;

// An attribute, and its schema to keep it alive.
struct Subject {
  std::shared_ptr<const Schema> schema;
  const Attribute* attribute;
};

Subject MakeSubject(std::string_view fields) {
  absl::StatusOr<std::shared_ptr<const Schema>> schema = BuildYaml(ModelWithAttribute(fields));
  if (!schema.ok()) {
    ADD_FAILURE() << schema.status();
    return {};
  }
  return {*schema, (*schema)->FindAttribute(*(*schema)->FindClass("Thing"), "a")};
}

struct Good {
  std::string_view fields;
  Value given;
  Value canonical;
  std::string_view formatted;
};

void ExpectGood(const std::vector<Good>& cases) {
  for (const Good& c : cases) {
    SCOPED_TRACE(std::string(c.fields) + " -> " + std::string(c.formatted));
    const Subject subject = MakeSubject(c.fields);
    ASSERT_NE(subject.attribute, nullptr);
    ASSERT_OK_AND_ASSIGN(const Value coerced, subject.schema->Coerce(*subject.attribute, c.given));
    EXPECT_EQ(coerced, c.canonical) << subject.schema->Format(*subject.attribute, coerced);
    EXPECT_EQ(subject.schema->Format(*subject.attribute, coerced), c.formatted);
    ASSERT_OK_AND_ASSIGN(const Value again, subject.schema->Coerce(*subject.attribute, coerced));
    EXPECT_EQ(again, coerced);
  }
}

struct Bad {
  std::string_view fields;
  Value given;
  ErrorCode code;
  std::string message_part;
};

void ExpectBad(const std::vector<Bad>& cases) {
  for (const Bad& c : cases) {
    SCOPED_TRACE(std::string(c.fields) + ": " + c.message_part);
    const Subject subject = MakeSubject(c.fields);
    ASSERT_NE(subject.attribute, nullptr);
    const absl::StatusOr<Value> coerced = subject.schema->Coerce(*subject.attribute, c.given);
    EXPECT_THAT(coerced, IsError(c.code, c.message_part));
    if (!coerced.ok()) EXPECT_EQ(FieldOf(coerced.status()), "a");
  }
}

TEST(Coerce, LeavesNullAlone) {
  for (const std::string_view fields :
       {"type: string", "type: integer", "type: list, item_type: mac", "type: url"}) {
    const Subject subject = MakeSubject(fields);
    ASSERT_OK_AND_ASSIGN(const Value coerced, subject.schema->Coerce(*subject.attribute, Value()));
    EXPECT_TRUE(coerced.is_null());
    EXPECT_EQ(subject.schema->Format(*subject.attribute, Value()), "");
  }
}

TEST(Coerce, TakesStringsAsTheyAre) {
  ExpectGood({
      {"type: string", "web-1", "web-1", "web-1"},
      {"type: string", "", "", ""},
      {"type: string", " kept as it is ", " kept as it is ", " kept as it is "},
      {"type: string", "\xE6\xA7\x8B\xE6\x88\x90", "\xE6\xA7\x8B\xE6\x88\x90",
       "\xE6\xA7\x8B\xE6\x88\x90"},
      {"type: string", "\xC2\xA0", "\xC2\xA0", "\xC2\xA0"},
      {"type: string, maximum: 2", "\xE6\xA7\x8B\xE6\x88\x90", "\xE6\xA7\x8B\xE6\x88\x90",
       "\xE6\xA7\x8B\xE6\x88\x90"},
      {"type: string, pattern: '[A-Z]{3}'", "JPY", "JPY", "JPY"},
      {"type: text", "one\n\ttwo\n", "one\n\ttwo\n", "one\n\ttwo\n"},
      {"type: text", "one\r\ntwo\r\n", "one\ntwo\n", "one\ntwo\n"},
  });
}

TEST(Coerce, RefusesTextThatIsNoText) {
  ExpectBad({
      {"type: string", "a\nb", ErrorCode::kInvalidText, "control character at byte 2"},
      {"type: string", "a\tb", ErrorCode::kInvalidText, "control character at byte 2"},
      {"type: string", std::string("a\0b", 3), ErrorCode::kInvalidText, "control character"},
      {"type: string", "\x7F", ErrorCode::kInvalidText, "control character at byte 1"},
      {"type: string", "x\xC2\x85", ErrorCode::kInvalidText, "control character at byte 2"},
      {"type: string", "ab\xFF", ErrorCode::kInvalidText, "byte 3 is not UTF-8"},
      {"type: string", "\xED\xA0\x80", ErrorCode::kInvalidText, "byte 1 is not UTF-8"},
      {"type: string", "\xC0\xAF", ErrorCode::kInvalidText, "not UTF-8"},
      {"type: text", "a\rb", ErrorCode::kInvalidText, "none but newline and tab"},
      {"type: text", "a\r\n\x01", ErrorCode::kInvalidText, "byte 4"},
      {"type: text", "cut \xE6\xA7", ErrorCode::kInvalidText, "byte 5 is not UTF-8"},
      {"type: string", 5, ErrorCode::kWrongType, "found the integer 5, expected text"},
      {"type: string", true, ErrorCode::kWrongType, "found the boolean true"},
      {"type: string", Decimal{15, 1}, ErrorCode::kWrongType, "found the decimal 1.5"},
      {"type: string", ValueList{"x"}, ErrorCode::kWrongType, "one text, not a list"},
      {"type: string, maximum: 2", "abc", ErrorCode::kOutOfRange,
       "found 3 characters, expected at most 2"},
      {"type: string, minimum: 1", "", ErrorCode::kOutOfRange, "at least 1"},
      {"type: string, pattern: '[A-Z]{3}'", "JPYX", ErrorCode::kPatternMismatch, "[A-Z]{3}"},
      {"type: string, pattern: '[A-Z]{3}'", "jpy", ErrorCode::kPatternMismatch, "found \"jpy\""},
  });
}

TEST(Coerce, ReadsIntegers) {
  constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
  constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();
  ExpectGood({
      {"type: integer", 42, 42, "42"},
      {"type: integer", "42", 42, "42"},
      {"type: integer", " -7\t", -7, "-7"},
      {"type: integer", "+7", 7, "7"},
      {"type: integer", "007", 7, "7"},
      {"type: integer", Decimal{9, 0}, 9, "9"},
      {"type: integer", "9223372036854775807", kMax, "9223372036854775807"},
      {"type: integer", "-9223372036854775808", kMin, "-9223372036854775808"},
      {"type: integer, minimum: 0, maximum: 65535", "65535", 65535, "65535"},
      {"type: integer, minimum: 0.5", 1, 1, "1"},
  });
  ExpectBad({
      {"type: integer", "", ErrorCode::kWrongType, "expected an integer"},
      {"type: integer", "abc", ErrorCode::kWrongType, "found \"abc\""},
      {"type: integer", "4.0", ErrorCode::kWrongType, "found \"4.0\""},
      {"type: integer", "1,000", ErrorCode::kWrongType, "found \"1,000\""},
      {"type: integer", "0x10", ErrorCode::kWrongType, "found \"0x10\""},
      {"type: integer", "+-1", ErrorCode::kWrongType, "found \"+-1\""},
      {"type: integer", "-", ErrorCode::kWrongType, "found \"-\""},
      {"type: integer", Decimal{15, 1}, ErrorCode::kWrongType, "found the decimal 1.5"},
      {"type: integer", true, ErrorCode::kWrongType, "found the boolean true"},
      {"type: integer", ValueList{}, ErrorCode::kWrongType, "found a list of 0"},
      {"type: integer", "9223372036854775808", ErrorCode::kOutOfRange, "64 bits"},
      {"type: integer, minimum: 0, maximum: 65535", -1, ErrorCode::kOutOfRange, "0 to 65535"},
      {"type: integer, minimum: 0, maximum: 65535", "70000", ErrorCode::kOutOfRange, "\"70000\""},
      {"type: integer, maximum: 0.5", 1, ErrorCode::kOutOfRange, "at most 0.5"},
  });
}

TEST(Coerce, ReadsDecimalsExactly) {
  ExpectGood({
      {"type: decimal", "12.50", Decimal{125, 1}, "12.5"},
      {"type: decimal", "-0.000000000000000001", Decimal{-1, 18}, "-0.000000000000000001"},
      {"type: decimal", 3, Decimal{3, 0}, "3"},
      {"type: decimal", Decimal{1500, 3}, Decimal{15, 1}, "1.5"},
      {"type: decimal", Decimal{0, 5}, Decimal{0, 0}, "0"},
      {"type: decimal", "999999999999999999", Decimal{999'999'999'999'999'999, 0},
       "999999999999999999"},
      {"type: decimal, minimum: 0, maximum: 100", "99.99", Decimal{9999, 2}, "99.99"},
      {"type: decimal, maximum: 100", "100.000", Decimal{100, 0}, "100"},
  });
  ExpectBad({
      {"type: decimal", "1,5", ErrorCode::kWrongType, "expected a decimal"},
      {"type: decimal", "1e3", ErrorCode::kWrongType, "found \"1e3\""},
      {"type: decimal", "", ErrorCode::kWrongType, "found \"\""},
      {"type: decimal", "1234567890123456789", ErrorCode::kWrongType, "18 digits"},
      {"type: decimal", Decimal{1, 19}, ErrorCode::kWrongType, "18 digits"},
      {"type: decimal", std::int64_t{1'000'000'000'000'000'000}, ErrorCode::kOutOfRange,
       "18 digits"},
      {"type: decimal", false, ErrorCode::kWrongType, "found the boolean false"},
      {"type: decimal, maximum: 100", "100.000000000000001", ErrorCode::kOutOfRange, "at most 100"},
      {"type: decimal, minimum: -90", "-90.1", ErrorCode::kOutOfRange, "at least -90"},
  });
}

TEST(Coerce, ReadsBooleans) {
  ExpectGood({
      {"type: boolean", true, true, "true"},
      {"type: boolean", "true", true, "true"},
      {"type: boolean", "YES", true, "true"},
      {"type: boolean", "1", true, "true"},
      {"type: boolean", 1, true, "true"},
      {"type: boolean", "False", false, "false"},
      {"type: boolean", " no ", false, "false"},
      {"type: boolean", "0", false, "false"},
      {"type: boolean", 0, false, "false"},
  });
  ExpectBad({
      {"type: boolean", "on", ErrorCode::kWrongType, "true, false, yes, no, 1 or 0"},
      {"type: boolean", "", ErrorCode::kWrongType, "found \"\""},
      {"type: boolean", "truely", ErrorCode::kWrongType, "found \"truely\""},
      {"type: boolean", 2, ErrorCode::kWrongType, "found the integer 2"},
      {"type: boolean", Decimal{1, 0}, ErrorCode::kWrongType, "found the decimal 1"},
  });
}

TEST(Coerce, ReadsTimestampsToUtc) {
  ExpectGood({
      {"type: timestamp", "1970-01-02T00:00:00Z", kDay, "1970-01-02T00:00:00Z"},
      {"type: timestamp", "1970-01-02T09:00:00+09:00", kDay, "1970-01-02T00:00:00Z"},
      {"type: timestamp", "1970-01-01T00:00:00.000001Z", 1, "1970-01-01T00:00:00.000001Z"},
      {"type: timestamp", " 1970-01-01 00:00:01z ", 1'000'000, "1970-01-01T00:00:01Z"},
      {"type: timestamp", "1970-01-01T00:00:00.0000019Z", 1, "1970-01-01T00:00:00.000001Z"},
      {"type: timestamp", kDay, kDay, "1970-01-02T00:00:00Z"},
      {"type: timestamp", "0001-01-01T00:00:00Z", std::int64_t{-62'135'596'800'000'000},
       "0001-01-01T00:00:00Z"},
      {"type: timestamp", "9999-12-31T23:59:59.999999Z", std::int64_t{253'402'300'799'999'999},
       "9999-12-31T23:59:59.999999Z"},
  });
  ExpectBad({
      {"type: timestamp", "2026-11-22", ErrorCode::kWrongType, "with its offset"},
      {"type: timestamp", "2026-11-22T10:00:00", ErrorCode::kWrongType, "with its offset"},
      {"type: timestamp", "2026-13-22T10:00:00Z", ErrorCode::kWrongType, "2026-13-22"},
      {"type: timestamp", "2026-02-29T10:00:00Z", ErrorCode::kWrongType, "2026-02-29"},
      {"type: timestamp", "2026-11-22T25:00:00Z", ErrorCode::kWrongType, "T25"},
      {"type: timestamp", "2026-11-22T10:00:00.Z", ErrorCode::kWrongType, "expected a time"},
      {"type: timestamp", "2026-11-22T10:00:00+0900", ErrorCode::kWrongType, "expected a time"},
      {"type: timestamp", "now", ErrorCode::kWrongType, "found \"now\""},
      {"type: timestamp", "9999-12-31T23:59:59-01:00", ErrorCode::kOutOfRange, "0001 to 9999"},
      {"type: timestamp", std::numeric_limits<std::int64_t>::max(), ErrorCode::kOutOfRange, "9999"},
      {"type: timestamp", true, ErrorCode::kWrongType, "found the boolean true"},
  });
}

TEST(Coerce, ReadsDates) {
  ExpectGood({
      {"type: date", "1970-01-02", 1, "1970-01-02"},
      {"type: date", "1969-12-31", -1, "1969-12-31"},
      {"type: date", "2024-02-29", 19'782, "2024-02-29"},
      {"type: date", 19'782, 19'782, "2024-02-29"},
      {"type: date", "0001-01-01", -719'162, "0001-01-01"},
      {"type: date", "9999-12-31", 2'932'896, "9999-12-31"},
  });
  ExpectBad({
      {"type: date", "2026-02-29", ErrorCode::kWrongType, "expected a date"},
      {"type: date", "2026-1-2", ErrorCode::kWrongType, "found \"2026-1-2\""},
      {"type: date", "22/11/2026", ErrorCode::kWrongType, "such as 2026-11-22"},
      {"type: date", "2026- 1- 2", ErrorCode::kWrongType, "expected a date"},
      {"type: date", "2026-11-22T00:00:00Z", ErrorCode::kWrongType, "expected a date"},
      {"type: date", "0000-01-01", ErrorCode::kOutOfRange, "0001 to 9999"},
      {"type: date", 2'932'897, ErrorCode::kOutOfRange, "0001 to 9999"},
      {"type: date", Decimal{1, 0}, ErrorCode::kWrongType, "found the decimal 1"},
  });
}

TEST(Coerce, ReadsDurations) {
  constexpr std::int64_t kHour = kDay / 24;
  ExpectGood({
      {"type: duration", "P3DT4H", 3 * kDay + 4 * kHour, "P3DT4H"},
      {"type: duration", "PT90M", 90 * (kHour / 60), "PT1H30M"},
      {"type: duration", "P2W", 14 * kDay, "P14D"},
      {"type: duration", "PT0S", 0, "PT0S"},
      {"type: duration", "P0D", 0, "PT0S"},
      {"type: duration", "PT0.000001S", 1, "PT0.000001S"},
      {"type: duration", "PT1,5S", 1'500'000, "PT1.5S"},
      {"type: duration", "-PT1H", -kHour, "-PT1H"},
      {"type: duration", "PT36H", 36 * kHour, "P1DT12H"},
      {"type: duration", 61'000'000, 61'000'000, "PT1M1S"},
      {"type: duration", "P106751991DT4H54.775807S", std::numeric_limits<std::int64_t>::max(),
       "P106751991DT4H54.775807S"},
  });
  ExpectBad({
      {"type: duration", "P1Y", ErrorCode::kWrongType, "years and months differ in length"},
      {"type: duration", "P1M", ErrorCode::kWrongType, "write P30D"},
      {"type: duration", "P1Y2M3D", ErrorCode::kWrongType, "years and months"},
      {"type: duration", "P", ErrorCode::kWrongType, "ISO 8601"},
      {"type: duration", "PT", ErrorCode::kWrongType, "ISO 8601"},
      {"type: duration", "P1DT", ErrorCode::kWrongType, "ISO 8601"},
      {"type: duration", "P1H", ErrorCode::kWrongType, "ISO 8601"},
      {"type: duration", "PT1M1H", ErrorCode::kWrongType, "ISO 8601"},
      {"type: duration", "P1WT1H", ErrorCode::kWrongType, "ISO 8601"},
      {"type: duration", "P1W1D", ErrorCode::kWrongType, "ISO 8601"},
      {"type: duration", "P1.5D", ErrorCode::kWrongType, "ISO 8601"},
      {"type: duration", "PT1.1234567S", ErrorCode::kWrongType, "ISO 8601"},
      {"type: duration", "PT1.S", ErrorCode::kWrongType, "ISO 8601"},
      {"type: duration", "PT1HT1M", ErrorCode::kWrongType, "ISO 8601"},
      {"type: duration", "P 1D", ErrorCode::kWrongType, "ISO 8601"},
      {"type: duration", "3 days", ErrorCode::kWrongType, "found \"3 days\""},
      {"type: duration", "P99999999999999999999999D", ErrorCode::kOutOfRange, "106751991 days"},
      {"type: duration", "P106751992D", ErrorCode::kOutOfRange, "106751991 days"},
      {"type: duration", true, ErrorCode::kWrongType, "found the boolean true"},
  });
}

constexpr std::string_view kStatus =
    "type: enum, values: [{name: live, label: {en: L, ja: l}}, {name: in_stock, label: {en: S, ja: "
    "s}}]";

TEST(Coerce, TakesTheNamesOfAnEnum) {
  ExpectGood({
      {kStatus, "live", "live", "live"},
      {kStatus, " in_stock ", "in_stock", "in_stock"},
  });
  ExpectBad({
      {kStatus, "lvie", ErrorCode::kOutOfRange,
       "expected one of live, in_stock; did you mean \"live\"?"},
      {kStatus, "Live", ErrorCode::kOutOfRange, "did you mean \"live\"?"},
      {kStatus, "", ErrorCode::kOutOfRange, "expected one of live, in_stock"},
      {kStatus, 1, ErrorCode::kWrongType, "found the integer 1"},
  });
}

TEST(Coerce, WritesIpAddressesInOneForm) {
  ExpectGood({
      {"type: ip_address", "192.0.2.1", "192.0.2.1", "192.0.2.1"},
      {"type: ip_address", " 0.0.0.0 ", "0.0.0.0", "0.0.0.0"},
      {"type: ip_address", "255.255.255.255", "255.255.255.255", "255.255.255.255"},
      {"type: ip_address", "2001:DB8:0:0:0:0:0:1", "2001:db8::1", "2001:db8::1"},
      {"type: ip_address", "2001:db8::1", "2001:db8::1", "2001:db8::1"},
      {"type: ip_address", "2001:0db8:0000:0000:0001:0000:0000:0001", "2001:db8::1:0:0:1",
       "2001:db8::1:0:0:1"},
      {"type: ip_address", "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"},
      {"type: ip_address", "2001:0:0:1:0:0:0:1", "2001:0:0:1::1", "2001:0:0:1::1"},
      {"type: ip_address", "::", "::", "::"},
      {"type: ip_address", "0:0:0:0:0:0:0:1", "::1", "::1"},
      {"type: ip_address", "fe80:0:0:0:0:0:0:0", "fe80::", "fe80::"},
      {"type: ip_address", "::ffff:c000:0201", "::ffff:192.0.2.1", "::ffff:192.0.2.1"},
      {"type: ip_address", "64:ff9b::192.0.2.33", "64:ff9b::c000:221", "64:ff9b::c000:221"},
      {"type: ip_address", "ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
       "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
  });
  for (const std::string_view text :
       {"192.0.2", "192.0.2.256", "192.0.2.01", "192.0.2.1.1", "192.0.2.1/24", "1.2.3.",
        "fe80::1%eth0", "1::2::3", ":::", "12345::", "g::1", "localhost", "", "[::1]",
        "2001:db8:0:1:1:1:1:1:1"}) {
    ExpectBad({{"type: ip_address", text, ErrorCode::kWrongType, "expected an IP address"}});
  }
  ExpectBad({{"type: ip_address", std::string("::1\0x", 5), ErrorCode::kWrongType, "\\x00"},
             {"type: ip_address", 1, ErrorCode::kWrongType, "found the integer 1"}});
}

TEST(Coerce, WritesIpNetworksInOneForm) {
  ExpectGood({
      {"type: ip_network", "10.0.0.0/8", "10.0.0.0/8", "10.0.0.0/8"},
      {"type: ip_network", "0.0.0.0/0", "0.0.0.0/0", "0.0.0.0/0"},
      {"type: ip_network", "192.0.2.1/32", "192.0.2.1/32", "192.0.2.1/32"},
      {"type: ip_network", "2001:DB8:0:0::/32", "2001:db8::/32", "2001:db8::/32"},
      {"type: ip_network", "::/0", "::/0", "::/0"},
      {"type: ip_network", "::1/128", "::1/128", "::1/128"},
  });
  ExpectBad({
      {"type: ip_network", "10.0.0.1/8", ErrorCode::kWrongType, "did you mean \"10.0.0.0/8\"?"},
      {"type: ip_network", "192.0.2.129/25", ErrorCode::kWrongType, "\"192.0.2.128/25\""},
      {"type: ip_network", "2001:db8::1/64", ErrorCode::kWrongType, "\"2001:db8::/64\""},
      {"type: ip_network", "10.0.0.0", ErrorCode::kWrongType, "expected an IP network"},
      {"type: ip_network", "10.0.0.0/33", ErrorCode::kWrongType, "expected an IP network"},
      {"type: ip_network", "10.0.0.0/", ErrorCode::kWrongType, "expected an IP network"},
      {"type: ip_network", "10.0.0.0/08", ErrorCode::kWrongType, "expected an IP network"},
      {"type: ip_network", "10.0.0.0/-1", ErrorCode::kWrongType, "expected an IP network"},
      {"type: ip_network", "10.0.0.0/255.0.0.0", ErrorCode::kWrongType, "expected an IP network"},
      {"type: ip_network", "::/129", ErrorCode::kWrongType, "expected an IP network"},
  });
}

TEST(Coerce, WritesMacAddressesInOneForm) {
  ExpectGood({
      {"type: mac", "00:00:5e:00:53:01", "00:00:5e:00:53:01", "00:00:5e:00:53:01"},
      {"type: mac", "00-00-5E-00-53-01", "00:00:5e:00:53:01", "00:00:5e:00:53:01"},
      {"type: mac", "0000.5E00.5301", "00:00:5e:00:53:01", "00:00:5e:00:53:01"},
      {"type: mac", " 00005E005301 ", "00:00:5e:00:53:01", "00:00:5e:00:53:01"},
  });
  for (const std::string_view text :
       {"", "00:00:5e:00:53", "00:00:5e:00:53:01:02", "00:00-5e:00:53:01", "00:00:5e:00:53:0g",
        "0000:5e00:5301", "0:0:5e:0:53:1", "00005e00530"}) {
    ExpectBad({{"type: mac", text, ErrorCode::kWrongType, "expected a MAC address"}});
  }
}

TEST(Coerce, WritesUrlsInNormalCase) {
  ExpectGood({
      {"type: url", "https://example.com/a?b=c#d", "https://example.com/a?b=c#d",
       "https://example.com/a?b=c#d"},
      {"type: url", " HTTPS://Example.COM:443/Path ", "https://example.com:443/Path",
       "https://example.com:443/Path"},
      {"type: url", "http://user@Host/%7e%2F", "http://user@host/%7E%2F",
       "http://user@host/%7E%2F"},
      {"type: url", "http://[2001:DB8:0::1]:8080/", "http://[2001:db8::1]:8080/",
       "http://[2001:db8::1]:8080/"},
      {"type: url", "http://host:/x", "http://host/x", "http://host/x"},
      {"type: url", "mailto:noc@example.com", "mailto:noc@example.com", "mailto:noc@example.com"},
      {"type: url", "file:///etc/hosts", "file:///etc/hosts", "file:///etc/hosts"},
      {"type: url", "tel:110", "tel:110", "tel:110"},
      {"type: url", "ssh+git://h", "ssh+git://h", "ssh+git://h"},
  });
  ExpectBad({
      {"type: url", "", ErrorCode::kWrongType, "an absolute URL"},
      {"type: url", "example.com/path", ErrorCode::kWrongType, "an absolute URL"},
      {"type: url", "/path", ErrorCode::kWrongType, "an absolute URL"},
      {"type: url", "localhost:8080", ErrorCode::kWrongType, "an absolute URL"},
      {"type: url", "localhost:8080/x", ErrorCode::kWrongType, "an absolute URL"},
      {"type: url", "http:", ErrorCode::kWrongType, "an absolute URL"},
      {"type: url", "1http://x", ErrorCode::kWrongType, "an absolute URL"},
      {"type: url", "http://", ErrorCode::kWrongType, "a host after //"},
      {"type: url", "http:///path", ErrorCode::kWrongType, "a host after //"},
      {"type: url", "http://host/a b", ErrorCode::kWrongType, "percent-encoded"},
      {"type: url", "http://host/\xE6\xA7\x8B", ErrorCode::kWrongType, "percent-encoded"},
      {"type: url", "http://host/a\nb", ErrorCode::kWrongType, "percent-encoded"},
      {"type: url", "http://host/%2", ErrorCode::kWrongType, "%25"},
      {"type: url", "http://host/%zz", ErrorCode::kWrongType, "%25"},
      {"type: url", "http://host/#a#b", ErrorCode::kWrongType, "percent-encoded"},
      {"type: url", "http://host:port/", ErrorCode::kWrongType, "port of digits"},
      {"type: url", "http://host:65536/", ErrorCode::kWrongType, "at most 65535"},
      {"type: url", "http://[::1/", ErrorCode::kWrongType, "brackets to be closed"},
      {"type: url", "http://[host]/", ErrorCode::kWrongType, "IPv6 address in the brackets"},
      {"type: url", "http://[::1]x/", ErrorCode::kWrongType, "nothing but a port"},
      {"type: url", 80, ErrorCode::kWrongType, "found the integer 80"},
  });
}

TEST(Coerce, TakesKeysAsReferences) {
  constexpr std::string_view kFields = "type: reference, reference_class: Thing";
  ExpectGood({{kFields, "srv-1", "srv-1", "srv-1"}, {kFields, " x ", " x ", " x "}});
  ExpectBad({
      {kFields, "", ErrorCode::kWrongType, "the key of a record"},
      {kFields, 7, ErrorCode::kWrongType, "found the integer 7"},
      {kFields, "a\nb", ErrorCode::kInvalidText, "control character"},
      {kFields, std::string(kKeyBytesMax + 1, 'x'), ErrorCode::kOutOfRange, "512 bytes"},
  });
}

TEST(Coerce, ReadsListsItemByItem) {
  constexpr std::string_view kMacs = "type: list, item_type: mac";
  const ValueList macs = {"00:00:5e:00:53:01", "00:00:5e:00:53:02"};
  ExpectGood({
      {kMacs, "00005E005301; 00-00-5e-00-53-02;", macs, "00:00:5e:00:53:01, 00:00:5e:00:53:02"},
      {kMacs, ValueList{"00:00:5e:00:53:01", "00005E005302"}, macs,
       "00:00:5e:00:53:01, 00:00:5e:00:53:02"},
      {kMacs, macs, macs, "00:00:5e:00:53:01, 00:00:5e:00:53:02"},
      {kMacs, "", ValueList{}, ""},
      {kMacs, " ; ;", ValueList{}, ""},
      {"type: list, item_type: integer", "3;1;2", ValueList{3, 1, 2}, "3, 1, 2"},
      {"type: list, item_type: date", "1970-01-02", ValueList{1}, "1970-01-02"},
      {"type: list, item_type: string, pattern: '[a-z]+'", "ab; c", ValueList{"ab", "c"}, "ab, c"},
  });
  ExpectBad({
      {kMacs, "00005E005301;x", ErrorCode::kWrongType, "item 2: attribute a: found \"x\""},
      {kMacs, ValueList{Value()}, ErrorCode::kWrongType, "item 1: attribute a: found nothing"},
      {kMacs, ValueList{ValueList{"x"}}, ErrorCode::kWrongType, "item 1"},
      {kMacs, 5, ErrorCode::kWrongType, "found the integer 5, expected a list"},
      {"type: list, item_type: integer, maximum: 9", "1;10", ErrorCode::kOutOfRange, "item 2"},
      {"type: list, item_type: string, pattern: '[a-z]+'", "ab;1", ErrorCode::kPatternMismatch,
       "item 2"},
      {"type: list, item_type: string", ValueList{"a\nb"}, ErrorCode::kInvalidText, "item 1"},
  });
}

TEST(Coerce, TakesWhateverComesWhereTheModelSaysAny) {
  ExpectGood({
      {"type: any", true, true, "true"},
      {"type: any", 5, 5, "5"},
      {"type: any", Decimal{50, 1}, Decimal{5, 0}, "5"},
      {"type: any", "5; 6", "5; 6", "5; 6"},
      {"type: any", "a\r\nb", "a\nb", "a\nb"},
      {"type: any", ValueList{1, "x", false, Decimal{150, 2}},
       ValueList{1, "x", false, Decimal{15, 1}}, "1, x, false, 1.5"},
      {"type: any", ValueList{}, ValueList{}, ""},
      {"type: list, item_type: any", ValueList{1, "x"}, ValueList{1, "x"}, "1, x"},
  });
  ExpectBad({
      {"type: any", "\xff", ErrorCode::kInvalidText, "UTF-8"},
      {"type: any", ValueList{1, ValueList{2}}, ErrorCode::kWrongType,
       "item 2: attribute a: found a list of 1, expected a single value"},
      {"type: any", ValueList{Value()}, ErrorCode::kWrongType, "found nothing"},
      {"type: any", Decimal{1'000'000'000'000'000'000, 0}, ErrorCode::kOutOfRange, "18 digits"},
  });
  // An integer and a decimal that say the same are two values: the writer chose.
  const Subject subject = MakeSubject("type: any");
  ASSERT_OK_AND_ASSIGN(const Value decimal,
                       subject.schema->Coerce(*subject.attribute, Decimal{5, 0}));
  EXPECT_EQ(decimal.kind(), ValueKind::kDecimal);
}

TEST(Coerce, BoundsWhatItShowsOfAValue) {
  const Subject subject = MakeSubject("type: integer");
  const absl::Status status =
      subject.schema->Coerce(*subject.attribute, std::string(1'000'000, 'x')).status();
  EXPECT_LT(MessageOf(status).size(), 200U);
}

TEST(Format, ShowsAnOldValueOfAnotherKind) {
  const Subject subject = MakeSubject("type: integer");
  EXPECT_EQ(subject.schema->Format(*subject.attribute, "was text"), "was text");
  EXPECT_EQ(subject.schema->Format(*subject.attribute, ValueList{1, "b", true}), "1, b, true");
}

}  // namespace
}  // namespace kosei::model

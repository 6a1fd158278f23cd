// Properties of canonical forms over random input: coercing twice is coercing once, and what Format
// writes reads back to the same value.
#include <cstdint>
#include <random>

#include "kosei/model/schema.h"
#include "model_builder.h"
#include "network_text.h"
#include "status_matchers.h"
#include "temporal_text.h"

namespace kosei::model {
namespace {

constexpr unsigned kSeed = 20'261'122;
constexpr int kRounds = 5'000;

// Texts made of pieces that the types look out for, so that many of them are nearly right.
std::string RandomText(std::mt19937& random) {
  constexpr std::string_view kPieces[] = {
      "0",        "1",    "9",   "12",   "255", "2026-11-22", "T10:00:00", "Z",    "+09:00",
      "P",        "1D",   "T1H", "1.5S", "-",   ".",          ":",         "::",   "/",
      "24",       "ff",   "DB8", ";",    " ",   "true",       "no",        "live", "https://",
      "a",        "Host", "%2f", "[",    "]",   "\t",         "\r\n",      "\xE6", "\xE6\xA7\x8B",
      "\xC2\x85", "@",    "?",   "#"};
  std::string text;
  for (unsigned count = random() % 7; count > 0; --count)
    text += kPieces[random() % std::size(kPieces)];
  return text;
}

Value RandomValue(std::mt19937& random) {
  const auto wide = static_cast<std::int64_t>(std::uint64_t{random()} << 32 | random());
  switch (random() % 10) {
    case 0:
      return wide >> (random() % 64);
    case 1:
      return Decimal{wide >> (random() % 64), static_cast<std::uint8_t>(random() % 22)};
    case 2:
      return random() % 2 == 0;
    case 3:
      return ValueList{RandomText(random), RandomText(random)};
    default:
      return RandomText(random);
  }
}

// The text with up to two bytes changed, which often leaves it valid in another way.
std::string Disturbed(std::mt19937& random, std::string_view example) {
  constexpr std::string_view kBytes = "0189abFP.:-/; \xE6%T";
  std::string text(example);
  for (unsigned edits = random() % 3; edits > 0; --edits)
    text[random() % text.size()] = kBytes[random() % kBytes.size()];
  return text;
}

struct Kind {
  std::string_view fields;
  std::string_view example;
};

constexpr Kind kKinds[] = {
    {"type: string", "web-1"},
    {"type: text", "one\r\ntwo\n"},
    {"type: integer", "-9223372036854775808"},
    {"type: decimal", "-0012.500"},
    {"type: boolean", "TRUE"},
    {"type: timestamp", "2026-11-22T10:00:00.5+09:00"},
    {"type: date", "0999-02-28"},
    {"type: duration", "-P3DT4H50M1.5S"},
    {"type: enum, values: [{name: live, label: {en: L, ja: l}}]", " live "},
    {"type: ip_address", "2001:0DB8:0:0:1:0:0:1"},
    {"type: ip_network", "10.128.0.0/9"},
    {"type: mac", "00-00-5E-00-53-01"},
    {"type: url", "HTTP://me@[2001:DB8::1]:80/%2f?q#f"},
    {"type: reference, reference_class: Thing", "srv-1"},
    {"type: list, item_type: string", "a; b;;c"},
    {"type: list, item_type: ip_address", "::1;192.0.2.1;1:0:0::"},
    {"type: list, item_type: decimal", "1.0;-2;3.50"},
};

TEST(CanonicalForm, IsItsOwnCanonicalForm) {
  std::mt19937 random(kSeed);
  for (const Kind& kind : kKinds) {
    SCOPED_TRACE(std::string(kind.fields) + ", seed " + std::to_string(kSeed));
    ASSERT_OK_AND_ASSIGN(const auto schema,
                         testing::BuildYaml(testing::ModelWithAttribute(kind.fields)));
    const Attribute& attribute = *schema->FindAttribute(*schema->FindClass("Thing"), "a");
    int taken = 0;
    for (int round = 0; round < kRounds; ++round) {
      const Value given =
          round % 2 == 0 ? Value(Disturbed(random, kind.example)) : RandomValue(random);
      const absl::StatusOr<Value> once = schema->Coerce(attribute, given);
      if (!once.ok()) continue;
      ++taken;
      const absl::StatusOr<Value> twice = schema->Coerce(attribute, *once);
      ASSERT_OK(twice) << schema->Format(attribute, *once);
      ASSERT_EQ(*once, *twice) << schema->Format(attribute, *once);
      if (attribute.definition.type == AttributeType::kList) continue;
      const std::string text = schema->Format(attribute, *once);
      const absl::StatusOr<Value> reread = schema->Coerce(attribute, text);
      ASSERT_OK(reread) << text;
      ASSERT_EQ(*once, *reread) << text;
    }
    EXPECT_GT(taken, kRounds / 20);
  }
}

TEST(CanonicalForm, OfAnIpAddressReadsBack) {
  std::mt19937 random(kSeed);
  for (int round = 0; round < kRounds; ++round) {
    IpAddress address{.is_v6 = random() % 2 == 0};
    for (std::size_t i = 0; i < (address.is_v6 ? 16U : 4U); ++i)
      address.bytes[i] = static_cast<std::uint8_t>(random() % 3 == 0 ? random() : 0);
    const ShortText text = FormatIpAddress(address);
    const std::optional<IpAddress> read = ParseIpAddress(text.view());
    ASSERT_TRUE(read.has_value()) << text.view();
    EXPECT_EQ(read->is_v6, address.is_v6) << text.view();
    EXPECT_EQ(read->bytes, address.bytes) << text.view();
  }
}

TEST(CanonicalForm, OfADurationReadsBack) {
  std::mt19937_64 random(kSeed);
  for (int round = 0; round < kRounds; ++round) {
    const std::int64_t micros = static_cast<std::int64_t>(random()) >> (random() % 64);
    if (micros == INT64_MIN) continue;  // see the next test
    const Duration read = ParseDuration(FormatDuration(micros));
    ASSERT_EQ(read.flaw, DurationFlaw::kNone) << FormatDuration(micros);
    EXPECT_EQ(read.micros, micros);
  }
}

TEST(CanonicalForm, HasNoDurationBeyondTheLongest) {
  ASSERT_OK_AND_ASSIGN(const auto schema,
                       testing::BuildYaml(testing::ModelWithAttribute("type: duration")));
  const Attribute& attribute = *schema->FindAttribute(*schema->FindClass("Thing"), "a");
  EXPECT_THAT(schema->Coerce(attribute, INT64_MIN),
              testing::IsError(ErrorCode::kOutOfRange, "106751991 days"));
}

}  // namespace
}  // namespace kosei::model

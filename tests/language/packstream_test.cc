#include "kosei/language/packstream.h"

#include <gtest/gtest.h>

#include <bit>
#include <limits>

#include "evaluation_of.h"
#include "kosei/base/bytes.h"
#include "kosei/language/compare.h"
#include "kosei/language/element_id.h"

namespace kosei::language {
namespace {

std::string Packed(const Datum& value, PackForm form = PackForm::kBolt5) {
  SmallGraph graph;
  Evaluation evaluation;
  evaluation.graph = &graph;
  std::string out;
  PackWriter(out, form).Value(value, evaluation);
  return out;
}

std::string Hex(const Datum& value, PackForm form = PackForm::kBolt5) {
  return ToHex(Packed(value, form));
}

std::string FromHex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2)
    bytes += static_cast<char>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

TEST(PackStreamTest, NumbersTakeTheSmallestForm) {
  const std::pair<std::int64_t, std::string_view> cases[] = {
      {0, "00"},
      {127, "7f"},
      {-1, "ff"},
      {-16, "f0"},
      {-17, "c8ef"},
      {-128, "c880"},
      {128, "c90080"},
      {-129, "c9ff7f"},
      {32767, "c97fff"},
      {32768, "ca00008000"},
      {-2147483648, "ca80000000"},
      {2147483648, "cb0000000080000000"},
      {std::numeric_limits<std::int64_t>::min(), "cb8000000000000000"},
  };
  for (const auto& [value, hex] : cases) {
    EXPECT_EQ(Hex(Datum::Integer(value)), hex) << value;
    const std::string bytes = FromHex(hex);
    const auto read = PackReader(bytes).Read();
    ASSERT_TRUE(read.ok()) << value;
    ASSERT_NE(read->As<std::int64_t>(), nullptr);
    EXPECT_EQ(*read->As<std::int64_t>(), value);
  }
  EXPECT_EQ(Hex(Datum::Float(1.1)), "c13ff199999999999a");
}

TEST(PackStreamTest, PlainValuesHaveTheirDocumentedBytes) {
  EXPECT_EQ(Hex(Datum()), "c0");
  EXPECT_EQ(Hex(Datum::Boolean(true)), "c3");
  EXPECT_EQ(Hex(Datum::Boolean(false)), "c2");
  EXPECT_EQ(Hex(Datum::String("")), "80");
  EXPECT_EQ(Hex(Datum::String("A")), "8141");
  EXPECT_EQ(Hex(Datum::String(std::string(16, 'x'))).substr(0, 6), "d01078");
  EXPECT_EQ(Hex(Datum::String(std::string(256, 'x'))).substr(0, 6), "d10100");
  EXPECT_EQ(Hex(Datum::String(std::string(65536, 'x'))).substr(0, 10), "d200010000");
  EXPECT_EQ(Hex(Datum::List({Datum::Integer(1), Datum::Integer(2)})), "920102");
  EXPECT_EQ(Hex(Datum::List(DatumList(16, Datum()))).substr(0, 4), "d410");
  EXPECT_EQ(Hex(Datum::Map({{"one", Datum::String("eins")}})), "a1836f6e658465696e73");
  std::string bytes;
  PackWriter(bytes, PackForm::kBolt5).Bytes("\x01\x02");
  EXPECT_EQ(ToHex(bytes), "cc020102");
}

TEST(PackStreamTest, TemporalValuesAreStructures) {
  const DateTime tokyo{1'700'000'000, 5, 32400, "Asia/Tokyo"};
  const DateTime offset{1'700'000'000, 5, 3600, ""};
  EXPECT_EQ(Hex(Datum::Of(Date{1})), "b14401");
  EXPECT_EQ(Hex(Datum::Of(LocalTime{5})), "b17405");
  EXPECT_EQ(Hex(Datum::Of(OffsetTime{5, 3600})), "b25405c90e10");
  EXPECT_EQ(Hex(Datum::Of(LocalDateTime{7, 8})), "b2640708");
  EXPECT_EQ(Hex(Datum::Of(Duration{1, 2, 3, 4})), "b44501020304");
  EXPECT_EQ(Hex(Datum::Of(offset)), "b349ca6553f10005c90e10");
  EXPECT_EQ(Hex(Datum::Of(offset), PackForm::kBolt4), "b346ca6553ff1005c90e10");
  EXPECT_EQ(Hex(Datum::Of(tokyo)), "b369ca6553f100058a417369612f546f6b796f");
  EXPECT_EQ(Hex(Datum::Of(tokyo), PackForm::kBolt4), "b366ca65546f90058a417369612f546f6b796f");
  for (const PackForm form : {PackForm::kBolt4, PackForm::kBolt5}) {
    for (const DateTime& value : {tokyo, offset}) {
      const std::string bytes = Packed(Datum::Of(value), form);
      const auto read = PackReader(bytes).Read();
      ASSERT_TRUE(read.ok()) << read.status();
      ASSERT_NE(read->As<DateTime>(), nullptr);
      EXPECT_EQ(*read->As<DateTime>(), value);
    }
  }
}

TEST(PackStreamTest, NodesHaveElementIdsInTheNewForm) {
  const Datum service = Datum::Node({RecordId{2}});
  const std::string held =
      "029287536572766963658843726974696361"
      "6ca1846e616d658473686f70";
  EXPECT_EQ(Hex(service, PackForm::kBolt4), "b34e" + held);
  EXPECT_EQ(Hex(service, PackForm::kBolt5), "b44e" + held + "8132");
}

TEST(PackStreamTest, ElementsComeBackAsTheyWere) {
  const LinkRef link{2, 1, 0};
  for (const PackForm form : {PackForm::kBolt4, PackForm::kBolt5}) {
    const std::string bytes =
        Packed(Datum::Node({RecordId{2}}), form) + Packed(Datum::Relationship(link), form);
    PackReader reader(bytes);
    const auto node = reader.Read();
    ASSERT_TRUE(node.ok()) << node.status();
    ASSERT_NE(node->As<PackedNode>(), nullptr);
    EXPECT_EQ(node->As<PackedNode>()->id, 2);
    EXPECT_EQ(node->As<PackedNode>()->element_id, "2");
    EXPECT_EQ(node->As<PackedNode>()->labels, (std::vector<std::string>{"Service", "Critical"}));
    EXPECT_EQ(*node->As<PackedNode>()->properties[0].value.As<std::string>(), "shop");
    const auto read = reader.Read();
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_TRUE(reader.at_end());
    const auto* const relationship = read->As<PackedRelationship>();
    ASSERT_NE(relationship, nullptr);
    EXPECT_EQ(relationship->id, IdOf(link));
    EXPECT_EQ(relationship->start, 2);
    EXPECT_EQ(relationship->end, 1);
    EXPECT_EQ(relationship->type, "RUNS_ON");
    EXPECT_EQ(relationship->end_element_id, "1");
    if (form == PackForm::kBolt5) {
      EXPECT_EQ(relationship->element_id, ElementIdOf(link));
    }
  }
}

TEST(PackStreamTest, PathsGoBackAndForthOverOneRelationship) {
  const NodeRef host{RecordId{1}};
  const NodeRef service{RecordId{2}};
  const LinkRef link{2, 1, 0};
  const std::string bytes = Packed(Datum::Path({{host, service, host}, {link, link}}));
  EXPECT_EQ(ToHex(bytes).substr(0, 6), "b35092");
  // Against the relationship to node 1, then along it to node 0.
  EXPECT_EQ(ToHex(bytes).substr(bytes.size() * 2 - 10), "94ff010100");
  const auto read = PackReader(bytes).Read();
  ASSERT_TRUE(read.ok()) << read.status();
  const auto* const path = read->As<PackedPath>();
  ASSERT_NE(path, nullptr);
  ASSERT_EQ(path->nodes.size(), 2U);
  ASSERT_EQ(path->relationships.size(), 1U);
  EXPECT_EQ(path->relationships[0].start, 2);
  EXPECT_EQ(path->relationships[0].end, 1);
  ASSERT_EQ(path->steps.size(), 2U);
  EXPECT_FALSE(path->steps[0].forward);
  EXPECT_EQ(path->nodes[path->steps[0].node].id, 2);
  EXPECT_TRUE(path->steps[1].forward);
  EXPECT_EQ(path->nodes[path->steps[1].node].id, 1);
}

TEST(PackStreamTest, MessagesKeepTheirTag) {
  std::string bytes;
  PackWriter writer(bytes, PackForm::kBolt5);
  writer.StructureHead(1, 0x66);  // ROUTE has the tag of a date-time
  writer.MapHead(0);
  const auto message = PackReader(bytes).ReadMessage();
  ASSERT_TRUE(message.ok()) << message.status();
  EXPECT_EQ(message->tag, 0x66);
  ASSERT_EQ(message->fields.size(), 1U);
  EXPECT_NE(message->fields[0].As<PackedMap>(), nullptr);
  EXPECT_EQ(CodeOf(PackReader("\x01").ReadMessage().status()), ErrorCode::kMalformedFrame);
}

TEST(PackStreamTest, ParametersBecomeValuesOfAStatement) {
  const Datum value = Datum::Map(
      {{"date", Datum::Of(Date{20000})},
       {"list", Datum::List({Datum::Integer(1), Datum::Float(0.5), Datum(), Datum::Boolean(true)})},
       {"text", Datum::String("x")}});
  const std::string bytes = Packed(value);
  const auto read = PackReader(bytes).Read();
  ASSERT_TRUE(read.ok());
  const auto datum = DatumOf(*read);
  ASSERT_TRUE(datum.ok());
  EXPECT_TRUE(Equivalent(*datum, value));
  const std::string node = Packed(Datum::List({Datum::Node({RecordId{1}})}));
  EXPECT_EQ(CodeOf(DatumOf(*PackReader(node).Read()).status()), ErrorCode::kInvalidArgument);
}

TEST(PackStreamTest, EveryCutIsMalformed) {
  const NodeRef host{RecordId{1}};
  const NodeRef service{RecordId{2}};
  const Datum value = Datum::List(
      {Datum::Path({{host, service}, {{2, 1, 0}}}), Datum::Of(DateTime{1, 2, 0, "Asia/Tokyo"}),
       Datum::String(std::string(300, 'x')), Datum::Integer(1'000'000), Datum::Float(1)});
  const std::string bytes = Packed(value);
  ASSERT_TRUE(PackReader(bytes).Read().ok());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto read = PackReader(std::string_view(bytes).substr(0, size)).Read();
    EXPECT_EQ(CodeOf(read.status()), ErrorCode::kMalformedFrame) << size;
  }
}

TEST(PackStreamTest, AnyByteMayBeWrongWithoutHarm) {
  const NodeRef host{RecordId{1}};
  const NodeRef service{RecordId{2}};
  const std::string bytes = Packed(Datum::List(
      {Datum::Path({{host, service}, {{2, 1, 0}}}), Datum::Of(DateTime{1, 2, 0, "Asia/Tokyo"}),
       Datum::Of(Duration{1, 2, 3, 4}), Datum::Map({{"k", Datum::Integer(300)}})}));
  int refused = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(value);
      const auto read = PackReader(changed).Read();
      if (!read.ok()) ++refused;
    }
  }
  EXPECT_GT(refused, 1000);
}

TEST(PackStreamTest, TextIsUtf8AndTimesAreInTheirRange) {
  const std::string_view wrong[] = {
      "81ff",                        // text
      "d001c3",                      // the same with its size
      "a181ff01",                    // a key
      "b144cb7fffffffffffffff",      // a date
      "b144cb8000000000000000",      //
      "b264cb7fffffffffffffff00",    // a local date-time
      "b349cb7fffffffffffffff0000",  // an instant
      "b346cb80000000000000000000",  // the same by the clock of the place
      "b369cb0fffffffffffffff0083555443",
  };
  for (const std::string_view hex : wrong) {
    const std::string bytes = FromHex(hex);
    EXPECT_FALSE(PackReader(bytes).Read().ok()) << hex;
  }
  const std::string last = Packed(Datum::Of(LocalDateTime{31'556'889'832'780'799, 999'999'999}));
  EXPECT_TRUE(PackReader(last).Read().ok());
}

// What a statement may give can be read, and what is read may be more than a statement takes.
TEST(PackStreamTest, TheDeepestValueIsReadWithWhatStandsAroundIt) {
  Datum value = Datum::Path({{NodeRef{RecordId{1}}, NodeRef{RecordId{2}}}, {{2, 1, 0}}});
  for (int i = 0; i < kDatumDepthMax; ++i) value = Datum::List({std::move(value)});
  const std::string row = "\x91" + Packed(value);
  EXPECT_TRUE(PackReader(row).Read().ok());
  const std::string deep = std::string(kDatumDepthMax + 1, '\x91') + "\x01";
  const auto read = PackReader(deep).Read();
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(CodeOf(DatumOf(*read).status()), ErrorCode::kInvalidArgument);
}

TEST(PackStreamTest, LiesAboutSizesAndDepthAreRefused) {
  const std::string_view lies[] = {"d6ffffffff", "daffffffff", "d2ffffffff", "ceffffffff",
                                   "dfff",       "c4",         "a101c0",     "b34e0190"};
  for (const std::string_view hex : lies) {
    const std::string bytes = FromHex(hex);
    EXPECT_EQ(CodeOf(PackReader(bytes).Read().status()), ErrorCode::kMalformedFrame) << hex;
  }
  const std::string deep(100'000, '\x91');
  EXPECT_EQ(CodeOf(PackReader(deep).Read().status()), ErrorCode::kMalformedFrame);
}

TEST(PackStreamTest, TextIsUtf8AndDaysAreInTheCalendar) {
  for (const std::string_view hex : {"81ff", "83e38081", "82e381", "a181ffc0"}) {
    const bool valid = hex == "83e38081";
    const auto read = PackReader(FromHex(hex)).Read();
    EXPECT_EQ(read.ok(), valid) << hex;
    if (!valid) EXPECT_EQ(CodeOf(read.status()), ErrorCode::kMalformedFrame) << hex;
  }
  EXPECT_TRUE(PackReader("\xCC\x01\xFF").Read().ok()) << "bytes are no text";
  const auto read = [](const Datum& value) { return PackReader(Packed(value)).Read().status(); };
  constexpr std::int64_t kLastDay = 365'241'780'471;  // 999999999-12-31
  constexpr std::int64_t kLastSecond = kLastDay * 86'400 + 86'399;
  EXPECT_TRUE(read(Datum::Of(Date{kLastDay})).ok());
  EXPECT_TRUE(read(Datum::Of(LocalDateTime{kLastSecond, 0})).ok());
  for (const std::int64_t days : {kLastDay + 1, -kLastDay * 2, INT64_MAX, INT64_MIN})
    EXPECT_EQ(CodeOf(read(Datum::Of(Date{days}))), ErrorCode::kQueryArgument) << days;
  for (const std::int64_t seconds : {kLastSecond + 1, INT64_MAX, INT64_MIN}) {
    EXPECT_EQ(CodeOf(read(Datum::Of(LocalDateTime{seconds, 0}))), ErrorCode::kQueryArgument)
        << seconds;
  }
  const DateTime far{std::int64_t{1} << 59, 0, 0, ""};
  EXPECT_EQ(CodeOf(read(Datum::Of(far))), ErrorCode::kQueryArgument);
}

TEST(PackStreamTest, ElementsOfAClientStayStructures) {
  const NodeRef host{RecordId{1}};
  const std::pair<Datum, std::string_view> elements[] = {
      {Datum::Node(host), "a node"},
      {Datum::Relationship({2, 1, 0}), "a relationship"},
      {Datum::Path({{host, NodeRef{RecordId{2}}}, {{2, 1, 0}}}), "a path"}};
  for (const auto& [element, name] : elements) {
    const std::string bytes = Packed(element);
    const auto read = PackReader(bytes, PackSource::kClient).Read();
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_NE(read->As<PackedStructure>(), nullptr);
    const absl::Status refused = DatumOf(*read).status();
    EXPECT_EQ(CodeOf(refused), ErrorCode::kInvalidArgument);
    EXPECT_TRUE(MessageOf(refused).starts_with(name)) << refused;
    const std::string named =
        "\xA1\x81"
        "e" +
        bytes;
    EXPECT_TRUE(MessageOf(ReadParameters(named).status()).starts_with("parameter $e: ")) << name;
  }
}

TEST(PackStreamTest, ParametersAreInTheOrderOfAMap) {
  const auto read = ReadParameters(FromHex("a3816201816101816202"));  // {b: 1, a: 1, b: 2}
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->size(), 2U);
  EXPECT_EQ((*read)[0].first, "a");
  EXPECT_EQ((*read)[1].second.integer(), 2);
  EXPECT_TRUE(ReadParameters("").ok());
  EXPECT_TRUE(ReadParameters("\xC0").ok());
  for (const std::string_view wrong : {"\x01", "\xC0\xC0", "\xA0\xA0", "\x90"})
    EXPECT_EQ(CodeOf(ReadParameters(wrong).status()), ErrorCode::kInvalidArgument);
}

TEST(PackStreamTest, SkippingEndsWhereReadingDoes) {
  const NodeRef host{RecordId{1}};
  const Datum value = Datum::List(
      {Datum::Path({{host, NodeRef{RecordId{2}}}, {{2, 1, 0}}}), Datum(), Datum::Boolean(true),
       Datum::Integer(1'000'000), Datum::Float(1), Datum::String(std::string(300, 'x')),
       Datum::Of(DateTime{1, 2, 0, "Asia/Tokyo"}), Datum::Map({{"k", Datum::List({})}})});
  const std::string bytes = Packed(value);
  const std::string both = bytes + "\x07";
  PackReader skips(both);
  const auto skipped = skips.Skip();
  ASSERT_TRUE(skipped.ok()) << skipped.status();
  EXPECT_EQ(*skipped, bytes);
  EXPECT_EQ(*skips.Read()->As<std::int64_t>(), 7);
  EXPECT_TRUE(skips.at_end());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    PackReader cut(std::string_view(bytes).substr(0, size));
    EXPECT_EQ(CodeOf(cut.Skip().status()), ErrorCode::kMalformedFrame) << size;
  }
  // Lies about sizes, and lists in lists without end.
  for (const std::string& lie :
       {FromHex("d6ffffffff"), FromHex("daffffffff"), FromHex("d2ffffffff"),
        std::string(100'000, '\x91'), std::string(100'000, '\xDA')}) {
    EXPECT_EQ(CodeOf(PackReader(lie).Skip().status()), ErrorCode::kMalformedFrame);
  }
}

TEST(PackStreamTest, WritingEndsWhereThereIsNoMoreRoom) {
  // Sixty lists, each of which holds the one before twice.
  Datum doubled = Datum::List({Datum::Integer(1), Datum::Integer(1)});
  for (int i = 0; i < 60; ++i) doubled = Datum::List({doubled, doubled});
  const Datum text = Datum::String(std::string(2'000, 'x'));
  for (const Datum& value :
       {doubled, text, Datum::List({text, text}), Datum::Map({{"a", doubled}})}) {
    SmallGraph graph;
    Evaluation evaluation;
    evaluation.graph = &graph;
    std::string out = "before";
    PackWriter(out, PackForm::kBolt5, 1'000).Value(value, evaluation);
    EXPECT_EQ(CodeOf(evaluation.error), ErrorCode::kMemoryBudget);
    EXPECT_LE(out.size(), 1'010U);
  }
  Evaluation evaluation;
  std::string out;
  PackWriter(out, PackForm::kBolt5, 2'003).Value(text, evaluation);
  EXPECT_FALSE(evaluation.failed());
  EXPECT_EQ(out.size(), 2'003U);
}

}  // namespace
}  // namespace kosei::language

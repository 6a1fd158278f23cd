// Gates: what they may say, what is said about text that is none, and that their text is canonical.
#include "kosei/model/gate.h"

#include <random>

#include "absl/strings/str_format.h"
#include "kosei/model/schema.h"
#include "model_builder.h"
#include "status_matchers.h"

namespace kosei::model {
namespace {

using ::kosei::testing::BuildYaml;
using ::kosei::testing::IsError;

GatePart MustParse(std::string_view text) {
  absl::StatusOr<GatePart> gate = ParseGate(text);
  EXPECT_OK(gate) << text;
  return gate.ok() ? *std::move(gate) : GatePart();
}

TEST(ParseGate, ReadsGroupsWithinGroups) {
  const GatePart gate = MustParse("all(runs_on, at_least(50%, member_of[Server]), any(\"ups-1\"))");
  EXPECT_EQ(gate.kind, GateKind::kAll);
  EXPECT_EQ(gate.column, 1U);
  ASSERT_EQ(gate.parts.size(), 3U);
  EXPECT_EQ(gate.parts[0].kind, GateKind::kMembers);
  EXPECT_EQ(gate.parts[0].type, "runs_on");
  EXPECT_EQ(gate.parts[0].class_name, "");
  EXPECT_EQ(gate.parts[0].column, 5U);
  const GatePart& quorum = gate.parts[1];
  EXPECT_EQ(quorum.kind, GateKind::kAtLeast);
  EXPECT_EQ(quorum.column, 14U);
  EXPECT_EQ(quorum.first, (Amount{Decimal{50, 0}, true, ""}));
  EXPECT_EQ(quorum.parts.at(0).class_name, "Server");
  EXPECT_EQ(gate.parts[2].parts.at(0).kind, GateKind::kRecord);
  EXPECT_EQ(gate.parts[2].parts.at(0).key, "ups-1");
}

TEST(ParseGate, ReadsWhatMembersCount) {
  const GatePart capacity =
      MustParse("capacity(required_mib, memory_mib of member_of, 512 of \"spare\", runs_on)");
  EXPECT_EQ(capacity.first.attribute, "required_mib");
  ASSERT_EQ(capacity.parts.size(), 3U);
  EXPECT_EQ(capacity.parts[0].share.attribute, "memory_mib");
  EXPECT_EQ(capacity.parts[0].type, "member_of");
  EXPECT_EQ(capacity.parts[1].share.number, (Decimal{512, 0}));
  EXPECT_EQ(capacity.parts[1].key, "spare");
  EXPECT_EQ(capacity.parts[2].share, (Amount{Decimal{1, 0}, false, ""})) << "each counts one";

  const GatePart weighted = MustParse("weighted(2.50, 60, weight of member_of)");
  EXPECT_EQ(weighted.first.number, (Decimal{25, 1}));
  EXPECT_EQ(weighted.second.number, (Decimal{60, 0}));
}

TEST(ParseGate, ReadsPrimaryAndStandby) {
  const GatePart gate = MustParse(R"(primary("db \"1\"", "c:\\2", runs_on[VirtualMachine]))");
  ASSERT_EQ(gate.parts.size(), 3U);
  EXPECT_EQ(gate.parts[0].key, "db \"1\"");
  EXPECT_EQ(gate.parts[1].key, "c:\\2");
  EXPECT_EQ(gate.parts[2].class_name, "VirtualMachine");
}

TEST(ParseGate, TakesWordsOfTheGrammarAsNames) {
  const GatePart gate = MustParse("capacity(any, of of of)");
  EXPECT_EQ(gate.first.attribute, "any");
  EXPECT_EQ(gate.parts.at(0).share.attribute, "of");
  EXPECT_EQ(gate.parts.at(0).type, "of");
  EXPECT_EQ(GateText(MustParse("all(all, any, capacity)")), "all(all, any, capacity)");
}

TEST(GateText, IsCanonical) {
  struct Case {
    const char* text;
    const char* canonical;
  };
  const Case cases[] = {
      {"any(powered_by)", "any(powered_by)"},
      {"  any\n(\tpowered_by )  ", "any(powered_by)"},
      {"all(runs_on,any(powered_by))", "all(runs_on, any(powered_by))"},
      {"at_least(50.0 %,member_of [ Server ])", "at_least(50%, member_of[Server])"},
      {"capacity(0400, 1 of member_of)", "capacity(400, member_of)"},
      {"capacity(400, 1.0 of \"a\")", "capacity(400, \"a\")"},
      {"weighted(30, 60, weight  of member_of)", "weighted(30, 60, weight of member_of)"},
      {R"(primary("a\"b\\", "名前"))", R"(primary("a\"b\\", "名前"))"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    EXPECT_EQ(GateText(MustParse(c.text)), c.canonical);
    EXPECT_EQ(GateText(MustParse(c.canonical)), c.canonical);
  }
}

TEST(ParseGate, SaysWhereWhatIsWrong) {
  constexpr ErrorCode kWrong = ErrorCode::kWrongType;
  constexpr ErrorCode kRange = ErrorCode::kOutOfRange;
  struct Case {
    const char* text;
    ErrorCode code;
    const char* message;
  };
  const Case cases[] = {
      {"", kWrong, "column 1: found the end, expected a group"},
      {"runs_on", kWrong, "column 1: found \"runs_on\", expected a group"},
      {"any(runs_on) x", kWrong, "column 14: found \"x\", expected nothing more"},
      {"amy(runs_on)", kWrong, "found the group \"amy\""},
      {"amy(runs_on)", kWrong, "did you mean \"any\"?"},
      {"any()", kWrong, "column 5: found \")\", expected a relationship type"},
      {"any(runs_on", kWrong, "column 12: found the end, expected a comma"},
      {"any(runs_on powered_by)", kWrong, "column 13: found \"powered_by\", expected a comma"},
      {"any(runs_on,)", kWrong, "column 13: found \")\""},
      {"any(Server)", kWrong, "found \"Server\", expected a relationship type, type[Class]"},
      {"any(runs_on[server])", kWrong, "found \"server\", expected the name of a class"},
      {"any(runs_on[Server)", kWrong, "expected \"]\", as in any(runs_on[Server])"},
      {"any(\"ups-1)", kWrong, "column 5: found a key whose quotation marks are not closed"},
      {"any(\"ups\\1\")", kWrong, "expected \\\" or \\\\ within a key"},
      {"any(\"\")", kWrong, "expected a key of 1 to 512 bytes"},
      {"any(\"a\tb\")", kWrong, "without control characters"},
      {"any(runs_on; powered_by)", kWrong, "column 12: found \";\""},
      {"any(\"電源\", ！)", kWrong, "column 11: found \"！\""},
      {"any(-1)", kWrong, "column 5: found \"-\""},
      {"at_least(member_of)", kWrong, "column 19: found \")\", expected a comma and what follows"},
      {"at_least(2)", kWrong, "as in at_least(2, member_of)"},
      {"at_least(two?, member_of)", kWrong, "column 13: found \"?\""},
      {"at_least(2.5, member_of)", kRange, "found 2.5, expected a whole number from 1 on"},
      {"at_least(0, member_of)", kRange, "column 10: found 0"},
      {"at_least(0%, member_of)", kRange, "found 0%, expected a percentage above 0"},
      {"at_least(101%, member_of)", kRange, "found 101%"},
      {"at_least(1x, member_of)", kWrong, "found \"1x\", expected a number of at most 18 digits"},
      {"at_least(1234567890123456789, a)", kWrong, "at most 18 digits"},
      {"at_least(\"a\", member_of)", kWrong, "a number, a percentage or an attribute"},
      {"capacity(50%, memory_mib of member_of)", kRange, "only at_least takes a percentage"},
      {"capacity(0, memory_mib of member_of)", kRange, "expected a number above zero"},
      {"capacity(400, memory_mib member_of)", kWrong, "expected \"of\" between"},
      {"capacity(400, 0 of member_of)", kRange, "found 0, expected a number above zero"},
      {"capacity(400, any(member_of))", kWrong, "what is counted has no groups within"},
      {"weighted(60, 30, member_of)", kRange, "column 14: found 30, expected 60 at least"},
      {"weighted(60, member_of)", kWrong, "expected a comma"},
      {"primary(\"db-1\")", kWrong, "expected a comma and what stands by"},
      {"any(10 of member_of)", kWrong, "found \"10\", expected a relationship type"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.text);
    EXPECT_THAT(ParseGate(c.text), IsError(c.code, c.message));
    EXPECT_THAT(ParseGate(c.text), IsError(c.code, "gate, column ")) << "says where";
  }
}

std::string Nested(std::size_t depth) {
  std::string text;
  for (std::size_t i = 0; i < depth; ++i) text += "any(";
  text += "runs_on";
  for (std::size_t i = 0; i < depth; ++i) text += ")";
  return text;
}

std::string Wide(std::size_t parts) {
  std::string text = "any(runs_on";
  for (std::size_t i = 1; i < parts; ++i) text += ",runs_on";
  return text + ")";
}

TEST(ParseGate, IsBounded) {
  EXPECT_OK(ParseGate(Nested(kGateDepthMax)));
  EXPECT_THAT(ParseGate(Nested(kGateDepthMax + 1)),
              IsError(ErrorCode::kOutOfRange, "9 deep, expected at most 8"));
  EXPECT_OK(ParseGate(Wide(kGatePartsMax)));
  EXPECT_THAT(ParseGate(Wide(kGatePartsMax + 1)),
              IsError(ErrorCode::kOutOfRange, "more than 64 parts"));
  const std::string blanks(kGateBytesMax, ' ');
  EXPECT_THAT(ParseGate("any(runs_on)" + blanks),
              IsError(ErrorCode::kOutOfRange, "found 4108 bytes, expected at most 4096"));
  // What fits only without the blanks of the canonical text would not be read back.
  std::string tight = "any(";
  for (int i = 0; i < 8; ++i) {
    if (i > 0) tight += ',';
    tight += '"' + std::string(508, 'k') + '"';
  }
  tight += ')';
  ASSERT_LE(tight.size(), kGateBytesMax);
  EXPECT_THAT(ParseGate(tight), IsError(ErrorCode::kOutOfRange, "expected at most 4096"));
}

// Gates of all shapes, within the bounds.
class RandomGate {
 public:
  explicit RandomGate(std::uint64_t seed) : random_(seed) {}

  GatePart Group(std::size_t depth) {
    GatePart group;
    group.kind = static_cast<GateKind>(3 + Below(6));
    if (group.kind == GateKind::kAtLeast) {
      group.first =
          Below(2) == 0 ? Attribute() : Amount{Decimal{1 + Signed(100), 0}, Below(2) == 0, ""};
    }
    if (group.kind == GateKind::kCapacity) group.first = Below(2) == 0 ? Attribute() : Number();
    if (group.kind == GateKind::kWeighted) {
      group.first = Below(2) == 0 ? Attribute() : Amount{Decimal{1 + Signed(9), 1}, false, ""};
      group.second = Below(2) == 0 ? Attribute() : Amount{Decimal{1 + Signed(50), 0}, false, ""};
    }
    const bool shared = group.kind == GateKind::kCapacity || group.kind == GateKind::kWeighted;
    const std::size_t parts = (group.kind == GateKind::kPrimary ? 2U : 1U) + Below(3);
    for (std::size_t i = 0; i < parts; ++i) {
      const bool leaf = shared || depth == kGateDepthMax || Below(depth + 1) > 0;
      group.parts.push_back(leaf ? Leaf(shared) : Group(depth + 1));
    }
    return group;
  }
  // The text with blanks wherever they may be.
  std::string Spread(std::string_view text) {
    std::string out;
    bool quoted = false;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      const bool sign = std::string_view("()[],%").find(c) != std::string_view::npos;
      if (!quoted && sign && Below(2) == 0) out += Below(2) == 0 ? "\n" : " ";
      out += c;
      if (quoted && c == '\\') out += text[++i];
      if (c == '"') quoted = !quoted;
      if (!quoted && sign && Below(2) == 0) out += '\t';
    }
    return out;
  }
  std::size_t Below(std::size_t limit) { return static_cast<std::size_t>(random_() % limit); }

 private:
  std::int64_t Signed(std::size_t limit) { return static_cast<std::int64_t>(Below(limit)); }
  std::string Word() {
    constexpr std::string_view kWords[] = {"runs_on", "of", "any", "weight", "a1", "member_of"};
    return std::string(kWords[Below(std::size(kWords))]);
  }
  Amount Attribute() { return {{}, false, Word()}; }
  Amount Number() {
    return {*ParseDecimal(absl::StrFormat("%d.%d", 1 + Below(1000), Below(100))), false, ""};
  }
  GatePart Leaf(bool shared) {
    GatePart leaf;
    leaf.kind = Below(3) == 0 ? GateKind::kRecord : GateKind::kMembers;
    if (leaf.kind == GateKind::kRecord) {
      constexpr std::string_view kKeys[] = {"k", "a b", "\"", "\\", "鍵", "a\\\"b", "(),%"};
      leaf.key = kKeys[Below(std::size(kKeys))];
    } else {
      leaf.type = Word();
      if (Below(2) == 0) leaf.class_name = "Server";
    }
    if (shared && Below(3) > 0) leaf.share = Below(2) == 0 ? Attribute() : Number();
    return leaf;
  }

  std::mt19937_64 random_;
};

TEST(GateText, ReadsBackAsTheSameGate) {
  RandomGate random(20260101);
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    const GatePart gate = random.Group(1);
    const std::string text = GateText(gate);
    const absl::StatusOr<GatePart> again = ParseGate(random.Spread(text));
    if (!again.ok()) {
      ASSERT_THAT(again, IsError(ErrorCode::kOutOfRange, "found more than 64 parts")) << text;
      continue;
    }
    ++read;
    ASSERT_EQ(*again, gate) << text;
    ASSERT_EQ(GateText(*again), text);
  }
  EXPECT_GT(read, 19'000);
}

TEST(ParseGate, TakesNoDamagedTextForAnotherGate) {
  RandomGate random(7);
  constexpr std::string_view kBytes = "()[],%\"\\ a1of_.\xE3\x00";
  for (int i = 0; i < 20'000; ++i) {
    std::string text = GateText(random.Group(1));
    for (std::size_t edits = 1 + random.Below(3); edits > 0 && !text.empty(); --edits) {
      const std::size_t at = random.Below(text.size());
      if (random.Below(2) == 0) {
        text.erase(at, 1 + random.Below(4));
      } else {
        text.insert(at, 1, kBytes[random.Below(kBytes.size())]);
      }
    }
    const absl::StatusOr<GatePart> gate = ParseGate(text);
    if (!gate.ok()) continue;
    const std::string canonical = GateText(*gate);
    ASSERT_OK_AND_ASSIGN(const GatePart again, ParseGate(canonical));
    ASSERT_EQ(again, *gate) << text;
  }
}

constexpr std::string_view kEstate = R"(
classes:
  - name: Item
    abstract: true
    label: {en: Item, ja: i}
    attributes:
      - {name: name, type: string, label: {en: Name, ja: n}}
      - {name: min_members, type: integer, label: {en: Needed, ja: n}}
      - {name: gate, type: gate, label: {en: Gate, ja: g}}
  - name: Server
    parent: Item
    label: {en: Server, ja: s}
    attributes:
      - {name: memory_mib, type: integer, label: {en: Memory, ja: m}}
  - {name: Blade, parent: Server, label: {en: Blade, ja: b}}
  - {name: Site, parent: Item, label: {en: Site, ja: s}}
relationship_types:
  - name: runs_on
    renamed_from: runs
    label: {en: Runs on, ja: r}
    inverse_label: {en: Runs, ja: r}
    endpoints: [{source: Item, target: Item}]
    impact: target_to_source
  - name: owned_by
    label: {en: Owned by, ja: o}
    inverse_label: {en: Owns, ja: o}
    endpoints: [{source: Item, target: Item}]
    impact: none
  - name: near
    label: {en: Near, ja: n}
    inverse_label: {en: Near, ja: n}
    endpoints: [{source: Item, target: Item}]
    impact: none
    impact_rules: [{source: Server, impact: both}]
)";

TEST(CheckGate, KnowsWhatTheModelHas) {
  ASSERT_OK_AND_ASSIGN(const auto schema, BuildYaml(kEstate));
  struct Case {
    const char* gate;
    ErrorCode code;
    const char* message;  // empty: fine
  };
  const Case cases[] = {
      {"any(runs_on)", {}, ""},
      {"any(runs)", {}, ""},
      {"any(near)", {}, ""},
      {"all(runs_on[Server], \"whoever\")", {}, ""},
      {"at_least(min_members, runs_on)", {}, ""},
      {"capacity(min_members, memory_mib of runs_on)", {}, ""},
      {"capacity(4, memory_mib of runs_on[Blade])", {}, ""},
      {"capacity(4, memory_mib of runs_on[Item])", {}, ""},
      {"weighted(min_members, memory_mib, 10 of runs_on)", {}, ""},
      {"any(runs_onn)", ErrorCode::kUnknownRelationshipType,
       "gate, column 5: unknown relationship type \"runs_onn\"; did you mean \"runs_on\"?"},
      {"all(runs_on, any(runs_on[Sever]))", ErrorCode::kUnknownClass,
       "gate, column 18: unknown class \"Sever\"; did you mean \"Server\"?"},
      {"any(owned_by)", ErrorCode::kWrongType, "owned_by carries no failure (impact: none)"},
      {"at_least(min_member, runs_on)", ErrorCode::kUnknownAttribute,
       "attribute \"min_member\" of class Server; did you mean \"min_members\"?"},
      {"at_least(name, runs_on)", ErrorCode::kWrongType,
       "attribute name is of type string, expected integer or decimal"},
      {"capacity(4, memory of runs_on)", ErrorCode::kUnknownAttribute,
       "unknown attribute \"memory\" of any class"},
      {"capacity(4, memory_mb of runs_on[Blade])", ErrorCode::kUnknownAttribute,
       "of class Blade; did you mean \"memory_mib\"?"},
      {"capacity(4, memory_mib of runs_on[Site])", ErrorCode::kUnknownAttribute, "of class Site"},
      {"capacity(4, name of \"db\")", ErrorCode::kWrongType, "expected integer or decimal"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.gate);
    const absl::Status status = CheckGate(MustParse(c.gate), *schema->FindClass("Server"), *schema);
    if (*c.message == '\0') {
      EXPECT_OK(status);
    } else {
      EXPECT_THAT(status, IsError(c.code, c.message));
    }
  }
  EXPECT_THAT(
      CheckGate(MustParse("at_least(memory_mib, runs_on)"), *schema->FindClass("Site"), *schema),
      IsError(ErrorCode::kUnknownAttribute, "of class Site"))
      << "an attribute of the gated record itself";
}

TEST(GateAttribute, IsKeptInCanonicalTextAndChecked) {
  ASSERT_OK_AND_ASSIGN(const auto schema, BuildYaml(kEstate));
  const Class& server = *schema->FindClass("Server");
  const AttributeNumber gate = schema->GateAttributeOf(server.number);
  EXPECT_EQ(schema->AttributeName(gate), "gate");
  EXPECT_EQ(schema->GateAttributeOf(ClassNumber{99}), AttributeNumber{});
  const auto canonicalise = [&](std::string_view text, bool ended = false) {
    Record record;
    record.class_number = server.number;
    record.key = "web-1";
    record.ended = ended;
    record.Set(gate, Value(text));
    const absl::Status status = schema->Canonicalise(record, Schema::Defaults::kFill);
    return status.ok() ? absl::StatusOr<Value>(record.attributes.at(0).second) : status;
  };
  ASSERT_OK_AND_ASSIGN(const Value stored, canonicalise(" any( runs_on )"));
  EXPECT_EQ(stored, Value("any(runs_on)"));
  EXPECT_THAT(canonicalise("any(runs_on"),
              IsError(ErrorCode::kWrongType, "Server \"web-1\": attribute gate: gate, column 12"));
  const absl::StatusOr<Value> unknown = canonicalise("any(runs_off)");
  EXPECT_THAT(unknown, IsError(ErrorCode::kUnknownRelationshipType,
                               "Server \"web-1\": attribute gate: gate, column 5: unknown"));
  EXPECT_EQ(FieldOf(unknown.status()), "gate");
  EXPECT_OK(canonicalise("any(runs_off)", true)) << "of what ended nothing is asked";
  const Attribute& attribute = *schema->FindAttribute(server, "gate");
  EXPECT_THAT(schema->Coerce(attribute, Value(7)), IsError(ErrorCode::kWrongType, "as text"));
}

}  // namespace
}  // namespace kosei::model

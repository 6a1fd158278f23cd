// Schema::Canonicalise: a whole record.
#include "kosei/base/record.h"

#include "kosei/model/schema.h"
#include "model_builder.h"
#include "status_matchers.h"

namespace kosei::model {
namespace {

using ::kosei::testing::IsError;

constexpr std::string_view kModel = R"(
classes:
  - name: Base
    abstract: true
    label: {en: Base, ja: b}
    attributes:
      - {name: hostname, type: string, required: true, label: {en: H, ja: h}}
      - {name: port, type: integer, default: 443, maximum: 65535, label: {en: P, ja: p}}
  - name: Thing
    parent: Base
    label: {en: Thing, ja: t}
    attributes:
      - {name: mac_address, type: mac, label: {en: M, ja: m}}
  - name: Other
    label: {en: Other, ja: o}
    attributes:
      - {name: url, type: url, label: {en: U, ja: u}}
)";

class RecordTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(schema_, testing::BuildYaml(kModel));
    hostname_ = NumberOf("Thing", "hostname");
    port_ = NumberOf("Thing", "port");
    mac_ = NumberOf("Thing", "mac_address");
    url_ = NumberOf("Other", "url");
  }

  AttributeNumber NumberOf(std::string_view class_name, std::string_view attribute) const {
    return schema_->FindAttribute(*schema_->FindClass(class_name), attribute)->number;
  }

  Record Thing() const {
    Record record;
    record.class_number = schema_->FindClass("Thing")->number;
    record.key = "thing-1";
    record.Set(hostname_, "h");
    return record;
  }

  absl::Status Canonicalise(Record& record) const {
    return schema_->Canonicalise(record, Schema::Defaults::kFill);
  }

  std::shared_ptr<const Schema> schema_;
  AttributeNumber hostname_;
  AttributeNumber port_;
  AttributeNumber mac_;
  AttributeNumber url_;
};

TEST_F(RecordTest, ComesOutCoercedSortedAndComplete) {
  Record record = Thing();
  record.attributes = {{mac_, "00005E005301"}, {hostname_, "h"}};
  ASSERT_OK(Canonicalise(record));
  ASSERT_EQ(record.attributes.size(), 3U);
  EXPECT_LT(record.attributes[0].first, record.attributes[1].first);
  EXPECT_LT(record.attributes[1].first, record.attributes[2].first);
  EXPECT_EQ(*record.Find(mac_), Value("00:00:5e:00:53:01"));
  EXPECT_EQ(*record.Find(port_), Value(443));
  const Record once = record;
  ASSERT_OK(Canonicalise(record));
  EXPECT_EQ(record, once);
}

TEST_F(RecordTest, GetsDefaultsOnlyWhereAskedAndAbsent) {
  Record record = Thing();
  ASSERT_OK(schema_->Canonicalise(record, Schema::Defaults::kKeep));
  EXPECT_EQ(record.Find(port_), nullptr);
  record.Set(port_, "80");
  ASSERT_OK(Canonicalise(record));
  EXPECT_EQ(*record.Find(port_), Value(80));
}

TEST_F(RecordTest, LosesItsNulls) {
  Record record = Thing();
  record.attributes.emplace_back(mac_, Value());
  ASSERT_OK(schema_->Canonicalise(record, Schema::Defaults::kKeep));
  EXPECT_EQ(record.attributes.size(), 1U);
}

TEST_F(RecordTest, NeedsNothingOnceItHasEnded) {
  Record record = Thing();
  record.attributes.clear();
  record.ended = true;
  ASSERT_OK(Canonicalise(record));
  EXPECT_TRUE(record.attributes.empty());
}

TEST_F(RecordTest, NeedsAConcreteClassOfTheModel) {
  Record record = Thing();
  record.class_number = schema_->FindClass("Base")->number;
  EXPECT_THAT(Canonicalise(record), IsError(ErrorCode::kAbstractClass, "class Base is abstract"));
  record.class_number = ClassNumber{0};
  EXPECT_THAT(Canonicalise(record), IsError(ErrorCode::kUnknownClass, "number 0 is unknown"));
  record.class_number = ClassNumber{99};
  EXPECT_THAT(Canonicalise(record), IsError(ErrorCode::kUnknownClass, "number 99 is unknown"));
}

TEST_F(RecordTest, NeedsAKeyThatPeopleCanRead) {
  struct Case {
    std::string key;
    ErrorCode code;
    std::string message_part;
  };
  const Case cases[] = {
      {"", ErrorCode::kRequiredMissing, "the key is empty"},
      {std::string(kKeyBytesMax + 1, 'x'), ErrorCode::kOutOfRange,
       "513 bytes, expected at most 512"},
      {"a\tb", ErrorCode::kInvalidText, "control character at byte 2"},
      {"a\xFF", ErrorCode::kInvalidText, "not UTF-8 at byte 2"},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.message_part);
    Record record = Thing();
    record.key = c.key;
    EXPECT_THAT(Canonicalise(record), IsError(c.code, c.message_part));
    EXPECT_EQ(FieldOf(Canonicalise(record)), "key");
  }
  Record record = Thing();
  record.key = std::string(kKeyBytesMax, 'x');
  EXPECT_OK(Canonicalise(record));
}

TEST_F(RecordTest, HasOnlyAttributesOfItsClassOnceEach) {
  Record record = Thing();
  record.Set(url_, "http://x/");
  EXPECT_THAT(Canonicalise(record),
              IsError(ErrorCode::kUnknownAttribute, "class Thing has no attribute url"));
  EXPECT_EQ(FieldOf(Canonicalise(record)), "url");
  record = Thing();
  record.Set(AttributeNumber{99}, "x");
  EXPECT_THAT(Canonicalise(record), IsError(ErrorCode::kUnknownAttribute, "number 99"));
  record = Thing();
  record.attributes = {{hostname_, "a"}, {port_, 1}, {hostname_, "b"}};
  EXPECT_THAT(Canonicalise(record),
              IsError(ErrorCode::kInvalidArgument, "attribute hostname is given twice"));
}

TEST_F(RecordTest, SaysWhichRecordAndWhichAttributeIsWrong) {
  Record record = Thing();
  record.Set(port_, 70'000);
  EXPECT_THAT(Canonicalise(record), IsError(ErrorCode::kOutOfRange,
                                            "Thing \"thing-1\": attribute port: found the integer "
                                            "70000, expected at most 65535"));
  EXPECT_EQ(FieldOf(Canonicalise(record)), "port");
  record = Thing();
  record.Set(hostname_, Value());
  EXPECT_THAT(Canonicalise(record),
              IsError(ErrorCode::kRequiredMissing, "attribute hostname is required and missing"));
  EXPECT_EQ(FieldOf(Canonicalise(record)), "hostname");
}

}  // namespace
}  // namespace kosei::model

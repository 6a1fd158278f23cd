#include "kosei/base/record.h"

#include "kosei/base/bytes.h"
#include "pch.h"
#include "status_matchers.h"

namespace kosei {
namespace {

Record SomeRecord() {
  Record record;
  record.class_number = ClassNumber{3};
  record.key = "web-1";
  record.Set(AttributeNumber{4}, Value(ValueList{Value("a"), Value(5), Value(true)}));
  record.Set(AttributeNumber{1}, Value("ウェブ"));
  record.Set(AttributeNumber{2}, Value(-7));
  record.Set(AttributeNumber{3}, Value(Decimal{125, 1}));
  record.Set(AttributeNumber{9}, Value(false));
  record.valid_from = Timestamp{1000};
  return record;
}

// Bytes where FlatBuffers wants them.
class AlignedBytes {
 public:
  explicit AlignedBytes(std::string_view bytes)
      : words_(bytes.size() / 8 + 1), size_(bytes.size()) {
    std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char*>(words_.data()));
  }
  std::string_view view() const { return {reinterpret_cast<const char*>(words_.data()), size_}; }

 private:
  std::vector<std::uint64_t> words_;
  std::size_t size_;
};

TEST(Record, ReadsBackWhatWasWritten) {
  const AlignedBytes bytes(EncodeRecord(SomeRecord()));
  ASSERT_OK_AND_ASSIGN(const RecordView view, RecordView::Verify(bytes.view()));
  EXPECT_EQ(view.Decode(), SomeRecord());
  EXPECT_EQ(view.key(), "web-1");
  EXPECT_EQ(view.Text(AttributeNumber{1}), "ウェブ");
  EXPECT_EQ(view.Find(AttributeNumber{2}), Value(-7));
  EXPECT_TRUE(view.Find(AttributeNumber{5}).is_null());
}

TEST(Record, SameRecordSameBytesWhateverTheOrderOfSetting) {
  Record other;
  const Record record = SomeRecord();
  other.class_number = record.class_number;
  other.key = record.key;
  other.valid_from = record.valid_from;
  for (auto attribute = record.attributes.rbegin(); attribute != record.attributes.rend();
       ++attribute) {
    other.Set(attribute->first, attribute->second);
  }
  EXPECT_EQ(EncodeRecord(other), EncodeRecord(record));
}

TEST(Record, SettingNullRemoves) {
  Record record = SomeRecord();
  record.Set(AttributeNumber{2}, Value());
  record.Set(AttributeNumber{77}, Value());
  EXPECT_EQ(record.Find(AttributeNumber{2}), nullptr);
  EXPECT_EQ(record.attributes.size(), 4U);
}

TEST(Record, HasTheseBytesForEver) {
  Record record;
  record.class_number = ClassNumber{1};
  record.key = "k";
  record.Set(AttributeNumber{2}, Value("v"));
  record.valid_from = Timestamp{5};
  const AlignedBytes bytes(EncodeRecord(record));
  EXPECT_EQ(std::string(bytes.view().substr(4, 4)), "KREC");
  EXPECT_EQ(ToHex(bytes.view()),
            "180000004b524543000000000c001c00060008000c0010000c000000000001001400000018000000"
            "050000000000000000000000010000006b000000010000001400000000000e000c00060005000000"
            "000008000e00000000040200040000000100000076000000");
}

TEST(Record, EveryTruncationAndEveryFlippedByteIsHarmless) {
  const std::string whole = EncodeRecord(SomeRecord());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const AlignedBytes bytes(std::string_view(whole).substr(0, size));
    const auto view = RecordView::Verify(bytes.view());
    if (view.ok()) view->Decode();
  }
  for (std::size_t i = 0; i < whole.size(); ++i) {
    for (const int flip : {0x01, 0x80, 0xFF}) {
      std::string damaged = whole;
      damaged[i] = static_cast<char>(damaged[i] ^ flip);
      const AlignedBytes bytes(damaged);
      const auto view = RecordView::Verify(bytes.view());
      if (view.ok()) EncodeRecord(view->Decode());
    }
  }
}

TEST(Record, RefusesWhatIsNoRecord) {
  const AlignedBytes nonsense("this is certainly not a record, is it?");
  EXPECT_THAT(RecordView::Verify(nonsense.view()),
              testing::HasErrorCode(ErrorCode::kMalformedFrame));
  const std::string large(kRecordBytesMax + 1, 'x');
  EXPECT_THAT(RecordView::Verify(large), testing::IsError(ErrorCode::kMalformedFrame, "1 MiB"));
  Record unordered = SomeRecord();
  std::swap(unordered.attributes[0], unordered.attributes[1]);
  const AlignedBytes bytes(EncodeRecord(unordered));
  EXPECT_THAT(RecordView::Verify(bytes.view()),
              testing::IsError(ErrorCode::kMalformedFrame, "ascend"));
}

}  // namespace
}  // namespace kosei

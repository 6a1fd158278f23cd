// Grams of text, and packed posting lists.
#include "text_grams.h"

#include <random>
#include <set>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "index_entries.h"
#include "kosei/base/bytes.h"
#include "kosei/base/record.h"
#include "kosei/storage/folding.h"

namespace kosei::storage {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Grams, ThreeOfLatinTwoOfJapanese) {
  EXPECT_THAT(GramsOf(""), IsEmpty());
  EXPECT_THAT(GramsOf("d"), ElementsAre("d\1\1"));
  EXPECT_THAT(GramsOf("web"), ElementsAre("b\1\1", "eb\1", "web"));
  EXPECT_THAT(GramsOf("基幹系"), ElementsAre("基幹", "幹系", "系\1"));
  EXPECT_THAT(GramsOf("db基"), ElementsAre("b基", "db基", "基\1"));
  EXPECT_THAT(GramsOf("aaaa"), ElementsAre("a\1\1", "aa\1", "aaa"));
  EXPECT_THAT(GramsWithin("web"), ElementsAre("web"));
  EXPECT_THAT(GramsWithin("we"), IsEmpty());
  EXPECT_THAT(GramsWithin("基"), IsEmpty());
  EXPECT_THAT(GramsWithin("基幹"), ElementsAre("基幹"));
  EXPECT_THAT(GramsWithin("𠮷野"), ElementsAre("𠮷野"));
}

// Packed grams lie as their bytes do in the store, zero bytes and lengths included.
TEST(Grams, AreOrderedAsTheirBytes) {
  std::mt19937_64 random(7);
  const auto any = [&] {
    std::string bytes;
    for (std::size_t n = random() % (Gram::kBytesMax + 1); n > 0; --n)
      bytes += static_cast<char>(std::array{'\0', '\1', 'a', 'b', '\xff'}[random() % 5]);
    return bytes;
  };
  for (int i = 0; i < 20'000; ++i) {
    const std::string a = any();
    const std::string b = any();
    ASSERT_EQ(Gram(a).bytes(), a);
    ASSERT_EQ(Gram(a) < Gram(b), a < b) << ToHex(a) << " " << ToHex(b);
    ASSERT_EQ(Gram(a) == Gram(b), a == b);
  }
}

// Whatever part is asked for, the whole has its grams, or one that begins with it.
TEST(Grams, APartsAreAmongTheWholes) {
  const std::string_view points[] = {"a", "b", "-", "é", "基", "ー", "サ", "𠮷", "1"};
  std::mt19937_64 random(3);
  for (int i = 0; i < 3'000; ++i) {
    std::vector<std::string_view> text;
    for (std::size_t n = 1 + random() % 7; n > 0; --n) {
      text.push_back(points[random() % std::size(points)]);
    }
    const std::size_t begin = random() % text.size();
    const std::size_t end = begin + 1 + random() % (text.size() - begin);
    std::string whole;
    std::string part;
    for (std::size_t k = 0; k < text.size(); ++k) {
      whole += text[k];
      if (k >= begin && k < end) part += text[k];
    }
    SCOPED_TRACE(whole + " / " + part);
    const std::vector<Gram> of_whole = GramsOf(whole);
    const std::vector<Gram> of_part = GramsWithin(part);
    EXPECT_TRUE(std::includes(of_whole.begin(), of_whole.end(), of_part.begin(), of_part.end()));
    if (!of_part.empty()) continue;
    EXPECT_TRUE(std::any_of(of_whole.begin(), of_whole.end(),
                            [&part](const Gram& gram) { return gram.bytes().starts_with(part); }));
  }
}

// The items of a list are made for the visit, one in the place of the other.
TEST(Grams, OfVersionsAreThoseOfEveryItemOfAList) {
  constexpr AttributeNumber kTags{5};
  Record record;
  record.key = "srv-1";
  record.class_number = ClassNumber{1};
  ValueList tags;
  for (const char letter : {'a', 'b', 'c', 'd'}) tags.emplace_back(std::string(40, letter));
  record.Set(kTags, Value(std::move(tags)));
  const std::vector<RecordVersion> versions = {
      {RecordId{1}, CommitNumber{1}, kOpenEnd, EncodeRecord(record)}};
  const std::vector<Gram> grams = GramsOfVersions(versions, {kTags}, kNoCommit);
  for (const char letter : {'a', 'b', 'c', 'd'})
    EXPECT_THAT(grams, ::testing::Contains(Gram(std::string(3, letter)))) << letter;
}

TEST(Posting, HasTheseBytes) {
  Posting posting;
  EXPECT_EQ(ToHex(posting.Encode()), "64");
  posting.Add(0);
  posting.Add(1);
  posting.Add(200);
  posting.Add(4'095);
  EXPECT_EQ(ToHex(posting.Encode()), "640000c601b61e");
  Posting full;
  for (std::uint32_t i = 0; i < kPostingBlock; ++i) full.Add(i);
  EXPECT_EQ(full.Encode(), "b" + std::string(512, '\xff'));
  EXPECT_EQ(ToHex(PostingKey("web", 258)), "77656200000102");
}

TEST(Posting, ComesBackAsItWas) {
  std::mt19937_64 random(5);
  for (const std::uint32_t count : {1U, 10U, 100U, 400U, 600U, 4'000U}) {
    Posting posting;
    std::set<std::uint64_t> expected;
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto offset = static_cast<std::uint32_t>(random() % kPostingBlock);
      posting.Add(offset);
      expected.insert(1'000'000 + offset);
    }
    const std::string bytes = posting.Encode();
    EXPECT_LE(bytes.size(), 513U);
    Posting read;
    ASSERT_TRUE(read.Decode(bytes));
    std::vector<std::uint64_t> ids;
    read.AppendTo(1'000'000, ids);
    EXPECT_EQ(ids, std::vector<std::uint64_t>(expected.begin(), expected.end()));
    EXPECT_EQ(read.count(), expected.size());
  }
}

TEST(Posting, OtherBytesAreRefused) {
  Posting posting;
  for (const std::string_view bytes :
       {std::string_view(), std::string_view("x"), std::string_view("b12"),
        std::string_view("d\x80"), std::string_view("d\xff\xff\xff\xff")}) {
    EXPECT_FALSE(posting.Decode(bytes));
  }
}

TEST(Folding, TwiceIsOnce) {
  for (const std::string_view text : {"ＷＥＢサーバー", "ｻｰﾊﾞｰ", "Straße", "㈱", "İ", "ﬁ", "ẞ"}) {
    const std::string folded = Folded(text);
    EXPECT_EQ(Folded(folded), folded);
  }
  EXPECT_EQ(Folded("ｻｰﾊﾞｰ ＷＥＢ"), "サーバー web");
  std::string folded = "before";
  EXPECT_FALSE(FoldText("\xff", folded));
  EXPECT_EQ(folded, "");
  EXPECT_TRUE(FoldingVersion().starts_with("unicode "));
}

}  // namespace
}  // namespace kosei::storage

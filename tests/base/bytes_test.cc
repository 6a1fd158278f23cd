#include "kosei/base/bytes.h"

#include "pch.h"

namespace kosei {
namespace {

TEST(Bytes, NumbersAreBigEndianAndReadBack) {
  std::string bytes;
  AppendU16(bytes, 0x0102);
  AppendU32(bytes, 0x03040506);
  AppendU64(bytes, 0xFFEEDDCCBBAA9988);
  EXPECT_EQ(ToHex(bytes), "010203040506ffeeddccbbaa9988");
  EXPECT_EQ(ReadU16(bytes.data()), 0x0102);
  EXPECT_EQ(ReadU32(bytes.data() + 2), 0x03040506U);
  EXPECT_EQ(ReadU64(bytes.data() + 6), 0xFFEEDDCCBBAA9988U);
}

TEST(Sha256, AgreesWithThePublishedExamples) {
  // FIPS 180-4 examples.
  EXPECT_EQ(ToHex(Sha256::Of("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(ToHex(Sha256::Of("")),
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  Sha256 parts;
  parts.Update("a");
  parts.Update("bc");
  EXPECT_EQ(parts.Finish(), Sha256::Of("abc"));
}

}  // namespace
}  // namespace kosei

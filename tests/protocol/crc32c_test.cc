#include "crc32c.h"

#include <string>

#include "gtest/gtest.h"

namespace kosei::protocol {
namespace {

// RFC 3720, B.4.
TEST(Crc32c, GivesThePublishedValues) {
  std::string ascending;
  for (int i = 0; i < 32; ++i) ascending.push_back(static_cast<char>(i));
  struct Case {
    std::string_view name;
    std::string bytes;
    std::uint32_t crc;
  };
  const Case cases[] = {
      {"nothing", "", 0},
      {"the check value", "123456789", 0xE3069283},
      {"32 zeros", std::string(32, '\0'), 0x8A9136AA},
      {"32 ones", std::string(32, '\xFF'), 0x62A8AB43},
      {"ascending", ascending, 0x46DD794E},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    EXPECT_EQ(Crc32c(c.bytes), c.crc);
    EXPECT_EQ(internal::Crc32cByTable(c.bytes), c.crc);
  }
}

TEST(Crc32c, IsTheSameWithAndWithoutTheInstruction) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    for (std::size_t skip = 0; skip < 8 && skip <= bytes.size(); ++skip) {
      const std::string_view part = std::string_view(bytes).substr(skip);
      ASSERT_EQ(Crc32c(part), internal::Crc32cByTable(part)) << bytes.size() << " from " << skip;
    }
    bytes.push_back(static_cast<char>(i * 131 + 7));
  }
}

}  // namespace
}  // namespace kosei::protocol

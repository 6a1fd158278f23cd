// docs/protocol.md says what the code does: its tables and its example are compared with the
// code's.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/protocol/frame.h"
#include "kosei/protocol/limits.h"
#include "kosei/protocol/operations.h"
#include "sample_frames.h"

namespace kosei::protocol {
namespace {

class ProtocolPage : public ::testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file(std::string(KOSEI_SOURCE_DIR) + "/docs/protocol.md");
    ASSERT_TRUE(file.is_open());
    text_.assign(std::istreambuf_iterator<char>(file), {});
    std::copy_if(text_.begin(), text_.end(), std::back_inserter(compact_),
                 [](char c) { return std::isspace(static_cast<unsigned char>(c)) == 0; });
  }
  bool Says(std::string_view text) const { return text_.find(text) != std::string::npos; }

  std::string text_;
  std::string compact_;  // without blanks
};

std::string YesOrNo(bool yes) { return yes ? "yes" : "no"; }

std::string CategoryName(ErrorCategory category) {
  constexpr std::array<std::string_view, 9> kNames = {
      "", "client", "auth", "denied", "not_found", "conflict", "limit", "transient", "internal"};
  return std::string(kNames[static_cast<std::size_t>(category)]);
}

TEST_F(ProtocolPage, HasARowForEveryOperation) {
  for (const OperationInfo& info : OperationTable()) {
    const std::string deadline = info.deadline_ms_default == 0
                                     ? "none"
                                     : std::to_string(info.deadline_ms_default / 1'000) + " s";
    const std::string row = "\n| " + std::to_string(OpcodeOf(info.operation)) + " | `" +
                            std::string(info.name) + "` | " + std::string(NameOf(info.needs)) +
                            " | " + YesOrNo(info.idempotent) + " | " + YesOrNo(info.streamed) +
                            " | " + deadline + " | ";
    EXPECT_TRUE(Says(row)) << row;
    EXPECT_TRUE(Says(" | " + std::string(info.summary) + " |\n")) << info.summary;
  }
}

TEST_F(ProtocolPage, HasARowForEveryError) {
  for (const ErrorInfo& info : ErrorTable()) {
    const std::string row = "\n| " + std::to_string(static_cast<unsigned>(info.code)) + " | `" +
                            std::string(info.symbol) + "` | " + CategoryName(info.category) +
                            " | " + YesOrNo(info.retryable) + " | " + std::string(info.title_en) +
                            " | " + std::string(info.title_ja) + " |\n";
    EXPECT_TRUE(Says(row)) << row;
    const std::string category = "\n| " + CategoryName(info.category) + " | " +
                                 std::to_string(static_cast<int>(info.category)) + " | ";
    EXPECT_TRUE(Says(category)) << category;
  }
}

TEST_F(ProtocolPage, ShowsTheGoldenBytes) {
  const std::string examples[] = {
      EncodePreface(ClientPreface{.body_max = kBodyMax}),
      EncodePreface(ServerPreface{.body_max = kBodyMax}),
      testing::GetRequestFrame(),
      testing::ErrorReplyFrame(),
  };
  for (const std::string& bytes : examples) {
    EXPECT_NE(compact_.find(ToHex(bytes)), std::string::npos) << ToHex(bytes);
  }
}

TEST_F(ProtocolPage, NamesEverySchema) {
  const std::filesystem::path folder = std::string(KOSEI_SOURCE_DIR) + "/protocol/schema";
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (entry.path().extension() != ".fbs") continue;
    EXPECT_TRUE(Says("`" + entry.path().filename().string() + "`")) << entry.path();
  }
}

TEST_F(ProtocolPage, SaysTheLimits) {
  EXPECT_TRUE(Says("| body before hello | " + std::to_string(kBodyMaxBeforeHello >> 10) + " KiB"));
  EXPECT_TRUE(Says("| body | " + std::to_string(kBodyMax >> 20) + " MiB"));
  EXPECT_TRUE(Says("| nesting of tables | " + std::to_string(kVerifierDepthMax) + " |"));
  EXPECT_TRUE(Says("| " + std::to_string(kWalkFactorMax) + " times the body |"));
  EXPECT_TRUE(Says("| " + std::to_string(kStreamWindowBytes >> 20) + " MiB |"));
}

}  // namespace
}  // namespace kosei::protocol

// Files attached through the client library to records of the real server: read back as they were,
// kept once, refused when they are too large, and shown to those only who may see them.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "estate.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"

namespace kosei::e2e {
namespace {

using ::kosei::testing::HasErrorCode;
using ::kosei::testing::IsError;
using ::testing::ElementsAre;

class ProcessAttachments : public Estate {
 protected:
  ProcessAttachments() : Estate(std::vector<std::string>{"--attachment-bytes-max", "4000000"}) {}
  void SetUp() override {
    Estate::SetUp();
    Put({MakeRecord("BusinessService", "svc:mail", {{"name", "Mail"}})});
    for (const char* title : {"Mail is slow", "Mail is down"}) {
      client::ProcessNew record;
      record.class_name = "Incident";
      record.attributes.push_back({"name", {std::string(title)}});
      record.links = {{"concerns", "svc:mail"}};
      ASSERT_OK(client->OpenProcess(record));
    }
  }
  // Gives `content` piece by piece, and counts how much was asked for.
  client::AttachmentSource From(const std::string& content) {
    return [this, content](std::size_t bytes_max) -> absl::StatusOr<std::string> {
      std::string piece = content.substr(read_, bytes_max);
      read_ += piece.size();
      return piece;
    };
  }
  absl::StatusOr<client::Attached> Attach(client::Client& by, const std::string& key,
                                          const std::string& name, const std::string& content) {
    read_ = 0;
    return by.Attach({key, name, "application/octet-stream", content.size()}, From(content));
  }
  absl::StatusOr<std::string> Read(client::Client& by, const std::string& key,
                                   const std::string& name) {
    std::string content;
    const auto info = by.ReadAttachment(key, name, [&](std::string_view bytes) {
      content += bytes;
      return absl::OkStatus();
    });
    if (!info.ok()) return info.status();
    EXPECT_EQ(info->bytes, content.size());
    return content;
  }
  std::string Content(client::Client& by, const std::string& key, const std::string& name) {
    const auto content = Read(by, key, name);
    EXPECT_OK(content);
    return content.ok() ? *content : std::string();
  }
  std::unique_ptr<client::Client> As(const std::string& name, const std::string& role,
                                     const std::vector<std::string>& classes = {}) {
    const auto token = client->CreateToken(name, role, 30, classes);
    EXPECT_OK(token);
    return token.ok() ? Connect(token->token) : nullptr;
  }
  std::vector<std::string> Rows(const std::string& text) {
    std::vector<std::string> rows;
    client::StatementRequest request;
    request.text = text;
    EXPECT_OK(client->Query(request, [&](const auto&, const client::QueryRow& row) {
      rows.push_back(row[0].As<std::string>() == nullptr ? "" : *row[0].As<std::string>());
      return true;
    }));
    return rows;
  }
  static std::string Bytes(std::size_t count) {
    std::string bytes(count, '\0');
    std::uint32_t state = 11;
    for (char& c : bytes) {
      state = state * 1'664'525 + 1'013'904'223;
      c = static_cast<char>(state >> 24);
    }
    return bytes;
  }

  std::size_t read_ = 0;
};

TEST_F(ProcessAttachments, AreReadBackAsTheyWereAlsoAfterACrash) {
  const std::string large = Bytes(3'500'000);
  ASSERT_OK_AND_ASSIGN(const client::Attached first,
                       Attach(*client, "INC-000001", "dump.bin", large));
  EXPECT_TRUE(first.stored);
  ASSERT_OK(Attach(*client, "INC-000001", "空.txt", ""));
  server.Kill();
  ASSERT_OK(server.Start());
  client = Connect(server.admin_token());
  EXPECT_EQ(Content(*client, "INC-000001", "dump.bin"), large);
  EXPECT_EQ(Content(*client, first.key, ""), large);
  EXPECT_EQ(Content(*client, "INC-000001", "空.txt"), "");
  EXPECT_THAT(Read(*client, "INC-000001", "nothing"), HasErrorCode(ErrorCode::kNotFound));
}

TEST_F(ProcessAttachments, TheSameContentIsKeptOnce) {
  const std::string content = Bytes(600'000);
  ASSERT_OK(Attach(*client, "INC-000001", "one", content));
  ASSERT_OK_AND_ASSIGN(const client::Attached second,
                       Attach(*client, "INC-000002", "two", content));
  EXPECT_FALSE(second.stored);
  EXPECT_THAT(Rows("MATCH (c:AttachmentContent) RETURN key(c)"),
              ElementsAre("sha256:" + ToHex(Sha256::Of(content))));
  EXPECT_THAT(Rows("MATCH (p:AttachmentPart) RETURN toString(count(*))"), ElementsAre("2"));
}

TEST_F(ProcessAttachments, WhatIsTooLargeIsRefusedBeforeAnyOfItIsRead) {
  EXPECT_THAT(Attach(*client, "INC-000001", "dump.bin", Bytes(4'000'001)),
              IsError(ErrorCode::kOutOfRange, "at most 4000000"));
  EXPECT_EQ(read_, 0U);
  EXPECT_THAT(Attach(*client, "svc:mail", "x", "x"), HasErrorCode(ErrorCode::kInvalidArgument));
  EXPECT_THAT(Attach(*client, "INC-000001", "../x", "x"), HasErrorCode(ErrorCode::kInvalidText));
  EXPECT_EQ(read_, 0U);
}

TEST_F(ProcessAttachments, AFileThatChangesMeanwhileIsNotAttached) {
  read_ = 0;
  EXPECT_THAT(
      client->Attach({"INC-000001", "log", "text/plain", 2'000'000}, From(Bytes(1'500'000))),
      IsError(ErrorCode::kInvalidArgument, "somebody writes"));
  read_ = 0;
  EXPECT_THAT(client->Attach({"INC-000001", "log", "text/plain", 10}, From(Bytes(11))),
              IsError(ErrorCode::kInvalidArgument, "somebody writes"));
  EXPECT_THAT(Rows("MATCH (a:Attachment) RETURN key(a)"), ElementsAre());
}

TEST_F(ProcessAttachments, WhoMayNotSeeARecordDoesNotGetWhatIsAttachedToIt) {
  ASSERT_OK(Attach(*client, "INC-000001", "secret.txt", "secret"));
  const auto reader = As("reader", "reader");
  EXPECT_EQ(Content(*reader, "INC-000001", "secret.txt"), "secret");
  EXPECT_THAT(Attach(*reader, "INC-000001", "x", "x"), HasErrorCode(ErrorCode::kPermissionDenied));
  const auto services = As("services", "reader", {"BusinessService"});
  EXPECT_THAT(Read(*services, "INC-000001", "secret.txt"), HasErrorCode(ErrorCode::kNotFound));
  const auto files = As("files", "reader", {"BusinessService", "Attachment"});
  EXPECT_THAT(Read(*files, "INC-000001", "secret.txt"), HasErrorCode(ErrorCode::kNotFound));
  EXPECT_THAT(Read(*files, "INC-000001/a-1", ""), HasErrorCode(ErrorCode::kNotFound));
  const auto both = As("both", "reader", {"Incident", "Attachment"});
  EXPECT_EQ(Content(*both, "INC-000001", "secret.txt"), "secret");
}

}  // namespace
}  // namespace kosei::e2e

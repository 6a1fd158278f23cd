// Files that are attached to records: kept once, found by name and hash, and refused when they are
// not what was said.
#include "kosei/process/attachments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "attachment/attachment_checks.h"
#include "desk_store.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "status_matchers.h"

namespace kosei::process {
namespace {

using ::kosei::testing::HasErrorCode;
using ::kosei::testing::IsError;
using ::testing::ElementsAre;

class AttachmentsTest : public ::testing::Test {
 protected:
  AttachmentsTest() {
    store_.PutPerson("hanako", {"service_desk"});
    store_.Put("BusinessService", "svc:mail", {{"name", "Mail"}});
    for (int i = 0; i < 2; ++i) {
      EXPECT_OK(store_.desk().New(As("hanako"), {.class_name = "Incident",
                                                 .attributes = Given({{"name", "Mail is slow"}}),
                                                 .links = {{"concerns", "svc:mail"}}}));
    }
    Open({.bytes_max = 2 << 20, .count_max = 3});
  }
  void Open(const AttachmentLimits& limits) {
    attachments_ = Attachments::Open(store_.engine().reader(), store_.engine().writer(),
                                     store_.statements(), store_.desk(), store_.clock(), limits);
  }
  absl::StatusOr<Attached> Add(const std::string& key, const std::string& name,
                               const std::string& content) {
    return attachments_->Add(As("hanako"), {key, name, "text/plain", content.size()}, content,
                             ToHex(Sha256::Of(content)));
  }
  std::string ReadAll(const std::string& key, const std::string& name) {
    const auto info = attachments_->Find(key, name);
    EXPECT_OK(info);
    std::string all;
    while (info.ok() && all.size() < info->bytes) {
      const auto bytes = attachments_->Read(*info, all.size(), 100'000);
      EXPECT_OK(bytes);
      if (!bytes.ok() || bytes->empty()) break;
      all += *bytes;
    }
    return all;
  }

  DeskStore store_;
  std::unique_ptr<Attachments> attachments_;
};

std::string Bytes(std::size_t count) {
  std::string bytes(count, '\0');
  std::uint32_t state = 7;
  for (char& c : bytes) {
    state = state * 1'664'525 + 1'013'904'223;
    c = static_cast<char>(state >> 24);
  }
  return bytes;
}

TEST_F(AttachmentsTest, WhatIsAttachedIsReadBackAsItWas) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{524'288},
                                 std::size_t{524'289}, std::size_t{1'600'000}}) {
    SCOPED_TRACE(size);
    Open({.bytes_max = 2 << 20, .count_max = 100});
    const std::string content = Bytes(size);
    const auto attached = Add("INC-000001", "f" + std::to_string(size), content);
    ASSERT_OK(attached);
    EXPECT_TRUE(attached->stored);
    EXPECT_EQ(ReadAll("INC-000001", "f" + std::to_string(size)), content);
    EXPECT_EQ(ReadAll("INC-000001", ToHex(Sha256::Of(content))), content);
    EXPECT_EQ(ReadAll(attached->key, ""), content);
  }
  EXPECT_THAT(store_.Rows("MATCH (a:Attachment {name: 'f1'})-[:attached_to]->(r) RETURN key(a), "
                          "key(r), a.bytes, a.media_type, a.written_by"),
              ElementsAre("INC-000001/a-2 | INC-000001 | 1 | text/plain | hanako"));
}

TEST_F(AttachmentsTest, TheSameContentIsKeptOnce) {
  const std::string content = Bytes(700'000);
  EXPECT_TRUE(Add("INC-000001", "one", content)->stored);
  const auto second = Add("INC-000002", "two", content);
  ASSERT_OK(second);
  EXPECT_FALSE(second->stored);
  EXPECT_NE(second->commit, kNoCommit);
  EXPECT_THAT(store_.Rows("MATCH (c:AttachmentContent) RETURN c.bytes, c.part_count"),
              ElementsAre("700000 | 2"));
  EXPECT_THAT(store_.Rows("MATCH (p:AttachmentPart) RETURN count(p)"), ElementsAre("2"));
  // Again under the same name: it is there.
  const auto again = Add("INC-000002", "two", content);
  ASSERT_OK(again);
  EXPECT_EQ(again->key, second->key);
  EXPECT_EQ(again->commit, kNoCommit);
}

TEST_F(AttachmentsTest, WhatIsNotAsItWasSaidIsRefused) {
  const std::string content = Bytes(10);
  EXPECT_THAT(attachments_->Add(As("hanako"), {"INC-000001", "f", "text/plain", 10}, content,
                                ToHex(Sha256::Of("other"))),
              IsError(ErrorCode::kInvalidArgument, "SHA-256"));
  EXPECT_THAT(attachments_->Add(As("hanako"), {"INC-000001", "f", "text/plain", 11}, content,
                                ToHex(Sha256::Of(content))),
              HasErrorCode(ErrorCode::kInvalidArgument));
  EXPECT_THAT(store_.Rows("MATCH (p:AttachmentPart) RETURN count(p)"), ElementsAre("0"));
}

TEST_F(AttachmentsTest, LimitsAreNamed) {
  EXPECT_THAT(attachments_->Check({"INC-000001", "f", "text/plain", (2 << 20) + 1}),
              IsError(ErrorCode::kOutOfRange, "2097152"));
  for (const char* name : {"1", "2", "3"}) ASSERT_OK(Add("INC-000001", name, name));
  EXPECT_THAT(Add("INC-000001", "4", "4"), IsError(ErrorCode::kOutOfRange, "at most 3"));
  EXPECT_OK(Add("INC-000002", "4", "4"));
}

TEST_F(AttachmentsTest, OnlyRecordsOfProcessesAndWhatIsSaidOfThemHaveAttachments) {
  EXPECT_THAT(Add("INC-000009", "f", "x"), HasErrorCode(ErrorCode::kNotFound));
  EXPECT_THAT(Add("svc:mail", "f", "x"), IsError(ErrorCode::kInvalidArgument, "no record of a"));
  const auto comment = store_.desk().Add(As("hanako"), {.key = "INC-000001", .text = "see"});
  ASSERT_OK(comment);
  ASSERT_OK(Add(comment->key, "f", "x"));
  EXPECT_EQ(ReadAll(comment->key, "f"), "x");
  EXPECT_THAT(attachments_->Find("INC-000001", "f"), HasErrorCode(ErrorCode::kNotFound));
}

TEST_F(AttachmentsTest, OfTwoUnderOneNameTheNewestIsMeant) {
  ASSERT_OK(Add("INC-000001", "f", "old"));
  store_.clock().Advance(std::chrono::seconds(1));
  ASSERT_OK(Add("INC-000001", "f", "new"));
  EXPECT_EQ(ReadAll("INC-000001", "f"), "new");
  EXPECT_EQ(ReadAll("INC-000001", ToHex(Sha256::Of("old"))), "old");
}

TEST_F(AttachmentsTest, ContentThatWasErasedIsGoneUntilSomebodyBringsItAgain) {
  ASSERT_OK(Add("INC-000001", "f", "secret"));
  const std::string key = "sha256:" + ToHex(Sha256::Of("secret")) + "/0";
  const auto schema = store_.engine().reader().schema();
  storage::Erasure erasure;
  erasure.provenance.actor = "root";
  erasure.provenance.reason = "a secret";
  erasure.key = key;
  erasure.attributes = {
      schema->FindAttribute(*schema->FindClass("AttachmentPart"), "content")->number};
  ASSERT_OK(store_.engine().writer().Erase(erasure));
  const auto info = attachments_->Find("INC-000001", "f");
  ASSERT_OK(info);
  EXPECT_THAT(attachments_->Read(*info, 0, 10), IsError(ErrorCode::kNotFound, "erased"));
  ASSERT_OK(Add("INC-000002", "g", "secret"));
  EXPECT_EQ(ReadAll("INC-000001", "f"), "secret");
}

TEST(AttachmentChecks, NamesAndMediaTypes) {
  const AttachmentLimits limits;
  const auto check = [&](const std::string& name, const std::string& type) {
    return CheckHead({"INC-000001", name, type, 1}, limits);
  };
  EXPECT_OK(check("画面 1.png", "image/png"));
  EXPECT_OK(check("..hidden", "application/vnd.ms-excel"));
  for (const char* name : {"", ".", "..", "a/b", "a\\b", "../x", "/etc/passwd", "a\nb", "\xFF"})
    EXPECT_THAT(check(name, "text/plain"), HasErrorCode(ErrorCode::kInvalidText)) << name;
  EXPECT_THAT(check(std::string(256, 'n'), "text/plain"), HasErrorCode(ErrorCode::kInvalidText));
  EXPECT_THAT(check(std::string("a\0b", 3), "text/plain"), HasErrorCode(ErrorCode::kInvalidText));
  for (const char* type : {"", "text", "text/", "/plain", "Text/plain", "text/plain; a=b", "a/b/c",
                           "text/ plain", "te\nxt/x"})
    EXPECT_THAT(check("f", type), HasErrorCode(ErrorCode::kInvalidArgument)) << type;
}

}  // namespace
}  // namespace kosei::process

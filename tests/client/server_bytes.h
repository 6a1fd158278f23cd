// What a server says, as bytes, for tests that play the server; and what a client said, cut into
// frames.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "gtest/gtest.h"
#include "kosei/base/record.h"
#include "kosei/protocol/frame.h"
#include "kosei/protocol/limits.h"
#include "kosei/protocol/messages.h"
#include "kosei/protocol/read_generated.h"
#include "kosei/protocol/session_generated.h"

namespace kosei::client::testing {

struct SentFrame {
  protocol::FrameHeader header;
  std::string body;
};

// Takes whole frames off the front of `bytes`.
inline std::vector<SentFrame> CutFrames(std::string& bytes) {
  std::vector<SentFrame> out;
  while (bytes.size() >= protocol::kFrameHeaderSize) {
    const protocol::FrameHeader header = protocol::DecodeHeader(bytes.data());
    const std::size_t size = protocol::kFrameHeaderSize + header.body_size;
    if (bytes.size() < size) break;
    out.push_back({header, bytes.substr(protocol::kFrameHeaderSize, header.body_size)});
    bytes.erase(0, size);
  }
  return out;
}

template <typename Table>
std::string Body(flatbuffers::FlatBufferBuilder& builder, flatbuffers::Offset<Table> root) {
  return std::string(protocol::FinishBody(builder, root));
}

inline std::string ServerPrefaceBytes(std::uint16_t version = protocol::kVersion,
                                      std::uint32_t body_max = protocol::kBodyMax) {
  protocol::ServerPreface preface;
  preface.version = version;
  preface.body_max = body_max;
  return protocol::EncodePreface(preface);
}

inline std::string HelloReplyBody(std::uint32_t model_version = 7) {
  flatbuffers::FlatBufferBuilder builder;
  return Body(builder, fb::CreateHelloReplyDirect(builder, "koseid/test", "tester", "writer",
                                                  "store-1", 42, model_version));
}

// Root <- Server (hostname, cpus; refines name), relationship type runs_on.
inline std::string ModelReplyBody(std::uint32_t version = 7) {
  flatbuffers::FlatBufferBuilder b;
  using fb::CreateModelAttributeDirect;
  const std::vector<flatbuffers::Offset<fb::EnumLabel>> states = {
      fb::CreateEnumLabelDirect(b, "live", "Live", "稼働中")};
  const std::vector<flatbuffers::Offset<fb::ModelAttribute>> of_root = {
      CreateModelAttributeDirect(b, 1, "name", 1, 0, true, false, "Name", "名称"),
      CreateModelAttributeDirect(b, 2, "status", 9, 0, false, false, "Status", "状態", &states)};
  const std::vector<flatbuffers::Offset<fb::ModelAttribute>> of_server = {
      CreateModelAttributeDirect(b, 1, "name", 1, 0, true, true, "Host", "ホスト名"),
      CreateModelAttributeDirect(b, 3, "hostname", 1, 0, false, false, "Hostname", "ホスト名"),
      CreateModelAttributeDirect(b, 4, "cpus", 3, 0, false, false, "CPUs", "CPU 数")};
  const std::vector<flatbuffers::Offset<fb::ModelClass>> classes = {
      fb::CreateModelClassDirect(b, 1, "ConfigurationItem", 0, true, "CI", "構成品目", &of_root),
      fb::CreateModelClassDirect(b, 2, "Server", 1, false, "Server", "サーバー", &of_server)};
  const std::vector<flatbuffers::Offset<fb::ModelRelationshipType>> types = {
      fb::CreateModelRelationshipTypeDirect(b, 1, "runs_on", "runs on", "上で動く", "runs",
                                            "を動かす", 1)};
  const std::vector<std::string> attributes = {"name", "status", "hostname", "cpus"};
  const std::vector<std::string> class_names = {"ConfigurationItem", "Server"};
  const std::vector<std::string> type_names = {"runs_on"};
  const auto classes_offset = b.CreateVector(classes);
  const auto types_offset = b.CreateVector(types);
  const auto attribute_names = b.CreateVectorOfStrings(attributes);
  const auto class_name_offsets = b.CreateVectorOfStrings(class_names);
  const auto type_name_offsets = b.CreateVectorOfStrings(type_names);
  return Body(b, fb::CreateModelReply(b, version, classes_offset, types_offset, attribute_names,
                                      class_name_offsets, type_name_offsets));
}

inline std::string PongBody() {
  flatbuffers::FlatBufferBuilder builder;
  return Body(builder, fb::CreatePong(builder, 0));
}

inline std::string GoAwayBody() {
  flatbuffers::FlatBufferBuilder builder;
  return Body(builder, fb::CreateGoAwayDirect(builder, "stopping", 1'000));
}

// One record of class Server for each key.
inline std::string GetReplyBody(const std::vector<std::string>& keys) {
  flatbuffers::FlatBufferBuilder builder;
  std::vector<flatbuffers::Offset<fb::RecordVersion>> versions;
  std::uint64_t id = 0;
  for (const std::string& key : keys) {
    Record record;
    record.class_number = ClassNumber{2};
    record.key = key;
    record.Set(AttributeNumber{1}, "name of " + key);
    const auto bytes = protocol::CreateRecordBytes(builder, EncodeRecord(record));
    versions.push_back(fb::CreateRecordVersion(builder, ++id, 42, UINT64_MAX, bytes));
  }
  const auto records = builder.CreateVector(versions);
  const fb::ViewInfo view(42, 1'000);
  return Body(builder, fb::CreateGetReply(builder, &view, records));
}

inline std::vector<std::string> KeysOfGet(const std::string& body) {
  std::vector<std::string> out;
  const auto request = protocol::Open<fb::GetRequest>(body);
  EXPECT_TRUE(request.ok()) << request.status();
  if (!request.ok() || (*request)->keys() == nullptr) return out;
  for (const flatbuffers::String* key : *(*request)->keys()) out.push_back(key->str());
  return out;
}

inline std::string FrameBytes(const protocol::FrameHeader& header, std::string_view body) {
  std::string out;
  protocol::AppendFrame(out, header, body);
  return out;
}
inline std::string AnswerBytes(const protocol::FrameHeader& request, std::string_view body,
                               std::uint32_t sequence = 0,
                               std::uint8_t flags = protocol::kEndOfStream) {
  return FrameBytes(protocol::ReplyHeader(request, sequence, flags), body);
}
inline std::string ErrorBytes(const protocol::FrameHeader& request, const absl::Status& status,
                              std::uint32_t sequence = 0) {
  std::string out;
  protocol::AppendErrorFrame(out, request, status, sequence);
  return out;
}

}  // namespace kosei::client::testing

// Frames that several tests take apart.
#pragma once

#include <string>

#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/protocol/messages.h"
#include "kosei/protocol/read_generated.h"

namespace kosei::testing {

// Get of "web-1" as of commit 7: request 1.
inline std::string GetRequestFrame() {
  flatbuffers::FlatBufferBuilder builder;
  const auto keys = builder.CreateVectorOfStrings({"web-1"});
  fb::ViewSpecBuilder view(builder);
  view.add_kind(fb::ViewKind::commit);
  view.add_commit(7);
  const auto view_offset = view.Finish();
  const auto root = fb::CreateGetRequest(builder, keys, view_offset);
  return std::string(
      protocol::FinishFrame(builder, root, protocol::RequestHeader(protocol::Operation::kGet, 1)));
}

// What answers it when there is no such baseline.
inline std::string ErrorReplyFrame() {
  std::string out;
  protocol::AppendErrorFrame(
      out, protocol::RequestHeader(protocol::Operation::kGet, 1),
      MakeError(ErrorCode::kUnknownBaseline, "open view: there is no baseline Q3", "baseline"));
  return out;
}

inline std::string FromHex(std::string_view hex) {
  const auto digit = [](char c) {
    return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
  };
  std::string bytes;
  for (std::size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<char>((digit(hex[i]) << 4) | digit(hex[i + 1])));
  }
  return bytes;
}

}  // namespace kosei::testing

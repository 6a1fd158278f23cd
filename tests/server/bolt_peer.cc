#include "bolt_peer.h"

#include "bolt/chunks.h"
#include "kosei/base/status_macros.h"

namespace kosei::testing {

using language::PackedMap;
using language::PackedValue;
using language::PackWriter;
using server::bolt::Tag;

namespace {

constexpr language::PackForm kForm = language::PackForm::kBolt5;

}  // namespace

std::string Packed(std::string_view text) {
  std::string out;
  PackWriter(out, kForm).String(text);
  return out;
}

std::string Packed(std::int64_t number) {
  std::string out;
  PackWriter(out, kForm).Integer(number);
  return out;
}

std::string PackedListOf(const std::vector<std::string>& values) {
  std::string out;
  PackWriter(out, kForm).ListHead(values.size());
  for (const std::string& value : values) out += value;
  return out;
}

std::string PackedMapOf(const std::vector<std::pair<std::string, std::string>>& entries) {
  std::string out;
  PackWriter(out, kForm).MapHead(entries.size());
  for (const auto& [key, value] : entries) out += Packed(key) + value;
  return out;
}

const PackedValue* BoltReply::Find(std::string_view key) const {
  const auto* const map = fields.empty() ? nullptr : fields[0].As<PackedMap>();
  if (map == nullptr) return nullptr;
  for (const language::PackedEntry& entry : *map) {
    if (entry.key == key) return &entry.value;
  }
  return nullptr;
}

std::string BoltReply::TextOf(std::string_view key) const {
  const PackedValue* const value = Find(key);
  const auto* const text = value == nullptr ? nullptr : value->As<std::string>();
  return text == nullptr ? std::string() : *text;
}

std::int64_t BoltReply::IntegerOf(std::string_view key) const {
  const PackedValue* const value = Find(key);
  const auto* const number = value == nullptr ? nullptr : value->As<std::int64_t>();
  return number == nullptr ? -1 : *number;
}

const PackedValue& BoltReply::value(std::size_t at) const {
  static const PackedValue kNone;
  const auto* const list = fields.empty() ? nullptr : fields[0].As<language::PackedList>();
  return list == nullptr || at >= list->size() ? kNone : (*list)[at];
}

absl::Status BoltPeer::Open(std::uint16_t port, std::string_view token) {
  KOSEI_RETURN_IF_ERROR(Connect(port));
  KOSEI_RETURN_IF_ERROR(wire.SendBytes(kOffers));
  KOSEI_ASSIGN_OR_RETURN(const std::string version, wire.ReadBytes(4));
  if (version != std::string_view("\0\0\4\5", 4))
    return MakeError(ErrorCode::kUnsupportedVersion, "the server does not take 5.4");
  if (token.empty()) return absl::OkStatus();
  KOSEI_RETURN_IF_ERROR(Hello().status());
  KOSEI_ASSIGN_OR_RETURN(const BoltReply reply, Logon("bearer", token));
  if (!reply.is_success()) return MakeError(ErrorCode::kUnauthenticated, reply.TextOf("message"));
  return absl::OkStatus();
}

absl::Status BoltPeer::Send(Tag tag, const std::vector<std::string>& parts) {
  std::string message;
  PackWriter(message, kForm).StructureHead(parts.size(), static_cast<std::uint8_t>(tag));
  for (const std::string& part : parts) message += part;
  std::string chunks;
  server::bolt::AppendMessage(chunks, message);
  return wire.SendBytes(chunks);
}

absl::StatusOr<std::string> BoltPeer::ReadMessage() {
  std::string message;
  while (true) {
    KOSEI_ASSIGN_OR_RETURN(const std::string size, wire.ReadBytes(2));
    const std::size_t count =
        std::size_t{static_cast<unsigned char>(size[0])} << 8 | static_cast<unsigned char>(size[1]);
    if (count == 0 && !message.empty()) return message;
    if (count == 0) {
      ++signs_of_life;
      continue;
    }
    KOSEI_ASSIGN_OR_RETURN(const std::string chunk, wire.ReadBytes(count));
    message += chunk;
  }
}

absl::StatusOr<BoltReply> BoltPeer::Read() {
  KOSEI_ASSIGN_OR_RETURN(const std::string message, ReadMessage());
  language::PackReader reader(message);
  KOSEI_ASSIGN_OR_RETURN(language::PackedStructure structure, reader.ReadMessage());
  return BoltReply{structure.tag, std::move(structure.fields)};
}

absl::StatusOr<BoltReply> BoltPeer::Call(Tag tag, const std::vector<std::string>& parts) {
  KOSEI_RETURN_IF_ERROR(Send(tag, parts));
  return Read();
}

absl::StatusOr<BoltReply> BoltPeer::Hello() {
  return Call(Tag::kHello, {PackedMapOf({{"user_agent", Packed("a test/1")}})});
}

absl::StatusOr<BoltReply> BoltPeer::Logon(std::string_view scheme, std::string_view token) {
  return Call(Tag::kLogon, {PackedMapOf({{"scheme", Packed(scheme)},
                                         {"principal", Packed("anybody")},
                                         {"credentials", Packed(token)}})});
}

absl::Status BoltPeer::SendRun(std::string_view text, const std::string& parameters,
                               const std::string& extra) {
  return Send(Tag::kRun, {Packed(text), parameters, extra});
}

absl::StatusOr<BoltReply> BoltPeer::Run(std::string_view text, const std::string& parameters,
                                        const std::string& extra) {
  KOSEI_RETURN_IF_ERROR(SendRun(text, parameters, extra));
  return Read();
}

absl::StatusOr<BoltReply> BoltPeer::Begin(const std::string& extra) {
  return Call(Tag::kBegin, {extra});
}

absl::Status BoltPeer::SendPull(std::int64_t count, std::int64_t result) {
  return Send(Tag::kPull, {PackedMapOf({{"n", Packed(count)}, {"qid", Packed(result)}})});
}

absl::StatusOr<std::vector<BoltReply>> BoltPeer::Pull(std::int64_t count, std::int64_t result) {
  KOSEI_RETURN_IF_ERROR(SendPull(count, result));
  std::vector<BoltReply> replies;
  do {
    KOSEI_ASSIGN_OR_RETURN(BoltReply reply, Read());
    replies.push_back(std::move(reply));
  } while (replies.back().is_record());
  return replies;
}

absl::StatusOr<PackedValue> BoltPeer::Ask(std::string_view text, const std::string& parameters,
                                          const std::string& extra) {
  KOSEI_ASSIGN_OR_RETURN(const BoltReply ran, Run(text, parameters, extra));
  if (!ran.is_success())
    return MakeError(ErrorCode::kInvalidArgument, ran.code() + ": " + ran.TextOf("message"));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<BoltReply> replies, Pull());
  if (replies.size() != 2) return MakeError(ErrorCode::kInternal, "not one record");
  return replies[0].value(0);
}

}  // namespace kosei::testing

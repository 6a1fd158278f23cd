#include "bolt/reply.h"

#include "bolt/chunks.h"
#include "kosei/protocol/limits.h"
#include "kosei/protocol/messages.h"

namespace kosei::server::bolt {
namespace {

constexpr std::uint8_t kSuccessTag = 0x70;
constexpr std::uint8_t kIgnoredTag = 0x7E;
constexpr std::uint8_t kFailureTag = 0x7F;

// Keys and texts have one form in all versions.
constexpr language::PackForm kForm = language::PackForm::kBolt5;

std::string WithMap(std::uint8_t tag, const Metadata& metadata) {
  std::string message;
  language::PackWriter(message, kForm).StructureHead(1, tag);
  message += metadata.Packed();
  std::string chunks;
  AppendMessage(chunks, message);
  return chunks;
}

}  // namespace

language::PackWriter Metadata::Add(std::string_view key) {
  ++count_;
  language::PackWriter writer(entries_, kForm);
  writer.String(key);
  return writer;
}

void Metadata::AddPacked(std::string_view key, std::string_view packed) {
  Add(key);
  entries_ += packed;
}

std::string Metadata::Packed() const {
  std::string map;
  language::PackWriter(map, kForm).MapHead(count_);
  return map + entries_;
}

std::string Success(const Metadata& metadata) { return WithMap(kSuccessTag, metadata); }

std::string Failure(std::string_view code, std::string_view message) {
  Metadata metadata;
  metadata.Text("code", code);
  metadata.Text("message", protocol::CutAtCharacter(message, protocol::kErrorMessageMax));
  return WithMap(kFailureTag, metadata);
}

std::string Ignored() {
  std::string message;
  language::PackWriter(message, kForm).StructureHead(0, kIgnoredTag);
  std::string chunks;
  AppendMessage(chunks, message);
  return chunks;
}

}  // namespace kosei::server::bolt

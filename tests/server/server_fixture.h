// A real server in this process, on a store of its own, on a port of its own.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "kosei/model/definition.h"
#include "kosei/server/log.h"
#include "kosei/server/server.h"
#include "kosei/storage/engine.h"
#include "status_matchers.h"
#include "temp_folder.h"
#include "wire_peer.h"

namespace kosei::testing {

inline constexpr char kServerTestModel[] = R"yaml(
classes:
  - name: ConfigurationItem
    abstract: true
    label: {en: Configuration item, ja: 構成品目}
    attributes:
      - {name: name, type: string, label: {en: Name, ja: 名称}}
  - name: Server
    parent: ConfigurationItem
    label: {en: Server, ja: サーバー}
  - name: Application
    parent: ConfigurationItem
    label: {en: Application, ja: アプリケーション}
relationship_types:
  - name: depends_on
    label: {en: depends on, ja: 依存する}
    inverse_label: {en: is needed by, ja: 依存される}
    endpoints: [{source: ConfigurationItem, target: ConfigurationItem}]
    impact: target_to_source
)yaml";

inline Record EmptyRecord(ClassNumber class_number, const std::string& key) {
  Record record;
  record.class_number = class_number;
  record.key = key;
  return record;
}

// What the fixture puts into the store before it serves.
struct Estate {
  std::vector<std::string> servers;
  std::vector<std::string> applications;
  std::vector<std::pair<std::string, std::string>> depends_on;  // source, target
};

class ServerFixture : public ::testing::Test {
 protected:
  // A store with the estate, served with `options` (the address and the token file are filled in).
  void Serve(const Estate& estate = {}, server::ServerOptions options = {});
  void StopServer() { server_->Stop(); }

  std::uint16_t port() const { return server_->port(); }
  std::uint16_t bolt_port() const { return server_->bolt_port(); }
  const std::string& admin_token() const { return admin_token_; }
  // A peer that has said hello as the administrator.
  WirePeer Admin();
  // A new token of that role, by the wire.
  std::string MakeToken(const std::string& name, const std::string& role,
                        const std::vector<std::string>& classes = {});

  ClassNumber class_number(std::string_view name) const;
  RelationshipTypeNumber depends_on() const { return depends_on_; }
  // One record with a name, as the body of mutate.
  std::string PutBody(const std::string& key, const std::string& name) const;

  TempFolder folder_;
  server::Log log_{server::LogLevel::kOff, server::LogFormat::kLogfmt};

 private:
  std::shared_ptr<const model::Schema> schema_;
  RelationshipTypeNumber depends_on_;
  std::string admin_token_;
  std::unique_ptr<server::Server> server_;
};

// Whole answer of a stream, frame by frame, until its end.
absl::StatusOr<std::vector<WireReply>> ReadStream(WirePeer& peer);

}  // namespace kosei::testing

// A running koseid with a client, and short words for what tests put into it.
#pragma once

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gtest/gtest.h"
#include "kosei/client/client.h"
#include "server_process.h"
#include "status_matchers.h"
#include "temp_folder.h"

namespace kosei::e2e {

using Attributes = std::vector<std::pair<std::string, Value>>;

class Estate : public ::testing::Test {
 protected:
  Estate() : server({.binary = KOSEI_SERVER_BINARY, .data = folder / "data"}) {}
  explicit Estate(std::vector<std::string> arguments)
      : server({.binary = KOSEI_SERVER_BINARY,
                .data = folder / "data",
                .arguments = std::move(arguments)}) {}
  // The same on a disk that may be full: `library` is full_disk.cc.
  explicit Estate(const std::string& library)
      : server({.binary = KOSEI_SERVER_BINARY,
                .data = folder / "data",
                .environment = {"LD_PRELOAD=" + library, "KOSEI_FULL_DISK=" + (folder / "data")}}) {
  }

  void SetUp() override {
    ASSERT_OK(server.Start());
    client = Connect(server.admin_token());
    ASSERT_NE(client, nullptr);
  }

  std::unique_ptr<client::Client> Connect(const std::string& token) {
    client::Options options;
    options.server = server.address();
    options.token = token;
    auto connected = client::Client::Connect(options);
    EXPECT_OK(connected);
    return connected.ok() ? *std::move(connected) : nullptr;
  }

  Record MakeRecord(std::string_view class_name, std::string key,
                    const Attributes& attributes = {}) {
    const auto model = client->model();
    Record out;
    const client::ModelClass* found = model->FindClass(class_name);
    EXPECT_NE(found, nullptr) << class_name;
    if (found != nullptr) out.class_number = found->number;
    out.key = std::move(key);
    for (const auto& [name, value] : attributes) {
      EXPECT_NE(model->AttributeOf(name).value, 0) << name;
      out.Set(model->AttributeOf(name), value);
    }
    return out;
  }
  RelationshipTypeNumber Type(std::string_view name) {
    const RelationshipTypeNumber type = client->model()->RelationshipTypeOf(name);
    EXPECT_NE(type.value, 0) << name;
    return type;
  }
  client::Link MakeLink(std::string source, std::string_view type, std::string target) {
    return {std::move(source), Type(type), std::move(target)};
  }
  // One commit; 0 when it failed or nothing changed.
  std::uint64_t Put(std::vector<Record> records, std::vector<client::Link> links = {}) {
    client::Mutation mutation;
    mutation.provenance.reason = "test";
    for (Record& record : records) mutation.put_records.push_back({std::move(record), {}});
    mutation.put_links = std::move(links);
    const auto counts = client->Mutate(mutation);
    EXPECT_OK(counts);
    return counts.ok() ? counts->commit : 0;
  }
  std::uint64_t End(const std::string& key) {
    client::Mutation mutation;
    mutation.end_records.push_back({key, {}});
    const auto counts = client->Mutate(mutation);
    EXPECT_OK(counts);
    return counts.ok() ? counts->commit : 0;
  }
  std::optional<client::RecordVersion> Find(const std::string& key,
                                            const client::ViewName& view = {}) {
    const auto result = client->Get({key}, view);
    EXPECT_OK(result);
    return result.ok() ? result->records.at(0) : std::nullopt;
  }
  // The text of an attribute; empty when it or the record is absent.
  std::string TextOf(const std::string& key, std::string_view attribute,
                     const client::ViewName& view = {}) {
    const auto version = Find(key, view);
    if (!version.has_value()) return {};
    const Value* value = version->record.Find(client->model()->AttributeOf(attribute));
    return value == nullptr ? std::string() : value->text();
  }
  std::vector<std::string> Affected(client::ImpactRequest request) {
    std::vector<std::string> out;
    const auto summary = client->Impact(request, [&](const client::ImpactBatch& batch) {
      out.insert(out.end(), batch.keys.begin(), batch.keys.end());
      return true;
    });
    EXPECT_OK(summary);
    if (summary.ok()) EXPECT_EQ(summary->total, out.size());
    std::sort(out.begin(), out.end());
    return out;
  }
  static client::ViewName At(std::uint64_t commit) {
    client::ViewName out;
    out.kind = client::ViewName::Kind::kCommit;
    out.commit = commit;
    return out;
  }
  static client::ViewName Named(std::string baseline) {
    client::ViewName out;
    out.kind = client::ViewName::Kind::kBaseline;
    out.baseline = std::move(baseline);
    return out;
  }

  kosei::testing::TempFolder folder;
  kosei::testing::ServerProcess server;
  std::unique_ptr<client::Client> client;
};

}  // namespace kosei::e2e

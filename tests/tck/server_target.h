// A real koseid, asked by the client library.
#pragma once

#include <memory>
#include <string>

#include "kosei/client/client.h"
#include "server_process.h"
#include "store_target.h"
#include "temp_folder.h"

namespace kosei::tck {

class ServerTarget final : public StoreTarget {
 public:
  // `binary`: the path of koseid. Its stores are in folders of its own, which go with it.
  explicit ServerTarget(std::string binary) : binary_(std::move(binary)) {}

  absl::StatusOr<Answer> Run(const std::string& query,
                             const std::map<std::string, Cell>& parameters) override;

 private:
  absl::Status NewStore(const Names& names) override;
  absl::Status Commit(const Batch& batch) override;

  const std::string binary_;
  std::unique_ptr<testing::TempFolder> folder_;
  std::unique_ptr<testing::ServerProcess> server_;
  std::unique_ptr<client::Client> client_;
};

}  // namespace kosei::tck

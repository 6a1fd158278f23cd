// The query engine in this process, over a store of its own: without koseid and the protocol.
#pragma once

#include <memory>
#include <string>

#include "kosei/query/statement.h"
#include "kosei/storage/engine.h"
#include "store_target.h"
#include "temp_folder.h"

namespace kosei::tck {

class EngineTarget final : public StoreTarget {
 public:
  absl::StatusOr<Answer> Run(const std::string& query,
                             const std::map<std::string, Cell>& parameters) override;

 private:
  absl::Status NewStore(const Names& names) override;
  absl::Status Commit(const Batch& batch) override;

  std::unique_ptr<testing::TempFolder> folder_;
  std::unique_ptr<storage::Engine> engine_;
  std::unique_ptr<query::StatementRunner> runner_;  // of engine_
};

}  // namespace kosei::tck

// What every target with a store of its own does: a new store for new names, and for each scenario
// the records of the one before ended and its own put, so that one store serves thousands.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "target.h"

namespace kosei::tck {

class StoreTarget : public Target {
 public:
  absl::Status Prepare(const Names& names, const Content& content) final;

 protected:
  // At most kBatchMax of each.
  struct Batch {
    std::vector<std::string> ended;  // keys of records
    std::vector<NewRecord> records;
    std::vector<NewLink> links;
  };
  static constexpr std::size_t kBatchMax = 1'000;

  // An empty store whose model is ModelYaml(names), in place of the one before.
  virtual absl::Status NewStore(const Names& names) = 0;
  virtual absl::Status Commit(const Batch& batch) = 0;
  const Names& names() const { return *names_; }

 private:
  absl::Status Put(const Content& content);
  absl::Status EndAll();

  std::optional<Names> names_;
  absl::Status store_;             // what NewStore said
  std::vector<std::string> keys_;  // of the scenario before
  std::size_t scenario_ = 0;       // keys begin with it, so that none is used twice
};

}  // namespace kosei::tck

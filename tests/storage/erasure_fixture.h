// A store whose values are erased, and what proves that they are gone.
#pragma once

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "kosei/storage/verification.h"
#include "plan_fixture.h"

namespace kosei::testing {

class ErasureTest : public PlanTest {
 protected:
  absl::StatusOr<storage::ErasureResult> Erase(const std::string& key,
                                               const std::vector<std::string>& attributes) {
    clock_.Advance(std::chrono::seconds(1));
    storage::Erasure erasure{{"dpo", "asked by her", "REQ-1", ""}, key, {}};
    for (const std::string& name : attributes) erasure.attributes.push_back(AttributeOf(name));
    return writer().Erase(erasure);
  }
  // What `koseid verify` finds; the store is open again afterwards.
  std::vector<std::string> Findings() {
    EXPECT_OK(engine_->indexes().CatchUp());
    engine_.reset();
    storage::VerifyOptions options;
    options.folder = folder_ / "data";
    options.model = SmallModel();
    auto report = storage::VerifyStore(options);
    EXPECT_OK(report.status());
    Open();
    return report.ok() ? report->findings : std::vector<std::string>();
  }
  // Every byte of the data folder. (RocksDB may keep a value compressed, so a test that finds it
  // before says that the search means something.)
  std::string Disk() {
    std::ostringstream bytes;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "data")) {
      if (entry.is_regular_file()) {
        bytes << std::ifstream(entry.path(), std::ios::binary).rdbuf();
        bytes.clear();  // nothing came of an empty file
      }
    }
    return bytes.str();
  }
  bool OnDisk(const std::string& text) { return Disk().find(text) != std::string::npos; }
};

}  // namespace kosei::testing

// Everything that a store says of one View, and of its history, as text: two stores are alike when
// their texts are.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "kosei/base/bytes.h"
#include "kosei/storage/reader.h"

namespace kosei::testing {

inline std::string DumpOf(const storage::Reader& reader, const storage::View& view) {
  std::string text;
  const auto graph = reader.Graph(view);
  EXPECT_TRUE(graph.ok()) << graph.status();
  const absl::Status scanned =
      reader.Scan(view, RecordId{1}, [&](RecordId id, CommitNumber begin, RecordView record) {
        text += std::to_string(id.value) + "@" + std::to_string(begin.value) + " " +
                ToHex(record.bytes()) + "\n";
        std::vector<storage::Neighbour> links;
        graph->Collect(storage::LinkDirection::kOut, storage::NodeOf(id), links);
        std::vector<std::string> lines;
        for (const storage::Neighbour& link : links) {
          lines.push_back("  " + std::to_string(link.type) + " " + std::to_string(link.node) +
                          "\n");
        }
        std::sort(lines.begin(), lines.end());
        for (const std::string& line : lines) text += line;
        return true;
      });
  EXPECT_TRUE(scanned.ok()) << scanned;
  return text;
}

// Every commit up to `newest`, and the View of each.
inline std::vector<std::string> DumpHistory(const storage::Reader& reader, CommitNumber newest) {
  std::vector<std::string> dumps;
  for (std::uint64_t number = 1; number <= newest.value; ++number) {
    const auto commit = reader.Commit(CommitNumber{number});
    EXPECT_TRUE(commit.ok()) << commit.status();
    if (!commit.ok()) return dumps;
    const auto view =
        reader.Resolve({storage::ViewName::Kind::kCommit, CommitNumber{number}, {}, {}});
    EXPECT_TRUE(view.ok()) << view.status();
    dumps.push_back(ToHex(commit->hash) + " " + commit->actor + " " + commit->reason + "\n" +
                    DumpOf(reader, *view));
  }
  return dumps;
}

}  // namespace kosei::testing

// FirstReplay: the first load of another store, taken over as it is: one commit of any size,
// streamed into sorted files that become the store's at the end (as FirstLoad does with one of its
// own). The committing thread's.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "commit_codec.h"
#include "history_lines.h"
#include "kosei/storage/reader.h"
#include "sorted_files.h"
#include "store.h"
#include "topology_base.h"
#include "watermark_keeper.h"

namespace kosei::storage {

class FirstReplay {
 public:
  // Into an empty store. `commit` lists no changes.
  static absl::StatusOr<std::unique_ptr<FirstReplay>> Begin(Store& store, std::string header,
                                                            DecodedCommit commit);

  // All records ascending by number, then all links ascending by source, type and target.
  absl::Status AddRecord(const RecordLine& line);
  absl::Status AddLink(const LinkLine& line);
  // Durable when it returns OK; the caller publishes the head. After an error of the disk nobody
  // knows whether the store has the commit, and it takes no more writes.
  absl::StatusOr<Head> Finish(WatermarkKeeper& watermark);

 private:
  FirstReplay(Store& store, std::string header, DecodedCommit commit)
      : store_(store),
        header_(std::move(header)),
        commit_(std::move(commit)),
        content_(commit_.content_form) {}
  absl::Status Reserve(NodeIndex node, const RecordView& record);
  void Claim(NodeIndex node, const RecordView& record);
  absl::Status WriteHolders();

  Store& store_;
  const std::string header_;
  const DecodedCommit commit_;
  ContentHash content_;
  std::unique_ptr<SortedFiles> files_;
  std::vector<NodeIndex> nodes_;
  std::vector<NodeIndex> dated_;
  std::vector<NodeIndex> gated_;
  std::vector<NodeIndex> over_;  // dated, and not there from the commit on
  std::vector<LinkInterval> links_;
  absl::flat_hash_map<std::string, NodeIndex> unique_;
};

}  // namespace kosei::storage

#include "checkpoint.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "checkpoint_file.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::storage {
namespace {

// Gathers small values, so that each does not go through the checksum alone.
template <typename T>
class Batch {
 public:
  explicit Batch(CheckpointWriter& writer) : writer_(writer) { values_.reserve(kSize); }
  ~Batch() { Flush(); }
  Batch(const Batch&) = delete;
  Batch& operator=(const Batch&) = delete;
  void Add(T value) {
    values_.push_back(value);
    if (values_.size() == kSize) Flush();
  }

 private:
  static constexpr std::size_t kSize = 8'192;
  void Flush() {
    writer_.AppendAll(std::span<const T>(values_));
    values_.clear();
  }
  CheckpointWriter& writer_;
  std::vector<T> values_;
};

// Nodes that come later are left to the replay, and so is every change made while this runs.
void WriteDirectory(const Directory& directory, CheckpointWriter& writer) {
  const NodeIndex limit = directory.limit();
  // Which nodes are in it is decided once, for records come to be meanwhile.
  std::vector<bool> is_there(limit);
  writer.Begin(SectionId::kLatest);
  {
    Batch<std::uint64_t> batch(writer);
    for (NodeIndex node = 0; node < limit; ++node) {
      const CommitNumber latest = directory.Latest(node);
      is_there[node] = latest != kNoCommit;
      batch.Add(latest.value << 1 | (directory.Live(node) ? 1U : 0U));
    }
  }
  writer.Begin(SectionId::kKeySizes);
  {
    Batch<std::uint16_t> batch(writer);
    for (NodeIndex node = 0; node < limit; ++node)
      batch.Add(static_cast<std::uint16_t>(is_there[node] ? directory.KeyOf(node).size() : 0));
  }
  writer.Begin(SectionId::kKeys);
  for (NodeIndex node = 0; node < limit; ++node) {
    if (is_there[node]) writer.Append(directory.KeyOf(node));
  }
  writer.Begin(SectionId::kClasses);
  Batch<std::uint16_t> batch(writer);
  for (NodeIndex node = 0; node < limit; ++node)
    batch.Add(is_there[node] ? directory.ClassOf(node).value : std::uint16_t{0});
}

// The elements of all rows in order of their nodes; rows that lie side by side go as one.
template <typename T>
void WriteRows(const Adjacency& links, const AppendOnly<T>& values, CheckpointWriter& writer) {
  LinkRow run;
  const auto flush = [&] {
    writer.AppendAll(std::span<const T>(values.data() + run.begin, run.end - run.begin));
  };
  for (const LinkRow& row : links.rows) {
    if (row.begin == row.end) continue;
    if (row.begin != run.end) {
      flush();
      run = row;
    }
    run.end = row.end;
  }
  flush();
}

struct DirectionSections {
  SectionId degrees, nodes, types, begins;
};

void WriteDirection(const Adjacency& links, const DirectionSections& ids,
                    CheckpointWriter& writer) {
  writer.Begin(ids.degrees);
  {
    Batch<std::uint32_t> batch(writer);
    for (const LinkRow& row : links.rows) batch.Add(row.end - row.begin);
  }
  writer.Begin(ids.nodes);
  WriteRows(links, links.nodes, writer);
  writer.Begin(ids.types);
  WriteRows(links, links.types, writer);
  writer.Begin(ids.begins);
  WriteRows(links, links.begins, writer);
}

void WriteTopology(const TopologyBase& base, CheckpointWriter& writer) {
  writer.Begin(SectionId::kCommits);
  writer.AppendAll(std::span<const CommitNumber>(base.commits.data(), base.commits.size()));
  WriteDirection(
      base.out,
      {SectionId::kOutDegrees, SectionId::kOutNodes, SectionId::kOutTypes, SectionId::kOutBegins},
      writer);
  WriteDirection(
      base.in,
      {SectionId::kInDegrees, SectionId::kInNodes, SectionId::kInTypes, SectionId::kInBegins},
      writer);
  writer.Begin(SectionId::kEnded);
  Batch<std::uint64_t> batch(writer);
  for (const std::shared_ptr<const EndedRun>& run : base.out.ended) {
    for (const EndedLink& link : *run) {
      batch.Add(std::uint64_t{link.neighbour} << 32 | link.owner);
      batch.Add(link.type);
      batch.Add(link.begin.value);
      batch.Add(link.end.value);
    }
  }
}

// Whole links; statements later than `covers` are left to the replay.
void WriteTimed(const TimedLinks& timed, CommitNumber covers, CheckpointWriter& writer) {
  std::vector<TimedLink> links;
  timed.ForEach([&](const TimedLink& link) {
    TimedLink copy = link;
    std::erase_if(copy.statements,
                  [covers](const LinkStatement& said) { return said.commit > covers; });
    if (!copy.statements.empty()) links.push_back(std::move(copy));
  });
  writer.Begin(SectionId::kTimed);
  Batch<std::uint64_t> batch(writer);
  for (const TimedLink& link : links) {
    batch.Add(std::uint64_t{link.target} << 32 | link.source);
    batch.Add(std::uint64_t{link.statements.size()} << 32 | link.type);
    for (const LinkStatement& said : link.statements) {
      batch.Add(said.commit.value);
      batch.Add(said.live ? 1 : 0);
      batch.Add(static_cast<std::uint64_t>(said.valid.from.micros));
      batch.Add(static_cast<std::uint64_t>(said.valid.to.micros));
    }
  }
}

absl::Status CheckSpace(const Store& store) {
  KOSEI_ASSIGN_OR_RETURN(const std::uint64_t free,
                         store.options.files->FreeBytes(store.options.folder));
  const std::uint64_t wanted = store.directory.bytes() + store.topology.Bytes();
  if (free >= wanted + store.options.free_bytes_min) return absl::OkStatus();
  return MakeError(ErrorCode::kStorageLow,
                   absl::StrFormat("write checkpoint: it takes up to %d MiB and %d MiB are free; "
                                   "free some space, or the next start takes longer",
                                   wanted >> 20, free >> 20));
}

}  // namespace

std::string CheckpointPath(const std::string& folder) { return folder + "/checkpoint"; }

absl::Status WriteCheckpoint(Store& store) {
  CheckpointHeader header;
  // Before anything is copied: whatever is later will be replayed.
  header.from = store.published();
  if (header.from == kNoCommit) return absl::OkStatus();
  KOSEI_RETURN_IF_ERROR(CheckSpace(store));
  FileSystem& files = *store.options.files;
  const std::string path = CheckpointPath(store.options.folder);
  KOSEI_ASSIGN_OR_RETURN(const auto writer, CheckpointWriter::Create(files, path + ".new"));
  WriteDirectory(store.directory, *writer);
  const SettledTopology topology = store.topology.Settled();
  header.covers = topology.covers;
  WriteTopology(*topology.base, *writer);
  WriteTimed(store.topology.timed(), header.covers, *writer);
  // After everything was copied: nothing later is in it.
  const Head applied = store.applied();
  header.to = applied.commit;
  header.hash = applied.hash;
  KOSEI_RETURN_IF_ERROR(writer->Finish(header));
  return files.Rename(path + ".new", path);
}

}  // namespace kosei::storage

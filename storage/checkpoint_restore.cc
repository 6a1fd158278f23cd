// Reading a checkpoint: all of it is read and checked, and what must be replayed is read, before
// the store is touched.
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "checkpoint.h"
#include "checkpoint_file.h"
#include "checkpoint_replay.h"
#include "commit_log.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::storage {
namespace {

// Numbers of nodes, and places of links, have 32 bits.
constexpr std::uint64_t kEveryNode = 0xFFFF'FFFF;

absl::Status Damaged(std::string_view what) {
  return MakeError(ErrorCode::kStorageCorrupt, absl::StrFormat("read checkpoint: %s", what));
}

absl::Status ReadDirectory(const CheckpointFile& file, DirectoryImage& image) {
  KOSEI_ASSIGN_OR_RETURN(image.key_sizes, file.ReadAll<std::uint16_t>(SectionId::kKeySizes));
  KOSEI_ASSIGN_OR_RETURN(image.classes, file.ReadAll<std::uint16_t>(SectionId::kClasses));
  KOSEI_ASSIGN_OR_RETURN(image.latest, file.ReadAll<std::uint64_t>(SectionId::kLatest));
  std::uint64_t bytes = 0;
  for (const std::uint16_t size : image.key_sizes) bytes += size;
  KOSEI_ASSIGN_OR_RETURN(image.key_bytes, file.CountOf(SectionId::kKeys, 1));
  if (bytes != image.key_bytes || image.classes.size() != image.key_sizes.size() ||
      image.latest.size() != image.key_sizes.size() || image.key_sizes.size() > kEveryNode) {
    return Damaged("keys, classes and newest commits do not fit each other");
  }
  image.keys = std::make_unique_for_overwrite<char[]>(image.key_bytes);
  return file.Read(SectionId::kKeys, image.keys.get());
}

template <typename T>
absl::Status ReadLinks(const CheckpointFile& file, SectionId id, std::uint64_t expected,
                       AppendOnly<T>& values) {
  KOSEI_ASSIGN_OR_RETURN(const std::uint64_t count, file.CountOf(id, sizeof(T)));
  if (count != expected) return Damaged("the links do not fit their rows");
  return file.Read(id, reinterpret_cast<char*>(values.Fill(count)));
}

struct DirectionSections {
  SectionId degrees, nodes, types, begins;
};

absl::Status ReadDirection(const CheckpointFile& file, const DirectionSections& ids,
                           Adjacency& links) {
  KOSEI_ASSIGN_OR_RETURN(const std::vector<std::uint32_t> degrees,
                         file.ReadAll<std::uint32_t>(ids.degrees));
  KOSEI_ASSIGN_OR_RETURN(const std::uint64_t commits,
                         file.CountOf(SectionId::kCommits, sizeof(CommitNumber)));
  links.rows.resize(degrees.size());
  for (std::size_t node = 0; node < degrees.size(); ++node) {
    links.rows[node].begin = static_cast<std::uint32_t>(links.live);
    links.live += degrees[node];
    links.rows[node].end = static_cast<std::uint32_t>(links.live);
  }
  if (links.live > kEveryNode) return Damaged("it has too many links");
  KOSEI_RETURN_IF_ERROR(ReadLinks(file, ids.nodes, links.live, links.nodes));
  KOSEI_RETURN_IF_ERROR(ReadLinks(file, ids.types, links.live, links.types));
  KOSEI_RETURN_IF_ERROR(ReadLinks(file, ids.begins, links.live, links.begins));
  links.type_bits.assign(degrees.size(), 0);
  bool sound = true;
  for (std::size_t node = 0; node < degrees.size(); ++node) {
    std::uint16_t bits = 0;
    for (std::uint64_t i = links.rows[node].begin; i < links.rows[node].end; ++i) {
      bits |= TypeBit(links.types[i]);
      sound = sound && links.nodes[i] < degrees.size() && links.begins[i] < commits;
    }
    links.type_bits[node] = bits;
  }
  return sound ? absl::OkStatus() : Damaged("a link leads nowhere");
}

// What ended, and the commits; the rows are there already.
absl::Status ReadPast(const CheckpointFile& file, TopologyBase& base) {
  KOSEI_ASSIGN_OR_RETURN(const std::uint64_t commits,
                         file.CountOf(SectionId::kCommits, sizeof(CommitNumber)));
  KOSEI_RETURN_IF_ERROR(
      file.Read(SectionId::kCommits, reinterpret_cast<char*>(base.commits.Fill(commits))));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<std::uint64_t> words,
                         file.ReadAll<std::uint64_t>(SectionId::kEnded));
  base.node_limit = static_cast<NodeIndex>(base.out.rows.size());
  if (base.in.rows.size() != base.node_limit || base.in.live != base.out.live || words.size() % 4)
    return Damaged("its directions do not fit each other");
  base.ended_bits.assign(base.node_limit / 64 + 1, 0);
  EndedRun out;
  EndedRun in;
  for (std::size_t i = 0; i < words.size(); i += 4) {
    EndedLink link;
    link.owner = static_cast<NodeIndex>(words[i]);
    link.neighbour = static_cast<NodeIndex>(words[i] >> 32);
    link.type = static_cast<TypeIndex>(words[i + 1]);
    link.begin = CommitNumber{words[i + 2]};
    link.end = CommitNumber{words[i + 3]};
    if (link.owner >= base.node_limit || link.neighbour >= base.node_limit)
      return Damaged("a link that ended leads nowhere");
    base.MarkEnded(link.owner);
    base.MarkEnded(link.neighbour);
    out.push_back(link);
    std::swap(link.owner, link.neighbour);
    in.push_back(link);
  }
  SortEnded(out);
  SortEnded(in);
  base.out.AddEnded(std::move(out));
  base.in.AddEnded(std::move(in));
  return absl::OkStatus();
}

absl::Status ReadTimed(const CheckpointFile& file, std::vector<TimedLink>& links) {
  KOSEI_ASSIGN_OR_RETURN(const std::vector<std::uint64_t> words,
                         file.ReadAll<std::uint64_t>(SectionId::kTimed));
  for (std::size_t i = 0; i < words.size();) {
    if (words.size() - i < 2 || (words[i + 1] >> 32) > (words.size() - i - 2) / 4)
      return Damaged("a link with a valid time of its own is cut");
    TimedLink link;
    link.source = static_cast<NodeIndex>(words[i]);
    link.target = static_cast<NodeIndex>(words[i] >> 32);
    link.type = static_cast<TypeIndex>(words[i + 1]);
    const std::size_t end = i + 2 + 4 * (words[i + 1] >> 32);
    for (i += 2; i < end; i += 4) {
      LinkStatement said;
      said.commit = CommitNumber{words[i]};
      said.live = words[i + 1] != 0;
      said.valid.from = Timestamp{static_cast<std::int64_t>(words[i + 2])};
      said.valid.to = Timestamp{static_cast<std::int64_t>(words[i + 3])};
      link.statements.push_back(said);
    }
    links.push_back(std::move(link));
  }
  return absl::OkStatus();
}

// The commits that it names are those of this store.
absl::Status CheckChain(const Store& store, const CheckpointHeader& header, CommitNumber newest) {
  if (header.from > header.to || header.covers > header.to || header.from == kNoCommit)
    return Damaged("its commits are not in order");
  if (header.to > newest) {
    return Damaged(absl::StrFormat("it knows of commit %d and the newest one of this store is %d",
                                   header.to.value, newest.value));
  }
  KOSEI_ASSIGN_OR_RETURN(const DecodedCommit commit, ReadCommit(*store.database, header.to));
  if (commit.info.hash == header.hash) return absl::OkStatus();
  return Damaged(absl::StrFormat("its commit %d is not the one of this store", header.to.value));
}

}  // namespace

absl::Status RestoreCheckpoint(Store& store, const DecodedCommit& newest) {
  // What a crash left of one that was being written.
  const std::string unfinished = CheckpointPath(store.options.folder) + ".new";
  if (store.options.files->Exists(unfinished))
    KOSEI_RETURN_IF_ERROR(store.options.files->RemoveFile(unfinished));
  KOSEI_ASSIGN_OR_RETURN(
      const auto file,
      CheckpointFile::Open(*store.options.files, CheckpointPath(store.options.folder)));
  KOSEI_RETURN_IF_ERROR(CheckChain(store, file->header(), newest.info.number));
  DirectoryImage directory;
  TopologyBase base;
  std::vector<TimedLink> timed;
  std::vector<CommitSince> replay;
  absl::Status read[4];
  std::thread in_thread([&] {
    read[0] = ReadDirection(
        *file,
        {SectionId::kInDegrees, SectionId::kInNodes, SectionId::kInTypes, SectionId::kInBegins},
        base.in);
  });
  std::thread out_thread([&] {
    read[1] = ReadDirection(
        *file,
        {SectionId::kOutDegrees, SectionId::kOutNodes, SectionId::kOutTypes, SectionId::kOutBegins},
        base.out);
  });
  std::thread replay_thread([&] {
    read[2] = ReadReplay(*store.database, file->header().from, file->header().covers, replay);
  });
  read[3] = ReadDirectory(*file, directory);
  in_thread.join();
  out_thread.join();
  replay_thread.join();
  for (const absl::Status& one : read) KOSEI_RETURN_IF_ERROR(one);
  KOSEI_RETURN_IF_ERROR(ReadPast(*file, base));
  KOSEI_RETURN_IF_ERROR(ReadTimed(*file, timed));
  base.newest = file->header().covers;
  store.directory.Restore(std::move(directory));
  store.topology.Replace(std::move(base), std::move(timed));
  Replay(store, file->header().covers, replay);
  std::uint64_t changes = 0;
  for (const CommitSince& commit : replay)
    changes += 1 + commit.records.size() + commit.links.size();
  store.unsaved_changes.store(changes);
  return absl::OkStatus();
}

}  // namespace kosei::storage

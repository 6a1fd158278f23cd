// Durable commits: one at a time beside a synced append of as many bytes, and many at once.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>
#include <system_error>

#include "absl/strings/str_format.h"
#include "bench_run.h"
#include "bench_window.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

constexpr std::size_t kBlocks = 10;
constexpr std::size_t kBlockCommits = 100;
constexpr std::size_t kUnderWay = 64;
constexpr std::size_t kManyCommits = 200 * kUnderWay;

// A commit of one changed attribute, as durable as the file system makes it: a synced append.
class SyncedFile {
 public:
  explicit SyncedFile(const std::string& folder)
      : path_(folder + "/kosei_bench_" + std::to_string(getpid())),
        descriptor_(open(path_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0600)) {
  }
  ~SyncedFile() {
    if (descriptor_ < 0) return;
    close(descriptor_);
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }
  SyncedFile(const SyncedFile&) = delete;
  SyncedFile& operator=(const SyncedFile&) = delete;

  absl::Status Append(const std::string& bytes) const {
    if (descriptor_ >= 0 &&
        write(descriptor_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()) &&
        fdatasync(descriptor_) == 0) {
      return absl::OkStatus();
    }
    return MakeError(ErrorCode::kStorageIo,
                     absl::StrFormat("bench commit: write %s: %s; name another folder with "
                                     "--scratch",
                                     path_, std::strerror(errno)));
  }

 private:
  const std::string path_;
  const int descriptor_;
};

client::Mutation ChangeOf(BenchRun& run, std::uint32_t position, std::size_t number) {
  client::Mutation mutation;
  mutation.provenance.reason = "kosei bench";
  client::PutRecord put;
  put.record.key = run.records.KeyAt(position);
  put.record.Set(run.records.AttributeOf("owner"),
                 absl::StrFormat("Shift %d of seed %d", number, run.seed));
  mutation.put_records.push_back(std::move(put));
  return mutation;
}

}  // namespace

absl::Status BenchCommit(BenchRun& run) {
  const SyncedFile file(run.scratch);
  Record record;
  run.records.RecordAt(run.estate.item_count() / 2, record);
  // The version that is written, and what a commit says of itself.
  const std::string bytes(EncodeRecord(record).size() + 200, 'b');
  const std::vector<std::uint32_t> positions = run.RandomPositions(kBlocks * kBlockCommits, 4);
  Samples appends;
  Samples commits;
  for (std::size_t block = 0; block < kBlocks; ++block) {
    for (std::size_t i = 0; i < kBlockCommits; ++i) {
      KOSEI_RETURN_IF_ERROR(Measure(appends, [&] { return file.Append(bytes); }));
    }
    for (std::size_t i = 0; i < kBlockCommits; ++i) {
      const std::size_t number = block * kBlockCommits + i;
      const client::Mutation change = ChangeOf(run, positions[number], number);
      KOSEI_RETURN_IF_ERROR(Measure(commits, [&] { return run.client.Mutate(change).status(); }));
    }
  }
  RequestWindow window(kUnderWay, kUnderWay - 1);
  const Stopwatch watch;
  for (std::size_t i = 0; i < kManyCommits; ++i) {
    const client::Mutation change =
        ChangeOf(run, positions[i % positions.size()], positions.size() + i);
    window.Enter();
    run.client.MutateAsync(change, [&window](const absl::StatusOr<client::WriteCounts>& counts) {
      window.Leave(counts.status());
    });
  }
  KOSEI_RETURN_IF_ERROR(window.WaitForAll());
  const double many = static_cast<double>(kManyCommits) / watch.Seconds();
  const double one = 1e6 / commits.Mean();
  run.figures.Add({.name = "commit_1",
                   .what = "Durable commits, one at a time",
                   .unit = "1/s",
                   .value = one,
                   .limit_name = "synced append of as many bytes",
                   .limit = 1e6 / appends.Mean()});
  run.figures.Add({.name = "commit_64",
                   .what = absl::StrFormat("Durable commits, %d under way", kUnderWay),
                   .unit = "1/s",
                   .value = many,
                   .limit_name = "one at a time",
                   .limit = one,
                   .goal = Goal::AtLeast(15)});
  return absl::OkStatus();
}

}  // namespace kosei::cli

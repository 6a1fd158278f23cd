#include "engine/parallel.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "engine/parallel_parts.h"
#include "engine/profile.h"
#include "kosei/base/mutex.h"

namespace kosei::query {
namespace {

using language::Datum;
using storage::NodeIndex;
using PartOrder = Pipe::PartOrder;

constexpr std::size_t kRowsPerChunk = 256;
// Chunks that the owner keeps of a part ahead of its turn.
constexpr std::size_t kOwnChunksMax = 64;
constexpr std::size_t kHelpersMax = 15;
// Of a part: so many records are looked at before anybody is asked to help.
constexpr NodeIndex kRecordsAloneShare = 16;
// Of the memory budget, for rows that wait for their turn.
constexpr std::uint64_t kAheadShare = 4;
// More parts share the work more evenly. What is kept of each part costs as much as it has groups,
// so of those that are kept there are fewer.
constexpr NodeIndex kPartsMax = 64;
constexpr NodeIndex kKeptPartsMax = 16;
// Parts begun ahead of the one whose turn it is.
constexpr std::size_t kAheadMax = 32;

const Operator& FirstOf(const Operator& last) {
  const Operator* first = &last;
  while (first->input() != nullptr) first = first->input();
  return *first;
}

std::vector<NodeRange> PartsOf(NodeRange all, NodeIndex least, NodeIndex parts_max) {
  const NodeIndex size = std::max(least, (all.end - all.first + parts_max - 1) / parts_max);
  std::vector<NodeRange> parts;
  for (NodeIndex first = all.first; first < all.end; first += std::min(size, all.end - first))
    parts.push_back({first, first + std::min(size, all.end - first)});
  return parts;
}

// Makes chunks of rows.
class ChunkMaker {
 public:
  explicit ChunkMaker(Run& run) : run_(run), slots_(run.help().slot_count) {}
  // nullopt: the chunk is not full yet, or the run failed.
  std::optional<RowChunk> Add(const Datum* row) {
    if (chunk_.values.empty()) chunk_.values.reserve(kRowsPerChunk * slots_);
    std::size_t bytes = slots_ * sizeof(Datum);
    for (std::size_t i = 0; i < slots_; ++i) {
      bytes += row[i].HeapBytes();
      chunk_.values.push_back(row[i]);
    }
    chunk_.bytes += static_cast<std::int64_t>(bytes);
    if (!run_.Charge(static_cast<std::int64_t>(bytes))) return std::nullopt;
    if (chunk_.values.size() < kRowsPerChunk * slots_) return std::nullopt;
    return Take();
  }
  // What there is; it is charged to nobody until somebody takes it over.
  RowChunk Take() {
    run_.HandOver(chunk_.bytes);
    return std::exchange(chunk_, {});
  }
  bool empty() const { return chunk_.values.empty(); }

 private:
  Run& run_;
  const std::size_t slots_;
  RowChunk chunk_;
};

// One that helps: its run, and the pipes it works with.
class Helper {
 public:
  Helper(const Operator& last, Run& owner, std::unique_ptr<Moments> moments, Pipe& next,
         PartBoard& board, const Clock* profile_clock)
      : moments_(std::move(moments)),
        profile_(profile_clock == nullptr ? nullptr : std::make_unique<Profile>(*profile_clock)),
        run_(owner, *moments_, profile_.get()),
        board_(board),
        next_(next),
        order_(next.part_order()),
        end_(*this),
        chunks_(run_),
        range_(),
        pipeline_(&last, run_, end_, {.range = &range_}),
        row_(run_.help().slot_count) {}

  // On its thread, until there is nothing more to do or its thread is wanted elsewhere.
  void Work() {
    if (order_ == PartOrder::kAny) part_pipe_ = next_.OpenPart(run_);
    while (!run_.failed()) {
      const std::optional<std::size_t> part = board_.ClaimAsHelper();
      if (!part.has_value()) break;
      Make(*part);
      if (run_.help().threads->Wanted()) break;
    }
    if (order_ == PartOrder::kAny && !run_.failed()) part_pipe_->Finish(row_.data());
    run_.Leave();
  }

  Run& run() { return run_; }
  const Profile* profile() const { return profile_.get(); }
  // Of PartOrder::kAny: what all parts came to.
  Pipe* part_pipe() { return part_pipe_.get(); }

 private:
  class End final : public Pipe {
   public:
    explicit End(Helper& helper) : helper_(helper) {}
    bool Push(Datum* row) override { return helper_.Row(row); }
    bool Finish(Datum*) override { return true; }

   private:
    Helper& helper_;
  };

  void Make(std::size_t part) {
    part_ = part;
    range_ = board_.range(part);
    if (order_ == PartOrder::kInOrder) part_pipe_ = next_.OpenPart(run_);
    pipeline_.Push(row_.data());
    if (!run_.failed()) pipeline_.Finish(row_.data());
    PartBoard::Made made;
    if (!chunks_.empty()) made.chunks.push_back(chunks_.Take());
    if (order_ == PartOrder::kInOrder) {
      if (!run_.failed()) part_pipe_->Finish(row_.data());
      made.pipe = std::move(part_pipe_);
    }
    made.error = run_.error;
    board_.Finish(part, std::move(made));
  }

  bool Row(Datum* row) {
    if (order_ != PartOrder::kNone) return part_pipe_->Push(row);
    std::optional<RowChunk> chunk = chunks_.Add(row);
    if (run_.failed()) return false;
    return !chunk.has_value() || board_.Give(part_, *std::move(chunk));
  }

  const std::unique_ptr<Moments> moments_;
  const std::unique_ptr<Profile> profile_;
  Run run_;
  PartBoard& board_;
  Pipe& next_;
  const PartOrder order_;
  End end_;
  ChunkMaker chunks_;
  std::unique_ptr<Pipe> part_pipe_;
  std::size_t part_ = 0;
  NodeRange range_;
  Pipeline pipeline_;
  std::vector<Datum> row_;
};

class ParallelPipe final : public Pipe {
 public:
  ParallelPipe(const Operator& last, Run& run, Pipe& next)
      : last_(last),
        run_(run),
        next_(next),
        order_(next.part_order()),
        limit_(FirstOf(last).ScanLimit(run)),
        end_(*this),
        pipeline_(&last, run, end_, {.range = &range_}) {}

  bool Push(Datum* row) override {
    // The first few are looked at alone: often no more is wanted.
    const NodeIndex least = run_.help().part_records;
    const NodeRange first{1, std::min(limit_, 2 + least / kRecordsAloneShare)};
    if (!Direct(first, row)) return false;
    if (first.end >= limit_) return true;
    if (limit_ - first.end < least) return Direct({first.end, limit_}, row);
    const NodeIndex parts_max = order_ == PartOrder::kInOrder ? kKeptPartsMax : kPartsMax;
    const std::uint64_t bytes_max = run_.budget().limits().memory_bytes / kAheadShare;
    board_ = std::make_shared<PartBoard>(
        PartsOf({first.end, limit_}, least, parts_max), kAheadMax,
        static_cast<std::int64_t>(std::min<std::uint64_t>(bytes_max, INT64_MAX)));
    const bool more = MakeParts(row);
    if (!more) run_.Stop();
    board_->StopAndAwaitHelpers();
    return Join() && more;
  }
  bool Finish(Datum* row) override { return next_.Finish(row); }

 private:
  class End final : public Pipe {
   public:
    explicit End(ParallelPipe& owner) : owner_(owner) {}
    bool Push(Datum* row) override { return owner_.Row(row); }
    bool Finish(Datum*) override { return true; }

   private:
    ParallelPipe& owner_;
  };

  // A part that is made ahead of its turn.
  struct Ahead {
    Ahead(std::size_t part_in, Run& run) : part(part_in), maker(run) {}
    const std::size_t part;
    ChunkMaker maker;
    PartBoard::Made made;
    bool direct = false;  // its turn has come meanwhile
    bool over = false;    // before it had, the end of all has
  };

  bool Make(const NodeRange& range, Datum* row) {
    range_ = range;
    const bool more = pipeline_.Push(row);
    return !run_.failed() && pipeline_.Finish(row) && more;
  }
  bool Direct(const NodeRange& range, Datum* row) {
    ahead_ = nullptr;
    return Make(range, row);
  }

  bool Row(Datum* row) {
    if (ahead_ == nullptr || ahead_->direct) return next_.Push(row);
    if (ahead_->made.pipe != nullptr) return ahead_->made.pipe->Push(row);
    std::optional<RowChunk> chunk = ahead_->maker.Add(row);
    if (run_.failed()) return false;
    if (!chunk.has_value()) return true;
    ahead_->made.chunks.push_back(*std::move(chunk));
    if (ahead_->made.chunks.size() < kOwnChunksMax && !board_->full()) return true;
    ahead_->over = !CatchUp();
    return !ahead_->over;
  }

  // Everything before the part that is being made is taken, and what there is of it; the rest of
  // it goes straight on.
  bool CatchUp() {
    Ahead& ahead = *ahead_;
    while (board_->turn() < ahead.part) {
      PartBoard::Found found = board_->Take(true);
      if (!TakeFound(found)) return false;
    }
    for (RowChunk& chunk : ahead.made.chunks) {
      if (!PushChunk(std::move(chunk))) return false;
    }
    ahead.made.chunks.clear();
    ahead.direct = true;
    return true;
  }

  bool MakeParts(Datum* row) {
    while (true) {
      Recruit();
      PartBoard::Found found = board_->Take(false);
      switch (found.kind) {
        case PartBoard::Found::Kind::kOver:
          return true;
        case PartBoard::Found::Kind::kUnclaimed:
          if (!Direct(board_->range(found.part), row)) return false;
          board_->PassTurn();
          break;
        case PartBoard::Found::Kind::kNothing:
          if (!MakeAhead(row)) return false;
          break;
        case PartBoard::Found::Kind::kChunk:
        case PartBoard::Found::Kind::kFinished:
          if (!TakeFound(found)) return false;
          break;
      }
    }
  }

  // While somebody else makes the part whose turn it is: a later one, or, when there is none, a
  // rest.
  bool MakeAhead(Datum* row) {
    const std::optional<std::size_t> part = board_->ClaimAsOwner();
    if (!part.has_value()) {
      PartBoard::Found found = board_->Take(true);
      return TakeFound(found);
    }
    if (order_ == PartOrder::kAny) {
      if (!Direct(board_->range(*part), row)) return false;
      board_->Finish(*part, {});
      return true;
    }
    Ahead ahead(*part, run_);
    if (order_ == PartOrder::kInOrder) ahead.made.pipe = next_.OpenPart(run_);
    ahead_ = &ahead;
    const bool more = Make(board_->range(*part), row);
    ahead_ = nullptr;
    if (ahead.over) return false;
    if (ahead.direct) {
      if (more && !ahead.maker.empty()) PushChunk(ahead.maker.Take());
      if (more) board_->PassTurn();
      return more;
    }
    // What failed here fails the statement in its turn, behind the rows of the parts before.
    if (!ahead.maker.empty()) ahead.made.chunks.push_back(ahead.maker.Take());
    if (ahead.made.pipe != nullptr && !run_.failed()) ahead.made.pipe->Finish(row);
    ahead.made.error = std::exchange(run_.error, absl::OkStatus());
    board_->Finish(*part, std::move(ahead.made));
    return true;
  }

  bool TakeFound(PartBoard::Found& found) {
    if (found.kind == PartBoard::Found::Kind::kChunk) return PushChunk(std::move(found.chunk));
    if (found.kind != PartBoard::Found::Kind::kFinished) return true;
    if (!found.made.error.ok()) {
      run_.Fail(std::move(found.made.error));
      return false;
    }
    return found.made.pipe == nullptr || next_.TakePart(*found.made.pipe);
  }

  bool PushChunk(RowChunk chunk) {
    run_.TakeOver(chunk.bytes);
    run_.Charge(-chunk.bytes);
    const std::size_t slots = run_.help().slot_count;
    for (std::size_t at = 0; at < chunk.values.size(); at += slots) {
      if (!run_.Step() || !next_.Push(&chunk.values[at])) return false;
    }
    return true;
  }

  // One more helper, when a thread is idle.
  void Recruit() {
    if (asked_ == kHelpersMax || asked_ + 1 >= board_->size()) return;
    // What a View is read through belongs to one thread: each gets a copy, made here.
    auto work = [this, board = board_,
                 moments = std::make_unique<Moments>(run_.moments())]() mutable {
      if (!board->Enter()) return;
      Help(*board, std::move(moments));
      board->Leave();
    };
    if (run_.help().threads->TryRun(std::move(work))) ++asked_;
  }

  void Help(PartBoard& board, std::unique_ptr<Moments> moments) {
    auto helper =
        std::make_unique<Helper>(last_, run_, std::move(moments), next_, board,
                                 run_.profile() == nullptr ? nullptr : &run_.profile()->clock());
    helper->Work();
    const MutexLock lock(mutex_);
    helpers_.push_back(std::move(helper));
  }

  // What helpers did and made is the owner's. They have gone.
  bool Join() {
    const MutexLock lock(mutex_);
    bool more = !run_.failed();
    for (const std::unique_ptr<Helper>& helper : helpers_) {
      run_.Join(helper->run());
      if (run_.profile() != nullptr) run_.profile()->Add(*helper->profile());
      if (more && helper->part_pipe() != nullptr) more = next_.TakePart(*helper->part_pipe());
    }
    helpers_.clear();
    return more;
  }

  const Operator& last_;
  Run& run_;
  Pipe& next_;
  const PartOrder order_;
  const NodeIndex limit_;
  NodeRange range_;
  End end_;
  Pipeline pipeline_;
  Ahead* ahead_ = nullptr;
  std::shared_ptr<PartBoard> board_;
  std::size_t asked_ = 0;
  Mutex mutex_;
  std::vector<std::unique_ptr<Helper>> helpers_ ABSL_GUARDED_BY(mutex_);  // that have worked
};

}  // namespace

const Operator* ParallelChainOf(const Operator* last) {
  const Operator* chain = nullptr;
  bool all = false;
  // From back to front: an operator that wants rows as they come ends what was found behind it.
  for (const Operator* each = last; each != nullptr; each = each->input()) {
    if (!each->takes_parts()) {
      chain = nullptr;
    } else if (chain == nullptr) {
      chain = each;
    }
    all = each->scans() && each->input() == nullptr;
  }
  return all ? chain : nullptr;
}

std::unique_ptr<Pipe> OpenParallelChain(const Operator& last, Run& run, Pipe& next) {
  return std::make_unique<ParallelPipe>(last, run, next);
}

}  // namespace kosei::query

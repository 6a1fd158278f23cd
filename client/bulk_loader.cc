// The bulk loader: fills a chunk, sends it, and lets as many be under way as the server allows. The
// connection's own thread writes and reads meanwhile, so encoding goes on beside it.
#include <algorithm>
#include <chrono>
#include <deque>
#include <utility>

#include "back_off.h"
#include "bulk_chunk.h"
#include "client_impl.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/mutex.h"
#include "kosei/base/random.h"
#include "kosei/base/record.h"
#include "kosei/base/status_macros.h"
#include "reply_decoding.h"
#include "request_encoding.h"

namespace kosei::client {
namespace {

using protocol::Operation;

// Beyond these a chunk is sent. Large enough that one commit carries much, small enough that the
// window (kBulkWindowChunks of them) is little memory on both sides.
constexpr std::size_t kChunkItems = 8'192;
constexpr std::size_t kChunkBytes = 1U << 20;
// Beside the time that the server gives itself.
constexpr std::chrono::seconds kPatience{60};
// After a loss: as long as a server takes to restart, and somebody to notice that it has to.
constexpr std::chrono::seconds kReconnecting{120};
// In a row, without an answer to a chunk between them: then the chunk is what the server does not
// survive.
constexpr int kLossesMax = 5;
// Of a load that nobody named.
constexpr std::size_t kBatchNameBytes = 16;

std::chrono::milliseconds PatienceFor(Operation operation) {
  return std::chrono::milliseconds(OperationInfoOf(operation).deadline_ms_default) + kPatience;
}

void Add(const WriteCounts& from, WriteCounts& to) {
  if (from.commit != 0) {
    to.commit = from.commit;
    to.time = from.time;
  }
  to.records_created += from.records_created;
  to.records_updated += from.records_updated;
  to.records_unchanged += from.records_unchanged;
  to.records_ended += from.records_ended;
  to.links_created += from.links_created;
  to.links_unchanged += from.links_unchanged;
  to.links_ended += from.links_ended;
}

// Between two attempts to find the server again there is nothing that could be waited for.
void Pause(std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  Mutex mutex;
  CondVar never;
  const MutexLock lock(mutex);
  while (never.WaitUntil(mutex, end)) continue;
}

}  // namespace

class BulkLoader::Impl {
 public:
  Impl(Client::Impl& client, Provenance provenance, std::string batch, bool named,
       const BulkBegun& begun)
      : client_(client),
        connection_(client.connection()),
        provenance_(std::move(provenance)),
        batch_(std::move(batch)),
        named_(named),
        skip_before_(begun.next_chunk),
        skip_digest_(begun.digest),
        load_(begun.load),
        window_(begun.window) {}
  ~Impl() {
    for (const Sent& sent : unanswered_) connection_.Abandon(sent.call);
  }

  absl::Status AddRecord(const Record& record, std::uint64_t tag) {
    KOSEI_RETURN_IF_ERROR(broken_);
    const std::string encoded = EncodeRecord(record);
    if (encoded.size() > kRecordBytesMax) {
      Reject({false, tag,
              MakeError(ErrorCode::kOutOfRange,
                        "add record " + record.key + ": it takes " +
                            std::to_string(encoded.size()) + " bytes, at most " +
                            std::to_string(kRecordBytesMax) + " are stored; shorten its texts")});
      return absl::OkStatus();
    }
    chunk_.AddRecord(encoded, tag);
    return Keep(AfterAdding());
  }

  absl::Status AddLink(const Link& link, std::uint64_t tag) {
    KOSEI_RETURN_IF_ERROR(broken_);
    chunk_.AddLink(link, tag);
    return Keep(AfterAdding());
  }

  absl::Status Cut(const std::vector<RelationshipTypeNumber>& types) {
    KOSEI_RETURN_IF_ERROR(broken_);
    if (!cutting_ && sent_without_cut_) {
      return MakeError(ErrorCode::kInvalidArgument,
                       "cut bulk load: items were already sent, so their links cannot be called "
                       "complete; cut once before the first item");
    }
    cutting_ = true;
    if (chunk_.items() == 0) return absl::OkStatus();
    return Keep(Send(types));
  }

  absl::StatusOr<BulkSummary> Finish() {
    KOSEI_RETURN_IF_ERROR(broken_);
    if (chunk_.items() > 0) KOSEI_RETURN_IF_ERROR(Keep(Send({})));
    if (next_number_ < skip_before_) return Keep(AnotherInput());
    absl::StatusOr<std::string> body = End();
    while (broken_.ok() && IsLost(body.status())) {
      KOSEI_RETURN_IF_ERROR(Keep(GoOn(body.status())));
      body = End();
    }
    if (!body.ok()) return Keep(body.status());
    const absl::StatusOr<WriteCounts> end = DecodeBulkEnd(*body);
    if (!end.ok()) return Keep(end.status());
    summary_.counts = *end;  // of the whole load
    broken_ = MakeError(ErrorCode::kProtocolOrder, "the bulk load is finished; begin a new one");
    return summary_;
  }

  void OnRejected(std::function<void(const RejectedItem&)> on_rejected) {
    on_rejected_ = std::move(on_rejected);
  }
  const BulkSummary& summary() const { return summary_; }
  std::uint64_t chunks_skipped() const { return skipped_; }

 private:
  struct Sent {
    std::shared_ptr<Call> call;
    std::uint64_t number = 0;
    ChunkTags tags;
    std::string body;  // to be sent again after a loss
  };

  // The connection or the server went away, or this load with them.
  static bool IsLost(const absl::Status& status) {
    return HasCode(status, ErrorCode::kConnectionLost) ||
           HasCode(status, ErrorCode::kConnectFailed) ||
           HasCode(status, ErrorCode::kShuttingDown) ||
           (HasCode(status, ErrorCode::kNotFound) && FieldOf(status) == "load");
  }

  absl::StatusOr<std::string> End() {
    while (!unanswered_.empty()) KOSEI_RETURN_IF_ERROR(Keep(TakeAnswer()));
    return client_.Ask(Operation::kBulkEnd, EncodeBulkEnd(load_), PatienceFor(Operation::kBulkEnd));
  }

  // Begins the load again under its name and sends what has not been answered.
  absl::Status GoOn(const absl::Status& loss) {
    if (++losses_ > kLossesMax) return loss;
    KOSEI_ASSIGN_OR_RETURN(const BulkBegun begun, BeginAgain(loss));
    const std::uint64_t first = unanswered_.empty() ? next_number_ : unanswered_.front().number;
    if (begun.next_chunk < first) {
      return MakeError(
          ErrorCode::kConnectionLost,
          "bulk load: the server has " + std::to_string(begun.next_chunk - 1) + " of " +
              std::to_string(first - 1) +
              " chunks that it answered (a first load into an empty store is whole or not at all, "
              "and begins from the start); load again: " +
              std::string(MessageOf(loss)));
    }
    load_ = begun.load;
    window_ = begun.window;
    for (Sent& sent : unanswered_) {
      connection_.Abandon(sent.call);
      BulkChunk::SetLoad(sent.body, load_);
      Begin(sent);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<BulkBegun> BeginAgain(const absl::Status& loss) {
    BackOff back_off(SystemRandom());
    const auto until = std::chrono::steady_clock::now() + kReconnecting;
    while (true) {
      const absl::StatusOr<std::string> body =
          client_.Ask(Operation::kBulkBegin, EncodeBulkBegin(provenance_, batch_));
      if (body.ok()) return DecodeBulkBegin(*body);
      // Overloaded: the server may still hold the load of the connection that was lost.
      const bool again = IsLost(body.status()) || HasCode(body.status(), ErrorCode::kOverloaded);
      if (!again) return body.status();
      if (std::chrono::steady_clock::now() > until) return loss;
      Pause(back_off.Next());
    }
  }

  void Begin(Sent& sent) {
    sent.call = std::make_shared<Call>(OperationInfoOf(Operation::kBulkChunk), sent.body,
                                       connection_.NewDeadline());
    connection_.Begin(sent.call, Connection::Start::kAndGoOn);
  }

  absl::Status AnotherInput() const {
    return MakeError(ErrorCode::kInvalidArgument,
                     "bulk load: batch " + batch_ +
                         " was begun with other items, or cut in another way; give this load a "
                         "batch of its own",
                     "batch");
  }

  // The load is over with its first error.
  absl::Status Keep(absl::Status status) {
    if (!status.ok()) broken_ = status;
    return status;
  }

  absl::Status AfterAdding() {
    if (cutting_) {
      if (chunk_.items() <= kGroupItemsMax && chunk_.bytes() <= kGroupBytesMax) {
        return absl::OkStatus();
      }
      return MakeError(ErrorCode::kOutOfRange,
                       "add to bulk load: " + std::to_string(chunk_.items()) + " items of " +
                           std::to_string(chunk_.bytes()) +
                           " bytes since the last cut are too many for one chunk; cut more often");
    }
    if (chunk_.items() < kChunkItems && chunk_.bytes() < kChunkBytes) return absl::OkStatus();
    sent_without_cut_ = true;
    return Send({});
  }

  absl::Status Send(const std::vector<RelationshipTypeNumber>& complete_types) {
    while (!unanswered_.empty() &&
           (unanswered_.size() >= window_ || unanswered_.front().call->Ready())) {
      KOSEI_RETURN_IF_ERROR(TakeAnswer());
    }
    const std::uint64_t number = next_number_++;
    // Whoever comes back under a name shows that it brings the same.
    if (named_) digest_ = chunk_.Digest(digest_, complete_types);
    if (number < skip_before_) {
      if (number + 1 == skip_before_ && digest_ != skip_digest_) return AnotherInput();
      chunk_.Drop();
      ++skipped_;
      return absl::OkStatus();
    }
    Sent& sent = unanswered_.emplace_back();
    sent.number = number;
    sent.body = chunk_.Take(load_, number, complete_types, digest_, sent.tags);
    Begin(sent);
    return absl::OkStatus();
  }

  absl::Status TakeAnswer() {
    absl::StatusOr<std::optional<std::string>> body = NextBody();
    while (IsLost(body.status())) {
      KOSEI_RETURN_IF_ERROR(GoOn(body.status()));
      body = NextBody();
    }
    KOSEI_RETURN_IF_ERROR(body.status());
    losses_ = 0;
    const Sent sent = std::move(unanswered_.front());
    unanswered_.pop_front();
    KOSEI_ASSIGN_OR_RETURN(const ChunkAnswer answer, DecodeBulkChunk(**body));
    if (answer.number != sent.number) {
      return MakeError(ErrorCode::kMalformedFrame, "bulk load: the answer is to chunk " +
                                                       std::to_string(answer.number) +
                                                       ", expected " + std::to_string(sent.number));
    }
    Add(answer.counts, summary_.counts);
    for (const ChunkAnswer::Rejected& rejected : answer.rejected) {
      const auto& tags = rejected.is_link ? sent.tags.links : sent.tags.records;
      if (rejected.index >= tags.size()) {
        return MakeError(ErrorCode::kMalformedFrame, "bulk load: an item was rejected that chunk " +
                                                         std::to_string(sent.number) +
                                                         " does not have");
      }
      Reject({rejected.is_link, tags[rejected.index], rejected.status});
    }
    return absl::OkStatus();
  }

  absl::StatusOr<std::optional<std::string>> NextBody() {
    return connection_.Next(unanswered_.front().call,
                            std::chrono::steady_clock::now() + PatienceFor(Operation::kBulkChunk));
  }

  void Reject(const RejectedItem& item) {
    ++summary_.rejected;
    if (on_rejected_) on_rejected_(item);
  }

  Client::Impl& client_;
  Connection& connection_;
  const Provenance provenance_;
  const std::string batch_;
  const bool named_;                 // by the caller
  const std::uint64_t skip_before_;  // chunks before it were durable when this loader began
  const std::uint64_t skip_digest_;
  std::uint64_t skipped_ = 0;
  int losses_ = 0;  // since the last answer to a chunk
  std::uint64_t digest_ = 0;
  std::uint64_t load_;
  std::size_t window_;
  std::uint64_t next_number_ = 1;
  BulkChunk chunk_;
  std::deque<Sent> unanswered_;
  BulkSummary summary_;
  std::function<void(const RejectedItem&)> on_rejected_;
  bool cutting_ = false;
  bool sent_without_cut_ = false;
  absl::Status broken_;
};

absl::StatusOr<std::unique_ptr<BulkLoader>> Client::BeginBulk(const Provenance& provenance,
                                                              const std::string& batch) {
  const std::string name = batch.empty() ? ToHex(SystemRandom().Bytes(kBatchNameBytes)) : batch;
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kBulkBegin, EncodeBulkBegin(provenance, name)));
  KOSEI_ASSIGN_OR_RETURN(const BulkBegun begun, DecodeBulkBegin(body));
  return std::unique_ptr<BulkLoader>(new BulkLoader(
      std::make_unique<BulkLoader::Impl>(*impl_, provenance, name, !batch.empty(), begun)));
}

BulkLoader::BulkLoader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
BulkLoader::~BulkLoader() = default;

absl::Status BulkLoader::AddRecord(const Record& record, std::uint64_t tag) {
  return impl_->AddRecord(record, tag);
}
absl::Status BulkLoader::AddLink(const Link& link, std::uint64_t tag) {
  return impl_->AddLink(link, tag);
}
absl::Status BulkLoader::CutComplete(const std::vector<RelationshipTypeNumber>& types) {
  return impl_->Cut(types);
}
absl::StatusOr<BulkSummary> BulkLoader::Finish() { return impl_->Finish(); }
void BulkLoader::OnRejected(std::function<void(const RejectedItem&)> on_rejected) {
  impl_->OnRejected(std::move(on_rejected));
}
std::uint64_t BulkLoader::chunks_skipped() const { return impl_->chunks_skipped(); }
BulkSummary BulkLoader::progress() const { return impl_->summary(); }

}  // namespace kosei::client

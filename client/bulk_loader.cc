// The bulk loader: fills a chunk, sends it, and lets as many be under way as the server allows. The
// connection's own thread writes and reads meanwhile, so encoding goes on beside it.
#include <algorithm>
#include <chrono>
#include <deque>
#include <utility>

#include "bulk_chunk.h"
#include "client_impl.h"
#include "kosei/base/error.h"
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

}  // namespace

class BulkLoader::Impl {
 public:
  Impl(Client::Impl& client, const BulkBegun& begun)
      : client_(client),
        connection_(client.connection()),
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
    while (!unanswered_.empty()) KOSEI_RETURN_IF_ERROR(Keep(TakeAnswer()));
    const absl::StatusOr<std::string> body =
        client_.Ask(Operation::kBulkEnd, EncodeBulkEnd(load_), PatienceFor(Operation::kBulkEnd));
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

 private:
  struct Sent {
    std::shared_ptr<Call> call;
    std::uint64_t number = 0;
    ChunkTags tags;
  };

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
    Sent sent;
    sent.number = next_number_++;
    std::string body = chunk_.Take(load_, sent.number, complete_types, sent.tags);
    sent.call = std::make_shared<Call>(OperationInfoOf(Operation::kBulkChunk), std::move(body),
                                       connection_.NewDeadline());
    connection_.Begin(sent.call, Connection::Start::kAndGoOn);
    unanswered_.push_back(std::move(sent));
    return absl::OkStatus();
  }

  absl::Status TakeAnswer() {
    const Sent sent = std::move(unanswered_.front());
    unanswered_.pop_front();
    KOSEI_ASSIGN_OR_RETURN(const std::optional<std::string> body,
                           connection_.Next(sent.call, std::chrono::steady_clock::now() +
                                                           PatienceFor(Operation::kBulkChunk)));
    KOSEI_ASSIGN_OR_RETURN(const ChunkAnswer answer, DecodeBulkChunk(*body));
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

  void Reject(const RejectedItem& item) {
    ++summary_.rejected;
    if (on_rejected_) on_rejected_(item);
  }

  Client::Impl& client_;
  Connection& connection_;
  const std::uint64_t load_;
  const std::size_t window_;
  std::uint64_t next_number_ = 1;
  BulkChunk chunk_;
  std::deque<Sent> unanswered_;
  BulkSummary summary_;
  std::function<void(const RejectedItem&)> on_rejected_;
  bool cutting_ = false;
  bool sent_without_cut_ = false;
  absl::Status broken_;
};

absl::StatusOr<std::unique_ptr<BulkLoader>> Client::BeginBulk(const Provenance& provenance) {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kBulkBegin, EncodeBulkBegin(provenance)));
  KOSEI_ASSIGN_OR_RETURN(const BulkBegun begun, DecodeBulkBegin(body));
  return std::unique_ptr<BulkLoader>(
      new BulkLoader(std::make_unique<BulkLoader::Impl>(*impl_, begun)));
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
BulkSummary BulkLoader::progress() const { return impl_->summary(); }

}  // namespace kosei::client

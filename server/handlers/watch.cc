// watch: commits in order, without a gap, for as long as the client wants. The stream is a position
// in the history; a slow reader only lags behind, it is never dropped for it.
#include <algorithm>
#include <vector>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::server {
namespace {

class WatchStream : public Stream {
 public:
  WatchStream(const Services& services, const Call& call, CommitNumber after,
              std::size_t changes_max)
      : services_(services),
        reply_bytes_max_(call.reply_bytes_max),
        changes_max_(changes_max),
        sent_(after) {}

  absl::StatusOr<Part> Next(std::size_t, Builder& builder) override {
    const CommitNumber newest = services_.reader.Newest().commit;
    const Instant now = services_.clock.Monotonic();
    if (sent_ < newest) {
      last_frame_ = now;
      return Event(CommitNumber{sent_.value + 1}, newest, builder);
    }
    // The first frame tells the client that the watch stands, even when nothing happened yet.
    if (last_frame_ != Instant{0} && now - last_frame_ < services_.limits.heartbeat) {
      return Part{State::kNothing, {}};
    }
    last_frame_ = now;
    fb::WatchEventBuilder event(builder);
    event.add_newest(newest.value);
    return Part{State::kMore, protocol::FinishBody(builder, event.Finish())};
  }

 private:
  absl::StatusOr<Part> Event(CommitNumber number, CommitNumber newest, Builder& builder) {
    KOSEI_ASSIGN_OR_RETURN(const storage::CommitInfo commit, services_.reader.Commit(number));
    KOSEI_ASSIGN_OR_RETURN(const storage::CommitChanges changes,
                           services_.reader.Changes(number, changes_max_));
    const std::size_t bytes_max = std::min<std::size_t>(reply_bytes_max_ / 2, protocol::kBodyMax);
    std::vector<flatbuffers::Offset<fb::ChangedRecord>> records;
    std::vector<flatbuffers::Offset<fb::ChangedLink>> links;
    for (const storage::RecordChange& change : changes.records) {
      if (records.size() >= changes_max_ || builder.GetSize() > bytes_max) break;
      const auto key = Text(builder, services_.reader.KeyOf(change.record));
      records.push_back(fb::CreateChangedRecord(builder, key, change.class_number.value,
                                                static_cast<std::uint8_t>(change.kind)));
    }
    for (const storage::LinkChange& change : changes.links) {
      if (records.size() + links.size() >= changes_max_ || builder.GetSize() > bytes_max) break;
      const auto source = Text(builder, services_.reader.KeyOf(change.source));
      const auto target = Text(builder, services_.reader.KeyOf(change.target));
      links.push_back(fb::CreateChangedLink(builder, source, change.type.value, target,
                                            static_cast<std::uint8_t>(change.kind)));
    }
    const bool cut =
        records.size() < commit.records_created + commit.records_updated + commit.records_ended ||
        links.size() < commit.links_created + commit.links_ended;
    const auto summary = EncodeCommit(builder, commit);
    const auto record_vector = builder.CreateVector(records);
    const auto link_vector = builder.CreateVector(links);
    sent_ = number;
    return Part{State::kMore, protocol::FinishBody(
                                  builder, fb::CreateWatchEvent(builder, summary, record_vector,
                                                                link_vector, cut, newest.value))};
  }

  const Services& services_;
  const std::size_t reply_bytes_max_;
  const std::size_t changes_max_;
  CommitNumber sent_;
  Instant last_frame_{0};
};

}  // namespace

absl::StatusOr<std::unique_ptr<Stream>> OpenWatch(const Services& services, const Call& call) {
  KOSEI_ASSIGN_OR_RETURN(const fb::WatchRequest* request,
                         protocol::Open<fb::WatchRequest>(call.body));
  const CommitNumber newest = services.reader.Newest().commit;
  CommitNumber after{request->after()};
  if (after == kOpenEnd) after = newest;
  if (after > newest) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("watch: commits after %d are asked for, and the newest is %d; "
                                     "this store may have been restored from an older backup",
                                     after.value, newest.value),
                     "after");
  }
  const std::size_t changes_max = std::min(request->changes_max(), kWatchChangesMax);
  return std::make_unique<WatchStream>(services, call, after, changes_max);
}

}  // namespace kosei::server

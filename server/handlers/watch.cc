// watch: commits in order, without a gap, for as long as the client wants. The stream is a position
// in the history; a slow reader only lags behind, it is never dropped for it.
#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/change_filter.h"

namespace kosei::server {
namespace {

// So many commits are looked at for one frame, so that a long history without a match neither holds
// a worker nor leaves the reader without a word.
constexpr int kCommitsPerFrame = 4'096;

class WatchStream : public Stream {
 public:
  WatchStream(const Services& services, const Call& call, CommitNumber after,
              std::size_t changes_max, query::ChangeFilter filter)
      : services_(services),
        bytes_max_(std::min<std::size_t>(call.reply_bytes_max / 2, protocol::kBodyMax)),
        changes_max_(changes_max),
        filter_(std::move(filter)),
        cancelled_(call.cancelled),
        sent_(after) {}

  absl::StatusOr<Part> Next(std::size_t, Builder& builder) override {
    const CommitNumber newest = services_.reader.Newest().commit;
    const Instant now = services_.clock.Monotonic();
    const bool behind = sent_ < newest;
    for (int looked = 0; sent_ < newest && looked < kCommitsPerFrame; ++looked) {
      if (cancelled_ != nullptr && cancelled_->load()) break;
      const CommitNumber number{sent_.value + 1};
      KOSEI_ASSIGN_OR_RETURN(const Found found, Find(number));
      sent_ = number;
      if (found.matches == 0 && !filter_.everything()) continue;
      last_frame_ = now;
      return Event(number, found, newest, builder);
    }
    // The first frame tells the client that the watch stands, even when nothing happened yet. Later
    // ones come when there was much to pass over, or nothing for a while.
    const bool passing = behind && sent_ < newest;
    if (!passing && last_frame_ != Instant{0} && now - last_frame_ < services_.limits.heartbeat) {
      return Part{State::kNothing, {}};
    }
    last_frame_ = now;
    fb::WatchEventBuilder event(builder);
    event.add_newest(sent_.value);
    return Part{State::kMore, protocol::FinishBody(builder, event.Finish())};
  }

 private:
  // What a commit changed of what is asked for: the first of it, and how much there is.
  struct Found {
    storage::CommitChanges listed;
    std::uint64_t matches = 0;
  };

  absl::StatusOr<Found> Find(CommitNumber number) const {
    Found found;
    if (filter_.everything()) {
      KOSEI_ASSIGN_OR_RETURN(found.listed, services_.reader.Changes(number, changes_max_));
      return found;
    }
    storage::CommitChanges& listed = found.listed;
    const auto room = [&] { return listed.records.size() + listed.links.size() < changes_max_; };
    KOSEI_RETURN_IF_ERROR(
        services_.reader.VisitChanges(number, [&](const storage::CommitChanges& part) {
          for (const storage::RecordChange& change : part.records) {
            if (!filter_.WantsRecord(change.record)) continue;
            ++found.matches;
            if (room()) listed.records.push_back(change);
          }
          for (const storage::LinkChange& change : part.links) {
            if (!filter_.WantsLink(change.source, change.type, change.target)) continue;
            ++found.matches;
            if (room()) listed.links.push_back(change);
          }
          return found.matches <= changes_max_;
        }));
    return found;
  }

  absl::StatusOr<Part> Event(CommitNumber number, const Found& found, CommitNumber newest,
                             Builder& builder) {
    KOSEI_ASSIGN_OR_RETURN(const storage::CommitInfo commit, services_.reader.Commit(number));
    std::vector<flatbuffers::Offset<fb::ChangedRecord>> records;
    std::vector<flatbuffers::Offset<fb::ChangedLink>> links;
    for (const storage::RecordChange& change : found.listed.records) {
      if (builder.GetSize() > bytes_max_) break;
      const auto key = Text(builder, services_.reader.KeyOf(change.record));
      records.push_back(fb::CreateChangedRecord(builder, key, change.class_number.value,
                                                static_cast<std::uint8_t>(change.kind)));
    }
    for (const storage::LinkChange& change : found.listed.links) {
      if (builder.GetSize() > bytes_max_) break;
      const auto source = Text(builder, services_.reader.KeyOf(change.source));
      const auto target = Text(builder, services_.reader.KeyOf(change.target));
      links.push_back(fb::CreateChangedLink(builder, source, change.type.value, target,
                                            static_cast<std::uint8_t>(change.kind)));
    }
    const std::uint64_t all =
        filter_.everything() ? commit.records_created + commit.records_updated +
                                   commit.records_ended + commit.links_created + commit.links_ended
                             : found.matches;
    const bool cut = records.size() + links.size() < all;
    const auto summary = EncodeCommit(builder, services_.plans, commit);
    const auto record_vector = builder.CreateVector(records);
    const auto link_vector = builder.CreateVector(links);
    return Part{State::kMore,
                protocol::FinishBody(
                    builder, fb::CreateWatchEvent(builder, summary, record_vector, link_vector, cut,
                                                  newest.value,
                                                  services_.reader.ModelVersionAt(commit.number)))};
  }

  const Services& services_;
  const std::size_t bytes_max_;
  const std::size_t changes_max_;
  const query::ChangeFilter filter_;
  const std::shared_ptr<const std::atomic<bool>> cancelled_;
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
  query::ChangeSelection selection;
  selection.class_name = protocol::TextOf(request->class_name());
  selection.key_prefix = protocol::TextOf(request->key_prefix());
  selection.type_name = protocol::TextOf(request->type_name());
  KOSEI_ASSIGN_OR_RETURN(query::ChangeFilter filter,
                         query::ChangeFilter::Make(services.reader, selection));
  return std::make_unique<WatchStream>(services, call, after, changes_max, std::move(filter));
}

}  // namespace kosei::server

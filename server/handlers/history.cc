// history: every version and link of a record with their commits; diff: a record in two Views.
#include <algorithm>
#include <iterator>
#include <tuple>
#include <vector>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::server {
namespace {

// The messages of a reader have a bound on tables (protocol/messages.h).
constexpr std::size_t kDiffLinksMax = 100'000;
constexpr std::size_t kFrameItemsMax = 1'000;

struct HistoryItems {
  std::vector<storage::RecordVersion> versions;
  std::vector<storage::LinkVersion> links;
  std::vector<CommitNumber> commits;
};

std::vector<CommitNumber> CommitsOf(const HistoryItems& items, const storage::View& view) {
  std::vector<CommitNumber> commits;
  const auto add = [&](CommitNumber begin, CommitNumber end) {
    commits.push_back(begin);
    if (end != kOpenEnd && end <= view.commit) commits.push_back(end);
  };
  for (const storage::RecordVersion& version : items.versions) add(version.begin, version.end);
  for (const storage::LinkVersion& link : items.links) add(link.begin, link.end);
  std::sort(commits.begin(), commits.end());
  commits.erase(std::unique(commits.begin(), commits.end()), commits.end());
  return commits;
}

// Fills frames of about kStreamFrameBytes: versions first, then commits, then links.
class HistoryWriter {
 public:
  HistoryWriter(const Services& services, const Call& call, const storage::View& view)
      : services_(services),
        call_(call),
        info_(EncodeView(view)),
        stream_(std::make_unique<CollectedStream>(services)) {}

  absl::Status Write(const HistoryItems& items) {
    for (const storage::RecordVersion& version : items.versions) {
      versions_.push_back(EncodeVersion(builder_, version));
      KOSEI_RETURN_IF_ERROR(CutWhenFull());
    }
    for (const CommitNumber number : items.commits) {
      KOSEI_ASSIGN_OR_RETURN(const storage::CommitInfo commit, services_.reader.Commit(number));
      commits_.push_back(EncodeCommit(builder_, services_.plans, commit));
      KOSEI_RETURN_IF_ERROR(CutWhenFull());
    }
    for (const storage::LinkVersion& link : items.links) {
      links_.push_back(EncodeLink(builder_, services_.reader, link));
      KOSEI_RETURN_IF_ERROR(CutWhenFull());
    }
    return Cut();
  }
  std::unique_ptr<Stream> Take() { return std::move(stream_); }

 private:
  absl::Status CutWhenFull() {
    const std::size_t items = versions_.size() + commits_.size() + links_.size();
    if (builder_.GetSize() < kStreamFrameBytes && items < kFrameItemsMax) return absl::OkStatus();
    return Cut();
  }
  absl::Status Cut() {
    if (call_.is_cancelled()) {
      return MakeError(ErrorCode::kCancelled, "history: the client cancelled it");
    }
    const auto versions = builder_.CreateVector(versions_);
    const auto commits = builder_.CreateVector(commits_);
    const auto links = builder_.CreateVector(links_);
    const std::string_view body = protocol::FinishBody(
        builder_,
        fb::CreateHistoryReply(builder_, &info_, versions, commits, links,
                               services_.reader.ModelVersionAt(CommitNumber{info_.commit()})));
    KOSEI_RETURN_IF_ERROR(stream_->Add(call_, body));
    builder_.Clear();
    versions_.clear();
    commits_.clear();
    links_.clear();
    return absl::OkStatus();
  }

  const Services& services_;
  const Call& call_;
  const fb::ViewInfo info_;
  std::unique_ptr<CollectedStream> stream_;
  Builder builder_;
  std::vector<flatbuffers::Offset<fb::RecordVersion>> versions_;
  std::vector<flatbuffers::Offset<fb::CommitSummary>> commits_;
  std::vector<flatbuffers::Offset<fb::LinkSpan>> links_;
};

// 0 when the record does not hold in the View.
absl::StatusOr<flatbuffers::Offset<fb::RecordVersion>> VersionIn(const Services& services,
                                                                 RecordId id,
                                                                 const storage::View& view,
                                                                 Builder& builder) {
  const absl::StatusOr<storage::RecordVersion> version = services.reader.Get(id, view);
  if (version.ok()) return EncodeVersion(builder, *version);
  if (HasCode(version.status(), ErrorCode::kNotFound)) {
    return flatbuffers::Offset<fb::RecordVersion>();
  }
  return version.status();
}

using LinkOffsets = std::vector<flatbuffers::Offset<fb::LinkSpan>>;

bool LinkBefore(const storage::LinkVersion& a, const storage::LinkVersion& b) {
  return std::tie(a.source, a.type, a.target) < std::tie(b.source, b.type, b.target);
}

// What the record's links are in the View; with the commit in which each began, where one did.
absl::StatusOr<std::vector<storage::LinkVersion>> LinksIn(const Services& services, RecordId id,
                                                          const storage::View& view) {
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, services.reader.Graph(view));
  const storage::NodeIndex node = storage::NodeOf(id);
  std::vector<storage::LinkVersion> held;
  std::vector<storage::Neighbour> neighbours;
  graph.Collect(storage::LinkDirection::kOut, node, neighbours);
  for (const storage::Neighbour& one : neighbours) {
    held.push_back({id, RelationshipTypeNumber{one.type}, storage::RecordOf(one.node), kNoCommit});
  }
  graph.Collect(storage::LinkDirection::kIn, node, neighbours);
  for (const storage::Neighbour& one : neighbours) {
    if (one.node == node) continue;
    held.push_back({storage::RecordOf(one.node), RelationshipTypeNumber{one.type}, id, kNoCommit});
  }
  std::sort(held.begin(), held.end(), LinkBefore);
  KOSEI_ASSIGN_OR_RETURN(const auto history, services.reader.LinkHistory(id, view));
  for (const storage::LinkVersion& version : history) {
    const auto [first, last] = std::equal_range(held.begin(), held.end(), version, LinkBefore);
    for (auto link = first; link != last; ++link)
      link->begin = std::max(link->begin, version.begin);
  }
  return held;
}

// Links of `some` that `others` lacks. A link that ended and came again in between is in both.
LinkOffsets EncodeMissing(const Services& services, const std::vector<storage::LinkVersion>& some,
                          const std::vector<storage::LinkVersion>& others, Builder& builder) {
  std::vector<storage::LinkVersion> missing;
  std::set_difference(some.begin(), some.end(), others.begin(), others.end(),
                      std::back_inserter(missing), LinkBefore);
  LinkOffsets offsets;
  if (missing.size() > kDiffLinksMax) missing.resize(kDiffLinksMax + 1);
  for (const storage::LinkVersion& link : missing) {
    offsets.push_back(EncodeLink(builder, services.reader, link));
  }
  return offsets;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Stream>> OpenHistory(const Services& services, const Call& call) {
  KOSEI_ASSIGN_OR_RETURN(const fb::HistoryRequest* request,
                         protocol::Open<fb::HistoryRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const storage::View view, ResolveView(services.reader, request->view()));
  KOSEI_ASSIGN_OR_RETURN(const RecordId id,
                         IdOfKey(services.reader, "history of", protocol::TextOf(request->key())));
  HistoryItems items;
  KOSEI_ASSIGN_OR_RETURN(items.versions, services.reader.History(id, view));
  KOSEI_ASSIGN_OR_RETURN(items.links, services.reader.LinkHistory(id, view));
  if (items.versions.empty()) {
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("history of %s: there was no such record yet at commit %d; "
                                     "leave the View out to see all of it",
                                     protocol::TextOf(request->key()), view.commit.value),
                     "key");
  }
  items.commits = CommitsOf(items, view);
  HistoryWriter writer(services, call, view);
  KOSEI_RETURN_IF_ERROR(writer.Write(items));
  return writer.Take();
}

absl::Status AnswerDiff(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::DiffRequest* request,
                         protocol::Open<fb::DiffRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const storage::View from, ResolveView(services.reader, request->from()));
  KOSEI_ASSIGN_OR_RETURN(const storage::View to, ResolveView(services.reader, request->to()));
  KOSEI_ASSIGN_OR_RETURN(const RecordId id,
                         IdOfKey(services.reader, "diff of", protocol::TextOf(request->key())));
  KOSEI_ASSIGN_OR_RETURN(const auto before, VersionIn(services, id, from, builder));
  KOSEI_ASSIGN_OR_RETURN(const auto after, VersionIn(services, id, to, builder));
  KOSEI_ASSIGN_OR_RETURN(const auto links_before, LinksIn(services, id, from));
  KOSEI_ASSIGN_OR_RETURN(const auto links_after, LinksIn(services, id, to));
  const LinkOffsets added = EncodeMissing(services, links_after, links_before, builder);
  const LinkOffsets removed = EncodeMissing(services, links_before, links_after, builder);
  if (added.size() + removed.size() > kDiffLinksMax) {
    return TooLarge(call, "compare two Views that lie closer together");
  }
  const auto added_vector = builder.CreateVector(added);
  const auto removed_vector = builder.CreateVector(removed);
  const fb::ViewInfo from_info = EncodeView(from);
  const fb::ViewInfo to_info = EncodeView(to);
  protocol::FinishBody(
      builder, fb::CreateDiffReply(builder, &from_info, &to_info, before, after, added_vector,
                                   removed_vector, services.reader.ModelVersionAt(to.commit)));
  if (builder.GetSize() > call.reply_bytes_max) {
    return TooLarge(call, "compare two Views that lie closer together");
  }
  return absl::OkStatus();
}

}  // namespace kosei::server

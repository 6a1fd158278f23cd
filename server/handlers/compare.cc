// compare: everything that differs between two Views, made as its reader grants credit.
#include "kosei/query/compare.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::server {
namespace {

// A reader verifies at most so many tables (protocol/limits.h); an item and its commit take four.
constexpr std::uint64_t kFrameItemsMax = 1'000;

struct Counts {
  std::uint64_t records_added = 0, records_changed = 0, records_removed = 0;
  std::uint64_t links_added = 0, links_removed = 0;

  void Add(const query::Differences& found) {
    for (const query::RecordDifference& record : found.records) {
      ++(!record.before.has_value()  ? records_added
         : !record.after.has_value() ? records_removed
                                     : records_changed);
    }
    for (const query::LinkDifference& link : found.links) {
      ++(link.added ? links_added : links_removed);
    }
  }
};

std::vector<CommitNumber> CausesOf(const query::Differences& found) {
  std::vector<CommitNumber> causes;
  for (const query::RecordDifference& record : found.records) causes.push_back(record.cause);
  for (const query::LinkDifference& link : found.links) causes.push_back(link.cause);
  std::sort(causes.begin(), causes.end());
  causes.erase(std::unique(causes.begin(), causes.end()), causes.end());
  std::erase(causes, kNoCommit);  // what only a plan has
  return causes;
}

class CompareStream final : public Stream {
 public:
  CompareStream(const Services& services, const Call& call, query::Limits limits,
                const storage::View& from, const storage::View& to,
                std::unique_ptr<query::Comparison> comparison)
      : services_(services),
        limits_(limits),
        cancelled_(call.cancelled),
        from_(EncodeView(from)),
        to_(EncodeView(to)),
        kept_(services.counters.stream_bytes),
        comparison_(std::move(comparison)) {
    limits_.rows = kFrameItemsMax;
  }

  absl::Status Keep() { return kept_.Add(comparison_->bytes(), services_.limits.stream_bytes_max); }

  absl::StatusOr<Part> Next(std::size_t bytes_max, Builder& builder) override {
    // The time between two frames is the reader's, so each has the whole deadline.
    const query::Budget budget(limits_, services_.clock, cancelled_);
    KOSEI_ASSIGN_OR_RETURN(const bool more, comparison_->Next(budget, bytes_max, found_));
    counts_.Add(found_);
    std::vector<flatbuffers::Offset<fb::RecordDifference>> records;
    std::vector<flatbuffers::Offset<fb::LinkDifference>> links;
    std::vector<flatbuffers::Offset<fb::CommitSummary>> commits;
    for (const query::RecordDifference& record : found_.records) {
      records.push_back(Encode(builder, record));
    }
    for (const query::LinkDifference& link : found_.links) {
      const auto source = Text(builder, services_.reader.KeyOf(link.source));
      const auto target = Text(builder, services_.reader.KeyOf(link.target));
      links.push_back(fb::CreateLinkDifference(builder, source, link.type.value, target, link.added,
                                               link.cause.value));
    }
    for (const CommitNumber number : CausesOf(found_)) {
      KOSEI_ASSIGN_OR_RETURN(const storage::CommitInfo commit, services_.reader.Commit(number));
      commits.push_back(EncodeCommit(builder, services_.plans, commit));
    }
    const auto record_vector = builder.CreateVector(records);
    const auto link_vector = builder.CreateVector(links);
    const auto commit_vector = builder.CreateVector(commits);
    flatbuffers::Offset<fb::DifferenceCounts> counts;
    if (!more) {
      counts = fb::CreateDifferenceCounts(builder, counts_.records_added, counts_.records_changed,
                                          counts_.records_removed, counts_.links_added,
                                          counts_.links_removed);
    }
    return Part{
        more ? State::kMore : State::kLast,
        protocol::FinishBody(builder, fb::CreateCompareReply(builder, &from_, &to_, record_vector,
                                                             link_vector, commit_vector, counts))};
  }

 private:
  static flatbuffers::Offset<fb::RecordDifference> Encode(Builder& builder,
                                                          const query::RecordDifference& record) {
    flatbuffers::Offset<fb::RecordVersion> before;
    flatbuffers::Offset<fb::RecordVersion> after;
    if (record.before.has_value()) before = EncodeVersion(builder, *record.before);
    if (record.after.has_value()) after = EncodeVersion(builder, *record.after);
    return fb::CreateRecordDifference(builder, before, after, record.cause.value);
  }

  const Services& services_;
  query::Limits limits_;
  const std::shared_ptr<const std::atomic<bool>> cancelled_;
  const fb::ViewInfo from_;
  const fb::ViewInfo to_;
  KeptBytes kept_;
  const std::unique_ptr<query::Comparison> comparison_;
  query::Differences found_;
  Counts counts_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Stream>> OpenCompare(const Services& services, const Call& call) {
  KOSEI_ASSIGN_OR_RETURN(const fb::CompareRequest* request,
                         protocol::Open<fb::CompareRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const storage::View from, ResolveView(services.reader, request->from()));
  KOSEI_ASSIGN_OR_RETURN(const storage::View to, ResolveView(services.reader, request->to()));
  KOSEI_ASSIGN_OR_RETURN(const query::Limits limits,
                         LimitsOf(services, call, request->deadline_ms()));
  const query::Budget budget(limits, services.clock, call.cancelled);
  query::ChangeSelection selection;
  selection.class_name = protocol::TextOf(request->class_name());
  selection.key_prefix = protocol::TextOf(request->key_prefix());
  selection.type_name = protocol::TextOf(request->type_name());
  KOSEI_ASSIGN_OR_RETURN(auto comparison,
                         query::Comparison::Open(services.reader, from, to, selection, budget));
  auto stream =
      std::make_unique<CompareStream>(services, call, limits, from, to, std::move(comparison));
  KOSEI_RETURN_IF_ERROR(stream->Keep());
  return std::unique_ptr<Stream>(std::move(stream));
}

}  // namespace kosei::server

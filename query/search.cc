#include "kosei/query/search.h"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "kosei/base/error.h"
#include "kosei/base/remnant.h"
#include "kosei/base/status_macros.h"
#include "record_filter.h"

namespace kosei::query {
namespace {

using storage::RecordVersion;
using storage::View;
using Visitor = absl::FunctionRef<bool(const RecordVersion&)>;

// A candidate costs a point read, a record of a scan a sixteenth of it.
constexpr std::uint64_t kScanPerRead = 16;
constexpr std::uint64_t kCandidatesAlways = 1'000;
// Points reads between two looks at the clock.
constexpr std::uint64_t kReadsPerCheck = 256;

// At most one record has the key, so there is nothing to scan.
absl::StatusOr<SearchSummary> SearchKey(const storage::Reader& reader, const View& view,
                                        RecordFilter& filter, const Budget& budget, Visitor visit) {
  KOSEI_RETURN_IF_ERROR(budget.Check());
  const std::optional<RecordId> id = reader.IdOf(*filter.key());
  if (!id.has_value()) return SearchSummary{};
  absl::StatusOr<RecordVersion> version = reader.GetWhatIsLeft(*id, view);
  if (HasCode(version.status(), ErrorCode::kNotFound)) return SearchSummary{};
  KOSEI_RETURN_IF_ERROR(version.status());
  if (!filter.Matches(version->record())) {
    const bool unknown = IsRetired(version->record()) && filter.MayHaveMatched(version->record());
    return SearchSummary{.retired = unknown ? 1U : 0U};
  }
  if (budget.limits().rows == 0) return SearchSummary{.matched = 0, .cut = true};
  visit(*version);
  return SearchSummary{.matched = 1, .cut = false};
}

// What the indexes say: every matching record is among them, ascending. nullopt: look at all.
absl::StatusOr<std::optional<std::vector<RecordId>>> CandidatesOf(const storage::Reader& reader,
                                                                  const View& view,
                                                                  const RecordFilter& filter,
                                                                  const Budget& budget) {
  std::optional<std::vector<RecordId>> candidates;
  const std::uint64_t most = reader.Counts().records / kScanPerRead + kCandidatesAlways;
  const auto check = [&budget] { return budget.Check(); };
  const auto narrow = [&candidates](std::optional<std::vector<RecordId>> found) {
    if (!found) return;
    if (!candidates) {
      candidates = std::move(found);
      return;
    }
    std::vector<RecordId> both;
    std::set_intersection(candidates->begin(), candidates->end(), found->begin(), found->end(),
                          std::back_inserter(both));
    candidates = std::move(both);
  };
  for (const storage::ValueRange& range : filter.ranges()) {
    KOSEI_ASSIGN_OR_RETURN(auto found, reader.indexes().Find(range, view, most, check));
    narrow(std::move(found));
  }
  const bool few = candidates && candidates->size() <= kCandidatesAlways;
  if (!filter.text().empty() && !few) {
    KOSEI_ASSIGN_OR_RETURN(auto found,
                           reader.indexes().FindText(filter.text().folded(), view, most, check));
    narrow(std::move(found));
  }
  return candidates;
}

// Looks at records one by one, as a scan or the candidates give them, ascending by id.
class Look {
 public:
  Look(const storage::Reader& reader, const View& view, RecordFilter& filter, const Budget& budget,
       Visitor visit)
      : reader_(reader),
        view_(view),
        present_(reader.Newest().commit == view.commit),
        filter_(filter),
        budget_(budget),
        visit_(visit) {}
  virtual ~Look() = default;

  absl::StatusOr<SearchSummary> Run(const std::optional<std::vector<RecordId>>& candidates) {
    KOSEI_RETURN_IF_ERROR(candidates ? Read(*candidates) : Scan());
    KOSEI_RETURN_IF_ERROR(status_);
    KOSEI_RETURN_IF_ERROR(Finish());
    return summary_;
  }

 protected:
  // A record that matches; false ends the search. `version` is there when it was read as a whole.
  virtual bool Hit(RecordId id, CommitNumber begin, RecordView record,
                   const RecordVersion* version) = 0;
  virtual absl::Status Finish() { return absl::OkStatus(); }

  // In the present every version that holds is open; in the past its end has to be looked up.
  bool Give(RecordId id, CommitNumber begin, RecordView record, const RecordVersion* version) {
    if (version != nullptr) return visit_(*version);
    if (present_) {
      return visit_(
          {.id = id, .begin = begin, .end = kOpenEnd, .bytes = std::string(record.bytes())});
    }
    const absl::StatusOr<RecordVersion> read = reader_.GetWhatIsLeft(id, view_);
    status_ = read.status();
    return status_.ok() && visit_(*read);
  }

  const storage::Reader& reader_;
  const View& view_;
  const bool present_;
  RecordFilter& filter_;
  const Budget& budget_;
  Visitor visit_;
  SearchSummary summary_;
  absl::Status status_;

 private:
  // Whether another record may be looked at.
  bool MayGoOn(std::uint64_t per_check) {
    if (looked_ >= budget_.limits().steps) {
      summary_.cut = true;
      return false;
    }
    if (looked_++ % per_check == 0) status_ = budget_.Check();
    return status_.ok();
  }

  // What a version said that was retired nobody knows, so it is told and not passed over.
  void CountIfUnknown(RecordView record) {
    if (IsRetired(record) && filter_.MayHaveMatched(record)) ++summary_.retired;
  }

  absl::Status Scan() {
    return reader_.Scan(view_, RecordId{1},
                        [this](RecordId id, CommitNumber begin, RecordView record) {
                          if (!MayGoOn(kStepsPerCheck)) return false;
                          if (filter_.Matches(record)) return Hit(id, begin, record, nullptr);
                          CountIfUnknown(record);
                          return true;
                        });
  }

  absl::Status Read(const std::vector<RecordId>& candidates) {
    KOSEI_RETURN_IF_ERROR(budget_.Check());
    for (const RecordId id : candidates) {
      if (!MayGoOn(kReadsPerCheck)) return status_;
      const absl::StatusOr<RecordVersion> version = reader_.GetWhatIsLeft(id, view_);
      if (HasCode(version.status(), ErrorCode::kNotFound)) continue;
      KOSEI_RETURN_IF_ERROR(version.status());
      const RecordView record = version->record();
      if (filter_.Matches(record)) {
        if (!Hit(id, version->begin, record, &*version)) break;
      } else {
        CountIfUnknown(record);
      }
    }
    return absl::OkStatus();
  }

  std::uint64_t looked_ = 0;
};

// Gives hits as they come.
class LookById final : public Look {
 public:
  using Look::Look;

 private:
  bool Hit(RecordId id, CommitNumber begin, RecordView record,
           const RecordVersion* version) override {
    if (summary_.matched >= budget_.limits().rows) {
      summary_.cut = true;
      return false;
    }
    ++summary_.matched;
    return Give(id, begin, record, version);
  }
};

// Keeps the best hits, and gives them when all are known.
class LookForBest final : public Look {
 public:
  using Look::Look;

 private:
  struct Kept {
    Rank rank;
    RecordId id;
    friend bool operator<(const Kept& a, const Kept& b) {
      return a.rank != b.rank ? a.rank < b.rank : a.id < b.id;
    }
  };
  static constexpr std::uint64_t kHitsPerCheck = 65'536;

  bool Hit(RecordId id, CommitNumber /*begin*/, RecordView record,
           const RecordVersion* /*version*/) override {
    if (kept_.size() >= budget_.limits().rows) {
      summary_.cut = true;
      if (kept_.empty()) return false;
    }
    const Kept hit{filter_.RankOf(record), id};
    if (!summary_.cut) {
      kept_.push_back(hit);  // a heap with the worst in front
      std::push_heap(kept_.begin(), kept_.end());
      if (kept_.size() % kHitsPerCheck == 0) {
        status_ = budget_.CheckMemory(kept_.size() * sizeof(Kept));
      }
      return status_.ok();
    }
    if (!(hit < kept_.front())) return true;
    std::pop_heap(kept_.begin(), kept_.end());
    kept_.back() = hit;
    std::push_heap(kept_.begin(), kept_.end());
    return true;
  }

  absl::Status Finish() override {
    std::sort_heap(kept_.begin(), kept_.end());
    for (std::size_t i = 0; i < kept_.size(); ++i) {
      if (i % kReadsPerCheck == 0) KOSEI_RETURN_IF_ERROR(budget_.Check());
      KOSEI_ASSIGN_OR_RETURN(const RecordVersion version,
                             reader_.GetWhatIsLeft(kept_[i].id, view_));
      ++summary_.matched;
      if (!visit_(version)) break;
    }
    return absl::OkStatus();
  }

  std::vector<Kept> kept_;
};

}  // namespace

absl::StatusOr<SearchSummary> Search(const storage::Reader& reader, const View& view,
                                     const SearchRequest& request, const Budget& budget,
                                     Visitor visit) {
  // By the model of that day; names that came later mean what they mean now.
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(view));
  absl::StatusOr<RecordFilter> made = RecordFilter::Make(*schema, request);
  if (HasCode(made.status(), ErrorCode::kUnknownClass) ||
      HasCode(made.status(), ErrorCode::kUnknownAttribute)) {
    made = RecordFilter::Make(*reader.schema(), request);
  }
  KOSEI_RETURN_IF_ERROR(made.status());
  RecordFilter filter = *std::move(made);
  if (filter.key().has_value()) return SearchKey(reader, view, filter, budget, visit);
  KOSEI_ASSIGN_OR_RETURN(const auto candidates, CandidatesOf(reader, view, filter, budget));
  if (request.order == SearchOrder::kById || filter.text().empty()) {
    return LookById(reader, view, filter, budget, visit).Run(candidates);
  }
  return LookForBest(reader, view, filter, budget, visit).Run(candidates);
}

}  // namespace kosei::query

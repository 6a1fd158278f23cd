#include "kosei/query/search.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "record_filter.h"

namespace kosei::query {
namespace {

using Visitor = absl::FunctionRef<bool(const storage::RecordVersion&)>;

// At most one record has the key, so there is nothing to scan.
absl::StatusOr<SearchSummary> SearchKey(const storage::Reader& reader, const storage::View& view,
                                        RecordFilter& filter, const Budget& budget, Visitor visit) {
  KOSEI_RETURN_IF_ERROR(budget.Check());
  const std::optional<RecordId> id = reader.IdOf(*filter.key());
  if (!id.has_value()) return SearchSummary{};
  absl::StatusOr<storage::RecordVersion> version = reader.Get(*id, view);
  if (HasCode(version.status(), ErrorCode::kNotFound)) return SearchSummary{};
  KOSEI_RETURN_IF_ERROR(version.status());
  if (!filter.Matches(version->record())) return SearchSummary{};
  if (budget.limits().rows == 0) return SearchSummary{.matched = 0, .cut = true};
  visit(*version);
  return SearchSummary{.matched = 1, .cut = false};
}

class SearchScan {
 public:
  SearchScan(const storage::Reader& reader, const storage::View& view, RecordFilter& filter,
             const Budget& budget, Visitor visit)
      : reader_(reader),
        view_(view),
        present_(reader.Newest().commit == view.commit),
        filter_(filter),
        budget_(budget),
        visit_(visit) {}

  absl::StatusOr<SearchSummary> Run() {
    KOSEI_RETURN_IF_ERROR(reader_.Scan(view_, RecordId{1},
                                       [this](RecordId id, CommitNumber begin, RecordView record) {
                                         return Continue(id, begin, record);
                                       }));
    KOSEI_RETURN_IF_ERROR(status_);
    return summary_;
  }

 private:
  bool Continue(RecordId id, CommitNumber begin, RecordView record) {
    if (scanned_ >= budget_.limits().steps) {
      summary_.cut = true;
      return false;
    }
    if (scanned_++ % kStepsPerCheck == 0) {
      status_ = budget_.Check();
      if (!status_.ok()) return false;
    }
    if (!filter_.Matches(record)) return true;
    if (summary_.matched >= budget_.limits().rows) {
      summary_.cut = true;
      return false;
    }
    ++summary_.matched;
    return Give(id, begin, record);
  }

  // In the present every version that holds is open; in the past its end has to be looked up.
  bool Give(RecordId id, CommitNumber begin, RecordView record) {
    if (present_) {
      return visit_(
          {.id = id, .begin = begin, .end = kOpenEnd, .bytes = std::string(record.bytes())});
    }
    const absl::StatusOr<storage::RecordVersion> version = reader_.Get(id, view_);
    status_ = version.status();
    return status_.ok() && visit_(*version);
  }

  const storage::Reader& reader_;
  const storage::View& view_;
  const bool present_;
  RecordFilter& filter_;
  const Budget& budget_;
  Visitor visit_;
  SearchSummary summary_;
  std::uint64_t scanned_ = 0;
  absl::Status status_;
};

}  // namespace

absl::StatusOr<SearchSummary> Search(const storage::Reader& reader, const storage::View& view,
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
  return SearchScan(reader, view, filter, budget, visit).Run();
}

}  // namespace kosei::query

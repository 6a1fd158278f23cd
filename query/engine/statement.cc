#include "kosei/query/statement.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "engine/columns.h"
#include "engine/parallel.h"
#include "engine/plan_cache.h"
#include "engine/plan_lines.h"
#include "engine/planning.h"
#include "engine/profile.h"
#include "engine/query_plan.h"
#include "engine/run.h"
#include "engine/time_scope.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/filter.h"
#include "kosei/language/parse.h"
#include "kosei/language/query_error.h"

namespace kosei::query {
namespace {

using language::Datum;
using language::StatementMode;

// The most Views that one statement may read.
constexpr std::size_t kMomentsMax = 64;
// What all columns may take: 25 attributes of a million records, a few of ten million.
constexpr std::size_t kColumnBytesMax = std::size_t{256} << 20;

// Gives rows to the visitor, and counts them.
class OutputPipe final : public Pipe {
 public:
  OutputPipe(const std::vector<std::uint32_t>& slots, std::uint64_t limit, Run& run,
             RowVisitor& visitor, StatementSummary& summary)
      : slots_(slots),
        values_(slots.size()),
        limit_(limit),
        run_(run),
        visitor_(visitor),
        summary_(summary) {}
  bool Push(Datum* row) override {
    if (summary_.rows == limit_) {
      summary_.cut = true;
      return false;
    }
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      values_[i] = row[slots_[i]];
      bytes += values_[i].HeapBytes();
    }
    if (const absl::Status status = run_.budget().CheckMemory(bytes); !status.ok()) {
      run_.Fail(status);
      return false;
    }
    ++summary_.rows;
    return visitor_.Row(values_, run_) && !run_.failed();
  }
  bool Finish(Datum*) override { return true; }

 private:
  const std::vector<std::uint32_t>& slots_;
  std::vector<Datum> values_;
  const std::uint64_t limit_;
  Run& run_;
  RowVisitor& visitor_;
  StatementSummary& summary_;
};

// One run, from the tree to the last row.
class Carrier {
 public:
  Carrier(const storage::Reader& reader, const Clock& clock, const StatementOptions& options,
          PlanCache& cache, Columns& columns, const StatementRequest& request, const Budget& budget)
      : reader_(reader),
        clock_(clock),
        options_(options),
        cache_(cache),
        columns_(columns),
        content_epoch_(reader.ContentEpoch()),
        request_(request),
        budget_(budget) {
    words_.interruption = [this] { return budget_.Check(); };
    words_.LimitMemory(budget_.limits().memory_bytes);
  }
  Carrier(const Carrier&) = delete;
  Carrier& operator=(const Carrier&) = delete;

  absl::StatusOr<StatementSummary> Carry(RowVisitor& visitor) {
    std::shared_ptr<const Prepared> prepared = cache_.Find(request_.text, request_.filter);
    language::Statement parsed;
    if (prepared == nullptr) {
      KOSEI_ASSIGN_OR_RETURN(parsed, Parse());
    }
    const language::Statement& statement = prepared == nullptr ? parsed : prepared->statement;
    words_.parameters = &request_.parameters;
    words_.now = clock_.Now();
    words_.time_zone = request_.time_zone;
    KOSEI_ASSIGN_OR_RETURN(own_,
                           TimeNamesOf(statement.time, {request_.view}, request_.text, words_));
    KOSEI_ASSIGN_OR_RETURN(own_time_, OpenTime(own_));
    const std::uint32_t model_version = reader_.ModelVersionAt(moments_[0].view.commit);
    if (prepared == nullptr || prepared->model_version != model_version) {
      auto fresh = std::make_shared<Prepared>();
      if (prepared == nullptr) {
        fresh->statement = std::move(parsed);
      } else {
        KOSEI_ASSIGN_OR_RETURN(fresh->statement, Parse());
      }
      fresh->model_version = model_version;
      fresh->filter = request_.filter;
      KOSEI_RETURN_IF_ERROR(Make(*fresh));
      // With more Views the plan holds for these parameters alone.
      if (moments_.size() == 1 && !own_time_.from.has_value()) cache_.Put(fresh);
      prepared = std::move(fresh);
    }
    return RunPlan(*prepared, visitor);
  }

 private:
  absl::StatusOr<language::Statement> Parse() const {
    return request_.filter ? language::ParseFilter(request_.text) : language::Parse(request_.text);
  }

  absl::StatusOr<std::uint16_t> Open(const storage::ViewName& name) {
    KOSEI_ASSIGN_OR_RETURN(const storage::View view, reader_.Resolve(name));
    for (std::size_t i = 0; i < moments_.size(); ++i) {
      if (moments_[i].view == view) return static_cast<std::uint16_t>(i);
    }
    if (moments_.size() == kMomentsMax) {
      return MakeError(ErrorCode::kQueryUnsupported,
                       absl::StrFormat("query: at most %d different times can be asked for in one "
                                       "statement",
                                       kMomentsMax));
    }
    KOSEI_ASSIGN_OR_RETURN(Moment moment, OpenMoment(reader_, view, request_.classes));
    moments_.push_back(std::move(moment));
    return static_cast<std::uint16_t>(moments_.size() - 1);
  }

  absl::StatusOr<Planning::MatchTime> OpenTime(const TimeNames& names) {
    Planning::MatchTime time;
    KOSEI_ASSIGN_OR_RETURN(time.moment, Open(names.view));
    if (!names.from.has_value()) return time;
    const absl::StatusOr<storage::View> from = reader_.Resolve(*names.from);
    // Before the first commit there was nothing.
    if (!from.ok() && !HasCode(from.status(), ErrorCode::kNotFound)) return from.status();
    time.from = from.ok() ? from->commit : kNoCommit;
    return time;
  }

  absl::Status Make(Prepared& prepared) {
    Plan& plan = prepared.plan;
    plan.text = request_.text;
    plan.opens_moments = own_time_.from.has_value();
    Planning planning(
        plan.text, reader_, moments_, plan.properties, own_time_,
        [&](const language::TimeScope& time) -> absl::StatusOr<Planning::MatchTime> {
          KOSEI_ASSIGN_OR_RETURN(const TimeNames names,
                                 TimeNamesOf(time, own_, request_.text, words_));
          plan.opens_moments = plan.opens_moments || names.from.has_value();
          return OpenTime(names);
        },
        budget_);
    KOSEI_ASSIGN_OR_RETURN(PlannedQuery planned,
                           PlanQuery(planning, prepared.statement.query, language::Scope(), true));
    plan.last = std::move(planned.last);
    plan.slot_count = planned.slot_count;
    plan.columns = std::move(planned.columns);
    plan.column_slots = std::move(planned.slots);
    return absl::OkStatus();
  }

  absl::StatusOr<StatementSummary> RunPlan(const Prepared& prepared, RowVisitor& visitor) {
    const Plan& plan = prepared.plan;
    StatementSummary summary;
    summary.mode = prepared.statement.mode;
    summary.view = moments_[0].view;
    visitor.Columns(plan.columns, summary.view);
    Profile profile(clock_);
    if (summary.mode != StatementMode::kExplain) {
      query::Run run(reader_, plan.properties, moments_, budget_, request_.parameters, words_.now);
      run.time_zone = request_.time_zone;
      run.set_classes(request_.classes);
      run.set_columns(columns_.Of(reader_.schema(), content_epoch_));
      if (summary.mode == StatementMode::kProfile) run.set_profile(&profile);
      OutputPipe output(plan.column_slots, budget_.limits().rows, run, visitor, summary);
      Pipeline::Options how;
      if (options_.threads != nullptr && !plan.opens_moments) {
        run.set_help({options_.threads, options_.part_records, plan.slot_count});
        how.parallel = ParallelChainOf(plan.last.get());
      }
      Pipeline pipeline(plan.last.get(), run, output, how);
      std::vector<Datum> row(plan.slot_count);
      KOSEI_RETURN_IF_ERROR(budget_.Check());
      pipeline.Push(row.data());
      if (!run.failed()) pipeline.Finish(row.data());
      if (run.failed()) return language::AddPlace(run.error, plan.text);
      // Steps would tell how much there is that may not be seen.
      if (request_.classes.empty()) summary.steps = run.steps();
    }
    if (summary.mode != StatementMode::kRun) summary.plan = LinesOf(plan.last.get(), profile);
    return summary;
  }

  const storage::Reader& reader_;
  const Clock& clock_;
  const StatementOptions& options_;
  PlanCache& cache_;
  Columns& columns_;
  const std::uint64_t content_epoch_;
  const StatementRequest& request_;
  const Budget& budget_;
  language::Evaluation words_;  // for the time clauses
  TimeNames own_;
  Planning::MatchTime own_time_;
  Moments moments_;
};

}  // namespace

StatementRunner::StatementRunner(const storage::Reader& reader, const Clock& clock,
                                 StatementOptions options)
    : reader_(reader),
      clock_(clock),
      options_(options),
      cache_(std::make_unique<PlanCache>(options.plans_max)),
      columns_(std::make_unique<Columns>(kColumnBytesMax)) {}

StatementRunner::~StatementRunner() = default;

absl::StatusOr<StatementSummary> StatementRunner::Run(const StatementRequest& request,
                                                      const Budget& budget, RowVisitor& visitor) {
  return Carrier(reader_, clock_, options_, *cache_, *columns_, request, budget).Carry(visitor);
}

}  // namespace kosei::query

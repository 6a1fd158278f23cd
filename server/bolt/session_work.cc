// What is asked: transactions, statements and their records.
#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "absl/strings/str_format.h"
#include "authorisation.h"
#include "bolt/failure.h"
#include "bolt/limits.h"
#include "bolt/session.h"
#include "bolt/statement.h"
#include "kosei/base/error.h"
#include "kosei/protocol/messages.h"

namespace kosei::server::bolt {
namespace {

constexpr std::string_view kBookmarkStart = "kosei:";
constexpr std::size_t kBookmarkShown = 100;
// Whoever was told of a database by another name still means this one.
constexpr std::string_view kOtherDatabase = "neo4j";

std::string BookmarkOf(CommitNumber commit) {
  return std::string(kBookmarkStart) + std::to_string(commit.value);
}

std::int64_t MillisecondsOf(Instant time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

// Names the View for all that comes: the plan's changes stay those of the plan.
storage::ViewName NameOfView(const storage::View& view, const std::string& plan) {
  storage::ViewName name;
  name.kind = storage::ViewName::Kind::kCommit;
  name.commit = view.commit;
  name.valid_at = view.valid_at;
  name.plan = plan;
  return name;
}

const protocol::OperationInfo& QueryOperation() {
  return *protocol::FindOperation(static_cast<std::uint16_t>(protocol::Operation::kQuery));
}

}  // namespace

template <typename Task, typename Outcome>
void Session::GiveToWorker(Task task, void (Session::*then)(Outcome)) {
  running_ = std::make_shared<std::atomic<bool>>(false);
  run_since_ = last_sign_ = services_.clock.Monotonic();
  const bool taken = services_.pool.Submit(
      Lane::kInteractive, [task = std::move(task), then, host = host_.Keep(), services = &services_,
                           cancelled = running_]() mutable {
        host->Post([outcome = task(*services, cancelled), then](Session& session) mutable {
          (session.*then)(std::move(outcome));
        });
      });
  if (taken) return;
  running_.reset();
  Fail(MakeError(ErrorCode::kOverloaded,
                 "query: too many requests wait for a worker; try again in a moment"));
}

void Session::Refuse(const absl::Status& status) {
  if (HasCode(status, ErrorCode::kMalformedFrame)) return FailConnection(status);
  Fail(status);
}

bool Session::AcceptDatabase(const std::string& database, const std::string& impersonated) {
  if (!impersonated.empty()) {
    Fail(MakeError(ErrorCode::kPermissionDenied,
                   "query: nobody may ask as another user here; sign in with a token of theirs",
                   "imp_user"));
    return false;
  }
  if (database.empty() || database == kDatabase || database == kOtherDatabase) return true;
  Fail(kDatabaseNotFound,
       absl::StrFormat("query: there is no database \"%s\", only \"%s\"; name that or none",
                       database, kDatabase));
  return false;
}

bool Session::CheckBookmark(const std::string& bookmark) {
  std::uint64_t commit = 0;
  const std::string_view text(bookmark);
  const std::string_view number =
      text.starts_with(kBookmarkStart) ? text.substr(kBookmarkStart.size()) : std::string_view();
  const auto [end, wrong] = std::from_chars(number.data(), number.data() + number.size(), commit);
  if (number.empty() || wrong != std::errc() || end != number.data() + number.size()) {
    Fail(kInvalidBookmark,
         absl::StrFormat("query: \"%s\" is no bookmark of this server; those are as in \"%s4711\"",
                         protocol::CutAtCharacter(bookmark, kBookmarkShown), kBookmarkStart));
    return false;
  }
  // What was acknowledged on the one node that there is can be read at once.
  const std::uint64_t newest = services_.reader.Newest().commit.value;
  if (commit <= newest) return true;
  Fail(kBookmarkTimeout,
       absl::StrFormat("query: commit %d of the bookmark is not here, the newest is %d; does the "
                       "bookmark come from another store, or from before one was restored?",
                       commit, newest));
  return false;
}

bool Session::Accept(const Terms& terms) {
  if (const absl::Status allowed = Authorise(QueryOperation(), principal_.get()); !allowed.ok()) {
    services_.log.Write(LogLevel::kWarning, "request_refused",
                        {{"connection", number_},
                         {"operation", std::string(QueryOperation().name)},
                         {"user", principal_->name},
                         {"role", std::string(NameOf(principal_->role))}});
    Fail(allowed);
    return false;
  }
  if (draining_) {
    Fail(MakeError(ErrorCode::kShuttingDown,
                   "query: the server is stopping; connect again in a moment"));
    return false;
  }
  if (!AcceptDatabase(terms.database, terms.impersonated)) return false;
  return std::all_of(terms.bookmarks.begin(), terms.bookmarks.end(),
                     [this](const std::string& bookmark) { return CheckBookmark(bookmark); });
}

void Session::OnRun(const std::string& message) {
  if (!transaction_.has_value() && !results_.empty()) return OutOfPlace(Tag::kRun);
  absl::StatusOr<Run> run = DecodeRun(message);
  if (!run.ok()) return Refuse(run.status());
  if (!Accept(run->terms)) return;
  if (results_.size() >= kResultsMax) {
    return Fail(MakeError(ErrorCode::kRowBudget,
                          absl::StrFormat("query: %d results of this transaction are open; read or "
                                          "discard them before asking more",
                                          kResultsMax)));
  }
  StatementJob job;
  job.run = *std::move(run);
  job.version = version_;
  job.principal = principal_;
  job.arrived = services_.clock.Monotonic();
  if (transaction_.has_value()) {
    job.run.terms.view = transaction_->view;
    job.deadline = transaction_->deadline;
  } else if (job.run.terms.timeout.has_value()) {
    job.deadline = job.arrived + *job.run.terms.timeout;
  }
  GiveToWorker(
      [job = std::move(job)](const Services& services,
                             const std::shared_ptr<std::atomic<bool>>& cancelled) mutable {
        job.cancelled = cancelled;
        return CarryOut(services, job);
      },
      &Session::OnCarriedOut);
}

void Session::OnCarriedOut(absl::StatusOr<std::unique_ptr<Result>> outcome) {
  if (running_ == nullptr) return;
  running_.reset();
  LogRun(outcome.status());
  const Instant now = services_.clock.Monotonic();
  last_input_ = now;
  if (resets_ > 0) {
    outbox_.Bytes(Ignored());
  } else if (!outcome.ok()) {
    Refuse(outcome.status());
  } else {
    Result& result = **outcome;
    Metadata answer;
    std::string columns;
    language::PackWriter writer(columns, language::PackForm::kBolt5);
    writer.ListHead(result.columns.size());
    for (const std::string& column : result.columns) writer.String(column);
    answer.AddPacked("fields", columns);
    answer.Integer("t_first", MillisecondsOf(now - run_since_));
    last_result_ = transaction_.has_value() ? last_result_ + 1 : 0;
    if (transaction_.has_value()) answer.Integer("qid", last_result_);
    results_[last_result_] = *std::move(outcome);
    Succeed(answer);
  }
  Work();
}

void Session::OnBegin(const std::string& message) {
  if (transaction_.has_value() || !results_.empty()) return OutOfPlace(Tag::kBegin);
  absl::StatusOr<Terms> terms = DecodeBegin(message);
  if (!terms.ok()) return Refuse(terms.status());
  if (!Accept(*terms)) return;
  const storage::View newest = services_.reader.Newest();
  Transaction transaction;
  transaction.commit = newest.commit;
  transaction.view = terms->view;
  if (terms->timeout.has_value())
    transaction.deadline = services_.clock.Monotonic() + *terms->timeout;
  last_result_ = -1;
  transaction_ = std::move(transaction);
  const storage::ViewName& name = transaction_->view;
  if (name.kind == storage::ViewName::Kind::kNewest && name.plan.empty()) {
    storage::View view = newest;
    if (name.valid_at.has_value()) view.valid_at = *name.valid_at;
    transaction_->view = NameOfView(view, "");
    return Succeed();
  }
  GiveToWorker(
      [name](const Services& services, const std::shared_ptr<std::atomic<bool>>&) {
        return services.reader.Resolve(name);
      },
      &Session::OnViewResolved);
}

void Session::OnViewResolved(absl::StatusOr<storage::View> outcome) {
  if (running_ == nullptr) return;
  running_.reset();
  last_input_ = services_.clock.Monotonic();
  if (resets_ > 0) {
    outbox_.Bytes(Ignored());
  } else if (!outcome.ok()) {
    Fail(outcome.status());
  } else {
    transaction_->view = NameOfView(*outcome, transaction_->view.plan);
    Succeed();
  }
  Work();
}

void Session::OnPull(Tag tag, const std::string& message) {
  const absl::StatusOr<Pull> pull = DecodePull(message);
  if (!pull.ok()) return Refuse(pull.status());
  const std::int64_t id = pull->result >= 0 ? pull->result : last_result_;
  const auto found = results_.find(id);
  if (found == results_.end()) {
    return FailConnection(MakeError(
        ErrorCode::kProtocolOrder,
        absl::StrFormat("%s: no records wait to be pulled; send RUN first", NameOf(tag))));
  }
  Pulling pulling{id, pull->count, services_.clock.Monotonic()};
  if (tag == Tag::kDiscard) {
    found->second->Skip(pulling.left < 0 ? UINT64_MAX : static_cast<std::uint64_t>(pulling.left));
    pulling.left = 0;
  }
  pulling_ = pulling;
  GoOnPulling();
}

// As much as there is room for; OnSent comes here again.
void Session::GoOnPulling() {
  while (pulling_.has_value()) {
    Result& result = *results_.at(pulling_->result);
    if (pulling_->left == 0 || result.left() == 0) {
      const Pulling done = *std::exchange(pulling_, std::nullopt);
      if (result.left() == 0) return EndResult(done.result, done.since);
      Metadata more;
      more.Boolean("has_more", true);
      return Succeed(more);
    }
    const std::size_t room = services_.limits.output_pause_bytes;
    if (outbox_.unsent() >= room) return;
    const std::uint64_t wanted =
        pulling_->left < 0 ? UINT64_MAX : static_cast<std::uint64_t>(pulling_->left);
    const std::uint64_t taken = result.Take(wanted, room - outbox_.unsent(), outbox_);
    if (pulling_->left > 0) pulling_->left -= static_cast<std::int64_t>(taken);
  }
}

void Session::EndResult(std::int64_t id, Instant since) {
  const auto found = results_.find(id);
  const std::unique_ptr<Result> result = std::move(found->second);
  results_.erase(found);
  const Instant now = services_.clock.Monotonic();
  last_input_ = now;
  Metadata summary = std::move(result->summary);
  summary.Integer("t_last", MillisecondsOf(now - since));
  summary.Text("db", kDatabase);
  if (!transaction_.has_value()) summary.Text("bookmark", BookmarkOf(result->commit));
  Succeed(summary);
}

// Nothing was written, so both end it alike; only the one that is kept gives a bookmark.
void Session::OnEndOfTransaction(Tag tag) {
  if (!transaction_.has_value()) return OutOfPlace(tag);
  Metadata answer;
  if (tag == Tag::kCommit) answer.Text("bookmark", BookmarkOf(transaction_->commit));
  transaction_.reset();
  results_.clear();
  Succeed(answer);
}

void Session::LogRun(const absl::Status& status) {
  const Instant took = services_.clock.Monotonic() - run_since_;
  const bool slow = took >= kSlowRequest;
  const LogLevel level = slow ? LogLevel::kInfo : LogLevel::kDebug;
  if (!services_.log.Wants(level)) return;
  services_.log.Write(
      level, slow ? "slow_request" : "request_done",
      {{"connection", number_},
       {"operation", std::string(QueryOperation().name)},
       {"user", principal_->name},
       {"ms", std::to_string(MillisecondsOf(took))},
       {"status", status.ok() ? "ok" : std::string(InfoOf(CodeOf(status)).symbol)}});
}

}  // namespace kosei::server::bolt

// kosei::client: the C++ client library. No Boost or FlatBuffers types; absl::Status for errors.
//
// A Client owns one connection and a thread that serves it. Every call may be made from any thread;
// calls from several threads, and the asynchronous forms, are pipelined on the one connection.
// After a lost connection the next call connects again, trying for up to `connect_timeout`; calls
// that were under way fail with kConnectionLost, except idempotent ones, which are sent again once.
// Callbacks run on the client's thread and must not block, call waiting functions of the same
// Client, or destroy it.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/client/attachments.h"
#include "kosei/client/causes.h"
#include "kosei/client/change.h"
#include "kosei/client/collisions.h"
#include "kosei/client/impact.h"
#include "kosei/client/model.h"
#include "kosei/client/paths.h"
#include "kosei/client/process.h"
#include "kosei/client/process_calendar.h"
#include "kosei/client/retention.h"
#include "kosei/client/statement.h"
#include "kosei/client/types.h"

namespace kosei::client {

struct Options {
  std::string server = "127.0.0.1:7421";  // host:port
  std::string token = {};                 // secret
  std::string locale = "en";              // "ja" for Japanese messages
  std::string agent = "kosei-client";
  std::chrono::milliseconds connect_timeout{5'000};
  std::chrono::milliseconds request_timeout{60'000};  // 0: none
  bool tls = false;
  std::string ca_file = {};      // certificates to trust; empty: the system's
  std::string server_name = {};  // expected in the certificate; empty: the host of `server`
};

class BulkLoader;

class Client {
 public:
  // Connects, greets and fetches the model. kConnectFailed, kUnauthenticated, kUnsupportedVersion.
  static absl::StatusOr<std::unique_ptr<Client>> Connect(Options options);
  ~Client();
  Client(const Client&) = delete;
  Client& operator=(const Client&) = delete;

  // As told when the Client connected first.
  const ServerInfo& server() const;
  // In force, as far as is known: fetched at connect, and again as soon as an answer or a
  // reconnect tells of a new version.
  std::shared_ptr<const Model> model() const;
  // That of a View's day, whose numbers and names an answer in that View has. Fetched once.
  absl::StatusOr<std::shared_ptr<const Model>> ModelOf(const View& view);
  // The same before anything was asked in it.
  absl::StatusOr<std::shared_ptr<const Model>> ModelAt(const ViewName& view);
  // By its number; 0: in force now. kNotFound.
  absl::StatusOr<std::shared_ptr<const Model>> ModelNumber(std::uint32_t version);
  // All files of the model. A refusal is a result.
  absl::StatusOr<ModelApplied> ApplyModel(const std::vector<ModelFile>& files, bool dry_run,
                                          const Provenance& provenance);
  absl::StatusOr<std::vector<ModelVersion>> ModelHistory();
  absl::StatusOr<ModelText> GetModelText(const ViewName& view,
                                         const std::optional<ViewName>& base = std::nullopt);

  // Records by key, in the order asked; nullopt where there is none in the View.
  absl::StatusOr<GetResult> Get(const std::vector<std::string>& keys, const ViewName& view = {});
  // Pipelined: `done` runs on the client's thread.
  void GetAsync(std::vector<std::string> keys, ViewName view,
                std::function<void(absl::StatusOr<GetResult>)> done);
  absl::StatusOr<History> GetHistory(const std::string& key, const ViewName& view = {});
  absl::StatusOr<Diff> GetDiff(const std::string& key, const ViewName& from, const ViewName& to);
  // All that differs between two Views, ascending by record, whatever its size. `visit` runs on the
  // calling thread, until it returns false; a batch may be empty. The counts are of what was
  // visited.
  absl::StatusOr<CompareSummary> Compare(const CompareRequest& request,
                                         const std::function<bool(const DifferenceBatch&)>& visit);
  // `visit` runs on the calling thread, until it returns false.
  absl::StatusOr<SearchSummary> Search(const SearchRequest& request,
                                       const std::function<bool(const RecordVersion&)>& visit);
  // A statement of the query language. `visit` gets each row, with its columns, on the calling
  // thread, until it returns false.
  absl::StatusOr<StatementSummary> Query(
      const StatementRequest& request,
      const std::function<bool(const std::vector<std::string>& columns, const QueryRow& row)>&
          visit);
  // Streams the affected records, nearest first, on the calling thread; the summary comes first.
  absl::StatusOr<ImpactSummary> Impact(
      const ImpactRequest& request, const std::function<bool(const ImpactBatch&)>& visit = nullptr);
  // Why these records (at most 1,000 keys) are hit; limit and detail of the request have no meaning
  // here, nor below.
  absl::StatusOr<Explanations> ExplainImpact(const ImpactRequest& request,
                                             const std::vector<std::string>& keys);
  // Services that are hit, groups of which a member worsened, and whom to tell; at most `limit` of
  // each are listed.
  absl::StatusOr<ImpactReport> ReportImpact(const ImpactRequest& request,
                                            std::uint32_t limit = 1'000);
  absl::StatusOr<ImpactDifference> CompareImpact(const ImpactRequest& first,
                                                 const ImpactRequest& second,
                                                 std::uint32_t limit = 1'000);
  // The answer of the present, then what commits make of it, until `visit` returns false or an
  // error; of a lost connection the caller may watch again and gets the whole answer first.
  absl::Status WatchImpact(const ImpactRequest& request,
                           const std::function<bool(const ImpactEvent&)>& visit);
  // Groups behind gates that are below quorum, not up, or without reserve.
  absl::StatusOr<GroupsResult> Groups(const GroupsRequest& request);
  absl::StatusOr<PathResult> Path(const std::string& from, const std::string& to,
                                  const ViewName& view = {});
  // Which planned changes get in each other's way and in that of the calendar, worst first.
  absl::StatusOr<CollisionsResult> Collisions(const CollisionsRequest& request);
  // The earliest spans in which one of them has the way to itself.
  absl::StatusOr<FreeSlotsResult> FreeSlots(const FreeSlotsRequest& request);

  // All shortest paths, or the k shortest.
  absl::StatusOr<PathsResult> Paths(const PathsRequest& request);
  // What is reached along given relationship types, failure or no failure.
  absl::StatusOr<TraceResult> Trace(const TraceRequest& request);
  // In waves, what is needed first.
  absl::StatusOr<OrderResult> Order(const OrderRequest& request);
  // Points of failure, service by service, on the calling thread until `visit` returns false.
  absl::StatusOr<PointsSummary> PointsOfFailure(
      const PointsRequest& request, const std::function<bool(const ServicePoints&)>& visit);
  // Those of 1 to 100 services in the present, then what commits make of them, until `visit`
  // returns false or an error; only services and contexts of the request have a meaning.
  absl::Status WatchPoints(const PointsRequest& request,
                           const std::function<bool(const PointsEvent&)>& visit);
  // What explains best that records fail.
  absl::StatusOr<RootCauses> RootCause(const RootCauseRequest& request);

  absl::StatusOr<WriteCounts> Mutate(const Mutation& mutation);
  void MutateAsync(const Mutation& mutation, std::function<void(absl::StatusOr<WriteCounts>)> done);
  // After a lost connection or a restart of the server the loader goes on where it was. With a
  // `batch` (a name of your own within the source) another loader, later or elsewhere, that is
  // given the same items in the same order goes on too: what is durable already is not sent again.
  absl::StatusOr<std::unique_ptr<BulkLoader>> BeginBulk(const Provenance& provenance,
                                                        const std::string& batch = {});

  // Commits after `after` (nullopt: from now on), in order, without gaps, until `visit` returns
  // false or an error. A heartbeat visits with nullopt, so that a caller can stop.
  absl::Status Watch(std::optional<std::uint64_t> after,
                     const std::function<bool(const std::optional<WatchEvent>&)>& visit);

  // The same of what is asked for alone. After a lost connection it goes on where it was.
  absl::Status Watch(WatchRequest request, const std::function<bool(const WatchStep&)>& visit);

  absl::StatusOr<StatusReport> Status();
  // With `classes`, only for the role reader: a token that shows no records but those of these
  // classes and of those below them, and may only ask in the query language, here or over Bolt.
  absl::StatusOr<NewToken> CreateToken(const std::string& name, const std::string& role,
                                       std::uint32_t expires_in_days,
                                       const std::vector<std::string>& classes = {});
  absl::StatusOr<std::vector<TokenInfo>> ListTokens();
  absl::Status RevokeToken(const std::string& name);
  absl::StatusOr<Baseline> CreateBaseline(const std::string& name, const std::string& description,
                                          const ViewName& view = {});
  absl::StatusOr<std::vector<Baseline>> ListBaselines();
  absl::Status DropBaseline(const std::string& name);
  absl::StatusOr<std::vector<IndexInfo>> ListIndexes();
  // Begins to build an index, or all of them when `name` is empty; ListIndexes tells how far.
  absl::Status BuildIndex(const std::string& name);
  absl::Status DropIndex(const std::string& name);
  // The scrubber, which reads all of the store against its checksums while it serves.
  absl::StatusOr<ScrubStatus> Scrub(ScrubAction action);
  // A backup of the whole store into a folder below the server's backup_dir. `keep`: older ones
  // than the newest so many go, 0: none. `on_progress` (or nullptr) runs on the calling thread;
  // when the Client goes away before the end, the backup is given up.
  absl::StatusOr<BackupReport> MakeBackup(
      const std::string& folder, std::uint32_t keep,
      const std::function<void(const BackupProgress&)>& on_progress = nullptr);
  // The whole store, history and all, as text (docs/export_format.md): `write` gets piece after
  // piece, each of whole lines, on the calling thread; its error ends the export.
  absl::Status ExportHistory(
      const std::function<absl::Status(std::string_view, const HistoryProgress&)>& write);
  // Such a text into an empty store, or one that has its beginning. `read` gives the next piece,
  // cut anywhere, and an empty one at the end; `on_progress` (or nullptr) is told of the newest
  // commit. What was answered is durable; after an error the whole text may be imported again.
  absl::StatusOr<ImportedHistory> ImportHistory(
      const std::function<absl::StatusOr<std::string>()>& read,
      const std::function<void(std::uint64_t newest)>& on_progress = nullptr);

  absl::StatusOr<PlanInfo> OpenPlan(const std::string& name, const std::string& description,
                                    const std::string& cause = {});
  // One step, all or nothing.
  absl::StatusOr<PlanEdited> EditPlan(const std::string& name, const Mutation& edits);
  absl::StatusOr<std::vector<PlanInfo>> ListPlans();
  absl::StatusOr<PlanSteps> ShowPlan(const std::string& name);
  // At most `limit` records and links are listed.
  absl::StatusOr<PlanDiff> DiffPlan(const std::string& name, std::uint32_t limit = 1'000);
  // The base stays where it was while both sides changed the same (ConflictKind 1 to 4).
  absl::StatusOr<MergeOutcome> RebasePlan(const std::string& name, Take take = Take::kNeither);
  // With conflicts left, which are no error, nothing is written.
  absl::StatusOr<MergeOutcome> MergePlan(const std::string& name, const MergeOptions& options);
  absl::Status DropPlan(const std::string& name);
  // A new commit that takes an earlier one back; conflicts as in a merge.
  absl::StatusOr<MergeOutcome> Revert(std::uint64_t commit, const MergeOptions& options);

  // Takes values out of every version of a record, for good.
  absl::StatusOr<EraseResult> Erase(const EraseRequest& request);
  // How long classes keep what their records said, and holds that keep it all the same. Of what is
  // answered commit and time are set.
  absl::StatusOr<Decision> SetRetention(const RetentionPolicy& policy, const std::string& reason);
  absl::StatusOr<Decision> ClearRetention(const std::string& class_name, const std::string& reason);
  absl::StatusOr<Decision> AddHold(const LegalHold& hold, const std::string& reason);
  absl::StatusOr<Decision> DropHold(const std::string& name, const std::string& reason);
  absl::StatusOr<RetentionState> ListRetention();
  // Retires what the policies let go; a dry run only counts.
  absl::StatusOr<RetentionReport> RunRetention(bool dry_run, const std::string& reason = {});
  // Processes (docs/processes). What may not be done is an outcome with refusals and no error.
  // kNotFound, kInvalidArgument (no life cycle), kVersionConflict, and what a write gives.
  absl::StatusOr<ProcessOutcome> OpenProcess(const ProcessNew& record);
  absl::StatusOr<ProcessOutcome> DoProcess(const ProcessStep& step);
  absl::StatusOr<ProcessOutcome> NoteProcess(const ProcessNote& note);
  absl::StatusOr<ProcessOutcome> VoteOnProcess(const ProcessVote& vote);
  absl::StatusOr<ProcessOutlook> LookAtProcess(const std::string& key);
  // What the graph suggests for a record; without a key, which records of the class are missing.
  absl::StatusOr<std::vector<ProcessSuggestion>> Suggestions(const std::string& key,
                                                             const std::string& opens = {});
  // What carrying a change out would do; kept on its record, or only told. kNotFound,
  // kInvalidArgument (its class is not assessed), kUnknownPlan, kGuardRefused (it is final).
  absl::StatusOr<ChangeAssessment> AssessChange(const std::string& key, bool keep);
  // Works on the plan that a change owns. Conflicts are a result and no error. kGuardRefused when
  // the state of the change does not allow it or the role is missing; kInvalidArgument (it owns
  // none), kAlreadyExists.
  absl::StatusOr<ChangePlanResult> WorkOnPlanOf(const std::string& key, PlanDeed deed,
                                                Take take = Take::kNeither);
  // What changed of items under control without a change, in the commits from `from` on.
  absl::StatusOr<ChangeIntake> FindUnauthorised(std::uint64_t from, std::uint32_t limit = 1'000);
  // How a record stands against its agreement on time, now or at another moment; kNotFound as well
  // when the agreement to explain does not govern it.
  absl::StatusOr<ProcessClock> ClockOfProcess(const ProcessClockQuestion& question);
  // Which verdicts a mended calendar or agreement changes, page by page. kUnknownClass,
  // kModelInvalid, kOutOfRange (no such commit).
  absl::StatusOr<ClockReview> ReviewClocks(const ClockReviewRequest& request);
  // The definitions of figures, by name, or all. kNotFound.
  absl::StatusOr<std::vector<ProcessFigure>> FiguresOfProcesses(
      const std::vector<std::string>& names = {});
  // What is planned and what holds in a window. kInvalidArgument for an empty one, kOutOfRange for
  // more entries than the limit.
  absl::StatusOr<CalendarResult> CalendarOfProcesses(const CalendarRequest& request);
  // Replaces the definitions of the store's processes. kModelInvalid names file and line.
  absl::StatusOr<ProcessCounts> DefineProcesses(const std::vector<ProcessFile>& files);
  // Attaches a file, which `source` gives piece by piece. kOutOfRange names the limit that it is
  // beyond before anything is read; kInvalidArgument: it changed meanwhile, or no record of a
  // process is meant.
  absl::StatusOr<Attached> Attach(const AttachmentFile& file, const AttachmentSource& source);
  // By its own key (and no name), or by the key of a record and its name or SHA-256. What `sink`
  // has taken is as it was attached only when the answer is OK: kStorageCorrupt otherwise.
  absl::StatusOr<AttachmentInfo> ReadAttachment(const std::string& key, const std::string& name,
                                                const AttachmentSink& sink);
  // Sends notifications that were given up, or wait, at once; 1,000 at most. How many. kNotFound;
  // kInvalidArgument: one of them is none, or was sent.
  absl::StatusOr<std::uint32_t> RetryNotifications(const std::vector<std::string>& keys);
  absl::Status Ping();

 private:
  friend class BulkLoader;
  class Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// One bulk load. Add() fills chunks and sends them with as many unanswered ones as the server
// allows; when the window is full it waits (back-pressure). Not thread-safe; must not outlive its
// Client. A lost connection is made again for up to two minutes, and nothing is lost by it, except
// in a first load into an empty store, which has to begin from the start once the server answered
// a chunk of it. After an error every further call gives the same error: start a new load (what is
// there already changes nothing).
class BulkLoader {
 public:
  // The most that may be added between two cuts (CutComplete).
  static constexpr std::size_t kGroupItemsMax = 200'000;
  static constexpr std::size_t kGroupBytesMax = 8U << 20;

  ~BulkLoader();  // without Finish(): a first load is abandoned
  // Both copy what they need. A bad item is not an error here: it is told to `on_rejected`, with
  // its tag.
  absl::Status AddRecord(const Record& record, std::uint64_t tag = 0);
  absl::Status AddLink(const Link& link, std::uint64_t tag = 0);
  // The records added since the last cut have all their links of these types (as source) among the
  // links added since: what else the store has of them ends. Such a group travels as one chunk, so
  // it has a bound (above), and a loader that will cut says so before its first item: a cut of
  // nothing. Cut every few thousand items; what is added after the last cut is not complete.
  absl::Status CutComplete(const std::vector<RelationshipTypeNumber>& types);
  absl::StatusOr<BulkSummary> Finish();
  // `on_rejected` runs on the calling thread, during the calls above.
  void OnRejected(std::function<void(const RejectedItem&)> on_rejected);
  BulkSummary progress() const;
  // Chunks that were durable when this loader began, and have not been sent again.
  std::uint64_t chunks_skipped() const;

 private:
  friend class Client;
  class Impl;
  explicit BulkLoader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace kosei::client

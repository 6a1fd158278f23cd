// Every command as a function of its options. Usage (flags, help, examples) is in app_*.cc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "context.h"
#include "exit_code.h"
#include "valid_options.h"
#include "view_options.h"

namespace kosei::cli {

using CommandResult = absl::StatusOr<ExitCode>;

struct GetOptions {
  std::vector<std::string> keys;
  ViewOptions view;
};
CommandResult RunGet(Context& context, const GetOptions& options);

struct HistoryOptions {
  std::string key;
  ViewOptions view;
};
CommandResult RunHistory(Context& context, const HistoryOptions& options);

struct DiffOptions {
  std::string key;
  std::string from;
  std::string to;
};
CommandResult RunDiff(Context& context, const DiffOptions& options);

struct SearchOptions {
  std::string text;
  std::string class_name;
  std::vector<std::string> where;  // "attribute=value", "attribute<=value", ...
  std::uint32_t limit = 100;
  std::string order = "best";
  ViewOptions view;
};
CommandResult RunSearch(Context& context, const SearchOptions& options);

// Another question to compare the answer with: what is not given is as in the first.
struct VersusOptions {
  std::string as_of, valid_at, plan;
  std::vector<std::string> fails;
  bool given() const {
    return !as_of.empty() || !valid_at.empty() || !plan.empty() || !fails.empty();
  }
};
struct ImpactOptions {
  std::vector<std::string> keys;
  std::vector<std::string> degraded, blocked, count, explain;
  std::string during;
  bool report = false, hash = false, follow = false, alone = false;
  std::optional<std::uint64_t> count_events;
  VersusOptions versus;
  std::optional<std::uint32_t> depth;
  std::string direction = "down";
  std::optional<std::uint64_t> limit;
  std::string class_name;
  ViewOptions view;
};
CommandResult RunImpact(Context& context, const ImpactOptions& options);

struct GroupsOptions {
  std::vector<std::string> count;
  bool all = false;
  std::uint32_t limit = 1'000;
  ViewOptions view;
};
CommandResult RunGroups(Context& context, const GroupsOptions& options);

struct PathOptions {
  std::string from;
  std::string to;
  bool all = false;
  std::optional<std::uint32_t> nearest;
  std::optional<std::uint32_t> limit;
  ViewOptions view;
};
CommandResult RunPath(Context& context, const PathOptions& options);
// With --all or --k (RunPath hands it over).
CommandResult RunPaths(Context& context, const PathOptions& options);

struct TraceOptions {
  std::vector<std::string> keys;
  std::vector<std::string> over;  // "type", "type:out", ...
  std::vector<std::string> classes;
  std::optional<std::uint32_t> depth;
  std::optional<std::uint64_t> limit;
  ViewOptions view;
};
CommandResult RunTrace(Context& context, const TraceOptions& options);

struct OrderOptions {
  std::vector<std::string> keys;
  std::vector<std::string> affected_by;
  std::vector<std::string> needed_by;
  std::vector<std::string> classes;
  bool reverse = false;
  bool through = false;
  std::optional<std::uint64_t> limit;
  ViewOptions view;
};
CommandResult RunOrder(Context& context, const OrderOptions& options);

struct SpofOptions {
  std::vector<std::string> services;
  bool all = false;
  std::uint32_t size = 1;
  bool since = false;
  bool follow = false;
  std::optional<std::uint64_t> count_events;
  std::vector<std::string> count;  // impact contexts; "all": every one
  std::string during;
  std::optional<std::uint32_t> limit;
  ViewOptions view;
};
CommandResult RunSpof(Context& context, const SpofOptions& options);

struct RootCauseOptions {
  std::vector<std::string> keys;
  std::vector<std::string> well;
  std::string within = "24h";
  std::uint32_t limit = 20;
  ViewOptions view;
};
CommandResult RunRootCause(Context& context, const RootCauseOptions& options);

// Which changes to tell of (query::ChangeSelection).
struct ChangeOptions {
  std::string class_name;
  std::string key_prefix;
  std::string type_name;
};
struct WatchOptions {
  std::optional<std::uint64_t> from;
  std::uint64_t count = 0;  // 0: without end
  ChangeOptions changes;
};
CommandResult RunWatch(Context& context, const WatchOptions& options);

CommandResult RunStatus(Context& context);

struct ModelOptions {
  std::string class_name;
  bool all = false;  // what is retired as well
  ViewOptions view;
};
CommandResult RunModel(Context& context, const ModelOptions& options);

struct ProvenanceOptions {
  std::string reason;
  std::string cause;
  std::string source;
};
struct SetOptions {
  std::string key;
  std::vector<std::string> assignments;  // "attribute=value"
  std::string class_name;
  std::optional<std::uint64_t> expect;  // 0: must not exist
  ValidOptions valid;
  ProvenanceOptions provenance;
};
CommandResult RunSet(Context& context, const SetOptions& options);

struct LinkOptions {
  std::string source;
  std::string type;
  std::string target;
  ValidOptions valid;
  ProvenanceOptions provenance;
};
CommandResult RunLink(Context& context, const LinkOptions& options);
CommandResult RunUnlink(Context& context, const LinkOptions& options);

struct EndOptions {
  std::string key;
  std::optional<std::uint64_t> expect;
  ValidOptions valid;
  ProvenanceOptions provenance;
};
CommandResult RunEnd(Context& context, const EndOptions& options);

struct ModelApplyOptions {
  std::vector<std::string> paths;  // files and folders
  bool dry_run = false;
  ProvenanceOptions provenance;
};
CommandResult RunModelApply(Context& context, const ModelApplyOptions& options);
CommandResult RunModelHistory(Context& context);
struct ModelDiffOptions {
  std::string from;
  std::string to;
};
CommandResult RunModelDiff(Context& context, const ModelDiffOptions& options);
struct ModelTextOptions {
  ViewOptions view;
};
CommandResult RunModelText(Context& context, const ModelTextOptions& options);
struct ExportOptions {
  std::string history;
};
CommandResult RunExport(Context& context, const ExportOptions& options);
// kosei import --history (RunImport hands it over)
CommandResult RunImportHistory(Context& context, const std::string& history);

struct BackupOptions {
  std::string folder;
  std::uint32_t keep = 0;
};
CommandResult RunBackup(Context& context, const BackupOptions& options);

struct BaselineCreateOptions {
  std::string name;
  std::string description;
  ViewOptions view;
};
CommandResult RunBaselineCreate(Context& context, const BaselineCreateOptions& options);
CommandResult RunBaselineList(Context& context);
CommandResult RunBaselineDrop(Context& context, const std::string& name);

struct CompareOptions {
  std::string from;
  std::string to;
  ChangeOptions changes;
};
CommandResult RunCompare(Context& context, const CompareOptions& options);

struct ScrubOptions {
  bool start = false;
  bool pause = false;
  bool resume = false;
};
CommandResult RunScrub(Context& context, const ScrubOptions& options);

struct IndexOptions {
  std::string name;
};
CommandResult RunIndexList(Context& context);
CommandResult RunIndexBuild(Context& context, const IndexOptions& options);
CommandResult RunIndexRebuild(Context& context);
CommandResult RunIndexDrop(Context& context, const IndexOptions& options);

struct PlanOpenOptions {
  std::string name;
  std::string description;
  std::string cause;
};
CommandResult RunPlanOpen(Context& context, const PlanOpenOptions& options);
struct PlanNameOptions {
  std::string name;
};
CommandResult RunPlanShow(Context& context, const PlanNameOptions& options);
CommandResult RunPlanDrop(Context& context, const PlanNameOptions& options);
CommandResult RunPlanList(Context& context);
struct PlanDiffOptions {
  std::string name;
  std::uint32_t limit = 1'000;
};
CommandResult RunPlanDiff(Context& context, const PlanDiffOptions& options);
struct PlanMergeOptions {
  std::string name;          // of the plan
  std::uint64_t commit = 0;  // to revert
  std::string take;          // "plan", "main"; empty: neither
  bool keep_steps = false;
  ProvenanceOptions provenance;
};
CommandResult RunPlanRebase(Context& context, const PlanMergeOptions& options);
CommandResult RunPlanMerge(Context& context, const PlanMergeOptions& options);
CommandResult RunRevert(Context& context, const PlanMergeOptions& options);

struct PlanFileOptions {
  std::string name;
  std::string file;  // "-": standard input
  ProvenanceOptions provenance;
};
CommandResult RunPlanEditFile(Context& context, const PlanFileOptions& options);
CommandResult RunPlanSet(Context& context, const std::string& plan, const SetOptions& options);
CommandResult RunPlanLink(Context& context, const std::string& plan, const LinkOptions& options);
CommandResult RunPlanUnlink(Context& context, const std::string& plan, const LinkOptions& options);
CommandResult RunPlanEnd(Context& context, const std::string& plan, const EndOptions& options);

struct CollideOptions {
  std::string file;    // "-": standard input
  std::string plans;   // or these, between commas
  std::string window;  // FROM/TO: when the plans are carried out
  std::string change;  // only collisions of this one
  std::vector<std::string> contexts;
  std::uint32_t limit = 1'000;
  std::uint32_t records = 20;
  std::string slot;  // the change to find free slots for
  std::string within = "30d";
  std::string after;
  std::string length;
  std::uint32_t count = 1;
  ViewOptions view;
};
CommandResult RunCollide(Context& context, const CollideOptions& options);

struct EraseOptions {
  std::string key;
  std::vector<std::string> attributes;
  std::string reason;
  std::string cause;
};
CommandResult RunErase(Context& context, const EraseOptions& options);

struct RetentionSetOptions {
  std::string class_name;
  std::string keep_for;
  std::uint32_t keep_versions = 0;
  std::string after_end;
  std::string reason;
};
CommandResult RunRetentionSet(Context& context, const RetentionSetOptions& options);
CommandResult RunRetentionClear(Context& context, const RetentionSetOptions& options);
CommandResult RunRetentionList(Context& context);
struct RetentionRunOptions {
  bool dry_run = false;
  std::string reason;
};
CommandResult RunRetentionRun(Context& context, const RetentionRunOptions& options);
struct HoldOptions {
  std::string name;
  std::vector<std::string> keys;
  std::string class_name;
  bool all = false;
  std::string reason;
};
CommandResult RunHoldAdd(Context& context, const HoldOptions& options);
CommandResult RunHoldList(Context& context, const HoldOptions& options);
CommandResult RunHoldDrop(Context& context, const HoldOptions& options);

struct TokenCreateOptions {
  std::string name;
  std::string role = "reader";
  std::uint32_t expires_in_days = 90;
  std::string write;                 // file; empty: stdout
  std::vector<std::string> classes;  // empty: all
};
CommandResult RunTokenCreate(Context& context, const TokenCreateOptions& options);
CommandResult RunTokenList(Context& context);
CommandResult RunTokenRevoke(Context& context, const std::string& name);

struct ImportOptions {
  std::string records;
  std::string links;
  std::string reject;
  std::string history;
  std::string batch;
  ProvenanceOptions provenance;
};
CommandResult RunImport(Context& context, const ImportOptions& options);

struct ImportDebianOptions {
  std::string root = "/";
  std::string host;  // empty: this machine's name
  ProvenanceOptions provenance;
};
CommandResult RunImportDebian(Context& context, const ImportDebianOptions& options);

}  // namespace kosei::cli

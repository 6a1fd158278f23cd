#include "kosei/protocol/operations.h"

#include <algorithm>
#include <array>

namespace kosei::protocol {
namespace {

constexpr std::uint32_t kSecond = 1'000;

// NOLINTBEGIN: one line an operation reads better than any wrapping.
// clang-format off
constexpr OperationInfo kTable[] = {
    // operation                 name               needs                idempotent streamed one_way limited deadline       summary
    {Operation::kHello,          "hello",           Role::kNobody,        true,  false, false, true,   5 * kSecond,   "present a token; the first request of a connection"},
    {Operation::kPing,           "ping",            Role::kNobody,        true,  false, false, true,   5 * kSecond,   "echo a number"},
    {Operation::kGoAway,         "go_away",         Role::kNobody,        false, false, true,  true,   0,             "server to client: send no new requests"},
    {Operation::kCancel,         "cancel",          Role::kNobody,        true,  false, true,  true,   0,             "stop a request"},
    {Operation::kCredit,         "credit",          Role::kNobody,        false, false, true,  true,   0,             "allow a stream more bytes"},
    {Operation::kModel,          "model",           Role::kReader,        true,  false, false, true,   10 * kSecond,  "classes, attributes and relationship types"},
    {Operation::kGet,            "get",             Role::kReader,        true,  false, false, false,  10 * kSecond,  "records by key"},
    {Operation::kHistory,        "history",         Role::kReader,        true,  true,  false, false,  30 * kSecond,  "all versions and links of a record, with their commits"},
    {Operation::kSearch,         "search",          Role::kReader,        true,  true,  false, false,  30 * kSecond,  "records by text, class and attribute values"},
    {Operation::kImpact,         "impact",          Role::kReader,        true,  true,  false, false,  60 * kSecond,  "what a failure of records affects, nearest first"},
    {Operation::kPath,           "path",            Role::kReader,        true,  false, false, false,  60 * kSecond,  "the shortest causal path between two records"},
    {Operation::kDiff,           "diff",            Role::kReader,        true,  false, false, false,  30 * kSecond,  "what changed on a record between two Views"},
    {Operation::kCompare,        "compare",         Role::kReader,        true,  true,  false, false,  60 * kSecond,  "everything that differs between two Views, with its cause"},
    {Operation::kMutate,         "mutate",          Role::kWriter,        false, false, false, false,  30 * kSecond,  "one commit: put and end records and links"},
    {Operation::kBulkBegin,      "bulk_begin",      Role::kWriter,        false, false, false, false,  30 * kSecond,  "start a load on this connection"},
    {Operation::kBulkChunk,      "bulk_chunk",      Role::kWriter,        false, false, false, false,  120 * kSecond, "records and links of a load, in order"},
    {Operation::kBulkEnd,        "bulk_end",        Role::kWriter,        false, false, false, false,  600 * kSecond, "finish a load; durable when answered"},
    {Operation::kWatch,          "watch",           Role::kReader,        true,  true,  false, false,  0,             "commits as they happen, without gap"},
    {Operation::kStatus,         "status",          Role::kReader,        true,  false, false, false,  10 * kSecond,  "counts, versions and load of the server"},
    {Operation::kTokenCreate,    "token_create",    Role::kAdministrator, false, false, false, false,  10 * kSecond,  "create a token; it is shown once"},
    {Operation::kTokenList,      "token_list",      Role::kAdministrator, true,  false, false, false,  10 * kSecond,  "tokens without their secrets"},
    {Operation::kTokenRevoke,    "token_revoke",    Role::kAdministrator, false, false, false, false,  10 * kSecond,  "end a token at once"},
    {Operation::kBaselineCreate, "baseline_create", Role::kWriter,        false, false, false, false,  10 * kSecond,  "name a View"},
    {Operation::kBaselineList,   "baseline_list",   Role::kReader,        true,  false, false, false,  10 * kSecond,  "named Views"},
    {Operation::kBaselineDrop,   "baseline_drop",   Role::kWriter,        false, false, false, false,  10 * kSecond,  "take a View's name away"},
    {Operation::kPlanOpen,       "plan_open",       Role::kWriter,        false, false, false, false,  10 * kSecond,  "open a plan: a named future on top of what is committed"},
    {Operation::kPlanEdit,       "plan_edit",       Role::kWriter,        false, false, false, false,  30 * kSecond,  "one step of a plan: put and end records and links"},
    {Operation::kPlanList,       "plan_list",       Role::kReader,        true,  false, false, false,  10 * kSecond,  "plans"},
    {Operation::kPlanShow,       "plan_show",       Role::kReader,        true,  false, false, false,  10 * kSecond,  "a plan and its steps"},
    {Operation::kPlanDiff,       "plan_diff",       Role::kReader,        true,  false, false, false,  60 * kSecond,  "what a plan changes, and what a merge now would meet"},
    {Operation::kPlanRebase,     "plan_rebase",     Role::kWriter,        false, false, false, false,  60 * kSecond,  "make the newest commit a plan's base"},
    {Operation::kPlanMerge,      "plan_merge",      Role::kWriter,        false, false, false, false,  120 * kSecond, "carry a plan out, as one commit or one a step"},
    {Operation::kPlanDrop,       "plan_drop",       Role::kWriter,        false, false, false, false,  10 * kSecond,  "give an open plan up"},
    {Operation::kRevert,         "revert",          Role::kWriter,        false, false, false, false,  120 * kSecond, "a new commit that takes an earlier one back"},
    {Operation::kModelApply,     "model_apply",     Role::kAdministrator, false, false, false, false,  600 * kSecond, "change the model, if the data allows it"},
    {Operation::kModelHistory,   "model_history",   Role::kReader,        true,  false, false, false,  30 * kSecond,  "versions of the model, with their commits"},
    {Operation::kModelText,      "model_text",      Role::kReader,        true,  false, false, false,  30 * kSecond,  "the model of a day as text, and what differs"},
    {Operation::kIndexList,      "index_list",      Role::kReader,        true,  false, false, false,  10 * kSecond,  "indexes, how far each is and how large"},
    {Operation::kIndexBuild,     "index_build",     Role::kAdministrator, false, false, false, false,  30 * kSecond,  "begin to build an index, anew when there is one"},
    {Operation::kIndexDrop,      "index_drop",      Role::kAdministrator, false, false, false, false,  30 * kSecond,  "take an index away"},
    {Operation::kBackup,         "backup",          Role::kAdministrator, false, true,  false, false,  600 * kSecond, "a backup of the store into a folder of the server"},
    {Operation::kExportHistory,  "export_history",  Role::kAdministrator, true,  true,  false, false,  60 * kSecond,  "the whole store with its history, as text"},
    {Operation::kImportHistoryBegin, "import_history_begin", Role::kAdministrator, false, false, false, false,  30 * kSecond, "start taking over the history of another store"},
    {Operation::kImportHistoryChunk, "import_history_chunk", Role::kAdministrator, false, false, false, false,  600 * kSecond, "a piece of that history's text"},
    {Operation::kImportHistoryEnd, "import_history_end", Role::kAdministrator, false, false, false, false,  60 * kSecond, "say that there is no more of it"},
    {Operation::kRetentionSet,   "retention_set",   Role::kAdministrator, false, false, false, false,  30 * kSecond,  "say how long a class keeps what its records said"},
    {Operation::kRetentionList,  "retention_list",  Role::kAdministrator, true,  false, false, false,  30 * kSecond,  "retention policies and holds"},
    {Operation::kRetentionRun,   "retention_run",   Role::kAdministrator, false, false, false, false,  600 * kSecond, "retire versions that the policies let go"},
    {Operation::kHoldSet,        "hold_set",        Role::kAdministrator, false, false, false, false,  30 * kSecond,  "add or drop a hold, which keeps records from retention and erasure"},
    {Operation::kErase,          "erase",           Role::kAdministrator, false, false, false, false,  600 * kSecond, "take values out of every version of a record"},
    {Operation::kScrub,          "scrub",           Role::kAdministrator, true,  false, false, false,  30 * kSecond,  "how far the scrubber is and what it found; start, pause, resume it"},
    {Operation::kPaths,          "paths",           Role::kReader,        true,  false, false, false,  60 * kSecond,  "all shortest causal paths between two records, or the k shortest"},
    {Operation::kTrace,          "trace",           Role::kReader,        true,  true,  false, false,  60 * kSecond,  "what is reached along given relationship types, nearest first"},
    {Operation::kOrder,          "order",           Role::kReader,        true,  true,  false, false,  60 * kSecond,  "records in waves, what is needed first, with cycles named"},
    {Operation::kPoints,         "points",          Role::kReader,        true,  true,  false, false,  60 * kSecond,  "what takes services down, alone or together"},
    {Operation::kRootCause,      "root_cause",      Role::kReader,        true,  false, false, false,  60 * kSecond,  "records and commits that explain failures best"},
    {Operation::kCollisions,     "collisions",      Role::kReader,        true,  false, false, false,  60 * kSecond,  "which planned changes get in each other's way"},
    {Operation::kFreeSlots,      "free_slots",      Role::kReader,        true,  false, false, false,  60 * kSecond,  "when a planned change has the way to itself"},
    {Operation::kImpactExplain,  "impact_explain",  Role::kReader,        true,  false, false, false,  30 * kSecond,  "why records are hit, step by step"},
    {Operation::kImpactReport,   "impact_report",   Role::kReader,        true,  false, false, false,  30 * kSecond,  "services that are hit, groups, and whom to tell"},
    {Operation::kImpactDifference, "impact_difference", Role::kReader,    true,  false, false, false,  30 * kSecond,  "what differs between two impact answers"},
    {Operation::kGroups,         "groups",          Role::kReader,        true,  false, false, false,  30 * kSecond,  "groups behind gates that are in trouble"},
    {Operation::kImpactWatch,    "impact_watch",    Role::kReader,        true,  true,  false, false,  0,             "an impact answer, and what each commit changes of it"},
    {Operation::kPointsWatch,    "points_watch",    Role::kReader,        true,  true,  false, false,  0,             "points of failure, and what each commit changes of them"},
    {Operation::kQuery,          "query",           Role::kReader,        true,  true,  false, true,   30 * kSecond,  "rows of a statement of the query language"},
    {Operation::kProcessNew,     "process_new",     Role::kWriter,        false, false, false, false,  30 * kSecond,  "open a record of a process; it gets its number"},
    {Operation::kProcessDo,      "process_do",      Role::kWriter,        false, false, false, false,  30 * kSecond,  "take a record on by a transition, or change it within its state"},
    {Operation::kProcessNote,    "process_note",    Role::kWriter,        false, false, false, false,  30 * kSecond,  "add a comment or an entry of the work log"},
    {Operation::kProcessOutlook, "process_outlook", Role::kReader,        true,  false, false, false,  30 * kSecond,  "what could be done next with a record, and what is in the way"},
    {Operation::kProcessDefine,  "process_define",  Role::kAdministrator, false, false, false, false,  60 * kSecond,  "replace the definitions of the processes"},
    {Operation::kProcessVote,    "process_vote",    Role::kWriter,        false, false, false, false,  30 * kSecond,  "approve or reject a record whose approval is open"},
    {Operation::kProcessClock,   "process_clock",   Role::kReader,        true,  false, false, false,  30 * kSecond,  "how a record stands against its agreement on time, and why"},
    {Operation::kChangeAssess,   "change_assess",   Role::kReader,        true,  false, false, false,  60 * kSecond,  "what carrying a change out would do: impact, collisions, risk"},
    {Operation::kChangePlan,     "change_plan",     Role::kWriter,        false, false, false, false,  60 * kSecond,  "open, compare, carry out or take back the plan that a change owns"},
    {Operation::kChangeKeep,     "change_keep",     Role::kWriter,        false, false, false, false,  60 * kSecond,  "what carrying a change out would do, kept on its record"},
    {Operation::kAttach,         "attach",          Role::kWriter,        false, false, false, false,  60 * kSecond,  "attach a file to a record of a process, piece by piece"},
    {Operation::kAttachmentRead, "attachment_read", Role::kReader,        true,  false, false, true,   30 * kSecond,  "some of the bytes of an attached file"},
    {Operation::kNotificationRetry, "notification_retry", Role::kWriter,  true,  false, false, false,  30 * kSecond,  "send notifications that were given up, or wait, at once"},
    {Operation::kProcessFigures, "process_figures", Role::kReader,        true,  false, false, false,  30 * kSecond,  "figures of the processes, as statements with their targets"},
    {Operation::kProcessCalendar, "process_calendar", Role::kReader,      true,  false, false, false,  30 * kSecond,  "planned work, freezes, maintenance windows and meetings of a span of time"},
    {Operation::kChangeIntake,   "change_intake",   Role::kReader,        true,  false, false, false,  60 * kSecond,  "what changed of items under control without a change"},
    {Operation::kProcessSuggest, "process_suggest", Role::kReader,        true,  false, false, false,  30 * kSecond,  "what the graph suggests for a record, or which records are missing"},
    {Operation::kProcessReview,  "process_review",  Role::kReader,        true,  false, false, false,  60 * kSecond,  "which verdicts on time a mended calendar or agreement changes"},
};
// clang-format on
// NOLINTEND

constexpr std::size_t kOpcodeEnd =
    std::size_t{OpcodeOf(std::max_element(std::begin(kTable), std::end(kTable),
                                          [](const OperationInfo& a, const OperationInfo& b) {
                                            return a.operation < b.operation;
                                          })
                             ->operation)} +
    1;

// Opcode to position in kTable + 1, so that finding costs one load.
constexpr std::array<std::uint8_t, kOpcodeEnd> MakePositions() {
  std::array<std::uint8_t, kOpcodeEnd> positions{};
  for (std::size_t i = 0; i < std::size(kTable); ++i) {
    positions[OpcodeOf(kTable[i].operation)] = static_cast<std::uint8_t>(i + 1);
  }
  return positions;
}
constexpr std::array<std::uint8_t, kOpcodeEnd> kPositions = MakePositions();

constexpr std::array<std::string_view, 4> kRoleNames = {"nobody", "reader", "writer",
                                                        "administrator"};

}  // namespace

std::string_view NameOf(Role role) { return kRoleNames[static_cast<std::size_t>(role)]; }

Role RoleOf(std::string_view name) {
  const auto* const found = std::find(kRoleNames.begin(), kRoleNames.end(), name);
  return found == kRoleNames.end() ? Role::kNobody : static_cast<Role>(found - kRoleNames.begin());
}

std::span<const OperationInfo> OperationTable() { return kTable; }

const OperationInfo* FindOperation(std::uint16_t opcode) {
  if (opcode >= kOpcodeEnd || kPositions[opcode] == 0) return nullptr;
  return &kTable[kPositions[opcode] - 1];
}

}  // namespace kosei::protocol

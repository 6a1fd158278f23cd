// Every operation as data: dispatch, authorisation, documentation and the client share this table.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace kosei::protocol {

// Requests are odd; the reply is the next even number. On the wire: never renumber.
enum class Operation : std::uint16_t {
  kHello = 1,
  kPing = 3,
  kGoAway = 6,  // server to client, one-way
  kCancel = 7,  // client to server, one-way
  kCredit = 9,  // client to server, one-way
  kModel = 11,
  kGet = 21,
  kHistory = 23,
  kSearch = 25,
  kImpact = 27,
  kPath = 29,
  kDiff = 31,
  kCompare = 33,
  kMutate = 41,
  kBulkBegin = 43,
  kBulkChunk = 45,
  kBulkEnd = 47,
  kWatch = 51,
  kStatus = 61,
  kTokenCreate = 63,
  kTokenList = 65,
  kTokenRevoke = 67,
  kBaselineCreate = 69,
  kBaselineList = 71,
  kBaselineDrop = 73,
  kPlanOpen = 81,
  kPlanEdit = 83,
  kPlanList = 85,
  kPlanShow = 87,
  kPlanDiff = 89,
  kPlanRebase = 91,
  kPlanMerge = 93,
  kPlanDrop = 95,
  kRevert = 97,
  kModelApply = 101,
  kModelHistory = 103,
  kModelText = 105,
  kIndexList = 111,
  kIndexBuild = 113,
  kIndexDrop = 115,
  kBackup = 121,
  kExportHistory = 123,
  kImportHistoryBegin = 125,
  kImportHistoryChunk = 127,
  kImportHistoryEnd = 129,
  kRetentionSet = 131,
  kRetentionList = 133,
  kRetentionRun = 135,
  kHoldSet = 137,
  kErase = 139,
  kScrub = 141,
  kPaths = 143,
  kTrace = 145,
  kOrder = 147,
  kPoints = 149,
  kRootCause = 151,
  kCollisions = 153,
  kFreeSlots = 155,
  kImpactExplain = 157,
  kImpactReport = 159,
  kImpactDifference = 161,
  kGroups = 163,
  kImpactWatch = 165,
  kPointsWatch = 167,
  kQuery = 169,
  kProcessNew = 171,
  kProcessDo = 173,
  kProcessNote = 175,
  kProcessOutlook = 177,
  kProcessDefine = 179,
  kProcessVote = 181,
  kProcessClock = 183,
  kChangeAssess = 185,
  kChangePlan = 187,
  kChangeKeep = 189,
  kAttach = 191,
  kAttachmentRead = 193,
  kNotificationRetry = 195,
  kProcessFigures = 197,
  kProcessCalendar = 199,
  kChangeIntake = 201,
  kProcessSuggest = 203,
  kProcessReview = 205,
};

// What a token may do; each includes the ones before it.
enum class Role : std::uint8_t { kNobody = 0, kReader = 1, kWriter = 2, kAdministrator = 3 };
std::string_view NameOf(Role role);
// kNobody when unknown.
Role RoleOf(std::string_view name);

struct OperationInfo {
  Operation operation;
  std::string_view name;  // "impact"
  Role needs;             // kNobody: allowed before Hello
  bool idempotent;        // may be sent again after a lost connection
  bool streamed;
  bool one_way;  // never answered
  // For a token that is limited to classes, too: the answer shows no record of another class.
  bool limited;
  std::uint32_t deadline_ms_default;  // 0: none
  std::string_view summary;
};
// In order of number.
std::span<const OperationInfo> OperationTable();
// nullptr when there is no such operation. By the opcode of the request, not of its reply.
const OperationInfo* FindOperation(std::uint16_t opcode);

constexpr std::uint16_t OpcodeOf(Operation operation) {
  return static_cast<std::uint16_t>(operation);
}
// Has no end, and says nothing while nothing happens.
constexpr bool IsWatch(Operation operation) {
  return operation == Operation::kWatch || operation == Operation::kImpactWatch ||
         operation == Operation::kPointsWatch;
}
constexpr bool IsRequest(std::uint16_t opcode) { return opcode % 2 == 1; }
// The opcode that answers a request.
constexpr std::uint16_t ReplyOpcodeOf(Operation operation) {
  return static_cast<std::uint16_t>(OpcodeOf(operation) + 1);
}

}  // namespace kosei::protocol

#include "kosei/protocol/operations.h"

#include <algorithm>
#include <cctype>
#include <set>
#include <string>

#include "gtest/gtest.h"

namespace kosei::protocol {
namespace {

// The compiler refuses this switch when an enumerator is missing, so that it is the enum's list.
bool IsOperation(std::uint16_t opcode) {
  switch (static_cast<Operation>(opcode)) {
    case Operation::kHello:
    case Operation::kPing:
    case Operation::kGoAway:
    case Operation::kCancel:
    case Operation::kCredit:
    case Operation::kModel:
    case Operation::kGet:
    case Operation::kHistory:
    case Operation::kSearch:
    case Operation::kImpact:
    case Operation::kPath:
    case Operation::kDiff:
    case Operation::kCompare:
    case Operation::kMutate:
    case Operation::kBulkBegin:
    case Operation::kBulkChunk:
    case Operation::kBulkEnd:
    case Operation::kWatch:
    case Operation::kStatus:
    case Operation::kTokenCreate:
    case Operation::kTokenList:
    case Operation::kTokenRevoke:
    case Operation::kBaselineCreate:
    case Operation::kBaselineList:
    case Operation::kBaselineDrop:
    case Operation::kPlanOpen:
    case Operation::kPlanEdit:
    case Operation::kPlanList:
    case Operation::kPlanShow:
    case Operation::kPlanDiff:
    case Operation::kPlanRebase:
    case Operation::kPlanMerge:
    case Operation::kPlanDrop:
    case Operation::kRevert:
    case Operation::kIndexList:
    case Operation::kIndexBuild:
    case Operation::kIndexDrop:
    case Operation::kModelApply:
    case Operation::kModelHistory:
    case Operation::kModelText:
    case Operation::kBackup:
    case Operation::kExportHistory:
    case Operation::kImportHistoryBegin:
    case Operation::kImportHistoryChunk:
    case Operation::kImportHistoryEnd:
    case Operation::kRetentionSet:
    case Operation::kRetentionList:
    case Operation::kRetentionRun:
    case Operation::kHoldSet:
    case Operation::kErase:
    case Operation::kScrub:
    case Operation::kCollisions:
    case Operation::kFreeSlots:
    case Operation::kPoints:
    case Operation::kRootCause:
    case Operation::kPaths:
    case Operation::kTrace:
    case Operation::kOrder:
    case Operation::kImpactExplain:
    case Operation::kImpactReport:
    case Operation::kImpactDifference:
    case Operation::kGroups:
    case Operation::kImpactWatch:
    case Operation::kPointsWatch:
    case Operation::kQuery:
    case Operation::kProcessNew:
    case Operation::kProcessDo:
    case Operation::kProcessNote:
    case Operation::kProcessOutlook:
    case Operation::kProcessDefine:
    case Operation::kProcessVote:
    case Operation::kChangeAssess:
    case Operation::kChangePlan:
    case Operation::kChangeKeep:
    case Operation::kChangeIntake:
    case Operation::kProcessSuggest:
    case Operation::kProcessReview:
    case Operation::kProcessClock:
    case Operation::kProcessFigures:
    case Operation::kProcessCalendar:
    case Operation::kAttach:
    case Operation::kAttachmentRead:
    case Operation::kNotificationRetry:
      return true;
  }
  return false;
}

TEST(OperationTable, HoldsEveryOperationAndNothingElse) {
  for (std::uint32_t opcode = 0; opcode <= 0xFFFF; ++opcode) {
    const auto number = static_cast<std::uint16_t>(opcode);
    const OperationInfo* info = FindOperation(number);
    ASSERT_EQ(info != nullptr, IsOperation(number)) << opcode;
    if (info != nullptr) EXPECT_EQ(OpcodeOf(info->operation), number);
  }
}

TEST(OperationTable, AscendsWithUniqueSnakeCaseNames) {
  std::set<std::string_view> names;
  std::uint16_t previous = 0;
  for (const OperationInfo& info : OperationTable()) {
    SCOPED_TRACE(std::string(info.name));
    EXPECT_GT(OpcodeOf(info.operation), previous);
    previous = OpcodeOf(info.operation);
    EXPECT_TRUE(names.insert(info.name).second);
    EXPECT_TRUE(std::ranges::all_of(
        info.name, [](char c) { return std::islower(static_cast<unsigned char>(c)) || c == '_'; }));
    EXPECT_FALSE(info.summary.empty());
  }
}

TEST(OperationTable, OnlyTheSessionItselfNeedsNoRole) {
  std::set<Operation> open;
  for (const OperationInfo& info : OperationTable()) {
    if (info.needs == Role::kNobody) open.insert(info.operation);
  }
  EXPECT_EQ(open, (std::set<Operation>{Operation::kHello, Operation::kPing, Operation::kGoAway,
                                       Operation::kCancel, Operation::kCredit}));
}

TEST(OperationTable, EveryWriteNeedsAWriterAndIsNotRepeatedBlindly) {
  for (const Operation operation :
       {Operation::kMutate,      Operation::kBulkBegin,      Operation::kBulkChunk,
        Operation::kBulkEnd,     Operation::kBaselineCreate, Operation::kBaselineDrop,
        Operation::kTokenCreate, Operation::kTokenRevoke,    Operation::kBackup,
        Operation::kIndexBuild,  Operation::kIndexDrop,      Operation::kModelApply,
        Operation::kPlanOpen,    Operation::kPlanEdit,       Operation::kPlanRebase,
        Operation::kPlanMerge,   Operation::kPlanDrop,       Operation::kRevert,
        Operation::kErase,       Operation::kRetentionSet,   Operation::kRetentionRun,
        Operation::kHoldSet}) {
    const OperationInfo* info = FindOperation(OpcodeOf(operation));
    ASSERT_NE(info, nullptr);
    EXPECT_GE(info->needs, Role::kWriter) << info->name;
    EXPECT_FALSE(info->idempotent) << info->name;
  }
}

TEST(OperationTable, OnlyWatchAndOneWayMessagesHaveNoDeadline) {
  for (const OperationInfo& info : OperationTable()) {
    EXPECT_EQ(info.deadline_ms_default == 0, info.one_way || IsWatch(info.operation)) << info.name;
  }
}

TEST(OperationTable, RepliesFollowTheirRequests) {
  for (const OperationInfo& info : OperationTable()) {
    if (info.operation == Operation::kGoAway) continue;
    EXPECT_TRUE(IsRequest(OpcodeOf(info.operation))) << info.name;
    EXPECT_EQ(ReplyOpcodeOf(info.operation), OpcodeOf(info.operation) + 1);
  }
}

TEST(Role, HasANameBothWays) {
  for (const Role role : {Role::kNobody, Role::kReader, Role::kWriter, Role::kAdministrator}) {
    EXPECT_EQ(RoleOf(NameOf(role)), role);
  }
  EXPECT_EQ(RoleOf("root"), Role::kNobody);
  EXPECT_EQ(RoleOf(""), Role::kNobody);
  EXPECT_EQ(RoleOf("Reader"), Role::kNobody);
}

}  // namespace
}  // namespace kosei::protocol

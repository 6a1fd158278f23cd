// The words that stand for enumerators in approvals.
#pragma once

#include "definition/words.h"
#include "kosei/process/approval.h"

namespace kosei::process {

inline constexpr Words<ApproverKind, 4> kApproverKinds = {{{"group", ApproverKind::kGroup},
                                                           {"role", ApproverKind::kRole},
                                                           {"person", ApproverKind::kPerson},
                                                           {"field", ApproverKind::kField}}};

inline constexpr Words<StepOrder, 2> kStepOrders = {
    {{"sequential", StepOrder::kSequential}, {"parallel", StepOrder::kParallel}}};

inline constexpr Words<CommentRule, 3> kCommentRules = {
    {{"never", CommentRule::kNever},
     {"on_rejection", CommentRule::kOnRejection},
     {"always", CommentRule::kAlways}}};

inline constexpr Words<ApprovalState, 5> kApprovalStates = {
    {{"open", ApprovalState::kOpen},
     {"approved", ApprovalState::kApproved},
     {"rejected", ApprovalState::kRejected},
     {"expired", ApprovalState::kExpired},
     {"superseded", ApprovalState::kSuperseded}}};

inline constexpr Words<StepState, 5> kStepStates = {{{"not_begun", StepState::kNotBegun},
                                                     {"open", StepState::kOpen},
                                                     {"approved", StepState::kApproved},
                                                     {"rejected", StepState::kRejected},
                                                     {"dropped", StepState::kDropped}}};

}  // namespace kosei::process

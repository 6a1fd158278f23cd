// Messages of changes: assessments, and the plans that changes own.
#pragma once

#include "call.h"
#include "kosei/process/assessment.h"
#include "kosei/process/control.h"
#include "kosei/process/plan_work.h"
#include "kosei/protocol/change_generated.h"
#include "kosei/storage/reader.h"

namespace kosei::server {

flatbuffers::Offset<fb::ChangeAssessReply> EncodeAssessment(Builder& builder,
                                                            const storage::Reader& reader,
                                                            const process::Assessment& assessment);
flatbuffers::Offset<fb::ChangePlanReply> EncodePlanWork(Builder& builder,
                                                        const process::PlanWork& work);

flatbuffers::Offset<fb::ChangeIntakeReply> EncodeIntake(Builder& builder,
                                                        const process::Intake& intake);

}  // namespace kosei::server

// Commands of processes as functions of their options; usage is in app_process.cc.
#pragma once

#include "commands.h"
#include "process/options.h"

namespace kosei::cli {

// process_steps.cc. What may not be done now is told on stderr: exit code 6.
CommandResult RunProcessNew(Context& context, const ProcessNewOptions& options);
CommandResult RunProcessDo(Context& context, const ProcessDoOptions& options);
CommandResult RunProcessWatch(Context& context, const ProcessWatchOptions& options);
CommandResult RunProcessNote(Context& context, const ProcessNoteOptions& options);
CommandResult RunProcessVote(Context& context, const ProcessVoteOptions& options);
CommandResult RunProcessNext(Context& context, const ProcessShowOptions& options);

// process_clock.cc. Exit code 1 when nothing is promised on time.
CommandResult RunProcessClock(Context& context, const ProcessClockOptions& options);

// process_lists.cc
CommandResult RunProcessShow(Context& context, const ProcessShowOptions& options);
CommandResult RunProcessList(Context& context, const ProcessListOptions& options);
CommandResult RunProcessDefine(Context& context, const ProcessDefineOptions& options);

// suggest.cc
CommandResult RunProcessSuggest(Context& context, const ProcessSuggestOptions& options);

// change_impact.cc
CommandResult RunChangeImpact(Context& context, const ChangeImpactOptions& options);
CommandResult RunChangeCollisions(Context& context, const ChangeImpactOptions& options);

// change_intake.cc. Exit code 1 when there is anything.
CommandResult RunChangeIntake(Context& context, const ChangeIntakeOptions& options);

// change_plan.cc. Conflicts are told on stdout as those of `plan merge`: exit code 6.
CommandResult RunChangePlan(Context& context, const ChangePlanOptions& options);
// attachments.cc
CommandResult RunAttach(Context& context, const AttachOptions& options);
CommandResult RunAttachmentList(Context& context, const AttachmentOptions& options);
CommandResult RunAttachmentGet(Context& context, const AttachmentOptions& options);

// notifications.cc
CommandResult RunNotificationList(Context& context, const NotificationListOptions& options);
CommandResult RunNotificationRetry(Context& context, const NotificationRetryOptions& options);

}  // namespace kosei::cli

// Every (state, event) pair of the life cycles that kosei ships, and where it leads. A pair that is
// not here leads nowhere. "state: event event>target ..."; without a target the state stays.
#pragma once

#include <string_view>

namespace kosei::process {

struct LifeCycleTable {
  std::string_view name;
  std::string_view rows;
};

inline constexpr LifeCycleTable kShippedLifeCycles[] = {
    {"cab_meeting", R"(
planned: invite attend open>in_progress cancel>cancelled
in_progress: attend close>complete adjourn>planned
complete:
cancelled:
)"},
    {"absence", R"(
draft: enter>in_force cancel>cancelled
in_force: move_end end>ended cancel>cancelled
ended:
cancelled:
)"},
    {"delegation", R"(
draft: enter>in_force cancel>cancelled
in_force: move_end end>ended cancel>cancelled
ended:
cancelled:
)"},
    {"calendar_entry", R"(
draft: enter>in_force cancel>cancelled
in_force: move end>ended cancel>cancelled
ended:
cancelled:
)"},
    {"normal_change", R"(
draft: submit>recorded cancel>cancelled
recorded: classify>classified send_back>draft cancel>cancelled
classified: classify assess>assessing send_back>draft cancel>cancelled
assessing: ask_decision>awaiting_decision send_back>draft cancel>cancelled
awaiting_decision: send_back>draft grant>approved refuse>rejected lapse>assessing
  cancel>cancelled
approved: decide_again>assessing build>in_build test>in_test schedule>scheduled cancel>cancelled
in_build: decide_again>assessing test>in_test cancel>cancelled
in_test: decide_again>assessing fail_test>in_build schedule>scheduled cancel>cancelled
scheduled: decide_again>assessing begin>implementing cancel>cancelled
implementing: complete>implemented fail>failed back_out>reversed
implemented: back_out>reversed review>in_review
failed: back_out>reversed remedy>remedied
reversed: review>in_review
remedied: review>in_review
in_review: close>closed
closed:
rejected:
cancelled:
)"},
    {"emergency_change", R"(
recorded: ask_decision>awaiting_decision record_afterwards>implemented cancel>cancelled
awaiting_decision: grant>approved refuse>rejected lapse>recorded cancel>cancelled
approved: begin>implementing cancel>cancelled
implementing: complete>implemented fail>failed back_out>reversed
implemented: back_out>reversed assess_afterwards>retrospective
failed: back_out>reversed remedy>remedied
reversed: assess_afterwards>retrospective
remedied: assess_afterwards>retrospective
retrospective: review>in_review review_disapproved>in_review
in_review: close>closed
closed:
rejected:
cancelled:
)"},
    {"standard_change", R"(
draft: submit>recorded cancel>cancelled
recorded: schedule>scheduled cancel>cancelled
scheduled: schedule begin>implementing cancel>cancelled
implementing: complete>implemented fail>failed back_out>reversed
implemented: back_out>reversed review>in_review close>closed
failed: back_out>reversed remedy>remedied
reversed: review>in_review
remedied: review>in_review
in_review: close_reviewed>closed
closed:
cancelled:
)"},
    {"configuration_audit", R"(
planned: begin>running cancel>cancelled
running: conclude>findings conclude_clean>corrected cancel>cancelled
findings: correct>corrected report>reported
corrected: report>reported
reported: close>closed
closed:
cancelled:
)"},
    {"discrepancy", R"(
found: assess>assessed dismiss>dismissed
assessed: assess correct_record>correcting_record correct_reality>correcting_reality
  accept>accepted dismiss>dismissed
correcting_record: assess_again>assessed close>closed
correcting_reality: assess_again>assessed close>closed
accepted: assess_again>assessed close>closed
closed:
dismissed:
)"},
    {"configuration_item", R"(
planned: order>ordered store>in_stock build>in_build dispose>disposed
ordered: store>in_stock build>in_build dispose>disposed
in_stock: build>in_build go_live>live dispose>disposed
in_build: store>in_stock go_live>live retire>retired dispose>disposed
live: build>in_build retire>retired
retired: store>in_stock build>in_build dispose>disposed
disposed:
)"},
    {"deployment", R"(
scheduled: take_baseline>baseline_taken cancel>cancelled
baseline_taken: take_baseline run>running cancel>cancelled
running: verify>verified fail>failed
verified: fail>failed finish>finished
failed: retry>running back_out>backed_out
backed_out:
finished:
cancelled:
)"},
    {"incident", R"(
recorded: classify>classified triage>assigned declare_major inform_management inform_customer
  escalate match mark_duplicate>duplicate cancel>cancelled
classified: classify prioritise>prioritised triage>assigned declare_major inform_management
  inform_customer escalate match mark_duplicate>duplicate cancel>cancelled
prioritised: reprioritise reclassify assign>assigned declare_major inform_management
  inform_customer escalate match mark_duplicate>duplicate cancel>cancelled
assigned: reprioritise reclassify assign start>in_progress wait_for_customer>pending_customer
  wait_for_supplier>pending_supplier wait_for_change>pending_change resolve>resolved
  declare_major inform_management inform_customer escalate match open_problem
  mark_duplicate>duplicate cancel>cancelled
in_progress: reprioritise reclassify assign>assigned wait_for_customer>pending_customer
  wait_for_supplier>pending_supplier wait_for_change>pending_change resolve>resolved
  declare_major inform_management inform_customer escalate match open_problem
  mark_duplicate>duplicate
pending_customer: reprioritise reclassify resume>in_progress resolve>resolved declare_major
  inform_management inform_customer escalate match open_problem mark_duplicate>duplicate
pending_supplier: reprioritise reclassify resume>in_progress resolve>resolved declare_major
  inform_management inform_customer escalate match open_problem mark_duplicate>duplicate
pending_change: reprioritise reclassify resume>in_progress resolve>resolved declare_major
  inform_management inform_customer escalate match open_problem mark_duplicate>duplicate
resolved: confirm>confirmed reopen>in_progress close_unanswered>closed inform_customer match
  open_problem review
confirmed: reopen>in_progress close>closed match open_problem review
closed:
cancelled:
duplicate:
)"},
    {"knowledge_article", R"(
draft: submit>in_review retire>retired
in_review: send_back>draft publish>published
published: revise>draft retire>retired
retired:
)"},
    {"outage", R"(
ongoing: end>ended cancel>cancelled
ended: correct restart>ongoing close>closed cancel>cancelled
closed:
cancelled:
)"},
    {"problem", R"(
identified: record>recorded mark_duplicate>duplicate cancel>cancelled
recorded: classify>classified mark_duplicate>duplicate cancel>cancelled
classified: classify reprioritise investigate>investigating escalate mark_duplicate>duplicate
  cancel>cancelled
investigating: reprioritise assign find_root_cause>root_cause_known escalate
  mark_duplicate>duplicate cancel>cancelled
root_cause_known: reprioritise assign correct_root_cause>investigating propose>solution_proposed
  accept>accepted escalate mark_duplicate>duplicate
solution_proposed: reprioritise assign correct_root_cause>investigating
  raise_change>change_pending wait_for_change>change_pending rethink>root_cause_known
  resolve>resolved accept>accepted escalate mark_duplicate>duplicate
change_pending: reprioritise assign rethink>root_cause_known resolve>resolved escalate
resolved: monitor>monitored reopen>investigating close>closed
monitored: reopen>investigating close>closed
accepted: reopen>investigating close>closed
closed:
cancelled:
duplicate:
)"},
    {"known_error", R"(
draft: publish>published resolve>resolved archive>archived
published: revise>draft confirm supersede>superseded resolve>resolved
superseded: archive>archived
resolved: archive>archived return>published
archived:
)"},
    {"release", R"(
planned: plan>in_build cancel>cancelled
in_build: replan finish_build>built cancel>cancelled
built: replan test>in_acceptance_test rebuild>in_build cancel>cancelled
in_acceptance_test: replan accept>accepted accept_with_conditions>accepted_with_conditions
  refuse_acceptance>not_accepted cancel>cancelled
accepted: replan rebuild>in_build ask_approval grant>approved refuse>not_accepted
  cancel>cancelled
accepted_with_conditions: replan rebuild>in_build ask_approval grant>approved
  refuse>not_accepted cancel>cancelled
not_accepted: rebuild>in_build cancel>cancelled
approved: replan deploy>deploying cancel>cancelled
deploying: finish_deployment>deployed fail>failed
deployed: fail>failed monitor>monitored
failed: back_out>backed_out remedy>remedied
backed_out: analyse>analysed
remedied: monitor>monitored
monitored: fail>failed analyse>analysed
analysed: close>closed
closed:
cancelled:
)"},
    {"service_request", R"(
recorded: classify>classified reject>rejected cancel>cancelled
classified: classify ask_approval>awaiting_approval begin>in_fulfilment raise_change
  reject>rejected cancel>cancelled
awaiting_approval: grant>in_fulfilment refuse>rejected lapse>classified cancel>cancelled
in_fulfilment: assign wait_for_customer>pending_customer wait_for_supplier>pending_supplier
  fulfil>fulfilled raise_change cancel>cancelled
pending_customer: resume>in_fulfilment fulfil>fulfilled cancel>cancelled
pending_supplier: resume>in_fulfilment fulfil>fulfilled cancel>cancelled
fulfilled: confirm>confirmed reopen>in_fulfilment close_unanswered>closed
confirmed: reopen>in_fulfilment close>closed
closed:
rejected:
cancelled:
)"},
    {"task", R"(
open: assign start>in_progress wait>waiting finish>done cancel>cancelled
in_progress: assign wait>waiting finish>done cancel>cancelled
waiting: assign resume>in_progress cancel>cancelled
done:
cancelled:
)"},
};

}  // namespace kosei::process

#include "rules.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace kosei::simulation {
namespace {

constexpr std::string_view kPending = "pending_customer pending_supplier pending_change";
constexpr std::string_view kAssigned =
    "assigned in_progress pending_customer pending_supplier pending_change";
constexpr std::string_view kPrioritised =
    "prioritised assigned in_progress pending_customer pending_supplier pending_change";
constexpr std::string_view kAtWork =
    "recorded classified prioritised assigned in_progress pending_customer pending_supplier "
    "pending_change";
constexpr std::string_view kSettled =
    "assigned in_progress pending_customer pending_supplier pending_change resolved confirmed";
constexpr std::string_view kOpenOrSettled =
    "recorded classified prioritised assigned in_progress pending_customer pending_supplier "
    "pending_change resolved confirmed";
constexpr std::string_view kWorkers = "service_desk support incident_manager";
constexpr std::string_view kDeskOrManager = "service_desk incident_manager";
constexpr std::string_view kAsk = "user service_desk incident_manager";
constexpr std::string_view kImplement = "change_implementer change_manager";
constexpr std::string_view kSolve = "support problem_manager";
constexpr std::string_view kAccept = "service_owner release_manager";
constexpr std::string_view kDeploy = "change_implementer release_manager";

constexpr std::array kIncident = {
    Rule{"classify", "recorded classified", "classified", kWorkers},
    Rule{"prioritise", "classified", "prioritised", kWorkers},
    Rule{"triage", "recorded classified", "assigned", kDeskOrManager},
    Rule{"assign", "prioritised assigned in_progress", "assigned", kWorkers},
    Rule{"start", "assigned", "in_progress", kWorkers},
    Rule{"wait_for_customer", "assigned in_progress", "pending_customer", kWorkers},
    Rule{"wait_for_supplier", "assigned in_progress", "pending_supplier", kWorkers},
    Rule{"wait_for_change", "assigned in_progress", "pending_change", kWorkers},
    Rule{"resume", kPending, "in_progress", "user service_desk support incident_manager"},
    Rule{"reprioritise", kPrioritised, "same", kDeskOrManager, false},
    Rule{"resolve", kAssigned, "resolved", kWorkers},
    Rule{"confirm", "resolved", "confirmed", kAsk},
    Rule{"reopen", "resolved confirmed", "in_progress", kAsk},
    Rule{"close", "confirmed", "closed", kDeskOrManager},
    Rule{"close_unanswered", "resolved", "closed", ""},
    Rule{"declare_major", kAtWork, "same", kDeskOrManager},
    Rule{"inform_management", kAtWork, "same", "incident_manager"},
    Rule{"match", kOpenOrSettled, "same", "service_desk support incident_manager problem_manager",
         false},
    Rule{"open_problem", kSettled, "same", "service_desk support incident_manager problem_manager"},
    Rule{"review", "resolved confirmed", "same", "incident_manager process_owner"},
    Rule{"mark_duplicate", kAtWork, "duplicate", kWorkers},
    Rule{"cancel", "recorded classified prioritised assigned", "cancelled", kDeskOrManager}};

constexpr std::array kRequest = {
    Rule{"classify", "recorded classified", "classified", kWorkers},
    Rule{"ask_approval", "classified", "awaiting_approval", kWorkers},
    Rule{"grant", "awaiting_approval", "in_fulfilment", ""},
    Rule{"refuse", "awaiting_approval", "rejected", ""},
    Rule{"lapse", "awaiting_approval", "classified", ""},
    Rule{"begin", "classified", "in_fulfilment", kWorkers},
    Rule{"assign", "in_fulfilment", "same", kWorkers},
    Rule{"wait_for_customer", "in_fulfilment", "pending_customer", kWorkers},
    Rule{"resume", "pending_customer pending_supplier", "in_fulfilment",
         "user service_desk support incident_manager"},
    Rule{"fulfil", "in_fulfilment pending_customer pending_supplier", "fulfilled", kWorkers},
    Rule{"confirm", "fulfilled", "confirmed", kAsk},
    Rule{"reopen", "fulfilled confirmed", "in_fulfilment", kAsk},
    Rule{"close", "confirmed", "closed", kDeskOrManager},
    Rule{"close_unanswered", "fulfilled", "closed", ""},
    Rule{"reject", "recorded classified", "rejected", kDeskOrManager},
    Rule{"cancel",
         "recorded classified awaiting_approval in_fulfilment pending_customer pending_supplier",
         "cancelled", kAsk}};

constexpr std::array kProblem = {
    Rule{"record", "identified", "recorded", kSolve},
    Rule{"classify", "recorded classified", "classified", kSolve},
    Rule{"investigate", "classified", "investigating", kSolve},
    Rule{"find_root_cause", "investigating", "root_cause_known", kSolve},
    Rule{"propose", "root_cause_known", "solution_proposed", kSolve},
    Rule{"raise_change", "solution_proposed", "change_pending", kSolve},
    Rule{"resolve", "solution_proposed change_pending", "resolved", kSolve},
    Rule{"monitor", "resolved", "monitored", "problem_manager"},
    Rule{"accept", "root_cause_known solution_proposed", "accepted", "problem_manager"},
    Rule{"reopen", "resolved monitored accepted", "investigating", kSolve},
    Rule{"rethink", "solution_proposed change_pending", "root_cause_known", kSolve},
    Rule{"close", "resolved monitored accepted", "closed", "problem_manager"}};

constexpr std::array kKnownError = {
    Rule{"publish", "draft", "published", kSolve}, Rule{"revise", "published", "draft", kSolve},
    Rule{"resolve", "draft published", "resolved", kSolve},
    Rule{"archive", "draft superseded resolved", "archived", "problem_manager"}};

constexpr std::array kNormalChange = {
    Rule{"submit", "draft", "recorded",
         "change_requester change_implementer support problem_manager change_manager"},
    Rule{"classify", "recorded classified", "classified", "change_manager"},
    Rule{"assess", "classified", "assessing", "change_manager"},
    Rule{"ask_decision", "assessing", "awaiting_decision",
         "change_requester change_implementer change_manager"},
    Rule{"send_back", "recorded classified assessing awaiting_decision", "draft",
         "change_manager cab_member"},
    Rule{"grant", "awaiting_decision", "approved", ""},
    Rule{"refuse", "awaiting_decision", "rejected", ""},
    Rule{"lapse", "awaiting_decision", "assessing", ""},
    Rule{"decide_again", "approved in_build in_test scheduled", "assessing", "change_manager"},
    Rule{"build", "approved", "in_build", kImplement},
    Rule{"test", "approved in_build", "in_test", kImplement},
    Rule{"fail_test", "in_test", "in_build", kImplement},
    Rule{"schedule", "approved in_test", "scheduled", "change_manager"},
    Rule{"begin", "scheduled", "implementing", kImplement},
    Rule{"complete", "implementing", "implemented", kImplement},
    Rule{"fail", "implementing", "failed", kImplement},
    Rule{"back_out", "implementing implemented failed", "reversed", kImplement},
    Rule{"remedy", "failed", "remedied", kImplement},
    Rule{"review", "implemented reversed remedied", "in_review", "change_manager"},
    Rule{"close", "in_review", "closed", "change_manager"},
    Rule{
        "cancel",
        "draft recorded classified assessing awaiting_decision approved in_build in_test scheduled",
        "cancelled", "change_requester change_manager"}};

constexpr std::array kStandardChange = {
    Rule{"submit", "draft", "recorded",
         "change_requester change_implementer support change_manager"},
    Rule{"schedule", "recorded scheduled", "scheduled",
         "change_requester change_implementer change_manager"},
    Rule{"begin", "scheduled", "implementing", kImplement},
    Rule{"complete", "implementing", "implemented", kImplement},
    Rule{"fail", "implementing", "failed", kImplement},
    Rule{"back_out", "implementing implemented failed", "reversed", kImplement},
    Rule{"remedy", "failed", "remedied", kImplement},
    Rule{"review", "implemented reversed remedied", "in_review", "change_manager"},
    Rule{"close_reviewed", "in_review", "closed", "change_manager"},
    Rule{"close", "implemented", "closed", kImplement}};

constexpr std::array kEmergencyChange = {
    Rule{"ask_decision", "recorded", "awaiting_decision",
         "change_requester change_implementer support incident_manager change_manager"},
    Rule{"grant", "awaiting_decision", "approved", ""},
    Rule{"refuse", "awaiting_decision", "rejected", ""},
    Rule{"lapse", "awaiting_decision", "recorded", ""},
    Rule{"begin", "approved", "implementing", kImplement},
    Rule{"record_afterwards", "recorded", "implemented",
         "change_implementer support incident_manager change_manager"},
    Rule{"complete", "implementing", "implemented", kImplement},
    Rule{"fail", "implementing", "failed", kImplement},
    Rule{"back_out", "implementing implemented failed", "reversed", kImplement},
    Rule{"remedy", "failed", "remedied", kImplement},
    Rule{"assess_afterwards", "implemented reversed remedied", "retrospective", "change_manager"},
    Rule{"review", "retrospective", "in_review", "change_manager"},
    Rule{"review_disapproved", "retrospective", "in_review", "change_manager"},
    Rule{"close", "in_review", "closed", "change_manager"}};

constexpr std::array kRelease = {
    Rule{"plan", "planned", "in_build", "release_manager"},
    Rule{"finish_build", "in_build", "built", kDeploy},
    Rule{"test", "built", "in_acceptance_test", "release_manager"},
    Rule{"accept", "in_acceptance_test", "accepted", kAccept},
    Rule{"refuse_acceptance", "in_acceptance_test", "not_accepted", kAccept},
    Rule{"rebuild", "built not_accepted accepted accepted_with_conditions", "in_build",
         "release_manager"},
    Rule{"ask_approval", "accepted accepted_with_conditions", "same", "release_manager", false},
    Rule{"grant", "accepted accepted_with_conditions", "approved", ""},
    Rule{"refuse", "accepted accepted_with_conditions", "not_accepted", ""},
    Rule{"deploy", "approved", "deploying", "release_manager"},
    Rule{"finish_deployment", "deploying", "deployed", "release_manager"},
    Rule{"fail", "deploying deployed monitored", "failed", "release_manager"},
    Rule{"back_out", "failed", "backed_out", "release_manager"},
    Rule{"monitor", "deployed remedied", "monitored", "release_manager"},
    Rule{"analyse", "backed_out monitored", "analysed", "release_manager"},
    Rule{"close", "analysed", "closed", "release_manager"}};

constexpr std::array kDeployment = {
    Rule{"take_baseline", "scheduled baseline_taken", "baseline_taken", kDeploy},
    Rule{"run", "baseline_taken", "running", kDeploy},
    Rule{"verify", "running", "verified", kDeploy},
    Rule{"fail", "running verified", "failed", kDeploy},
    Rule{"back_out", "failed", "backed_out", kDeploy},
    Rule{"finish", "verified", "finished", "release_manager"},
    Rule{"cancel", "scheduled baseline_taken", "cancelled", "release_manager"}};

constexpr std::array kMeeting = {Rule{"invite", "planned", "same", "change_manager", false},
                                 Rule{"open", "planned", "in_progress", "change_manager"},
                                 Rule{"close", "in_progress", "complete", "change_manager"},
                                 Rule{"adjourn", "in_progress", "planned", "change_manager"}};

struct LifeCycleWords {
  std::string_view name, class_name, kind, prefix, initial, final;
  std::span<const Rule> rules;
};

constexpr std::array kLifeCycles = {
    LifeCycleWords{"incident", "Incident", "", "INC", "recorded", "closed cancelled duplicate",
                   kIncident},
    LifeCycleWords{"service_request", "ServiceRequest", "", "REQ", "recorded",
                   "closed rejected cancelled", kRequest},
    LifeCycleWords{"problem", "Problem", "", "PRB", "identified", "closed cancelled duplicate",
                   kProblem},
    LifeCycleWords{"known_error", "KnownError", "", "KE", "draft", "archived", kKnownError},
    LifeCycleWords{"normal_change", "Change", "normal", "CHG", "draft", "closed rejected cancelled",
                   kNormalChange},
    LifeCycleWords{"standard_change", "Change", "standard", "CHG", "draft", "closed cancelled",
                   kStandardChange},
    LifeCycleWords{"emergency_change", "Change", "emergency", "CHG", "recorded",
                   "closed rejected cancelled", kEmergencyChange},
    LifeCycleWords{"release", "Release", "", "REL", "planned", "closed cancelled", kRelease},
    LifeCycleWords{"deployment", "Deployment", "", "DEP", "scheduled",
                   "backed_out finished cancelled", kDeployment},
    LifeCycleWords{"cab_meeting", "CabMeeting", "", "CAB", "planned", "complete cancelled",
                   kMeeting}};

[[noreturn]] void Unknown(std::string_view name) {
  std::fprintf(stderr, "simulation: there are no rules of %.*s\n", static_cast<int>(name.size()),
               name.data());
  std::abort();
}

const LifeCycleWords& WordsOf(std::string_view life_cycle) {
  for (const LifeCycleWords& words : kLifeCycles) {
    if (words.name == life_cycle) return words;
  }
  Unknown(life_cycle);
}

}  // namespace

std::span<const Rule> RulesOf(std::string_view life_cycle) { return WordsOf(life_cycle).rules; }

const Rule* FindRule(std::string_view life_cycle, std::string_view event) {
  for (const Rule& rule : RulesOf(life_cycle)) {
    if (rule.event == event) return &rule;
  }
  return nullptr;
}

bool Names(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(' '), list.size());
    if (list.substr(0, end) == word) return true;
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return false;
}

bool IsFinal(std::string_view life_cycle, std::string_view state) {
  return Names(WordsOf(life_cycle).final, state);
}

std::string_view InitialOf(std::string_view life_cycle) { return WordsOf(life_cycle).initial; }

std::string_view LifeCycleOf(std::string_view class_name, std::string_view kind) {
  for (const LifeCycleWords& words : kLifeCycles) {
    if (words.class_name == class_name && words.kind == kind) return words.name;
  }
  Unknown(class_name);
}

std::string_view PrefixOf(std::string_view class_name) {
  for (const LifeCycleWords& words : kLifeCycles) {
    if (words.class_name == class_name) return words.prefix;
  }
  Unknown(class_name);
}

}  // namespace kosei::simulation

// What was decided about retention: policies, holds, and how far versions were retired.
#include "absl/strings/str_format.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "meta_table.h"
#include "retention_book.h"
#include "verify_run.h"

namespace kosei::storage {
namespace {

// Each decision is a commit.
void CheckDecision(VerifyRun& run, const std::string& what, const Decision& decision) {
  if (decision.commit != kNoCommit && decision.commit <= run.report.newest) return;
  run.Find(absl::StrFormat("%s: commit %d decided it, and there is no such commit", what,
                           decision.commit.value));
}

void CheckClass(VerifyRun& run, const std::string& what, ClassNumber class_number) {
  if (!run.schema.ClassName(class_number).empty()) return;
  run.Find(
      absl::StrFormat("%s: it is about class %d, which was never named", what, class_number.value));
}

void VerifyPolicies(VerifyRun& run) {
  const auto entries = ListMeta(run.database, kPolicyPrefix);
  if (!entries.ok()) {
    run.Find("retention: " + std::string(MessageOf(entries.status())));
    return;
  }
  for (const auto& [name, bytes] : *entries) {
    if (name.size() != sizeof(std::uint16_t)) {
      run.Find("retention: a policy has the name " + ToHex(name) + ", expected a class number");
      continue;
    }
    const ClassNumber class_number{ReadU16(name.data())};
    const std::string_view known = run.schema.ClassName(class_number);
    const std::string what =
        known.empty() ? absl::StrFormat("retention policy of class %d", class_number.value)
                      : absl::StrFormat("retention policy of %s", known);
    const auto policy = DecodePolicy(class_number, bytes);
    if (!policy.ok()) {
      run.Find(absl::StrFormat("%s: %s", what, MessageOf(policy.status())));
      continue;
    }
    CheckClass(run, what, class_number);
    CheckDecision(run, what, policy->set);
  }
}

void VerifyHolds(VerifyRun& run) {
  const auto entries = ListMeta(run.database, kHoldPrefix);
  if (!entries.ok()) {
    run.Find("holds: " + std::string(MessageOf(entries.status())));
    return;
  }
  for (const auto& [name, bytes] : *entries) {
    const std::string what = "hold " + name;
    const auto hold = DecodeHold(name, bytes);
    if (!hold.ok()) {
      run.Find(absl::StrFormat("%s: %s", what, MessageOf(hold.status())));
      continue;
    }
    if (hold->class_number.value != 0) CheckClass(run, what, hold->class_number);
    if (hold->class_number.value == 0 && hold->keys.empty())
      run.Find(what + ": it keeps neither keys nor a class");
    CheckDecision(run, what, hold->added);
    if (hold->dropped) CheckDecision(run, what, *hold->dropped);
  }
}

}  // namespace

void VerifyRetention(VerifyRun& run) {
  VerifyPolicies(run);
  VerifyHolds(run);
  if (const auto until = ReadRetiredUntil(run.database); !until.ok())
    run.Find("retention: " + std::string(MessageOf(until.status())));
}

}  // namespace kosei::storage

#include "process/approval_text.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace kosei::cli {

std::string VotesText(const std::vector<client::ProcessApproval>& approvals, bool japanese) {
  std::string text;
  for (const client::ProcessApproval& approval : approvals) {
    if (!text.empty()) text += "; ";
    if (approvals.size() > 1) absl::StrAppend(&text, approval.policy, ": ");
    if (approval.state != "open") {
      text += approval.state;
      continue;
    }
    std::string steps;
    for (const client::ProcessApprovalStep& step : approval.steps) {
      const std::string& label = japanese ? step.ja : step.en;
      absl::StrAppendFormat(&steps, "%s%s %d/%d", steps.empty() ? "" : ", ",
                            label.empty() ? step.name : label, step.approvals, step.needed);
      if (step.rejections > 0) {
        steps += japanese ? absl::StrFormat(" (反対 %d)", step.rejections)
                          : absl::StrFormat(" (%d against)", step.rejections);
      }
    }
    text += steps;
  }
  return text;
}

void WriteApprovals(JsonWriter& json, const std::vector<client::ProcessApproval>& approvals) {
  json.BeginArray();
  for (const client::ProcessApproval& approval : approvals) {
    json.BeginObject();
    json.Member("policy", approval.policy);
    json.Member("state", approval.state);
    json.Key("steps");
    json.BeginArray();
    for (const client::ProcessApprovalStep& step : approval.steps) {
      json.BeginObject();
      json.Member("name", step.name);
      json.Member("state", step.state);
      json.Member("approvals", std::uint64_t{step.approvals});
      json.Member("rejections", std::uint64_t{step.rejections});
      json.Member("needed", std::uint64_t{step.needed});
      json.Key("asked");
      json.BeginArray();
      for (const std::string& person : step.asked) json.Text(person);
      json.End();
      json.End();
    }
    json.End();
    json.End();
  }
  json.End();
}

}  // namespace kosei::cli

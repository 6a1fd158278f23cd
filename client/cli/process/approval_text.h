// Where approvals of a record stand, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include "json_writer.h"
#include "kosei/client/process.h"

namespace kosei::cli {

// "Change manager 0/1, CAB 1/2 (1 against)": votes so far of those that are needed, by step; what
// is decided says so.
std::string VotesText(const std::vector<client::ProcessApproval>& approvals, bool japanese);

// [{"policy", "state", "steps": [{"name", "state", "approvals", "rejections", "needed", "asked"}]}]
void WriteApprovals(JsonWriter& json, const std::vector<client::ProcessApproval>& approvals);

}  // namespace kosei::cli

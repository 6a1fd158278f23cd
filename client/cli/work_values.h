// What JSON and CSV files of planned work have in common: values by the names of their members, and
// what changes and windows are made of.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/client/collisions.h"

namespace kosei::cli {

// One change or window: texts and lists by name. A list that is there and empty says "none".
struct WorkItem {
  std::string place;  // for messages: "work.json: changes[2]", "work.csv:4"
  std::map<std::string, std::string> texts = {};
  std::map<std::string, std::vector<std::string>> lists = {};
};

// kInvalidArgument, naming the item, the member and how to mend it.
absl::Status AddChange(const WorkItem& item, client::PlannedWork& work);
// A window with `every` becomes as many as it says, until `until`.
absl::Status AddWindow(const WorkItem& item, client::PlannedWork& work);

// Names that each may have.
const std::vector<std::string>& ChangeMembers();
const std::vector<std::string>& WindowMembers();
bool IsListMember(const std::string& name);

// The items between separators, without blanks around them; empty ones are left out.
std::vector<std::string> SplitList(std::string_view text, char separator);

absl::Status WrongWork(const WorkItem& item, const std::string& member, const std::string& reason);

}  // namespace kosei::cli

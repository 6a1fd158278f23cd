#include "work_values.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <string_view>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "suggest.h"
#include "work_file.h"

namespace kosei::cli {
namespace {

constexpr std::size_t kRepetitionsMax = 10'000;

const std::string* Find(const WorkItem& item, const std::string& name) {
  const auto found = item.texts.find(name);
  return found == item.texts.end() ? nullptr : &found->second;
}

std::vector<std::string> ListOf(const WorkItem& item, const std::string& name) {
  const auto found = item.lists.find(name);
  return found == item.lists.end() ? std::vector<std::string>() : found->second;
}

absl::StatusOr<std::string> IdOf(const WorkItem& item) {
  const std::string* const id = Find(item, "id");
  if (id != nullptr && !id->empty()) return *id;
  return WrongWork(item, "id", "there is none; give each its own, such as CHG-000042");
}

absl::StatusOr<Timestamp> TimeOf(const WorkItem& item, const std::string& name) {
  const std::string* const text = Find(item, name);
  if (text == nullptr || text->empty()) {
    return WrongWork(item, name,
                     "there is none; give an RFC 3339 time, such as 2026-12-01T20:00:00+09:00");
  }
  const absl::StatusOr<Timestamp> time = ParseTimestamp(*text);
  if (time.ok()) return *time;
  return WrongWork(item, name, absl::StrFormat("'%s': %s", *text, MessageOf(time.status())));
}

absl::StatusOr<client::WorkWindow> WindowOf(const WorkItem& item) {
  client::WorkWindow window;
  KOSEI_ASSIGN_OR_RETURN(window.from, TimeOf(item, "from"));
  KOSEI_ASSIGN_OR_RETURN(window.to, TimeOf(item, "to"));
  if (window.from < window.to) return window;
  return WrongWork(item, "to",
                   absl::StrFormat("it ends at %s and begins at %s; give an end that comes after "
                                   "the beginning",
                                   FormatTimestamp(window.to), FormatTimestamp(window.from)));
}

absl::Status CheckMembers(const WorkItem& item, const std::vector<std::string>& known) {
  std::vector<std::string> names;
  for (const auto& [name, text] : item.texts) names.push_back(name);
  for (const auto& [name, list] : item.lists) names.push_back(name);
  for (const std::string& name : names) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    std::string all;
    for (const std::string& each : known) all += (all.empty() ? "" : ", ") + each;
    return WrongWork(item, name,
                     absl::StrFormat("there is no such member, expected one of %s%s", all,
                                     DidYouMean(name, known)));
  }
  return absl::OkStatus();
}

absl::Status Repeat(const WorkItem& item, const client::CalendarWindow& first,
                    client::PlannedWork& work) {
  const std::string* const every = Find(item, "every");
  const absl::StatusOr<std::int64_t> step = ParseLength(*every, "every");
  if (!step.ok()) return WrongWork(item, "every", std::string(MessageOf(step.status())));
  KOSEI_ASSIGN_OR_RETURN(const Timestamp until, TimeOf(item, "until"));
  if (*step < first.window.to.micros - first.window.from.micros) {
    return WrongWork(item, "every",
                     absl::StrFormat("'%s' is shorter than the window; give a longer one", *every));
  }
  client::CalendarWindow window = first;
  for (std::size_t i = 1; window.window.from < until; ++i) {
    if (i > kRepetitionsMax) {
      return WrongWork(item, "until",
                       absl::StrFormat("the window would come more than %d times; give an earlier "
                                       "time",
                                       kRepetitionsMax));
    }
    window.id = absl::StrFormat("%s#%d", first.id, i);
    work.windows.push_back(window);
    window.window.from.micros += *step;
    window.window.to.micros += *step;
  }
  return absl::OkStatus();
}

}  // namespace

const std::vector<std::string>& ChangeMembers() {
  static const std::vector<std::string> kMembers = {"id",       "from",    "to",  "down",
                                                    "degraded", "changes", "plan"};
  return kMembers;
}

const std::vector<std::string>& WindowMembers() {
  static const std::vector<std::string> kMembers = {
      "id", "kind", "from", "to", "classes", "records", "services", "every", "until"};
  return kMembers;
}

bool IsListMember(const std::string& name) {
  constexpr std::array<std::string_view, 6> kLists = {"down",    "degraded", "changes",
                                                      "classes", "records",  "services"};
  return std::find(kLists.begin(), kLists.end(), name) != kLists.end();
}

std::vector<std::string> SplitList(std::string_view text, char separator) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(separator), text.size());
    const std::string_view item = text.substr(0, end);
    const std::size_t first = item.find_first_not_of(" \t");
    if (first != std::string_view::npos)
      items.emplace_back(item.substr(first, item.find_last_not_of(" \t") - first + 1));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return items;
}

absl::Status WrongWork(const WorkItem& item, const std::string& member, const std::string& reason) {
  const std::string* const id = Find(item, "id");
  const std::string who = id == nullptr || id->empty() ? "" : absl::StrFormat(" (%s)", *id);
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("%s%s, %s: %s", item.place, who, member, reason), member);
}

absl::Status AddChange(const WorkItem& item, client::PlannedWork& work) {
  KOSEI_RETURN_IF_ERROR(CheckMembers(item, ChangeMembers()));
  client::PlannedChange change;
  KOSEI_ASSIGN_OR_RETURN(change.id, IdOf(item));
  KOSEI_ASSIGN_OR_RETURN(change.window, WindowOf(item));
  const bool known = std::any_of(work.changes.begin(), work.changes.end(),
                                 [&](const auto& other) { return other.id == change.id; });
  if (known) return WrongWork(item, "id", "another change has it; give each one of its own");
  change.failed = ListOf(item, "down");
  change.degraded = ListOf(item, "degraded");
  change.changes = ListOf(item, "changes");
  if (const std::string* plan = Find(item, "plan")) change.plan = *plan;
  // Who does not say what is down while it is worked on is believed to mean all of it.
  change.change_is_failure = !item.lists.contains("down") && !item.lists.contains("degraded");
  if (change.failed.empty() && change.degraded.empty() && change.changes.empty() &&
      change.plan.empty()) {
    return WrongWork(item, "changes",
                     "there is nothing that it changes or takes down; name at least one record by "
                     "its key in changes, down or degraded, or a plan");
  }
  work.changes.push_back(std::move(change));
  return absl::OkStatus();
}

absl::Status AddWindow(const WorkItem& item, client::PlannedWork& work) {
  KOSEI_RETURN_IF_ERROR(CheckMembers(item, WindowMembers()));
  client::CalendarWindow window;
  KOSEI_ASSIGN_OR_RETURN(window.id, IdOf(item));
  KOSEI_ASSIGN_OR_RETURN(window.window, WindowOf(item));
  const std::string* const kind = Find(item, "kind");
  if (kind == nullptr || (*kind != "freeze" && *kind != "maintenance")) {
    return WrongWork(item, "kind",
                     absl::StrFormat("'%s' found, expected freeze or maintenance",
                                     kind == nullptr ? "" : *kind));
  }
  window.kind =
      *kind == "freeze" ? client::CalendarKind::kFreeze : client::CalendarKind::kMaintenance;
  window.classes = ListOf(item, "classes");
  window.records = ListOf(item, "records");
  window.services = ListOf(item, "services");
  const std::string* const every = Find(item, "every");
  if (every != nullptr && !every->empty()) return Repeat(item, window, work);
  work.windows.push_back(std::move(window));
  return absl::OkStatus();
}

}  // namespace kosei::cli

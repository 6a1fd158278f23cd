// kosei absence add, kosei delegation add
#include <utility>

#include "absl/strings/str_cat.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "process/deputy_options.h"
#include "process/entering.h"
#include "process/record_rows.h"

namespace kosei::cli {
namespace {

// Without a person the server takes whoever asks.
absl::StatusOr<client::ProcessNew> RecordOf(const AbsenceAddOptions& options,
                                            std::string_view name) {
  client::ProcessNew record;
  record.reason = options.reason;
  const auto put = [&](const char* attribute, std::string text) {
    if (!text.empty()) record.attributes.push_back({attribute, {std::move(text)}});
  };
  Timestamp from = SystemClock().Now();
  if (!options.from.empty()) {
    KOSEI_ASSIGN_OR_RETURN(from, ParseInstant(options.from, "--from"));
  }
  // The day as it was written, in whatever zone.
  const std::string day = options.from.empty() ? FormatTimestamp(from) : options.from;
  put("name", absl::StrCat(std::string(name), " ", day.substr(0, 10)));
  put("person", options.person);
  put("description", options.reason);
  put("starts_at", FormatTimestamp(from));
  if (!options.to.empty()) {
    KOSEI_ASSIGN_OR_RETURN(const Timestamp to, ParseInstant(options.to, "--to"));
    put("ends_at", FormatTimestamp(to));
  }
  return record;
}

}  // namespace

CommandResult RunAbsenceAdd(Context& context, const AbsenceAddOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::ProcessNew record,
                         RecordOf(options, context.Say("Away from", "不在")));
  record.class_name = "Absence";
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  return OpenAndEnter(context, *client, record, false);
}

CommandResult RunDelegationAdd(Context& context, const DelegationAddOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::ProcessNew record,
                         RecordOf(options.times, context.Say("Deputy from", "代理")));
  record.class_name = "Delegation";
  record.attributes.push_back({"deputy", {options.deputy}});
  if (!options.policy.empty()) record.attributes.push_back({"policy", {options.policy}});
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  return OpenAndEnter(context, *client, record, false);
}

}  // namespace kosei::cli

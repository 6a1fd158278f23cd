#include <charconv>

#include "kosei/base/time.h"
#include "kosei/client/types.h"

namespace kosei::client {

ViewName ViewName::Parse(const std::string& text) {
  ViewName out;
  if (text.empty() || text == "now") return out;
  constexpr std::string_view kPlan = "plan:";
  if (text.starts_with(kPlan) && text.size() > kPlan.size()) {
    out.plan = text.substr(kPlan.size());
    return out;
  }
  std::uint64_t commit = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, commit);
  if (error == std::errc() && stop == end) {
    out.kind = Kind::kCommit;
    out.commit = commit;
    return out;
  }
  const absl::StatusOr<Timestamp> time = ParseTimestamp(text);
  if (time.ok()) {
    out.kind = Kind::kTime;
    out.time = *time;
    return out;
  }
  out.kind = Kind::kBaseline;
  out.baseline = text;
  return out;
}

}  // namespace kosei::client

#include "comparison_aspects.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace kosei::model {

std::string Arrow(std::string_view name, std::string_view before, std::string_view after) {
  return absl::StrFormat("%s %s -> %s", name, before, after);
}

std::string_view Word(bool truth) { return truth ? "true" : "false"; }

void CompareLabels(std::string_view name, const Label& before, const Label& after, Aspects& out) {
  if (before.en == after.en && before.ja == after.ja) return;
  const bool english = before.en != after.en;
  out.push_back({ChangeSafety::kSafe, "changed",
                 Arrow(name, "\"" + (english ? before.en : before.ja) + "\"",
                       "\"" + (english ? after.en : after.ja) + "\"")});
}

void CompareText(std::string_view name, std::string_view before, std::string_view after,
                 Aspects& out) {
  if (before == after) return;
  const auto shown = [](std::string_view text) { return text.empty() ? "none" : text; };
  out.push_back({ChangeSafety::kSafe, "changed", Arrow(name, shown(before), shown(after))});
}

void CompareTexts(const std::vector<std::string>& before, const std::vector<std::string>& after,
                  Aspects& out) {
  const auto report_missing = [&out](const std::vector<std::string>& from,
                                     const std::vector<std::string>& in, std::string_view word) {
    for (const std::string& text : from) {
      if (std::find(in.begin(), in.end(), text) == in.end())
        out.push_back({ChangeSafety::kSafe, "changed", absl::StrFormat("%s %s", text, word)});
    }
  };
  report_missing(before, after, "removed");
  report_missing(after, before, "added");
}

}  // namespace kosei::model

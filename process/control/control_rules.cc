#include <array>
#include <utility>

#include "absl/strings/str_format.h"
#include "definition/names.h"
#include "definition/yaml_block.h"
#include "kosei/base/status_macros.h"
#include "kosei/process/control.h"

namespace kosei::process {
namespace {

constexpr std::array<std::string_view, 1> kFileKeys = {"control"};
constexpr std::array<std::string_view, 4> kRuleKeys = {"class", "status", "except",
                                                       "reported_within"};

}  // namespace

absl::StatusOr<std::vector<ControlRule>> ParseControl(std::string_view yaml,
                                                      std::string_view origin) {
  std::vector<ControlRule> rules;
  YamlFile file(origin);
  const auto read = [&](const YamlBlock& block) -> absl::Status {
    ControlRule rule;
    rule.origin = block.At();
    KOSEI_RETURN_IF_ERROR(block.RequireText("class", rule.class_name));
    KOSEI_RETURN_IF_ERROR(block.ReadTexts("status", rule.statuses));
    KOSEI_RETURN_IF_ERROR(block.ReadTexts("except", rule.except));
    std::string period;
    KOSEI_RETURN_IF_ERROR(block.ReadText("reported_within", period));
    if (!period.empty()) {
      absl::StatusOr<Period> parsed = ParsePeriod(period);
      if (!parsed.ok()) {
        return block.ErrorAt("reported_within",
                             absl::StrFormat("reported_within is %s, expected an ISO 8601 "
                                             "duration such as P1D or PT8H",
                                             Shown(period)));
      }
      rule.reported_within = *std::move(parsed);
    }
    for (const ControlRule& other : rules) {
      if (other.class_name != rule.class_name) continue;
      return block.ErrorAt("class", absl::StrFormat("class %s has a rule already; keep one of them",
                                                    rule.class_name));
    }
    rules.push_back(std::move(rule));
    return absl::OkStatus();
  };
  KOSEI_RETURN_IF_ERROR(file.Read(yaml, [&](const YAML::Node& document) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(const YamlBlock block,
                           YamlBlock::Open(file, document, "a file of control", kFileKeys));
    return block.ForEachBlock("control", "a rule of control", kRuleKeys, read);
  }));
  return rules;
}

}  // namespace kosei::process

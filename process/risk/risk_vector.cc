#include "kosei/process/risk_vector.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "definition/names.h"
#include "definition/words.h"
#include "definition/yaml_block.h"
#include "kosei/base/bytes.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

constexpr Words<RiskMeasure, kRiskMeasures - 1> kMeasures = {
    {{"services_critical", RiskMeasure::kServicesCritical},
     {"services_high", RiskMeasure::kServicesHigh},
     {"services_medium", RiskMeasure::kServicesMedium},
     {"services_low", RiskMeasure::kServicesLow},
     {"reserve_lost", RiskMeasure::kReserveLost},
     {"items_hit", RiskMeasure::kItemsHit},
     {"items_changed", RiskMeasure::kItemsChanged},
     {"worse_afterwards", RiskMeasure::kWorseAfterwards},
     {"data_age_days", RiskMeasure::kDataAgeDays},
     {"recent_failures", RiskMeasure::kRecentFailures},
     {"back_out_untested", RiskMeasure::kBackOutUntested},
     {"windows_violated", RiskMeasure::kWindowsViolated},
     {"changes_colliding", RiskMeasure::kChangesColliding},
     {"services_unknown", RiskMeasure::kServicesUnknown}}};

constexpr std::array<std::string_view, 1> kFileKeys = {"risk_vectors"};
constexpr std::array<std::string_view, 5> kVectorKeys = {"name", "version", "label", "class",
                                                         "factors"};
constexpr std::array<std::string_view, 4> kFactorKeys = {"measure", "label", "coefficient",
                                                         "at_most"};
constexpr double kNumberMax = 1'000'000;

absl::Status ReadNumber(const YamlBlock& block, std::string_view key, double& out) {
  std::string text;
  KOSEI_RETURN_IF_ERROR(block.ReadText(key, text));
  if (text.empty()) return absl::OkStatus();
  if (absl::SimpleAtod(text, &out) && std::isfinite(out) && out >= 0 && out <= kNumberMax)
    return absl::OkStatus();
  return block.ErrorAt(
      key, absl::StrFormat("%s of a factor is %s, expected a number from 0 to %.0f", key,
                           Shown(text), kNumberMax));
}

absl::Status ReadFactor(const YamlBlock& block, RiskVectorDefinition& vector) {
  RiskFactor factor;
  factor.origin = block.At();
  if (!block.Has("measure")) return block.Error("a factor has no measure; add \"measure: ...\"");
  KOSEI_RETURN_IF_ERROR(ReadWord(block, "measure", kMeasures, factor.measure));
  KOSEI_RETURN_IF_ERROR(block.RequireLabel("label", factor.label));
  if (!block.Has("coefficient"))
    return block.Error(
        "a factor has no coefficient; add the points for each, as in "
        "\"coefficient: 10\"");
  KOSEI_RETURN_IF_ERROR(ReadNumber(block, "coefficient", factor.coefficient));
  KOSEI_RETURN_IF_ERROR(ReadNumber(block, "at_most", factor.at_most));
  if (std::ranges::count(vector.factors, factor.measure, &RiskFactor::measure) > 0) {
    return block.ErrorAt("measure", absl::StrFormat("the measure %s has a factor already; keep one",
                                                    NameOf(factor.measure)));
  }
  vector.factors.push_back(std::move(factor));
  return absl::OkStatus();
}

}  // namespace

std::string_view NameOf(RiskMeasure measure) { return WordOf(kMeasures, measure); }

absl::StatusOr<std::vector<RiskVectorDefinition>> ParseRiskVectors(std::string_view yaml,
                                                                   std::string_view origin) {
  std::vector<RiskVectorDefinition> vectors;
  YamlFile file(origin);
  const auto read = [&](const YamlBlock& block) -> absl::Status {
    RiskVectorDefinition& vector = vectors.emplace_back();
    vector.origin = block.At();
    KOSEI_RETURN_IF_ERROR(block.RequireName("name", vector.name));
    KOSEI_RETURN_IF_ERROR(block.ReadCount("version", vector.version));
    KOSEI_RETURN_IF_ERROR(block.RequireLabel("label", vector.label));
    KOSEI_RETURN_IF_ERROR(block.RequireText("class", vector.class_name));
    KOSEI_RETURN_IF_ERROR(
        block.ForEachBlock("factors", "a factor", kFactorKeys,
                           [&](const YamlBlock& factor) { return ReadFactor(factor, vector); }));
    if (!vector.factors.empty()) return absl::OkStatus();
    return block.Error(absl::StrFormat(
        "risk vector %s weighs nothing; add factors with their measures", vector.name));
  };
  KOSEI_RETURN_IF_ERROR(file.Read(yaml, [&](const YAML::Node& document) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(const YamlBlock block,
                           YamlBlock::Open(file, document, "a file of risk vectors", kFileKeys));
    return block.ForEachBlock("risk_vectors", "a risk vector", kVectorKeys, read);
  }));
  return vectors;
}

std::string CanonicalText(const RiskVectorDefinition& definition) {
  std::string text = absl::StrFormat("risk_vector %s\nversion %d\nlabel %s\n%s\nclass %s\n",
                                     definition.name, definition.version, definition.label.en,
                                     definition.label.ja, definition.class_name);
  for (const RiskFactor& factor : definition.factors) {
    absl::StrAppend(&text, absl::StrFormat("factor %s %.6f %.6f\n%s\n%s\n", NameOf(factor.measure),
                                           factor.coefficient, factor.at_most, factor.label.en,
                                           factor.label.ja));
  }
  return text;
}

std::string HashOf(const RiskVectorDefinition& definition) {
  return ToHex(Sha256::Of(CanonicalText(definition)));
}

RiskScore Weigh(const RiskVectorDefinition& definition, const RiskMeasures& measures) {
  RiskScore score;
  score.name = definition.name;
  score.version = definition.version;
  score.hash = HashOf(definition);
  for (const RiskFactor& factor : definition.factors) {
    RiskContribution each;
    each.measure = factor.measure;
    each.label = factor.label;
    each.measured = measures[static_cast<std::size_t>(factor.measure)];
    each.coefficient = factor.coefficient;
    each.points = each.measured * factor.coefficient;
    each.at_ceiling = factor.at_most > 0 && each.points > factor.at_most;
    if (each.at_ceiling) each.points = factor.at_most;
    if (each.points <= 0) continue;
    score.total += each.points;
    score.contributions.push_back(std::move(each));
  }
  std::ranges::sort(score.contributions, [](const auto& one, const auto& other) {
    if (one.points != other.points) return one.points > other.points;
    return one.measure < other.measure;
  });
  return score;
}

}  // namespace kosei::process

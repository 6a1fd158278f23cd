// Agreements from YAML. The form is checked while a file is read; what an agreement means is
// checked by the book that judges by it, one agreement at a time, so that every error has its file
// and line.
#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "clock/yaml_reader.h"
#include "kosei/base/error.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/period.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "kosei/process/agreement_definition.h"

namespace kosei::process {
namespace {

constexpr std::array<std::string_view, 1> kFileKeys = {"agreements"};
constexpr std::array<std::string_view, 8> kAgreementKeys = {
    "name", "label", "level", "default_for", "party", "under", "ends", "versions"};
constexpr std::array<std::string_view, 7> kVersionKeys = {
    "effective_from", "calendar",       "choice",          "targets",
    "pauses",         "counted_states", "responded_states"};
constexpr std::array<std::string_view, 12> kTargetKeys = {
    "kind",       "priority", "type",    "working_time", "elapsed_time", "working_days",
    "clock_time", "days",     "cut_off", "months",       "date",         "warn"};
constexpr std::array<std::string_view, 6> kMeasureKeys = {
    "working_time", "elapsed_time", "working_days", "clock_time", "months", "date"};
constexpr std::array<std::string_view, 3> kPauseKeys = {"owner", "reason", "granted"};

template <typename Value>
using Word = std::pair<std::string_view, Value>;
constexpr std::array<Word<AgreementLevel>, 3> kLevels = {{
    {"customer", AgreementLevel::kCustomer},
    {"internal", AgreementLevel::kInternal},
    {"supplier", AgreementLevel::kSupplier},
}};
constexpr std::array<Word<VersionChoice>, 2> kChoices = {{
    {"at_opening", VersionChoice::kAtOpening},
    {"follow", VersionChoice::kFollow},
}};
constexpr std::array<Word<TargetKind>, 2> kKinds = {{
    {"respond", TargetKind::kRespond},
    {"resolve", TargetKind::kResolve},
}};
constexpr std::array<Word<PauseOwner>, 4> kOwners = {{
    {"customer", PauseOwner::kCustomer},
    {"supplier", PauseOwner::kSupplier},
    {"provider", PauseOwner::kProvider},
    {"planned_change", PauseOwner::kPlannedChange},
}};
constexpr std::array<Word<bool>, 2> kBooleans = {{{"true", true}, {"false", false}}};

// So that the key of a record can be one.
bool IsName(std::string_view name) {
  if (name.empty() || name.size() > 64 || name[0] < 'a' || name[0] > 'z') return false;
  return std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("_-:./").find(c) != std::string_view::npos;
  });
}

class AgreementParser {
 public:
  AgreementParser(const model::ModelFile& file, std::vector<AgreementDefinition>& out)
      : yaml_(file.name), text_(file.text), out_(out) {}

  absl::Status Run();

 private:
  absl::Status OneAgreement(const YAML::Node& node);
  absl::Status OneVersion(const YAML::Node& node, AgreementVersion& version);
  absl::Status OneTarget(const YAML::Node& node, Target& target);
  absl::Status OnePause(const YAML::Node& node, PauseRule& rule);
  absl::Status MeasureOf(const ClockYamlMap& map, Measure& measure);
  absl::Status DayParts(const ClockYamlMap& map, Measure& measure);

  // Of an optional key; what is left out stays as it is.
  absl::Status Text(const ClockYamlMap& map, std::string_view key, std::string& out);
  absl::Status Texts(const ClockYamlMap& map, std::string_view key, std::vector<std::string>& out);
  template <typename Value, std::size_t kWords>
  absl::Status OneOf(const ClockYamlMap& map, std::string_view key,
                     const std::array<Word<Value>, kWords>& words, Value& out);
  absl::StatusOr<Timestamp> Instant(const ClockYamlMap& map, std::string_view key);
  absl::StatusOr<std::int64_t> Time(const ClockYamlMap& map, std::string_view key);
  absl::StatusOr<std::int64_t> Count(const YAML::Node& node, std::string_view what);
  absl::StatusOr<std::int32_t> Minute(const ClockYamlMap& map, std::string_view key);

  ClockYaml yaml_;
  std::string_view text_;
  std::vector<AgreementDefinition>& out_;
};

absl::Status AgreementParser::Run() {
  KOSEI_ASSIGN_OR_RETURN(const YAML::Node root, yaml_.Load(text_));
  if (root.IsNull()) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(const ClockYamlMap map,
                         ClockYamlMap::Open(yaml_, root, "a file of agreements", kFileKeys));
  KOSEI_ASSIGN_OR_RETURN(const YAML::Node* const agreements, map.Require("agreements"));
  return yaml_.ForEach(*agreements, "agreements",
                       [&](const YAML::Node& item) { return OneAgreement(item); });
}

absl::Status AgreementParser::OneAgreement(const YAML::Node& node) {
  KOSEI_ASSIGN_OR_RETURN(const ClockYamlMap map,
                         ClockYamlMap::Open(yaml_, node, "an agreement", kAgreementKeys));
  AgreementDefinition made;
  made.origin = yaml_.At(node);
  Agreement& agreement = made.agreement;
  KOSEI_ASSIGN_OR_RETURN(agreement.name, map.RequireText("name"));
  if (!IsName(agreement.name)) {
    return yaml_.Error(*map.Find("name"),
                       absl::StrFormat("the name %s is none; begin with a lower-case letter and "
                                       "use those, digits and _ - : . /, 64 at most",
                                       InQuotes(agreement.name)));
  }
  KOSEI_ASSIGN_OR_RETURN(agreement.label, map.RequireLabel("label"));
  KOSEI_RETURN_IF_ERROR(OneOf(map, "level", kLevels, agreement.level));
  KOSEI_RETURN_IF_ERROR(Texts(map, "default_for", made.default_for));
  if (!made.default_for.empty() && agreement.level != AgreementLevel::kCustomer) {
    return yaml_.Error(*map.Find("default_for"),
                       absl::StrFormat("%s is nested, and comes with the agreement that it "
                                       "supports; leave default_for out",
                                       agreement.name));
  }
  KOSEI_RETURN_IF_ERROR(Text(map, "party", agreement.party));
  KOSEI_RETURN_IF_ERROR(Text(map, "under", agreement.under));
  if (map.Find("ends") != nullptr) {
    KOSEI_ASSIGN_OR_RETURN(agreement.ends, Instant(map, "ends"));
  }
  KOSEI_ASSIGN_OR_RETURN(const YAML::Node* const versions, map.Require("versions"));
  KOSEI_RETURN_IF_ERROR(yaml_.ForEach(
      *versions, absl::StrFormat("versions of %s", agreement.name),
      [&](const YAML::Node& item) { return OneVersion(item, agreement.versions.emplace_back()); }));
  out_.push_back(std::move(made));
  return absl::OkStatus();
}

absl::Status AgreementParser::OneVersion(const YAML::Node& node, AgreementVersion& version) {
  KOSEI_ASSIGN_OR_RETURN(
      const ClockYamlMap map,
      ClockYamlMap::Open(yaml_, node, "a version of an agreement", kVersionKeys));
  KOSEI_ASSIGN_OR_RETURN(version.effective_from, Instant(map, "effective_from"));
  KOSEI_ASSIGN_OR_RETURN(version.calendar, map.RequireText("calendar"));
  KOSEI_RETURN_IF_ERROR(OneOf(map, "choice", kChoices, version.choice));
  KOSEI_ASSIGN_OR_RETURN(const YAML::Node* const targets, map.Require("targets"));
  KOSEI_RETURN_IF_ERROR(yaml_.ForEach(*targets, "targets", [&](const YAML::Node& item) {
    return OneTarget(item, version.targets.emplace_back());
  }));
  if (const YAML::Node* const pauses = map.Find("pauses")) {
    KOSEI_RETURN_IF_ERROR(yaml_.ForEach(*pauses, "pauses", [&](const YAML::Node& item) {
      return OnePause(item, version.pauses.emplace_back());
    }));
  }
  KOSEI_RETURN_IF_ERROR(Texts(map, "counted_states", version.counted_states));
  return Texts(map, "responded_states", version.responded_states);
}

absl::Status AgreementParser::OneTarget(const YAML::Node& node, Target& target) {
  KOSEI_ASSIGN_OR_RETURN(const ClockYamlMap map,
                         ClockYamlMap::Open(yaml_, node, "a target", kTargetKeys));
  KOSEI_RETURN_IF_ERROR(map.Require("kind").status());
  KOSEI_RETURN_IF_ERROR(OneOf(map, "kind", kKinds, target.kind));
  KOSEI_RETURN_IF_ERROR(Text(map, "priority", target.priority));
  KOSEI_RETURN_IF_ERROR(Text(map, "type", target.request_type));
  KOSEI_RETURN_IF_ERROR(MeasureOf(map, target.measure));
  const YAML::Node* const warn = map.Find("warn");
  if (warn == nullptr) return absl::OkStatus();
  return yaml_.ForEach(*warn, "warn of a target", [&](const YAML::Node& item) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(const std::int64_t percent, Count(item, "a warning"));
    target.warn_percent.push_back(static_cast<std::int32_t>(percent));
    return absl::OkStatus();
  });
}

absl::Status AgreementParser::OnePause(const YAML::Node& node, PauseRule& rule) {
  KOSEI_ASSIGN_OR_RETURN(const ClockYamlMap map,
                         ClockYamlMap::Open(yaml_, node, "a pause", kPauseKeys));
  KOSEI_RETURN_IF_ERROR(map.Require("owner").status());
  KOSEI_RETURN_IF_ERROR(OneOf(map, "owner", kOwners, rule.owner));
  KOSEI_RETURN_IF_ERROR(Text(map, "reason", rule.reason));
  return OneOf(map, "granted", kBooleans, rule.granted);
}

absl::Status AgreementParser::MeasureOf(const ClockYamlMap& map, Measure& measure) {
  std::string_view given;
  for (const std::string_view key : kMeasureKeys) {
    if (map.Find(key) == nullptr) continue;
    if (!given.empty()) {
      return yaml_.Error(*map.Find(key),
                         absl::StrFormat("a target has both %s and %s; keep one", given, key));
    }
    given = key;
  }
  if (given.empty()) {
    return yaml_.Error(map.node(),
                       "a target says not how much time it gives; add one of working_time, "
                       "elapsed_time, working_days, clock_time, months and date");
  }
  const YAML::Node& node = *map.Find(given);
  if (given == "working_time" || given == "elapsed_time") {
    measure.kind = given == "working_time" ? MeasureKind::kWorkingTime : MeasureKind::kElapsedTime;
    KOSEI_ASSIGN_OR_RETURN(measure.micros, Time(map, given));
  } else if (given == "working_days") {
    measure.kind = MeasureKind::kWorkingDays;
    KOSEI_ASSIGN_OR_RETURN(measure.count, Count(node, given));
  } else if (given == "clock_time") {
    measure.kind = MeasureKind::kClockTime;
    KOSEI_ASSIGN_OR_RETURN(measure.minute, Minute(map, given));
  } else if (given == "months") {
    measure.kind = MeasureKind::kCalendarMonths;
    KOSEI_ASSIGN_OR_RETURN(measure.count, Count(node, given));
  } else {
    measure.kind = MeasureKind::kDate;
    KOSEI_ASSIGN_OR_RETURN(measure.date, Instant(map, given));
  }
  return DayParts(map, measure);
}

// What goes with days alone.
absl::Status AgreementParser::DayParts(const ClockYamlMap& map, Measure& measure) {
  if (const YAML::Node* const days = map.Find("days")) {
    if (measure.kind != MeasureKind::kClockTime)
      return yaml_.Error(*days, "days goes with clock_time alone; leave it out");
    KOSEI_ASSIGN_OR_RETURN(measure.count, Count(*days, "days"));
  } else if (measure.kind == MeasureKind::kClockTime) {
    return map.Require("days").status();
  }
  const YAML::Node* const cut_off = map.Find("cut_off");
  if (cut_off == nullptr) return absl::OkStatus();
  if (measure.kind != MeasureKind::kClockTime && measure.kind != MeasureKind::kWorkingDays)
    return yaml_.Error(*cut_off, "cut_off goes with working_days and clock_time; leave it out");
  KOSEI_ASSIGN_OR_RETURN(measure.cut_off, Minute(map, "cut_off"));
  return absl::OkStatus();
}

absl::Status AgreementParser::Text(const ClockYamlMap& map, std::string_view key,
                                   std::string& out) {
  if (map.Find(key) == nullptr) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(out, map.RequireText(key));
  return absl::OkStatus();
}

absl::Status AgreementParser::Texts(const ClockYamlMap& map, std::string_view key,
                                    std::vector<std::string>& out) {
  const YAML::Node* const list = map.Find(key);
  if (list == nullptr) return absl::OkStatus();
  return yaml_.ForEach(*list, key, [&](const YAML::Node& item) -> absl::Status {
    KOSEI_ASSIGN_OR_RETURN(std::string name, yaml_.Text(item, key));
    if (name.empty()) return yaml_.Error(item, absl::StrFormat("%s has an empty item", key));
    if (std::ranges::find(out, name) != out.end())
      return yaml_.Error(item, absl::StrFormat("%s names %s twice; keep one", key, InQuotes(name)));
    out.push_back(std::move(name));
    return absl::OkStatus();
  });
}

template <typename Value, std::size_t kWords>
absl::Status AgreementParser::OneOf(const ClockYamlMap& map, std::string_view key,
                                    const std::array<Word<Value>, kWords>& words, Value& out) {
  const YAML::Node* const node = map.Find(key);
  if (node == nullptr) return absl::OkStatus();
  KOSEI_ASSIGN_OR_RETURN(const std::string text, yaml_.Text(*node, key));
  NearestName nearest(text);
  std::string expected;
  for (const auto& [word, value] : words) {
    if (word == text) {
      out = value;
      return absl::OkStatus();
    }
    nearest.Offer(word);
    if (!expected.empty()) expected += ", ";
    expected += word;
  }
  return yaml_.Error(*node, absl::StrFormat("%s is %s%s; expected one of %s", key, InQuotes(text),
                                            nearest.Suggestion(), expected));
}

absl::StatusOr<Timestamp> AgreementParser::Instant(const ClockYamlMap& map, std::string_view key) {
  KOSEI_ASSIGN_OR_RETURN(const std::string text, map.RequireText(key));
  const absl::StatusOr<Timestamp> instant = ParseTimestamp(text);
  if (instant.ok()) return instant;
  return yaml_.Error(*map.Find(key),
                     absl::StrFormat("%s is %s, expected a time with its offset, as in "
                                     "2026-04-01T00:00:00+09:00",
                                     key, InQuotes(text)));
}

// A day of work is as long as the calendar says, so that neither days nor months are a time here.
absl::StatusOr<std::int64_t> AgreementParser::Time(const ClockYamlMap& map, std::string_view key) {
  KOSEI_ASSIGN_OR_RETURN(const std::string text, map.RequireText(key));
  const absl::StatusOr<Period> period = ParsePeriod(text);
  const bool has_days = text.find_first_of("YWD") != std::string::npos ||
                        text.substr(0, text.find('T')).find('M') != std::string::npos;
  if (period.ok() && (!has_days || (key == "elapsed_time" && period->months == 0)))
    return period->micros;
  return yaml_.Error(*map.Find(key),
                     absl::StrFormat("%s is %s, expected %s", key, InQuotes(text),
                                     key == "elapsed_time"
                                         ? "days, hours and minutes, as in PT4H or P3D; months "
                                           "have a key of their own"
                                         : "hours and minutes, as in PT8H or PT90M; days of work "
                                           "are working_days"));
}

absl::StatusOr<std::int64_t> AgreementParser::Count(const YAML::Node& node, std::string_view what) {
  KOSEI_ASSIGN_OR_RETURN(const std::string text, yaml_.Text(node, what));
  std::int32_t count = 0;
  if (absl::SimpleAtoi(text, &count)) return count;
  return yaml_.Error(node,
                     absl::StrFormat("%s is %s, expected a whole number", what, InQuotes(text)));
}

// "09:30", from 00:00 to 24:00.
absl::StatusOr<std::int32_t> AgreementParser::Minute(const ClockYamlMap& map,
                                                     std::string_view key) {
  KOSEI_ASSIGN_OR_RETURN(const std::string text, map.RequireText(key));
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9'; };
  if (text.size() == 5 && text[2] == ':' && digit(0) && digit(1) && digit(3) && digit(4)) {
    const std::int32_t hour = (text[0] - '0') * 10 + (text[1] - '0');
    const std::int32_t minute = (text[3] - '0') * 10 + (text[4] - '0');
    if (minute < 60 && hour * 60 + minute <= 24 * 60) return hour * 60 + minute;
  }
  return yaml_.Error(*map.Find(key),
                     absl::StrFormat("%s is %s, expected a time of the day in quotes, from "
                                     "\"00:00\" to \"24:00\"",
                                     key, InQuotes(text)));
}

absl::Status At(const AgreementDefinition& definition, std::string_view message) {
  return MakeError(ErrorCode::kModelInvalid, absl::StrFormat("%s: %s", definition.origin, message));
}

// Whatever the book would refuse, with the line of the agreement that it is about.
absl::Status CheckAlone(const AgreementDefinition& definition, const AgreementDefinition* top,
                        const CalendarBook& calendars) {
  std::vector<Agreement> some{definition.agreement};
  if (top != nullptr && top != &definition) some.push_back(top->agreement);
  const absl::StatusOr<ServiceBook> book = ServiceBook::Make(std::move(some), calendars);
  return book.ok() ? absl::OkStatus() : At(definition, MessageOf(book.status()));
}

absl::Status CheckTogether(const std::vector<AgreementDefinition>& all,
                           const CalendarBook& calendars) {
  std::map<std::string_view, const AgreementDefinition*> names;
  std::map<std::string_view, const AgreementDefinition*> classes;
  for (const AgreementDefinition& each : all) {
    const auto [first, fresh] = names.emplace(each.agreement.name, &each);
    if (!fresh) {
      return At(each, absl::StrFormat("the agreement %s is defined twice, first at %s; rename one "
                                      "of them",
                                      each.agreement.name, first->second->origin));
    }
    for (const std::string& name : each.default_for) {
      const auto [other, alone] = classes.emplace(name, &each);
      if (alone) continue;
      return At(each, absl::StrFormat("%s and %s are both the default for %s; keep one",
                                      other->second->agreement.name, each.agreement.name, name));
    }
  }
  for (const AgreementDefinition& each : all) {
    if (each.agreement.level == AgreementLevel::kCustomer)
      KOSEI_RETURN_IF_ERROR(CheckAlone(each, nullptr, calendars));
  }
  for (const AgreementDefinition& each : all) {
    if (each.agreement.level == AgreementLevel::kCustomer) continue;
    const auto top = names.find(each.agreement.under);
    KOSEI_RETURN_IF_ERROR(CheckAlone(each, top == names.end() ? nullptr : top->second, calendars));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::vector<AgreementDefinition>> ParseAgreements(
    std::span<const model::ModelFile> files, const CalendarBook& calendars) {
  std::vector<AgreementDefinition> all;
  for (const model::ModelFile& file : files)
    KOSEI_RETURN_IF_ERROR(AgreementParser(file, all).Run());
  KOSEI_RETURN_IF_ERROR(CheckTogether(all, calendars));
  return all;
}

}  // namespace kosei::process

// What keeps entries of the calendar sound: their times, and that no two of a kind hold for the
// same items at the same time.
#include <algorithm>
#include <array>
#include <span>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "desk/store_calendar.h"
#include "kosei/base/error.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/status_macros.h"
#include "kosei/query/attribute_values.h"
#include "kosei/storage/graph.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;
using language::DatumMap;
using Answer = GuardRunner::CheckAnswer;

constexpr std::string_view kEntryClass = "CalendarEntry";
constexpr std::string_view kScopeLink = "applies_to";
// How far ahead recurrences are looked at.
constexpr std::int64_t kHorizon = std::int64_t{3} * 366 * 86'400 * 1'000'000;
constexpr std::size_t kWindowsMax = 20'000;
constexpr std::array<std::string_view, 5> kWhen = {"planned_start", "planned_end", "recurrence",
                                                   "time_zone", "about_classes"};

std::string TextAt(const DatumMap& attributes, std::string_view name) {
  const Datum value = Datum::Map(attributes).At(name);
  return value.kind() == DatumKind::kString ? value.string() : std::string();
}

std::optional<Timestamp> InstantAt(const DatumMap& attributes, std::string_view name) {
  const Datum value = Datum::Map(attributes).At(name);
  if (value.kind() != DatumKind::kDateTime) return std::nullopt;
  const language::DateTime& at = value.date_time();
  return Timestamp{at.seconds * 1'000'000 + at.nanos / 1'000};
}

std::vector<std::string> TextsAt(const DatumMap& attributes, std::string_view name) {
  std::vector<std::string> texts;
  const Datum value = Datum::Map(attributes).At(name);
  if (value.kind() != DatumKind::kList) return texts;
  for (const Datum& item : value.list()) {
    if (item.kind() == DatumKind::kString) texts.push_back(item.string());
  }
  return texts;
}

Answer Unmet(std::string en, std::string ja) { return {false, {std::move(en), std::move(ja)}}; }

EntryTimes TimesOf(const DeskParts& parts, const DatumMap& attributes) {
  EntryTimes times{InstantAt(attributes, "planned_start"),
                   InstantAt(attributes, "planned_end"),
                   TextAt(attributes, "recurrence"),
                   TextAt(attributes, "time_zone"),
                   {}};
  if (times.zone.empty()) times.zone = parts.options.time_zone;
  return times;
}

// Its windows from now on; of one that does not recur, the whole of it.
absl::StatusOr<std::vector<Occurrence>> Ahead(const DeskParts& parts, const EntryTimes& times) {
  Timestamp from = parts.options.clock->Now();
  Timestamp to{from.micros + kHorizon};
  if (times.recurrence.empty() && times.start.has_value() && times.end.has_value()) {
    from = *times.start;
    to = std::max(*times.end, Timestamp{from.micros + 1});
  }
  return WindowsOf(times, from, to, kWindowsMax);
}

// What an entry is about.
struct Scope {
  std::vector<std::string> classes;
  std::vector<std::string> keys;
  bool all() const { return classes.empty() && keys.empty(); }
};

class ScopeComparison {
 public:
  ScopeComparison(const DeskParts& parts, const model::Schema& schema,
                  const storage::GraphView& graph)
      : parts_(parts), schema_(schema), graph_(graph) {}

  bool Share(const Scope& a, const Scope& b) const {
    if (a.all() || b.all()) return true;
    for (const std::string& key : a.keys) {
      if (std::ranges::count(b.keys, key) > 0) return true;
    }
    return Within(a, b.classes) || Within(b, a.classes);
  }

 private:
  // Whether a class or a record of the scope is of one of the classes.
  bool Within(const Scope& scope, const std::vector<std::string>& classes) const {
    for (const std::string& name : classes) {
      const model::Class* const above = schema_.FindClass(name);
      if (above == nullptr) continue;
      const auto is_a = [&](ClassNumber number) { return schema_.IsA(number, above->number); };
      for (const std::string& other : scope.classes) {
        const model::Class* const known = schema_.FindClass(other);
        if (known != nullptr && is_a(known->number)) return true;
      }
      for (const std::string& key : scope.keys) {
        const std::optional<RecordId> id = parts_.reader.IdOf(key);
        if (!id.has_value()) continue;
        const storage::NodeIndex node = storage::NodeOf(*id);
        if (node < graph_.node_limit() && is_a(graph_.ClassOf(node))) return true;
      }
    }
    return false;
  }

  const DeskParts& parts_;
  const model::Schema& schema_;
  const storage::GraphView& graph_;
};

// The first part that two lists of windows, each by beginning, have in common.
std::optional<Occurrence> FirstCommon(std::span<const Occurrence> a,
                                      std::span<const Occurrence> b) {
  for (std::size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    const Occurrence common{std::max(a[i].from, b[j].from), std::min(a[i].to, b[j].to)};
    if (common.from < common.to) return common;
    if (a[i].to <= b[j].to) {
      ++i;
    } else {
      ++j;
    }
  }
  return std::nullopt;
}

Answer Overlapping(const std::string& key, const std::string& title, const Occurrence& common) {
  const std::string from = FormatTimestamp(common.from);
  const std::string to = FormatTimestamp(common.to);
  return Unmet(
      absl::StrFormat("%s (%s) holds for the same items from %s to %s; choose other times, end it "
                      "first, or say what that means (overlap_statement)",
                      key, title, from, to),
      absl::StrFormat("%s (%s) と同じ対象で %s から %s まで重複しています。日時を変えるか、先に終了"
                      "するか、重複への見解を記入してください (overlap_statement)",
                      key, title, from, to));
}

}  // namespace

bool IsCalendarEntry(const Definitions& definitions, const model::Class& owner) {
  const model::Class* const entry = definitions.schema().FindClass(kEntryClass);
  return entry != nullptr && definitions.schema().IsA(owner.number, entry->number);
}

absl::StatusOr<Answer> CheckWindows(const DeskParts& parts, const Definitions& definitions,
                                    const DatumMap& attributes) {
  for (const std::string& name : TextsAt(attributes, "about_classes")) {
    if (definitions.schema().FindClass(name) != nullptr) continue;
    NearestName nearest(name);
    for (const model::Class& each : definitions.schema().classes())
      nearest.Offer(each.definition.name);
    return Unmet(
        absl::StrFormat("there is no class \"%s\"%s (about_classes)", name, nearest.Suggestion()),
        absl::StrFormat("クラス「%s」はありません (about_classes)", name));
  }
  const EntryTimes times = TimesOf(parts, attributes);
  if (times.recurrence.empty()) {
    if (!times.start.has_value() || !times.end.has_value()) {
      return Unmet("say when it holds: planned_start and planned_end, or a recurrence",
                   "期間を指定してください (planned_start と planned_end、又は recurrence)");
    }
    if (*times.start < *times.end) return Answer{true, {}};
    return Unmet("the planned start must be before the planned end",
                 "開始予定日時は終了予定日時より前にしてください");
  }
  if (times.start.has_value() || times.end.has_value()) {
    return Unmet(
        "it has both times and a recurrence; take planned_start and planned_end away, or "
        "the recurrence",
        "日時と繰返しの両方があります。どちらかを消してください (planned_start, planned_end, "
        "recurrence)");
  }
  const absl::StatusOr<std::vector<Occurrence>> windows = Ahead(parts, times);
  absl::Status sound = windows.status();
  if (sound.ok()) sound = CheckApart(*windows, times.zone);
  if (!sound.ok()) {
    const std::string why(MessageOf(sound));
    return Unmet(absl::StrFormat("its recurrence cannot be kept: %s", why),
                 absl::StrFormat("繰返しの指定が正しくありません: %s", why));
  }
  if (!windows->empty()) return Answer{true, {}};
  return Unmet("its recurrence has no window in the three years to come",
               "今後3年間に該当する日時がありません (recurrence)");
}

absl::StatusOr<Answer> CheckOverlap(const DeskParts& parts, const Definitions& definitions,
                                    const Asking& asking, std::string_view key,
                                    const DatumMap& attributes,
                                    const std::vector<RecordLink>& links) {
  if (!TextAt(attributes, "overlap_statement").empty()) return Answer{true, {}};
  const absl::StatusOr<std::vector<Occurrence>> own = Ahead(parts, TimesOf(parts, attributes));
  // What is wrong with its times the other check says.
  if (!own.ok() || own->empty()) return Answer{true, {}};
  Scope scope{TextsAt(attributes, "about_classes"), {}};
  for (const RecordLink& link : links) {
    if (link.type == kScopeLink && !link.incoming) scope.keys.push_back(link.other);
  }
  CalendarKind kind = CalendarKind::kMeeting;
  KOSEI_RETURN_IF_ERROR(asking.Ask(
      "MATCH (e:CalendarEntry {key: $record}) OPTIONAL MATCH (e)-[:applies_to]->(i) RETURN CASE "
      "WHEN e:Freeze THEN 2 WHEN e:MaintenanceWindow THEN 3 ELSE 4 END, collect(key(i))",
      {{"record", Datum::String(std::string(key))}}, [&](std::span<const Datum> row) {
        kind = static_cast<CalendarKind>(row[0].integer());
        for (const Datum& item : row[1].list()) scope.keys.push_back(item.string());
        return true;
      }));
  // Different people may meet at the same time.
  if (kind == CalendarKind::kMeeting) return Answer{true, {}};
  CalendarQuestion question;
  question.from = own->front().from;
  question.to = own->back().to;
  question.kinds = {kind};
  question.limit = kCalendarItemsMax;
  KOSEI_ASSIGN_OR_RETURN(std::vector<CalendarItem> others, CalendarOf(parts, asking, question));
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, parts.reader.Graph(asking.view()));
  const ScopeComparison comparison(parts, definitions.schema(), graph);
  for (const CalendarItem& other : others) {
    if (other.key == key) continue;
    Scope theirs{other.classes, other.records};
    theirs.keys.insert(theirs.keys.end(), other.services.begin(), other.services.end());
    const auto common = FirstCommon(*own, std::span(&other.window, 1));
    if (!common.has_value() || !comparison.Share(scope, theirs)) continue;
    return Overlapping(other.key, other.title, *common);
  }
  return Answer{true, {}};
}

std::string MovedByEdit(const Change& change) {
  for (const auto& [name, value] : change.attributes) {
    if (std::ranges::count(kWhen, name) > 0) return name;
  }
  for (const std::vector<RecordLink>* links : {&change.links, &change.end_links}) {
    for (const RecordLink& link : *links) {
      if (link.type == kScopeLink && !link.incoming) return link.type;
    }
  }
  return {};
}

}  // namespace kosei::process

// The figures, by the statements that are shipped and by the books.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <map>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "checks.h"
#include "kosei/language/temporal_text.h"
#include "kosei/process/definitions.h"
#include "yaml-cpp/yaml.h"

namespace kosei::simulation {
namespace {

struct Figure {
  double value = 0;
  std::int64_t counted = 0;
};
using Parts = std::map<std::string, Figure>;  // by part; "" where it has none

struct Period {
  Timestamp from, to;
  bool Has(std::optional<Timestamp> at) const { return at.has_value() && from <= *at && *at < to; }
};

const std::map<std::string, std::string>& Statements() {
  static const std::map<std::string, std::string> statements = [] {
    std::map<std::string, std::string> found;
    const YAML::Node file = YAML::LoadFile(std::string(KOSEI_PROCESS_FOLDER) + "/kpis.yaml");
    for (const YAML::Node& kpi : file["kpis"])
      found[kpi["name"].as<std::string>()] = kpi["statement"].as<std::string>();
    return found;
  }();
  return statements;
}

Parts Told(World& world, const std::string& name, const Period& period) {
  Parts parts;
  const auto instant = [](Timestamp at) {
    return language::PackedValue{*language::DateTimeOf(at, "Z")};
  };
  const std::string& statement = Statements().at(name);
  const bool has_parts = statement.find("AS part") != std::string::npos;
  for (const auto& row : world.provider.Ask(
           statement, {{"from", instant(period.from)}, {"to", instant(period.to)}})) {
    Figure figure;
    const std::size_t at = has_parts ? 1 : 0;
    if (row[at] != "null") EXPECT_TRUE(absl::SimpleAtod(row[at], &figure.value)) << name << row[at];
    EXPECT_TRUE(absl::SimpleAtoi(row[at + 1], &figure.counted)) << name << row[at + 1];
    if (figure.counted > 0) parts[has_parts ? row[0] : ""] = figure;
  }
  return parts;
}

class Counter {
 public:
  void Add(const std::string& part, bool hit) {
    ++all_[part];
    if (hit) ++hits_[part];
  }
  void Add(bool hit) { Add("", hit); }
  Parts Percents() {
    Parts parts;
    for (const auto& [part, all] : all_)
      parts[part] = {100.0 * static_cast<double>(hits_[part]) / static_cast<double>(all), all};
    return parts;
  }

 private:
  std::map<std::string, std::int64_t> all_, hits_;
};

class Values {
 public:
  void Add(const std::string& part, double value) { values_[part].push_back(value); }
  Parts Means() {
    Parts parts;
    for (const auto& [part, values] : values_) {
      double sum = 0;
      for (const double value : values) sum += value;
      parts[part] = {sum / static_cast<double>(values.size()),
                     static_cast<std::int64_t>(values.size())};
    }
    return parts;
  }
  Parts Medians() {
    Parts parts;
    for (auto& [part, values] : values_) {
      std::sort(values.begin(), values.end());
      const std::size_t middle = (values.size() - 1) / 2;
      const double median =
          values.size() % 2 == 1 ? values[middle] : (values[middle] + values[middle + 1]) / 2;
      parts[part] = {median, static_cast<std::int64_t>(values.size())};
    }
    return parts;
  }

 private:
  std::map<std::string, std::vector<double>> values_;
};

double Seconds(Timestamp from, Timestamp to) {
  // Whole ones, as a duration has them.
  return std::floor(static_cast<double>(to.micros - from.micros) / static_cast<double>(kSecond));
}

template <typename Visit>
void ForEach(const World& world, std::string_view class_name, Visit&& visit) {
  for (const auto& [key, record] : world.books.records()) {
    if (record.class_name == class_name) visit(record);
  }
}

bool Counts(const Booked& record) {
  return record.state != "cancelled" && record.state != "duplicate";
}

Parts OfIncidents(const World& world, std::string_view name, const Period& period) {
  Counter counter;
  Values values;
  ForEach(world, "Incident", [&](const Booked& incident) {
    const std::string priority(incident.text("priority"));
    const auto resolved = incident.time("resolved_at");
    const auto by = incident.time("resolve_by");
    const bool closed = incident.state == "closed" && period.Has(incident.time("closed_at"));
    const bool opened = period.Has(incident.time("opened_at")) && Counts(incident);
    if (name == "restored_within_target" && period.Has(resolved) && by.has_value())
      counter.Add(priority, *resolved <= *by);
    if (name == "mean_time_to_restore" && period.Has(resolved))
      values.Add(priority, Seconds(*incident.time("opened_at"), *resolved) / 60);
    if (name == "solved_at_first_contact" && closed)
      counter.Add(incident.count("reassignment_count") == 0);
    if (name == "incidents_reopened" && closed) counter.Add(incident.count("reopen_count") > 0);
    if (name == "incidents_with_item" && opened)
      counter.Add(!world.books.Targets(incident.key, "affects").empty());
    if (name == "backlog_past_target" && *incident.time("opened_at") < period.to &&
        Counts(incident) && (!resolved.has_value() || *resolved >= period.to))
      counter.Add(by.has_value() && *by < period.to);
    if (name == "repeat_incidents" && opened) {
      bool repeated = false;
      for (const std::string& other : world.books.Targets(incident.key, "matched_to"))
        repeated =
            repeated || *world.books.At(other).time("opened_at") < *incident.time("opened_at");
      counter.Add(repeated);
    }
    if (name == "known_error_reuse" && period.Has(resolved)) {
      bool reused = false;
      for (const std::string& other : world.books.Targets(incident.key, "matched_to"))
        reused = reused || other.starts_with("KE-");
      counter.Add(reused);
    }
  });
  return name == "mean_time_to_restore" ? values.Means() : counter.Percents();
}

Parts OfProblems(const World& world, std::string_view name, const Period& period) {
  Counter counter;
  Values values;
  ForEach(world, "Problem", [&](const Booked& problem) {
    const Timestamp opened = *problem.time("opened_at");
    if (name == "problem_backlog_age") {
      const auto behind = [&](const char* what) {
        return problem.time(what).value_or(kEndOfTime) >= period.to;
      };
      if (opened < period.to && behind("resolved_at") && behind("closed_at"))
        values.Add("", Seconds(opened, period.to) / 86'400);
      return;
    }
    if (!period.Has(opened) || !Counts(problem)) return;
    const auto found = problem.time("root_cause_found_at");
    counter.Add(name == "proactive_share" ? problem.text("problem_source") == "trend_analysis"
                                          : found.has_value() && *found < After(opened, 30 * kDay));
  });
  return name == "problem_backlog_age" ? values.Medians() : counter.Percents();
}

Parts OfChanges(const World& world, std::string_view name, const Period& period) {
  Counter counter;
  Values values;
  ForEach(world, "Change", [&](const Booked& change) {
    const bool hurt = !world.books.Sources(change.key, "caused_by").empty();
    const std::string kind(change.text("kind"));
    if (name == "emergency_share" && period.Has(change.time("opened_at")))
      counter.Add(kind == "emergency");
    if (name == "change_success" && change.state == "closed" &&
        period.Has(change.time("closed_at")))
      counter.Add(change.text("outcome") == "successful" && !hurt);
    if (name == "changes_causing_incidents" && period.Has(change.time("actual_end")))
      counter.Add(hurt);
    if (name == "change_lead_time" && period.Has(change.time("actual_end")))
      values.Add(kind, Seconds(*change.time("opened_at"), *change.time("actual_end")) / 86'400);
    if (name == "change_reviews_on_time" && change.time("review_due").has_value()) {
      const auto day = [](Timestamp at) { return at.micros / kDay; };
      const std::int64_t due = day(*change.time("review_due"));
      const auto reviewed = change.time("reviewed_at");
      const bool counts = due >= day(period.from) && due < day(period.to) &&
                          !(kind == "standard" && change.text("outcome") == "successful");
      if (counts) counter.Add(reviewed.has_value() && day(*reviewed) <= due);
    }
  });
  return name == "change_lead_time" ? values.Medians() : counter.Percents();
}

Parts OfReleases(const World& world, std::string_view name, const Period& period) {
  Counter counter;
  ForEach(world, name == "baseline_coverage" ? "Deployment" : "Release", [&](const Booked& record) {
    const auto deployed = record.time("deployed_at");
    const std::int64_t attempts = record.count("acceptance_attempts");
    if (name == "baseline_coverage" && period.Has(record.time("actual_start")))
      counter.Add(*record.time("baseline_at") <= *record.time("actual_start"));
    if (name == "releases_on_date" && period.Has(deployed))
      counter.Add(deployed->micros / kDay <= record.time("planned_end")->micros / kDay);
    if (name == "accepted_at_first_try" && attempts > 0 && *record.time("opened_at") < period.to &&
        (!deployed.has_value() || *deployed >= period.from) &&
        !Names("in_acceptance_test cancelled", record.state))
      counter.Add(attempts == 1 && record.state != "not_accepted");
  });
  return counter.Percents();
}

using Booker = Parts (*)(const World&, std::string_view, const Period&);
constexpr std::pair<const char*, Booker> kFigures[] = {{"restored_within_target", OfIncidents},
                                                       {"mean_time_to_restore", OfIncidents},
                                                       {"solved_at_first_contact", OfIncidents},
                                                       {"incidents_reopened", OfIncidents},
                                                       {"incidents_with_item", OfIncidents},
                                                       {"backlog_past_target", OfIncidents},
                                                       {"repeat_incidents", OfIncidents},
                                                       {"known_error_reuse", OfIncidents},
                                                       {"problem_backlog_age", OfProblems},
                                                       {"root_cause_found", OfProblems},
                                                       {"proactive_share", OfProblems},
                                                       {"emergency_share", OfChanges},
                                                       {"change_success", OfChanges},
                                                       {"changes_causing_incidents", OfChanges},
                                                       {"change_lead_time", OfChanges},
                                                       {"change_reviews_on_time", OfChanges},
                                                       {"baseline_coverage", OfReleases},
                                                       {"releases_on_date", OfReleases},
                                                       {"accepted_at_first_try", OfReleases}};

}  // namespace

void CheckFigures(World& world, Timestamp from, Timestamp to) {
  const Period period{from, to};
  for (const auto& [name, booker] : kFigures) {
    const Parts told = Told(world, name, period);
    const Parts booked = booker(world, name, period);
    SCOPED_TRACE(absl::StrCat(name, " from ", TextOf(from), " to ", TextOf(to)));
    ASSERT_EQ(told.size(), booked.size());
    for (const auto& [part, figure] : booked) {
      ASSERT_TRUE(told.contains(part)) << part;
      EXPECT_EQ(told.at(part).counted, figure.counted) << part;
      EXPECT_NEAR(told.at(part).value, figure.value, 1e-6 * (1 + std::abs(figure.value))) << part;
    }
    ++world.done["figure checked"];
  }
}

}  // namespace kosei::simulation

#include "run.h"

#include <cstddef>
#include <map>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/file_system.h"
#include "kosei/base/status_macros.h"
#include "setup.h"

namespace kosei::tck {
namespace {

// A scenario that can be run.
struct Job {
  std::size_t position = 0;  // of its result
  ScenarioPlan plan;
  Content content;
};

// Jobs that one model serves.
struct Group {
  Names names;
  std::vector<Job> jobs;
};

class Runner {
 public:
  Runner(const RunOptions& options, Target& target) : options_(options), target_(target) {}

  absl::StatusOr<std::vector<Result>> Run(const std::vector<Scenario>& scenarios) {
    results_.resize(scenarios.size());
    for (std::size_t i = 0; i < scenarios.size(); ++i) KOSEI_RETURN_IF_ERROR(Take(scenarios[i], i));
    for (const Group& group : groups_) RunGroup(group);
    return std::move(results_);
  }

 private:
  absl::Status Take(const Scenario& scenario, std::size_t position) {
    KOSEI_ASSIGN_OR_RETURN(ScenarioPlan plan, PlanOf(scenario));
    Result& result = results_[position];
    result.file = scenario.file;
    result.name = scenario.name;
    result.category = CategoryOf(scenario, plan);
    result.expects_error = plan.executions.front().error.has_value();
    if (!result.category.read_only) {
      result.verdict = {Outcome::kUnsupported, false, "not read-only"};
      return absl::OkStatus();
    }
    absl::StatusOr<ScenarioStore> store = MakeStore(plan);
    if (!store.ok()) {
      const bool unsupported = HasCode(store.status(), ErrorCode::kQueryUnsupported);
      result.verdict = {unsupported ? Outcome::kUnsupported : Outcome::kFailed, false,
                        absl::StrFormat("set-up: %s", MessageOf(store.status()))};
      return absl::OkStatus();
    }
    for (const Execution& execution : plan.executions) AddNamesOf(execution.query, store->names);
    Group* const group = GroupFor(store->names);
    if (group == nullptr) {
      result.verdict = {Outcome::kUnsupported, false, "more names than a model can have"};
    } else {
      group->jobs.push_back({position, std::move(plan), std::move(store->content)});
    }
    return absl::OkStatus();
  }

  // The first whose model can have these names too, or a new one. nullptr: no model can.
  Group* GroupFor(const Names& names) {
    for (Group& group : groups_) {
      if (group.names.Add(names)) return &group;
    }
    Group own;
    return own.names.Add(names) ? &groups_.emplace_back(std::move(own)) : nullptr;
  }

  absl::StatusOr<ScenarioStore> MakeStore(const ScenarioPlan& plan) {
    MemoryGraph graph;
    if (!plan.graph.empty()) {
      std::string& script = named_graphs_[plan.graph];
      if (script.empty()) {
        const std::string path =
            absl::StrFormat("%s/%s/%s.cypher", options_.graphs, plan.graph, plan.graph);
        KOSEI_ASSIGN_OR_RETURN(script, LocalFileSystem().ReadFile(path));
      }
      KOSEI_RETURN_IF_ERROR(Execute(script, plan.parameters, graph));
    }
    for (const std::string& statement : plan.setup)
      KOSEI_RETURN_IF_ERROR(Execute(statement, plan.parameters, graph));
    return StoreOf(graph);
  }

  void RunGroup(const Group& group) {
    for (const Job& job : group.jobs) {
      Verdict& verdict = results_[job.position].verdict;
      const absl::Status prepared = target_.Prepare(group.names, job.content);
      if (!prepared.ok()) {
        verdict = {Outcome::kFailed, false,
                   absl::StrFormat("cannot prepare the store: %s", MessageOf(prepared))};
        continue;
      }
      for (const Execution& execution : job.plan.executions) {
        verdict = Judge(execution, target_.Run(execution.query, job.plan.parameters));
        if (verdict.outcome != Outcome::kPassed) break;
      }
    }
  }

  const RunOptions& options_;
  Target& target_;
  std::vector<Result> results_;
  std::vector<Group> groups_;
  std::map<std::string, std::string> named_graphs_;
};

}  // namespace

absl::StatusOr<std::vector<Result>> RunScenarios(const std::vector<Scenario>& scenarios,
                                                 const RunOptions& options, Target& target) {
  return Runner(options, target).Run(scenarios);
}

}  // namespace kosei::tck

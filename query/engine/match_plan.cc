#include "engine/match_plan.h"

#include <algorithm>
#include <limits>
#include <set>
#include <utility>

#include "engine/expand.h"
#include "engine/pattern_graph.h"
#include "engine/quantified_expand.h"
#include "engine/rows.h"
#include "engine/scan.h"
#include "engine/start_plan.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/print.h"
#include "kosei/language/query_error.h"
#include "kosei/language/tree.h"

namespace kosei::query {
namespace {

using language::BitOf;
using language::DatumKind;
using language::Expression;
using language::ExpressionKind;

std::string PartOfAnd(const Expression& condition) {
  const bool weaker =
      condition.kind == ExpressionKind::kOr || condition.kind == ExpressionKind::kXor;
  std::string text = language::ToText(condition);
  return weaker ? "(" + text + ")" : text;
}

class MatchPlanner {
 public:
  MatchPlanner(Planning& planning, OperatorPtr input, language::Scope& scope,
               const MatchRequest& request)
      : planning_(planning),
        reading_(planning, request.time),
        last_(std::move(input)),
        scope_(scope),
        request_(request) {}

  absl::StatusOr<PlannedMatch> Run() {
    KOSEI_ASSIGN_OR_RETURN(graph_, TakeApart(planning_, scope_, request_));
    for (const PatternNode& node : graph_.nodes) {
      if (!node.bound) continue;
      known_.insert(node.name);
      last_ = MakeBoundRecord(std::move(last_), TargetOf(node, request_.time.moment));
    }
    for (const PatternLink& link : graph_.links) {
      if (link.bound) known_.insert(link.name);
    }
    KOSEI_RETURN_IF_ERROR(AskWhatCanBe());
    if (request_.time.from.has_value()) KOSEI_RETURN_IF_ERROR(CheckVersions());
    while (true) {
      KOSEI_RETURN_IF_ERROR(planning_.CheckBudget());
      PatternLink* link = NextLink();
      if (link != nullptr) {
        KOSEI_RETURN_IF_ERROR(Follow(*link));
      } else {
        const std::optional<std::size_t> node = NextStart();
        if (!node.has_value()) break;
        KOSEI_RETURN_IF_ERROR(Begin(graph_.nodes[*node]));
      }
      KOSEI_RETURN_IF_ERROR(AskWhatCanBe());
    }
    PlannedMatch planned;
    planned.new_slots = graph_.new_slots;
    planned.path_nodes = NodeSlots(graph_.paths.front());
    planned.path_links = LinkSlots(graph_.paths.front());
    for (const PatternPath& path : graph_.paths) {
      if (path.name.empty()) continue;
      last_ = MakePathOf(std::move(last_), NodeSlots(path), LinkSlots(path), path.slot, path.name);
      known_.insert(path.name);
    }
    KOSEI_RETURN_IF_ERROR(AskWhatCanBe());
    planned.last = std::move(last_);
    return planned;
  }

 private:
  bool Knows(std::size_t node) const { return known_.contains(graph_.nodes[node].name); }

  absl::Status AskWhatCanBe() {
    std::vector<language::EvaluatorPtr> asked;
    std::string text;
    for (PatternCondition& condition : graph_.conditions) {
      if (condition.done || !std::includes(known_.begin(), known_.end(), condition.needs.begin(),
                                           condition.needs.end()))
        continue;
      condition.done = true;
      KOSEI_ASSIGN_OR_RETURN(language::EvaluatorPtr evaluator,
                             planning_.CompileCondition(*condition.expression, scope_));
      asked.push_back(std::move(evaluator));
      text += (text.empty() ? "" : " AND ") + PartOfAnd(*condition.expression);
    }
    if (!asked.empty()) last_ = MakeFilter(std::move(last_), std::move(asked), std::move(text));
    return absl::OkStatus();
  }

  // Links between known records first, those of one hop before those of many.
  PatternLink* NextLink() {
    PatternLink* best = nullptr;
    int best_cost = std::numeric_limits<int>::max();
    for (PatternLink& link : graph_.links) {
      if (link.done) continue;
      const bool from = Knows(link.from);
      const bool to = Knows(link.to);
      const bool shortest = link.selector != language::PathSelector::kAllPaths;
      if (!(shortest ? from && to : from || to)) continue;
      if (!std::includes(known_.begin(), known_.end(), link.each_needs.begin(),
                         link.each_needs.end()))
        continue;
      const bool many = link.hops.has_value() || shortest;
      const int cost = (from && to ? 0 : 2) + (many ? 1 : 0) + (shortest ? 4 : 0);
      if (cost >= best_cost) continue;
      best = &link;
      best_cost = cost;
    }
    return best;
  }

  std::optional<std::size_t> NextStart() {
    std::optional<std::size_t> best;
    double best_cost = std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < graph_.nodes.size(); ++i) {
      if (Knows(i)) continue;
      const double cost =
          StartCost(planning_, graph_, graph_.nodes[i], known_, request_.time.moment);
      if (cost >= best_cost) continue;
      best = i;
      best_cost = cost;
    }
    return best;
  }

  // A range of time shows the versions of records; which links a pattern would mean then, nobody
  // could say.
  absl::Status CheckVersions() const {
    if (graph_.nodes.size() == 1 && graph_.links.empty() && !graph_.nodes[0].bound)
      return absl::OkStatus();
    return language::MakeQueryError(
        ErrorCode::kQueryUnsupported, "SystemTimeRange", planning_.text(), request_.pattern->span,
        "FOR SYSTEM_TIME FROM ... TO ... shows the versions of records, so the pattern is one "
        "record, such as (n:Server); ask for links with AS OF");
  }

  absl::Status Begin(PatternNode& node) {
    if (request_.time.from.has_value()) {
      KOSEI_ASSIGN_OR_RETURN(
          last_, PlanVersions(planning_, std::move(last_), scope_, graph_, node, known_, request_));
      known_.insert(node.name);
      return absl::OkStatus();
    }
    KOSEI_ASSIGN_OR_RETURN(last_, PlanStart(planning_, std::move(last_), scope_, graph_, node,
                                            known_, request_.time.moment));
    known_.insert(node.name);
    return absl::OkStatus();
  }

  absl::Status Follow(PatternLink& link) {
    ExpandStep step;
    // From what is known to what is not; between two known ones from the first.
    const bool backwards = !Knows(link.from);
    const std::size_t from = backwards ? link.to : link.from;
    const std::size_t to = backwards ? link.from : link.to;
    step.from = graph_.nodes[from].slot;
    step.to = graph_.nodes[to].slot;
    step.to_bound = Knows(to);
    step.link_bound = link.bound;
    step.types = link.types;
    step.direction = Seen(link.direction, backwards);
    step.moment = request_.time.moment;
    if (!step.to_bound) step.to_classes = graph_.nodes[to].classes;
    for (const PatternLink& other : graph_.links) {
      if (other.done && MayShare(other, link)) step.distinct_from.push_back(other.slot);
    }
    const bool wanted = link.named || graph_.links.size() > 1 || NeedsLink(link);
    if (wanted) step.link = link.slot;
    step.text = Text(link, backwards);
    link.done = true;
    known_.insert(graph_.nodes[to].name);
    known_.insert(link.name);
    if (link.repeated != nullptr) return FollowRepeated(link, std::move(step), backwards);
    if (!link.hops.has_value() && link.selector == language::PathSelector::kAllPaths) {
      last_ = MakeExpand(std::move(last_), std::move(step));
      return absl::OkStatus();
    }
    return FollowMany(link, std::move(step), backwards);
  }

  absl::Status FollowMany(const PatternLink& link, ExpandStep step, bool backwards) {
    VariableExpand expand;
    expand.step = std::move(step);
    expand.hops = link.hops.value_or(language::Hops{1, 1});
    expand.reversed = backwards;
    if (link.each != nullptr) {
      expand.condition_slot = scope_.Add(link.each_name, {BitOf(DatumKind::kRelationship), 0});
      KOSEI_ASSIGN_OR_RETURN(expand.condition, planning_.CompileCondition(*link.each, scope_));
      scope_.Remove(link.each_name);
    }
    if (link.selector == language::PathSelector::kAllPaths) {
      last_ = MakeVariableExpand(std::move(last_), std::move(expand));
    } else {
      last_ = MakeShortestPaths(std::move(last_), std::move(expand),
                                link.selector == language::PathSelector::kAllShortest);
    }
    return absl::OkStatus();
  }

  // One time through the part is a pattern of its own, of which the record where it begins is
  // known.
  absl::Status FollowRepeated(const PatternLink& link, ExpandStep step, bool backwards) {
    for (const PatternGroup& group : link.groups) known_.insert(group.name);
    language::Pattern pattern;
    pattern.span = link.span;
    pattern.paths.push_back(language::Clone(*link.repeated->path));
    std::vector<language::NodePattern>& nodes = pattern.paths.front().nodes;
    language::NodePattern& begin = backwards ? nodes.back() : nodes.front();
    if (begin.variable.empty()) begin.variable = planning_.HiddenName();
    language::Scope inner = graph_.before;
    inner.SkipTo(scope_.slot_count());
    inner.Add(begin.variable, {BitOf(DatumKind::kNode), 0});
    MatchRequest once;
    once.pattern = &pattern;
    once.where = link.repeated->where.get();
    once.time = request_.time;
    once.want_links = true;
    KOSEI_ASSIGN_OR_RETURN(PlannedMatch planned, PlanMatch(planning_, nullptr, inner, once));
    scope_.SkipTo(inner.slot_count());
    QuantifiedExpand expand;
    expand.from = step.from;
    expand.to = step.to;
    expand.to_bound = step.to_bound;
    expand.to_classes = std::move(step.to_classes);
    expand.reversed = backwards;
    expand.moment = step.moment;
    expand.times = *link.hops;
    expand.once = std::move(planned.last);
    expand.nodes = std::move(planned.path_nodes);
    expand.links = std::move(planned.path_links);
    for (const PatternGroup& group : link.groups) expand.groups.push_back(group.variable);
    expand.all_links = link.slot;
    expand.distinct_from = std::move(step.distinct_from);
    expand.text = std::move(step.text);
    last_ = MakeQuantifiedExpand(std::move(last_), std::move(expand));
    return absl::OkStatus();
  }

  static language::PatternDirection Seen(language::PatternDirection direction, bool backwards) {
    if (!backwards || direction == language::PatternDirection::kEither) return direction;
    return direction == language::PatternDirection::kRight ? language::PatternDirection::kLeft
                                                           : language::PatternDirection::kRight;
  }
  // Whether one link could stand for both, and may not. Those of a shortest path may.
  static bool MayShare(const PatternLink& a, const PatternLink& b) {
    if (a.selector != language::PathSelector::kAllPaths ||
        b.selector != language::PathSelector::kAllPaths)
      return false;
    return a.types.MayShare(b.types);
  }
  bool NeedsLink(const PatternLink& link) const {
    return std::any_of(
        graph_.conditions.begin(), graph_.conditions.end(),
        [&](const PatternCondition& condition) { return condition.needs.contains(link.name); });
  }
  std::string Text(const PatternLink& link, bool backwards) const {
    const auto text = [&](language::Span span) {
      return std::string(planning_.text().substr(span.begin, span.end - span.begin));
    };
    return text(graph_.nodes[link.from].span) + text(link.span) + text(graph_.nodes[link.to].span) +
           (backwards ? ", from its end" : "");
  }

  std::vector<std::uint32_t> NodeSlots(const PatternPath& path) const {
    std::vector<std::uint32_t> slots;
    for (const std::size_t node : path.nodes) slots.push_back(graph_.nodes[node].slot);
    return slots;
  }
  std::vector<std::uint32_t> LinkSlots(const PatternPath& path) const {
    std::vector<std::uint32_t> slots;
    for (const std::size_t link : path.links) slots.push_back(graph_.links[link].slot);
    return slots;
  }

  Planning& planning_;
  const Planning::Reading reading_;  // of patterns within the conditions, too
  OperatorPtr last_;
  language::Scope& scope_;
  const MatchRequest& request_;
  PatternGraph graph_;
  std::set<std::string> known_;
};

}  // namespace

absl::StatusOr<PlannedMatch> PlanMatch(Planning& planning, OperatorPtr input,
                                       language::Scope& scope, const MatchRequest& request) {
  return MatchPlanner(planning, std::move(input), scope, request).Run();
}

}  // namespace kosei::query

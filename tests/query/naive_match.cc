#include "naive_match.h"

#include <algorithm>
#include <utility>

#include "kosei/language/compare.h"
#include "kosei/language/tree.h"

namespace kosei::query {

using language::Datum;
using language::DatumKind;
using language::PathPattern;
using language::PathValue;
using language::RelationshipPattern;

namespace {

Datum LinksOf(const PathValue& walked) {
  language::DatumList links;
  for (const language::LinkRef& link : walked.links) links.push_back(Datum::Relationship(link));
  return Datum::List(std::move(links));
}

PathValue Joined(PathValue path, const PathValue& more) {
  path.links.insert(path.links.end(), more.links.begin(), more.links.end());
  path.nodes.insert(path.nodes.end(), more.nodes.begin(), more.nodes.end());
  return path;
}

// Gives the name its value; false: it has another one.
bool Bind(NaiveRow& row, const std::string& name, const Datum& value) {
  const auto [known, fresh] = row.emplace(name, value);
  return fresh || language::IsEqual(known->second, value) == true;
}

}  // namespace

NaiveMatch::NaiveMatch(const NaiveGraph& graph, const language::Pattern& pattern,
                       const language::Expression* where, const NaiveValue& value)
    : graph_(graph), pattern_(language::Clone(pattern)), where_(where), value_(value) {
  for (PathPattern& path : pattern_.paths) {
    if (!path.variable.empty()) names_.insert(path.variable);
    NameAll(path, false);
  }
}

void NaiveMatch::NameAll(PathPattern& path, bool within) {
  const auto name = [&](std::string& variable) {
    if (variable.empty()) {
      variable = "#" + std::to_string(++made_names_);
    } else if (!within || !variable.starts_with('#')) {
      names_.insert(variable);
    }
  };
  for (language::NodePattern& node : path.nodes) name(node.variable);
  for (language::PatternStep& step : path.steps) {
    if (step.relationship.has_value()) name(step.relationship->variable);
    if (step.quantified.has_value()) NameAll(*step.quantified->path, true);
  }
}

void NaiveMatch::Run(const NaiveRow& before, const std::function<bool(const NaiveRow&)>& give) {
  before_ = before;
  Path(0, before, {}, [&](const NaiveRow& row) {
    for (const PathPattern& path : pattern_.paths) {
      if (!PathHolds(path, row)) return true;
    }
    NaiveRow given;
    for (const auto& [name, value] : row) {
      if (!name.starts_with('#')) given.emplace(name, value);
    }
    if (where_ != nullptr && !value_(*where_, given).is_true()) return true;
    return give(given);
  });
}

bool NaiveMatch::Path(std::size_t number, const NaiveRow& row, const Used& used,
                      const std::function<bool(const NaiveRow&)>& give) {
  if (number == pattern_.paths.size()) return give(row);
  const PathPattern& path = pattern_.paths[number];
  const auto then = [&](const NaiveRow& found, const Used& more, const PathValue& walked) {
    NaiveRow named = found;
    if (!path.variable.empty()) named[path.variable] = Datum::Path(walked);
    return Path(number + 1, named, more, give);
  };
  if (path.selector != language::PathSelector::kAllPaths) {
    return Shortest(path, row, [&](const NaiveRow& found, const Used&, const PathValue& walked) {
      return then(found, used, walked);
    });
  }
  for (const NaiveNode& node : graph_.nodes) {
    if (!Chain(path, 0, node.id, row, used, {{{node.id, 0}}, {}}, then)) return false;
  }
  return true;
}

bool NaiveMatch::Shortest(const PathPattern& path, const NaiveRow& row, const Then& then) {
  const RelationshipPattern& link = *path.steps[0].relationship;
  for (const NaiveNode& begin : graph_.nodes) {
    for (const NaiveNode& end : graph_.nodes) {
      NaiveRow found = row;
      if (!Bind(found, path.nodes[0].variable, NaiveGraph::NodeDatum(begin)) ||
          !Bind(found, path.nodes[1].variable, NaiveGraph::NodeDatum(end)))
        continue;
      std::vector<PathValue> ways;
      const language::Hops hops = link.hops.value_or(language::Hops{1, 1});
      if (begin.id == end.id) {
        if (hops.least == 0) ways.emplace_back();
      } else {
        Hops(link, begin.id, found, {}, {},
             [&](RecordId at, const NaiveRow&, const Used&, const PathValue& walked) {
               if (at == end.id) ways.push_back(walked);
               return true;
             });
      }
      std::size_t least = SIZE_MAX;
      for (const PathValue& way : ways) least = std::min(least, way.links.size());
      for (const PathValue& way : ways) {
        if (way.links.size() != least) continue;
        NaiveRow named = found;
        named[link.variable] = LinksOf(way);
        if (!then(named, {}, Joined({{{begin.id, 0}}, {}}, way))) return false;
        if (path.selector == language::PathSelector::kShortest) break;
      }
    }
  }
  return true;
}

bool NaiveMatch::Chain(const PathPattern& path, std::size_t position, RecordId at, NaiveRow row,
                       const Used& used, const PathValue& walked, const Then& then) {
  if (!Bind(row, path.nodes[position].variable, Datum::Node({at, 0}))) return true;
  if (position == path.steps.size()) return then(row, used, walked);
  return Step(path.steps[position], at, row, used,
              [&](RecordId to, const NaiveRow& found, const Used& more, const PathValue& way) {
                return Chain(path, position + 1, to, found, more, Joined(walked, way), then);
              });
}

bool NaiveMatch::Step(const language::PatternStep& step, RecordId at, const NaiveRow& row,
                      const Used& used, const Arrive& arrive) {
  if (step.quantified.has_value()) {
    std::vector<NaiveRow> times;
    return Times(*step.quantified, times, at, row, used, {}, arrive);
  }
  const RelationshipPattern& link = *step.relationship;
  if (link.hops.has_value()) {
    return Hops(link, at, row, used, {},
                [&](RecordId to, const NaiveRow& found, const Used& more, const PathValue& way) {
                  NaiveRow named = found;
                  return !Bind(named, link.variable, LinksOf(way)) || arrive(to, named, more, way);
                });
  }
  return EachLink(link, at, used, [&](std::size_t position, RecordId to) {
    const Datum value = NaiveGraph::LinkDatum(graph_.links[position]);
    NaiveRow named = row;
    if (!Bind(named, link.variable, value)) return true;
    Used more = used;
    more.insert(position);
    return arrive(to, named, more, {{{to, 0}}, {value.relationship()}});
  });
}

bool NaiveMatch::Hops(const RelationshipPattern& link, RecordId at, const NaiveRow& row,
                      const Used& used, const PathValue& walked, const Arrive& arrive) {
  const language::Hops hops = link.hops.value_or(language::Hops{1, 1});
  if (walked.links.size() >= hops.least && !arrive(at, row, used, walked)) return false;
  if (hops.most.has_value() && walked.links.size() >= *hops.most) return true;
  return EachLink(link, at, used, [&](std::size_t position, RecordId to) {
    Used more = used;
    more.insert(position);
    const language::LinkRef taken = NaiveGraph::LinkDatum(graph_.links[position]).relationship();
    return Hops(link, to, row, more, Joined(walked, {{{to, 0}}, {taken}}), arrive);
  });
}

bool NaiveMatch::Times(const language::QuantifiedPattern& part, std::vector<NaiveRow>& times,
                       RecordId at, const NaiveRow& row, const Used& used, const PathValue& walked,
                       const Arrive& arrive) {
  if (times.size() >= part.hops.least) {
    NaiveRow named = row;
    std::set<std::string> names;
    language::Pattern once;
    once.paths.push_back(language::Clone(*part.path));
    language::AddVariables(once, names);
    for (const std::string& name : names) {
      language::DatumList values;
      for (const NaiveRow& time : times) values.push_back(time.at(name));
      named[name] = Datum::List(std::move(values));
    }
    if (!arrive(at, named, used, walked)) return false;
  }
  if (part.hops.most.has_value() && times.size() >= *part.hops.most) return true;
  const auto then = [&](const NaiveRow& once, const Used& more, const PathValue& way) {
    if (!PathHolds(*part.path, once) || !Holds(part.where, once)) return true;
    times.push_back(once);
    PathValue behind = way;
    behind.nodes.erase(behind.nodes.begin());
    const bool going =
        Times(part, times, way.nodes.back().record, row, more, Joined(walked, behind), arrive);
    times.pop_back();
    return going;
  };
  return Chain(*part.path, 0, at, before_, used, {{{at, 0}}, {}}, then);
}

bool NaiveMatch::EachLink(const RelationshipPattern& link, RecordId at, const Used& used,
                          const std::function<bool(std::size_t, RecordId)>& visit) const {
  for (std::size_t i = 0; i < graph_.links.size(); ++i) {
    const NaiveLink& each = graph_.links[i];
    const bool of_type = link.types.empty() || std::find(link.types.begin(), link.types.end(),
                                                         each.type_name) != link.types.end();
    if (!of_type || used.contains(i)) continue;
    const bool out = link.direction != language::PatternDirection::kLeft && each.source == at;
    const bool in = link.direction != language::PatternDirection::kRight && each.target == at;
    if (out && !visit(i, each.target)) return false;
    // A link of a node to itself comes once.
    if (in && !(out && each.source == each.target) && !visit(i, each.source)) return false;
  }
  return true;
}

bool NaiveMatch::Holds(const language::ExpressionPtr& condition, const NaiveRow& row) const {
  return condition == nullptr || value_(*condition, row).is_true();
}

bool NaiveMatch::NodeHolds(const language::NodePattern& node, const NaiveRow& row) const {
  const NaiveNode& record = graph_.NodeOf(row.at(node.variable).node().record);
  for (const language::LabelChoice& choice : node.labels) {
    const bool passes = std::any_of(choice.begin(), choice.end(), [&](const auto& test) {
      const bool has =
          std::find(record.labels.begin(), record.labels.end(), test.name) != record.labels.end();
      return has != test.negated;
    });
    if (!passes) return false;
  }
  if (node.properties != nullptr) {
    for (std::size_t i = 0; i < node.properties->names.size(); ++i) {
      Datum has;
      for (const auto& [name, value] : record.properties) {
        if (name == node.properties->names[i]) has = value;
      }
      if (node.properties->names[i] == "key") has = Datum::String(record.key);
      const Datum wanted = value_(*node.properties->operands[i], row);
      if (language::IsEqual(has, wanted) != true) return false;
    }
  }
  return Holds(node.where, row);
}

bool NaiveMatch::PathHolds(const PathPattern& path, const NaiveRow& row) const {
  for (const language::NodePattern& node : path.nodes) {
    if (!NodeHolds(node, row)) return false;
  }
  for (const language::PatternStep& step : path.steps) {
    if (!step.relationship.has_value() || step.relationship->where == nullptr) continue;
    const RelationshipPattern& link = *step.relationship;
    if (!link.hops.has_value()) {
      if (!Holds(link.where, row)) return false;
      continue;
    }
    for (const Datum& each : row.at(link.variable).list()) {
      NaiveRow one = row;
      one[link.variable] = each;
      if (!Holds(link.where, one)) return false;
    }
  }
  return true;
}

}  // namespace kosei::query

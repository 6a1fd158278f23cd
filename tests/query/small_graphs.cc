#include "small_graphs.h"

#include <algorithm>

#include "absl/strings/str_format.h"

namespace kosei::query {
namespace {

constexpr const char* kTypes[] = {"needs", "owned_by", "gives", "runs_on"};

bool ComesBefore(const NaivePath& a, const NaivePath& b) {
  if (a.size() != b.size()) return a.size() < b.size();
  return std::lexicographical_compare(a.rbegin(), a.rend(), b.rbegin(), b.rend());
}

// Which records lead to which over any number of links.
std::set<std::pair<RecordId, RecordId>> Closure(std::set<std::pair<RecordId, RecordId>> pairs) {
  for (bool more = true; more;) {
    more = false;
    const std::set<std::pair<RecordId, RecordId>> so_far = pairs;
    for (const auto& [a, b] : so_far) {
      for (const auto& [c, d] : so_far) {
        if (b == c && pairs.emplace(a, d).second) more = true;
      }
    }
  }
  return pairs;
}

}  // namespace

std::map<RecordId, std::map<RecordId, LinkStep>> SmallGraph::Needs(const TestStore& store) const {
  std::map<RecordId, std::map<RecordId, LinkStep>> needs;
  for (const Link& link : links) {
    if (link.type == "owned_by" || link.source == link.target) continue;
    const bool inverse = link.type != "gives";
    const RecordId from = inverse ? link.target : link.source;
    const RecordId to = inverse ? link.source : link.target;
    const LinkStep step{from, store.Type(link.type), to, inverse};
    const auto [known, fresh] = needs[to].try_emplace(from, step);
    const auto rank = [](const LinkStep& a) { return std::pair(!a.inverse, a.type); };
    if (!fresh && rank(step) < rank(known->second)) known->second = step;
  }
  return needs;
}

SmallGraphs::SmallGraphs(TestStore& store, std::uint64_t seed, int count) : random_(seed) {
  Edit first;
  std::vector<std::vector<std::string>> keys;
  std::vector<std::set<std::array<std::string, 3>>> before;
  for (int i = 0; i < count; ++i) {
    std::vector<std::string>& own = keys.emplace_back();
    for (std::size_t j = 0, size = 2 + Below(7); j < size; ++j) {
      own.push_back(absl::StrFormat("g%d.%d", i, j));
      if (Below(5) == 0) {
        first.others.emplace_back("Machine", own.back());
      } else {
        first.add.push_back(own.back());
      }
    }
    auto& links = before.emplace_back();
    for (std::size_t j = Below(3 * own.size()); j > 0; --j) {
      const NamedLink link = SomeLink(own);
      if (links.insert({link.source, link.type, link.target}).second) first.link.push_back(link);
    }
  }
  const CommitNumber then = store.Apply(first);
  Edit second;
  std::vector<std::set<std::array<std::string, 3>>> after = before;
  for (int i = 0; i < count; ++i) {
    for (const auto& link : before[static_cast<std::size_t>(i)]) {
      if (Below(6) != 0) continue;
      second.unlink.push_back({link[0], link[1], link[2]});
      after[static_cast<std::size_t>(i)].erase(link);
    }
    const NamedLink link = SomeLink(keys[static_cast<std::size_t>(i)]);
    const std::array<std::string, 3> name{link.source, link.type, link.target};
    if (!before[static_cast<std::size_t>(i)].contains(name)) {
      second.link.push_back(link);
      after[static_cast<std::size_t>(i)].insert(name);
    }
  }
  const CommitNumber now = store.Apply(second);
  for (const auto& [commit, links] : {std::pair(then, &before), std::pair(now, &after)}) {
    for (std::size_t i = 0; i < keys.size(); ++i) {
      SmallGraph& graph = graphs.emplace_back();
      graph.view = store.At(commit);
      for (const std::string& key : keys[i]) graph.records.push_back(store.Id(key));
      std::sort(graph.records.begin(), graph.records.end());
      for (const auto& link : (*links)[i]) {
        graph.links.insert({store.Id(link[0]), link[1], store.Id(link[2])});
      }
    }
  }
}

NamedLink SmallGraphs::SomeLink(const std::vector<std::string>& keys) {
  return {keys[Below(keys.size())], kTypes[Below(4)], keys[Below(keys.size())]};
}

std::vector<NaivePath> AllPaths(const TestStore& store, const SmallGraph& graph, PathEnds ends) {
  const auto needs = graph.Needs(store);
  std::vector<NaivePath> found;
  std::vector<NaivePath> open = {{ends.from}};
  while (!open.empty()) {
    const NaivePath path = open.back();
    open.pop_back();
    if (path.back() == ends.to) {
      found.push_back(path);
      continue;
    }
    for (const auto& [needer, needed] : needs) {
      if (!needed.contains(path.back())) continue;
      if (std::find(path.begin(), path.end(), needer) != path.end()) continue;
      open.push_back(path);
      open.back().push_back(needer);
    }
  }
  std::sort(found.begin(), found.end(), ComesBefore);
  return found;
}

NaiveOrder OrderOf(const TestStore& store, const SmallGraph& graph, const std::set<RecordId>& set,
                   OrderDirection direction, OrderLinks links) {
  // Which of two has to come first: directly, or through others; and all that follows from it.
  std::set<std::pair<RecordId, RecordId>> steps;
  for (const auto& [needer, needed] : graph.Needs(store)) {
    for (const auto& [record, step] : needed) steps.emplace(record, needer);
  }
  const auto within = [&](std::set<std::pair<RecordId, RecordId>> pairs) {
    std::erase_if(pairs, [&](const auto& pair) {
      return !set.contains(pair.first) || !set.contains(pair.second) || pair.first == pair.second;
    });
    return pairs;
  };
  const std::set<std::pair<RecordId, RecordId>> first =
      links == OrderLinks::kThrough ? within(Closure(steps)) : within(steps);
  const std::set<std::pair<RecordId, RecordId>> all = Closure(first);
  const auto together = [&](RecordId a, RecordId b) {
    return a == b || (all.contains({a, b}) && all.contains({b, a}));
  };
  std::map<RecordId, std::uint32_t> wave;
  for (const RecordId record : set) wave[record] = 1;
  for (std::size_t round = 0; round < set.size(); ++round) {
    for (const auto& [a, b] : all) {
      if (together(a, b)) {
        wave[a] = wave[b] = std::max(wave[a], wave[b]);
      } else {
        wave[b] = std::max(wave[b], wave[a] + 1);
      }
    }
  }
  NaiveOrder order;
  for (const auto& [record, number] : wave) order.waves = std::max(order.waves, number);
  const bool last = direction == OrderDirection::kNeededLast;
  std::map<std::pair<std::uint32_t, RecordId>, std::vector<RecordId>> groups;
  for (const RecordId record : set) {
    if (last) wave[record] = order.waves + 1 - wave[record];
  }
  for (const RecordId record : set) {
    RecordId lowest = record;
    for (const RecordId other : set) {
      if (together(record, other)) lowest = std::min(lowest, other);
    }
    groups[{wave[record], lowest}].push_back(record);
  }
  for (const auto& [place, members] : groups) {
    std::uint32_t latest = 0;
    std::set<RecordId> after;
    for (const auto& [a, b] : first) {
      const RecordId before = last ? b : a;
      const RecordId behind = last ? a : b;
      if (!together(behind, members.front()) || together(before, members.front())) continue;
      if (wave[before] < latest) continue;
      if (wave[before] > latest) after.clear();
      latest = wave[before];
      after.insert(before);
    }
    const auto cycle =
        members.size() > 1 ? static_cast<std::uint32_t>(order.cycles.size()) : kNoCycle;
    if (members.size() > 1) order.cycles.emplace_back(place.first, members.size());
    for (const RecordId member : members) {
      order.records.push_back({member, place.first, cycle, RecordId{0}});
      order.after.push_back(after);
    }
  }
  return order;
}

}  // namespace kosei::query

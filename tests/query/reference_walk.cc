#include "reference_walk.h"

#include <algorithm>
#include <cstdlib>
#include <random>

namespace kosei::query {

void ReferenceGraph::Apply(const Edit& edit, CommitNumber commit) {
  for (const std::string& key : edit.add) records_[key].push_back({commit});
  for (const auto& [class_name, key] : edit.others) records_[key].push_back({commit});
  for (const NamedLink& link : edit.unlink) {
    links_[{link.source, link.type, link.target}].back().end = commit;
  }
  for (const NamedLink& link : edit.link) {
    links_[{link.source, link.type, link.target}].push_back({commit});
  }
  for (const std::string& key : edit.end) {
    records_[key].back().end = commit;
    for (auto& [name, intervals] : links_) {
      const bool touches = name[0] == key || name[2] == key;
      if (touches && intervals.back().end == kOpenEnd) intervals.back().end = commit;
    }
  }
}

bool ReferenceGraph::Holds(const std::string& key, CommitNumber commit) const {
  const auto record = records_.find(key);
  return record != records_.end() &&
         std::any_of(record->second.begin(), record->second.end(),
                     [&](const Interval& interval) { return interval.Has(commit); });
}

std::vector<std::string> ReferenceGraph::KeysAt(CommitNumber commit) const {
  std::vector<std::string> keys;
  for (const auto& [key, intervals] : records_) {
    if (Holds(key, commit)) keys.push_back(key);
  }
  return keys;
}

std::vector<NamedLink> ReferenceGraph::LinksAt(CommitNumber commit) const {
  std::vector<NamedLink> links;
  for (const auto& [name, intervals] : links_) {
    for (const Interval& interval : intervals) {
      if (interval.Has(commit)) links.push_back({name[0], name[1], name[2]});
    }
  }
  return links;
}

ImpactAnswer ReferenceGraph::Walk(CommitNumber commit, const ImpactRequest& request) const {
  struct End {
    storage::NodeIndex node;
    Step step;
  };
  const bool down = request.direction == ImpactDirection::kDown;
  std::multimap<storage::NodeIndex, End> follows;
  for (const NamedLink& link : LinksAt(commit)) {
    if (link.type == "owned_by") continue;
    const storage::NodeIndex source = storage::NodeOf(store_.Id(link.source));
    const storage::NodeIndex target = storage::NodeOf(store_.Id(link.target));
    const auto type = static_cast<storage::TypeIndex>(store_.Type(link.type).value);
    const bool to_source = (link.type != "gives") == down;
    if (to_source) {
      follows.insert({target, {source, {0, false, type}}});
    } else {
      follows.insert({source, {target, {0, true, type}}});
    }
  }
  ImpactAnswer answer;
  std::set<storage::NodeIndex> reached;
  const auto append = [&](storage::NodeIndex node, std::uint32_t parent, storage::TypeIndex via) {
    reached.insert(node);
    answer.nodes.push_back(node);
    answer.parents.push_back(parent);
    answer.vias.push_back(via);
  };
  for (const RecordId root : request.roots) {
    const storage::NodeIndex node = storage::NodeOf(root);
    const auto position = static_cast<std::uint32_t>(answer.nodes.size());
    if (!reached.contains(node)) append(node, position, 0);
  }
  answer.level_ends.push_back(answer.nodes.size());
  std::uint32_t begin = 0;
  for (std::uint32_t depth = 0; begin < answer.nodes.size(); ++depth) {
    const auto end = static_cast<std::uint32_t>(answer.nodes.size());
    std::map<storage::NodeIndex, Step> level;
    std::uint64_t frontier = 0;
    for (std::uint32_t position = begin; position < end; ++position) {
      bool leads_on = false;
      const auto [first, last] = follows.equal_range(answer.nodes[position]);
      for (auto it = first; it != last; ++it) {
        if (reached.contains(it->second.node)) continue;
        leads_on = true;
        const Step step{position, it->second.step.as_target, it->second.step.type};
        const auto [known, fresh] = level.try_emplace(it->second.node, step);
        if (!fresh) known->second = std::min(known->second, step);
      }
      if (leads_on) ++frontier;
    }
    if (request.depth == depth) {
      if (frontier > 0) answer.truncated = Truncation{TruncationReason::kDepth, depth, frontier};
      break;
    }
    for (const auto& [node, step] : level) append(node, step.parent, step.type);
    if (!level.empty()) answer.level_ends.push_back(answer.nodes.size());
    begin = end;
  }
  return answer;
}

std::uint64_t TestSeed() {
  static const std::uint64_t seed = [] {
    const char* const given = std::getenv("KOSEI_TEST_SEED");
    return given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device{}();
  }();
  return seed;
}

}  // namespace kosei::query

#include "timed_links.h"

#include <algorithm>
#include <utility>

namespace kosei::storage {
namespace {

LinkName NameOf(const TimedLink& link) {
  return NameOfLink(link.source, RelationshipTypeNumber{link.type}, link.target);
}

NodeIndex NeighbourOf(const TimedLink& link, LinkDirection direction) {
  return direction == LinkDirection::kOut ? link.target : link.source;
}

}  // namespace

bool TimedLinks::Contains(const LinkName& name) const {
  if (empty()) return false;
  const ReaderLock lock(mutex_);
  return links_.contains(name);
}

bool TimedLinks::Touches(NodeIndex node) const {
  if (empty()) return false;
  const ReaderLock lock(mutex_);
  return rows_.contains(RowKey(LinkDirection::kOut, node)) ||
         rows_.contains(RowKey(LinkDirection::kIn, node));
}

std::vector<LinkStatement> TimedLinks::StatementsOf(const LinkName& name) const {
  if (empty()) return {};
  const ReaderLock lock(mutex_);
  const auto found = links_.find(name);
  return found == links_.end() ? std::vector<LinkStatement>() : found->second->statements;
}

std::vector<TimedLink> TimedLinks::LinksOf(LinkDirection direction, NodeIndex node) const {
  std::vector<TimedLink> links;
  if (empty()) return links;
  const ReaderLock lock(mutex_);
  const auto row = rows_.find(RowKey(direction, node));
  if (row == rows_.end()) return links;
  for (const TimedLink* link : row->second) links.push_back(*link);
  return links;
}

void TimedLinks::ForEach(absl::FunctionRef<void(const TimedLink&)> visit) const {
  const ReaderLock lock(mutex_);
  for (const auto& [name, link] : links_) visit(*link);
}

void TimedLinks::Apply(LinkDirection direction, NodeIndex node, CommitNumber commit,
                       Timestamp instant, std::vector<Neighbour>& neighbours) const {
  const ReaderLock lock(mutex_);
  const auto row = rows_.find(RowKey(direction, node));
  if (row == rows_.end()) return;
  std::erase_if(neighbours, [&](const Neighbour& neighbour) {
    return std::any_of(row->second.begin(), row->second.end(), [&](const TimedLink* link) {
      return link->type == neighbour.type && NeighbourOf(*link, direction) == neighbour.node;
    });
  });
  for (const TimedLink* link : row->second) {
    if (HoldsAt(link->statements, commit, instant)) {
      neighbours.push_back({NeighbourOf(*link, direction), link->type});
    }
  }
}

void TimedLinks::Add(TimedLink link) {
  auto owned = std::make_unique<TimedLink>(std::move(link));
  const TimedLink* const kept = owned.get();
  {
    const WriterLock lock(mutex_);
    links_.emplace(NameOf(*kept), std::move(owned));
    rows_[RowKey(LinkDirection::kOut, kept->source)].push_back(kept);
    rows_[RowKey(LinkDirection::kIn, kept->target)].push_back(kept);
  }
  bytes_.fetch_add(192 + kept->statements.size() * sizeof(LinkStatement),
                   std::memory_order_relaxed);
  count_.fetch_add(1, std::memory_order_release);
}

void TimedLinks::Append(const LinkName& name, const LinkStatement& statement) {
  const WriterLock lock(mutex_);
  links_.at(name)->statements.push_back(statement);
  bytes_.fetch_add(sizeof(LinkStatement), std::memory_order_relaxed);
}

}  // namespace kosei::storage

#include "topology_base.h"

#include <numeric>
#include <tuple>

namespace kosei::storage {
namespace {

bool EndedBefore(const EndedLink& a, const EndedLink& b) {
  return std::tie(a.owner, a.type, a.neighbour, a.begin) <
         std::tie(b.owner, b.type, b.neighbour, b.begin);
}

}  // namespace

void SortEnded(EndedRun& run) { std::sort(run.begin(), run.end(), EndedBefore); }

void Adjacency::AddEnded(EndedRun run) {
  if (run.empty()) return;
  while (!ended.empty() && ended.back()->size() < 2 * run.size()) {
    EndedRun merged;
    merged.reserve(ended.back()->size() + run.size());
    std::merge(ended.back()->begin(), ended.back()->end(), run.begin(), run.end(),
               std::back_inserter(merged), EndedBefore);
    run = std::move(merged);
    ended.pop_back();
  }
  ended.push_back(std::make_shared<const EndedRun>(std::move(run)));
}

std::uint64_t Adjacency::EndedCount() const {
  std::uint64_t count = 0;
  for (const std::shared_ptr<const EndedRun>& run : ended) count += run->size();
  return count;
}

std::uint64_t Adjacency::Bytes() const {
  return nodes.size() * (sizeof(NodeIndex) + sizeof(TypeIndex) + sizeof(std::uint32_t)) +
         rows.size() * sizeof(LinkRow) + type_bits.size() * sizeof(std::uint16_t) +
         EndedCount() * sizeof(EndedLink);
}

std::uint64_t TopologyBase::Bytes() const {
  return out.Bytes() + in.Bytes() + commits.size() * sizeof(CommitNumber) +
         ended_bits.size() * sizeof(std::uint64_t);
}

// Links of one commit come in runs, so the last answer is asked again most often.
std::uint32_t BaseBuilder::IndexOf(CommitNumber commit) {
  if (commits_.empty() || commit != last_commit_) {
    const auto [index, is_new] =
        commit_indexes_.try_emplace(commit.value, static_cast<std::uint32_t>(commits_.size()));
    if (is_new) commits_.push_back(commit);
    last_commit_ = commit;
    last_index_ = index->second;
  }
  return last_index_;
}

void BaseBuilder::Add(const LinkInterval& link) {
  Adjacency& out = base_.out;
  if (out.rows.size() <= link.source) {
    const auto here = static_cast<std::uint32_t>(out.nodes.size());
    out.rows.resize(std::size_t{link.source} + 1, LinkRow{here, here});
    out.type_bits.resize(out.rows.size(), 0);
  }
  if (link.end != kOpenEnd) {
    ended_.push_back({link.source, link.target, link.type, link.begin, link.end});
    return;
  }
  out.nodes.Append(link.target);
  out.types.Append(link.type);
  out.begins.Append(IndexOf(link.begin));
  out.type_bits[link.source] |= TypeBit(link.type);
  out.rows[link.source].end = static_cast<std::uint32_t>(out.nodes.size());
}

void BaseBuilder::PutCommitsInOrder() {
  std::vector<std::uint32_t> order(commits_.size());
  std::iota(order.begin(), order.end(), 0U);
  std::sort(order.begin(), order.end(),
            [this](std::uint32_t a, std::uint32_t b) { return commits_[a] < commits_[b]; });
  std::vector<std::uint32_t> place(order.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) {
    place[order[i]] = i;
    base_.commits.Append(commits_[order[i]]);
  }
  if (std::is_sorted(order.begin(), order.end())) return;
  const AppendOnly<std::uint32_t> before = std::move(base_.out.begins);
  std::uint32_t* const begins = base_.out.begins.Fill(before.size());
  for (std::size_t i = 0; i < before.size(); ++i) begins[i] = place[before[i]];
}

// A stable counting sort by target of what goes out.
void BaseBuilder::BuildIn() {
  const Adjacency& out = base_.out;
  Adjacency& in = base_.in;
  in.rows.assign(base_.node_limit, LinkRow{});
  in.type_bits.assign(base_.node_limit, 0);
  for (const NodeIndex target : out.nodes) ++in.rows[target].end;
  std::uint32_t next = 0;
  for (LinkRow& row : in.rows) {
    const std::uint32_t count = row.end;
    row = {next, next};
    next += count;
  }
  NodeIndex* const nodes = in.nodes.Fill(next);
  TypeIndex* const types = in.types.Fill(next);
  std::uint32_t* const begins = in.begins.Fill(next);
  for (NodeIndex source = 0; source < out.rows.size(); ++source) {
    for (std::uint64_t i = out.rows[source].begin; i < out.rows[source].end; ++i) {
      const std::uint32_t at = in.rows[out.nodes[i]].end++;
      nodes[at] = source;
      types[at] = out.types[i];
      begins[at] = out.begins[i];
      in.type_bits[out.nodes[i]] |= TypeBit(out.types[i]);
    }
  }
}

TopologyBase BaseBuilder::Finish(NodeIndex node_limit, CommitNumber newest) {
  base_.newest = newest;
  base_.node_limit = node_limit;
  const auto here = static_cast<std::uint32_t>(base_.out.nodes.size());
  base_.out.rows.resize(node_limit, LinkRow{here, here});
  base_.out.type_bits.resize(node_limit, 0);
  PutCommitsInOrder();
  BuildIn();
  base_.out.live = base_.in.live = base_.out.nodes.size();
  base_.ended_bits.assign(node_limit / 64 + 1, 0);
  EndedRun incoming;
  incoming.reserve(ended_.size());
  for (const EndedLink& link : ended_) {
    base_.MarkEnded(link.owner);
    base_.MarkEnded(link.neighbour);
    incoming.push_back({link.neighbour, link.owner, link.type, link.begin, link.end});
  }
  SortEnded(incoming);
  base_.out.AddEnded(std::move(ended_));
  base_.in.AddEnded(std::move(incoming));
  return std::move(base_);
}

TopologyBase BuildBase(std::span<const LinkInterval> links, NodeIndex node_limit,
                       CommitNumber newest) {
  BaseBuilder builder;
  for (const LinkInterval& link : links) builder.Add(link);
  return builder.Finish(node_limit, newest);
}

}  // namespace kosei::storage

#include "books.h"

#include "absl/strings/str_format.h"
#include "rules.h"

namespace kosei::simulation {

Booked& Books::Add(Booked record) {
  const std::string key = record.key;
  ++last_[std::string(PrefixOf(record.class_name))];
  return records_[key] = std::move(record);
}

std::string Books::NextKey(std::string_view prefix) const {
  const auto found = last_.find(prefix);
  const std::uint64_t last = found == last_.end() ? 0 : found->second;
  return absl::StrFormat("%s-%06d", std::string(prefix), last + 1);
}

void Books::Link(std::string source, std::string type, std::string target, std::uint64_t begin) {
  std::vector<std::size_t>& out = out_[{source, type}];
  for (const std::size_t known : out) {
    if (links_[known].target == target && links_[known].end == UINT64_MAX) return;
  }
  out.push_back(links_.size());
  in_[{target, type}].push_back(links_.size());
  links_.push_back({std::move(source), std::move(type), std::move(target), begin, UINT64_MAX});
}

void Books::EndLinksOf(const std::string& key, std::uint64_t commit) {
  for (BookedLink& link : links_) {
    if ((link.source == key || link.target == key) && link.end == UINT64_MAX) link.end = commit;
  }
}

std::vector<std::string> Books::Targets(std::string_view source, std::string_view type) const {
  std::vector<std::string> targets;
  const auto found = out_.find(Ends(source, type));
  if (found == out_.end()) return targets;
  for (const std::size_t link : found->second) {
    if (links_[link].end == UINT64_MAX) targets.push_back(links_[link].target);
  }
  return targets;
}

std::vector<std::string> Books::Sources(std::string_view target, std::string_view type) const {
  std::vector<std::string> sources;
  const auto found = in_.find(Ends(target, type));
  if (found == in_.end()) return sources;
  for (const std::size_t link : found->second) {
    if (links_[link].end == UINT64_MAX) sources.push_back(links_[link].source);
  }
  return sources;
}

}  // namespace kosei::simulation

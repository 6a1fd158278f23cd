// The books of the simulation: what each record should be by now, kept beside the server and never
// read from it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kosei/base/time.h"

namespace kosei::simulation {

// What a record was from a commit on.
struct Moment {
  Timestamp at;
  std::uint64_t commit = 0;
  std::string state;
  std::string priority;
  std::string group;
};

struct Booked {
  std::string key;
  std::string class_name;
  std::string life_cycle;
  std::string state;
  std::uint64_t commit = 0;  // that began its newest version
  std::vector<Moment> past;
  std::map<std::string, std::string, std::less<>> texts;  // attributes, as they were given
  std::map<std::string, Timestamp, std::less<>> times;    // attributes that are instants
  std::map<std::string, std::int64_t, std::less<>> counts;
  std::optional<Timestamp> due;  // when the system takes it on by itself

  std::string_view text(std::string_view name) const {
    const auto found = texts.find(name);
    return found == texts.end() ? std::string_view() : std::string_view(found->second);
  }
  std::optional<Timestamp> time(std::string_view name) const {
    const auto found = times.find(name);
    return found == times.end() ? std::nullopt : std::optional(found->second);
  }
  std::int64_t count(std::string_view name) const {
    const auto found = counts.find(name);
    return found == counts.end() ? 0 : found->second;
  }
  bool is(std::string_view name) const { return text(name) == "true"; }
  // The state at a commit; empty: it was not there yet.
  std::string_view StateAt(std::uint64_t at) const {
    std::string_view then;
    for (const Moment& moment : past) {
      if (moment.commit <= at) then = moment.state;
    }
    return then;
  }
};

struct BookedLink {
  std::string source;
  std::string type;
  std::string target;
  std::uint64_t begin = 0;
  std::uint64_t end = UINT64_MAX;
  bool HeldAt(std::uint64_t commit) const { return begin <= commit && commit < end; }
};

struct BookedVote {
  std::string approval;
  std::string step;
  std::string voter;
  std::string on_behalf_of;
  bool rejects = false;
};

class Books {
 public:
  Booked& Add(Booked record);
  Booked& At(const std::string& key) { return records_.at(key); }
  const Booked& At(const std::string& key) const { return records_.at(key); }
  bool Has(const std::string& key) const { return records_.contains(key); }
  const std::map<std::string, Booked>& records() const { return records_; }

  // The key that the next record of this prefix has to get.
  std::string NextKey(std::string_view prefix) const;

  void Link(std::string source, std::string type, std::string target, std::uint64_t begin);
  // Ends all links of an item.
  void EndLinksOf(const std::string& key, std::uint64_t commit);
  const std::vector<BookedLink>& links() const { return links_; }
  std::vector<std::string> Targets(std::string_view source, std::string_view type) const;
  std::vector<std::string> Sources(std::string_view target, std::string_view type) const;

  void Count(BookedVote vote) { votes_.push_back(std::move(vote)); }
  const std::vector<BookedVote>& votes() const { return votes_; }

 private:
  using Ends = std::pair<std::string, std::string>;  // of a record, by type

  std::map<std::string, Booked> records_;
  std::map<std::string, std::uint64_t, std::less<>> last_;  // number, by prefix
  std::vector<BookedLink> links_;
  std::map<Ends, std::vector<std::size_t>> out_, in_;  // into links_
  std::vector<BookedVote> votes_;
};

}  // namespace kosei::simulation

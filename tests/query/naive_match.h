// Every way to find a pattern, by trying: node by node as it is written, each link that fits, and
// the conditions at the end. Says what the planner and the operators of statements must find, and
// knows nothing of either.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "kosei/language/ast.h"
#include "kosei/language/datum.h"
#include "naive_graph.h"

namespace kosei::query {

// The values of the names that are known.
using NaiveRow = std::map<std::string, language::Datum>;
// What an expression is in the row.
using NaiveValue = std::function<language::Datum(const language::Expression&, const NaiveRow&)>;

class NaiveMatch {
 public:
  // All must outlive it.
  NaiveMatch(const NaiveGraph& graph, const language::Pattern& pattern,
             const language::Expression* where, const NaiveValue& value);

  // Calls `give` with `before` and what the pattern adds, until it returns false.
  void Run(const NaiveRow& before, const std::function<bool(const NaiveRow&)>& give);
  // The names that the pattern gives values to.
  const std::set<std::string>& names() const { return names_; }

 private:
  using Used = std::set<std::size_t>;  // positions of links
  // What is done with a way through a path; false: no more are wanted.
  using Then = std::function<bool(const NaiveRow&, const Used&, const language::PathValue&)>;
  // What is done with a way from one node to the next: `walked` begins with the links, and has the
  // nodes behind them.
  using Arrive = std::function<bool(RecordId, const NaiveRow&, const Used&,
                                    const language::PathValue& walked)>;

  void NameAll(language::PathPattern& path, bool within);
  bool Path(std::size_t number, const NaiveRow& row, const Used& used,
            const std::function<bool(const NaiveRow&)>& give);
  bool Shortest(const language::PathPattern& path, const NaiveRow& row, const Then& then);
  bool Chain(const language::PathPattern& path, std::size_t position, RecordId at, NaiveRow row,
             const Used& used, const language::PathValue& walked, const Then& then);
  bool Step(const language::PatternStep& step, RecordId at, const NaiveRow& row, const Used& used,
            const Arrive& arrive);
  bool Hops(const language::RelationshipPattern& link, RecordId at, const NaiveRow& row,
            const Used& used, const language::PathValue& walked, const Arrive& arrive);
  bool Times(const language::QuantifiedPattern& part, std::vector<NaiveRow>& times, RecordId at,
             const NaiveRow& row, const Used& used, const language::PathValue& walked,
             const Arrive& arrive);
  // Calls with each link of the node that fits type and direction and is not used.
  bool EachLink(const language::RelationshipPattern& link, RecordId at, const Used& used,
                const std::function<bool(std::size_t, RecordId)>& visit) const;
  bool Holds(const language::ExpressionPtr& condition, const NaiveRow& row) const;
  bool NodeHolds(const language::NodePattern& node, const NaiveRow& row) const;
  bool PathHolds(const language::PathPattern& path, const NaiveRow& row) const;

  const NaiveGraph& graph_;
  language::Pattern pattern_;  // with a name for everything
  const language::Expression* const where_;
  const NaiveValue& value_;
  NaiveRow before_;
  std::set<std::string> names_;
  int made_names_ = 0;
};

}  // namespace kosei::query

// A random store with a few records and links, and the same as naive graphs: as it was at first,
// and as it is after changes.
#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "naive_graph.h"
#include "statement_store.h"

namespace kosei::query {

// What a statement may read.
struct WorldView {
  std::string prefix;  // what the statement begins with to read it
  CommitNumber commit;
  NaiveGraph graph;
};

class StatementWorld {
 public:
  explicit StatementWorld(std::mt19937& random);
  // Ends some records and links, makes others, and gives new values.
  void Change();

  // The last is the present.
  std::vector<WorldView>& views() { return views_; }
  StatementStore& asked() { return asked_; }

 private:
  unsigned Below(unsigned bound) { return static_cast<unsigned>(random_()) % bound; }
  // A record of the class with random values, in the present's graph and to be put.
  void AddRecord(const std::string& key, std::string_view class_name, NaiveGraph& graph,
                 storage::Transaction& records);
  void AddLinks(NaiveGraph& graph);
  // The graph becomes the present.
  void Commit(NaiveGraph graph);

  std::mt19937& random_;
  StatementStore asked_;
  std::vector<WorldView> views_;
};

// What is left of the graph for somebody who may only see records with the label.
NaiveGraph OnlyWith(const NaiveGraph& graph, std::string_view label);

}  // namespace kosei::query

// Random patterns over random graphs against an evaluator of a few lines that tries every
// assignment of records and links.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "statement_store.h"

namespace kosei::query {
namespace {

struct Edge {
  int source;
  int target;
  std::string type;
};

struct World {
  int nodes = 0;
  std::vector<Edge> edges;
  std::vector<std::string> classes;  // by node
};

enum class Way : std::uint8_t { kRight, kLeft, kEither };

struct Hop {
  Way way = Way::kRight;
  std::string type;  // empty: any
  int least = 1;
  int most = 1;
};

// (v0)-hop->(v1)...: variables by number, which may come twice.
struct Chain {
  std::vector<int> variables;
  std::vector<Hop> hops;
  std::map<int, std::string> labels;
};

World MakeWorld(std::mt19937& random) {
  World world;
  world.nodes = 2 + static_cast<int>(random() % 5);
  for (int i = 0; i < world.nodes; ++i)
    world.classes.push_back(random() % 2 == 0 ? "Thing" : "Machine");
  const int edges = static_cast<int>(random() % 9);
  for (int i = 0; i < edges; ++i) {
    Edge edge{static_cast<int>(random() % static_cast<unsigned>(world.nodes)),
              static_cast<int>(random() % static_cast<unsigned>(world.nodes)),
              random() % 2 == 0 ? "needs" : "gives"};
    const bool known = std::any_of(world.edges.begin(), world.edges.end(), [&](const Edge& other) {
      return other.source == edge.source && other.target == edge.target && other.type == edge.type;
    });
    if (!known) world.edges.push_back(edge);
  }
  return world;
}

Chain MakeChain(std::mt19937& random) {
  Chain chain;
  const int hops = static_cast<int>(random() % 4);
  for (int i = 0; i <= hops; ++i)
    chain.variables.push_back(
        i > 0 && random() % 4 == 0 ? static_cast<int>(random() % static_cast<unsigned>(i)) : i);
  for (int i = 0; i < hops; ++i) {
    Hop hop;
    hop.way = static_cast<Way>(random() % 3);
    if (random() % 2 == 0) hop.type = random() % 2 == 0 ? "needs" : "gives";
    if (random() % 3 == 0) {
      hop.least = static_cast<int>(random() % 2);
      hop.most = hop.least + static_cast<int>(random() % 3);
    }
    chain.hops.push_back(hop);
  }
  for (const int variable : chain.variables) {
    if (random() % 3 == 0) chain.labels[variable] = random() % 2 == 0 ? "Thing" : "Machine";
  }
  return chain;
}

std::string TextOf(const Chain& chain) {
  std::string text = "MATCH ";
  std::map<int, bool> labelled;
  const auto node = [&](int variable) {
    text += "(v" + std::to_string(variable);
    const auto label = chain.labels.find(variable);
    if (label != chain.labels.end() && !labelled[variable]) text += ":" + label->second;
    labelled[variable] = true;
    text += ")";
  };
  node(chain.variables[0]);
  for (std::size_t i = 0; i < chain.hops.size(); ++i) {
    const Hop& hop = chain.hops[i];
    text += hop.way == Way::kLeft ? "<-[" : "-[";
    if (!hop.type.empty()) text += ":" + hop.type;
    if (hop.least != 1 || hop.most != 1)
      text += "*" + std::to_string(hop.least) + ".." + std::to_string(hop.most);
    text += hop.way == Way::kRight ? "]->" : "]-";
    node(chain.variables[i + 1]);
  }
  std::string columns;
  std::vector<int> distinct = chain.variables;
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  for (const int variable : distinct)
    columns += (columns.empty() ? "" : ", ") + ("key(v" + std::to_string(variable) + ")");
  return text + " RETURN " + columns;
}

class Naive {
 public:
  Naive(const World& world, const Chain& chain) : world_(world), chain_(chain) {}

  std::vector<std::string> Run() {
    for (int node = 0; node < world_.nodes; ++node) {
      if (Bind(0, node)) {
        Hop(0, node, 0, {});
        bound_.erase(chain_.variables[0]);
      }
    }
    std::sort(rows_.begin(), rows_.end());
    return rows_;
  }

 private:
  // False: it cannot be. A variable that was bound stays bound.
  bool Fits(int variable, int node) const {
    const auto bound = bound_.find(variable);
    if (bound != bound_.end()) return bound->second == node;
    const auto label = chain_.labels.find(variable);
    return label == chain_.labels.end() || label->second == "Thing" ||
           world_.classes[static_cast<std::size_t>(node)] == label->second;
  }
  bool Bind(std::size_t position, int node) {
    if (!Fits(chain_.variables[position], node)) return false;
    bound_[chain_.variables[position]] = node;
    return true;
  }

  // At `node`, having gone `length` links of hop number `hop`.
  void Hop(std::size_t hop, int node, int length, std::vector<std::size_t> used) {
    if (hop == chain_.hops.size()) {
      std::string row;
      for (const auto& [variable, at] : bound_)
        row += (row.empty() ? "" : " | ") + ("'n" + std::to_string(at) + "'");
      rows_.push_back(row);
      return;
    }
    const auto& wanted = chain_.hops[hop];
    if (length >= wanted.least) {
      const int variable = chain_.variables[hop + 1];
      const bool was_bound = bound_.contains(variable);
      if (Bind(hop + 1, node)) {
        Hop(hop + 1, node, 0, used);
        if (!was_bound) bound_.erase(variable);
      }
    }
    if (length == wanted.most) return;
    for (std::size_t i = 0; i < world_.edges.size(); ++i) {
      const Edge& edge = world_.edges[i];
      if (!wanted.type.empty() && edge.type != wanted.type) continue;
      if (std::find(used.begin(), used.end(), i) != used.end()) continue;
      std::vector<std::size_t> more = used;
      more.push_back(i);
      if (wanted.way != Way::kLeft && edge.source == node) Hop(hop, edge.target, length + 1, more);
      if (wanted.way != Way::kRight && edge.target == node &&
          !(wanted.way == Way::kEither && edge.source == edge.target))
        Hop(hop, edge.source, length + 1, more);
    }
  }

  const World& world_;
  const Chain& chain_;
  std::map<int, int> bound_;
  std::vector<std::string> rows_;
};

TEST(StatementsAtRandom, PatternsFindWhatTryingEverythingFinds) {
  std::mt19937 random(20'261'130);
  constexpr int kWorlds = 60;
  constexpr int kChains = 50;
  std::size_t rows = 0;
  for (int w = 0; w < kWorlds; ++w) {
    const World world = MakeWorld(random);
    StatementStore asked;
    Edit edit;
    for (int i = 0; i < world.nodes; ++i)
      edit.others.emplace_back(world.classes[static_cast<std::size_t>(i)], "n" + std::to_string(i));
    asked.store().Apply(edit);
    Edit links;
    for (const Edge& edge : world.edges)
      links.link.push_back(
          {"n" + std::to_string(edge.source), edge.type, "n" + std::to_string(edge.target)});
    if (!links.link.empty()) asked.store().Apply(links);
    for (int c = 0; c < kChains; ++c) {
      const Chain chain = MakeChain(random);
      const std::string text = TextOf(chain);
      std::vector<std::string> found = asked.Rows(text);
      std::sort(found.begin(), found.end());
      const std::vector<std::string> expected = Naive(world, chain).Run();
      ASSERT_EQ(found, expected) << text;
      rows += found.size();
    }
  }
  EXPECT_GT(rows, 1'000U);
}

}  // namespace
}  // namespace kosei::query

// The patterns of set-up statements: compiled, made in a graph in memory, and found in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/language/ast.h"
#include "kosei/language/evaluation.h"
#include "memory_graph.h"
#include "rows.h"

namespace kosei::tck {

// A node of a pattern. Its slot is bound by a clause before, or by this pattern.
struct NodePlan {
  std::uint32_t slot = 0;
  std::vector<language::LabelChoice> labels;  // it fulfils each
  language::EvaluatorPtr properties;          // null: none
};
struct LinkPlan {
  std::uint32_t slot = 0;
  std::vector<std::string> types;  // one of them; none: any
  language::PatternDirection direction = language::PatternDirection::kRight;
  language::EvaluatorPtr properties;
};
struct PathPlan {
  std::vector<NodePlan> nodes;
  std::vector<LinkPlan> links;  // between them
};
using PatternPlan = std::vector<PathPlan>;

class Patterns {
 public:
  // Both must outlive this.
  Patterns(Rows& rows, MemoryGraph& graph) : rows_(rows), graph_(graph) {}

  // Takes the pattern's variables into the scope. kQueryUnsupported for named paths, variable
  // length and relationships that are bound already.
  absl::StatusOr<PatternPlan> Compile(const language::Pattern& pattern);
  // Makes what the row has not bound, and binds it.
  absl::Status Create(const PatternPlan& plan, Row& row);
  // Adds a row for each way to find the pattern.
  absl::Status Match(const PatternPlan& plan, const Row& row, std::vector<Row>& out);

 private:
  // How far a way through the pattern has come.
  struct Way {
    std::size_t path = 0;
    std::size_t node = 0;  // of the path: the next to be found
    Row row;
    std::vector<std::size_t> used;  // positions of links
  };

  absl::StatusOr<language::EvaluatorPtr> CompileProperties(const language::ExpressionPtr& map);
  absl::StatusOr<Properties> PropertiesOf(const language::EvaluatorPtr& evaluator, Row& row);
  absl::Status CreateNode(const NodePlan& plan, Row& row);
  absl::Status CreateLink(const PathPlan& path, std::size_t index, Row& row);
  absl::StatusOr<bool> Fits(const language::EvaluatorPtr& evaluator, const Properties& found,
                            Row& row);
  absl::StatusOr<bool> NodeFits(const NodePlan& plan, std::size_t position, Row& row);
  absl::StatusOr<bool> LinkFits(const LinkPlan& plan, std::size_t position, Way& way);
  absl::Status GoOn(const PatternPlan& plan, Way way, std::vector<Row>& out);
  absl::Status GoOnAt(const PatternPlan& plan, std::size_t position, Way way,
                      std::vector<Row>& out);
  absl::Status GoOver(const PatternPlan& plan, std::size_t link, std::size_t position, Way way,
                      std::vector<Row>& out);

  Rows& rows_;
  MemoryGraph& graph_;
};

}  // namespace kosei::tck

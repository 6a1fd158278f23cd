// What an expression's text is worth: parsed, compiled and evaluated over a small graph.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/base/error.h"
#include "kosei/language/evaluation.h"
#include "kosei/language/parse.h"
#include "kosei/language/text_form.h"

namespace kosei::language {

// Record 1 is (:Host {name: 'web', cores: 8}), record 2 (:Service:Critical {name: 'shop'}), and
// 2 -[:RUNS_ON {since: 2024}]-> 1.
class SmallGraph final : public Graph {
 public:
  std::uint32_t PropertyNumber(std::string_view name) override {
    for (std::size_t i = 0; i < names_.size(); ++i)
      if (names_[i] == name) return static_cast<std::uint32_t>(i);
    names_.emplace_back(name);
    return static_cast<std::uint32_t>(names_.size() - 1);
  }
  Datum Property(NodeRef node, std::uint32_t property, Evaluation& evaluation) override {
    return Datum::Map(Properties(node, evaluation)).At(names_[property]);
  }
  Datum Property(LinkRef link, std::uint32_t property, Evaluation& evaluation) override {
    return Datum::Map(Properties(link, evaluation)).At(names_[property]);
  }
  DatumMap Properties(NodeRef node, Evaluation&) override {
    if (node.record.value == 2) return {{"name", Datum::String("shop")}};
    return {{"cores", Datum::Integer(8)}, {"name", Datum::String("web")}};
  }
  DatumMap Properties(LinkRef, Evaluation&) override { return {{"since", Datum::Integer(2024)}}; }
  std::vector<std::string> Labels(NodeRef node, Evaluation&) override {
    if (node.record.value == 2) return {"Service", "Critical"};
    return {"Host"};
  }
  bool HasLabel(NodeRef node, std::string_view label, Evaluation& evaluation) override {
    for (const std::string& own : Labels(node, evaluation))
      if (own == label) return true;
    return false;
  }
  std::string TypeOf(LinkRef) override { return "RUNS_ON"; }

 private:
  std::vector<std::string> names_;
};

struct Variable {
  std::string name;
  Datum value;
  StaticType type;
};

// Variables of every row in these tests: n and m are nodes, r joins them, p is the path, any is
// node n whose kind nobody knows.
inline std::vector<Variable> RowOfSmallGraph() {
  const NodeRef host{RecordId{1}};
  const NodeRef service{RecordId{2}};
  const LinkRef link{2, 1, 0};
  return {{"n", Datum::Node(host), {BitOf(DatumKind::kNode), kAnyKinds}},
          {"m", Datum::Node(service), {BitOf(DatumKind::kNode), kAnyKinds}},
          {"r", Datum::Relationship(link), {BitOf(DatumKind::kRelationship), kAnyKinds}},
          {"p", Datum::Path({{host, service}, {link}}), {BitOf(DatumKind::kPath), kAnyKinds}},
          {"any", Datum::Node(host), {}}};
}

// What became of an expression: its value as text, or an error and when it was found.
struct Answer {
  std::string text;
  std::string_view when;  // "parse", "compile" or "run"
  absl::Status error;
};

// `memory`: of its values.
inline Answer AnswerTo(std::string_view text, const DatumMap& parameters = {},
                       std::uint64_t memory = UINT64_MAX) {
  const absl::StatusOr<ExpressionPtr> expression = ParseExpression(text);
  if (!expression.ok()) return {{}, "parse", expression.status()};
  Scope scope;
  std::vector<Datum> row;
  for (const Variable& variable : RowOfSmallGraph()) {
    scope.Add(variable.name, variable.type);
    row.push_back(variable.value);
  }
  SmallGraph graph;
  const CompileContext context{text, &graph, nullptr, nullptr};
  const absl::StatusOr<EvaluatorPtr> evaluator = Compile(**expression, scope, context);
  if (!evaluator.ok()) return {{}, "compile", evaluator.status()};
  row.resize(scope.slot_count());
  Evaluation evaluation;
  evaluation.graph = &graph;
  evaluation.parameters = &parameters;
  evaluation.now = Timestamp{1'700'000'000'123'456};
  evaluation.LimitMemory(memory);
  const Datum value = (*evaluator)->Evaluate(row.data(), evaluation);
  if (evaluation.failed()) return {{}, "run", evaluation.error};
  return {ToText(value, evaluation), {}, absl::OkStatus()};
}

// The value as text; "<when> <kind of error>: <detail>" of an error.
inline std::string Worth(std::string_view text, const DatumMap& parameters = {},
                         std::uint64_t memory = UINT64_MAX) {
  const Answer answer = AnswerTo(text, parameters, memory);
  if (answer.error.ok()) return answer.text;
  return std::string(answer.when) + " " + std::string(InfoOf(CodeOf(answer.error)).symbol) + ": " +
         FieldOf(answer.error);
}

// Empty when there is no error.
inline std::string MessageOfError(std::string_view text) {
  return std::string(MessageOf(AnswerTo(text).error));
}

struct WorthCase {
  std::string_view text;
  std::string_view worth;
};

template <std::size_t kCount>
void ExpectWorth(const WorthCase (&cases)[kCount]) {
  for (const auto& [text, worth] : cases) EXPECT_EQ(Worth(text), worth) << text;
}

}  // namespace kosei::language

// Patterns, as parse_pattern.cc and parse_relationship.cc read them.
#include "name_text.h"
#include "printer.h"

namespace kosei::language {

void Printer::Print(const Pattern& pattern) {
  for (std::size_t i = 0; i < pattern.paths.size(); ++i) {
    if (i > 0) Write(", ");
    Print(pattern.paths[i]);
  }
}

void Printer::Print(const PathPattern& path) {
  if (!path.variable.empty()) Write(VariableText(path.variable) + " = ");
  switch (path.selector) {
    case PathSelector::kAllPaths:
      return PrintChain(path);
    case PathSelector::kShortest:
      Write("shortestPath(");
      break;
    case PathSelector::kAllShortest:
      Write("allShortestPaths(");
      break;
  }
  PrintChain(path);
  Write(")");
}

void Printer::PrintChain(const PathPattern& path) {
  for (std::size_t i = 0; i < path.nodes.size(); ++i) {
    Print(path.nodes[i]);
    if (i < path.steps.size()) PrintStep(path.steps[i]);
  }
}

void Printer::PrintStep(const PatternStep& step) {
  if (step.relationship.has_value()) return Print(*step.relationship);
  Write(" (");
  PrintChain(*step.quantified->path);
  PrintOptional(" WHERE ", step.quantified->where);
  Write(")");
  const Hops& hops = step.quantified->hops;
  Write("{" + std::to_string(hops.least) + ",");
  if (hops.most.has_value()) Write(std::to_string(*hops.most));
  Write("} ");
}

void Printer::Print(const NodePattern& node) {
  Write("(");
  if (!node.variable.empty()) Write(VariableText(node.variable));
  PrintLabels(node.labels);
  const bool first = node.variable.empty() && node.labels.empty();
  PrintProperties(node.properties, !first);
  PrintOptional(first && node.properties == nullptr ? "WHERE " : " WHERE ", node.where);
  Write(")");
}

void Printer::PrintLabels(const std::vector<LabelChoice>& labels) {
  for (const LabelChoice& choice : labels) {
    Write(":");
    for (std::size_t i = 0; i < choice.size(); ++i) {
      if (i > 0) Write("|");
      if (choice[i].negated) Write("!");
      Write(NameText(choice[i].name));
    }
  }
}

void Printer::PrintProperties(const ExpressionPtr& properties, bool space) {
  PrintOptional(space ? " " : "", properties);
}

void Printer::Print(const RelationshipPattern& relationship) {
  Write(relationship.direction == PatternDirection::kLeft ? "<-" : "-");
  std::string filler;
  Printer inner(filler);
  if (!relationship.variable.empty()) inner.Write(VariableText(relationship.variable));
  for (std::size_t i = 0; i < relationship.types.size(); ++i) {
    inner.Write(i == 0 ? ":" : "|");
    inner.Write(NameText(relationship.types[i]));
  }
  if (relationship.hops.has_value()) inner.PrintHops(*relationship.hops);
  inner.PrintProperties(relationship.properties, !filler.empty());
  inner.PrintOptional(filler.empty() ? "WHERE " : " WHERE ", relationship.where);
  if (!filler.empty()) Write("[" + filler + "]");
  Write(relationship.direction == PatternDirection::kRight ? "->" : "-");
}

// * is at least once and without a limit.
void Printer::PrintHops(const Hops& hops) {
  Write("*");
  if (hops.most == hops.least) return Write(std::to_string(hops.least));
  if (hops.least == 1 && !hops.most.has_value()) return;
  Write(std::to_string(hops.least) + "..");
  if (hops.most.has_value()) Write(std::to_string(*hops.most));
}

}  // namespace kosei::language

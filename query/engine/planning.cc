#include "engine/planning.h"

#include <algorithm>
#include <span>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/functions.h"
#include "engine/names.h"
#include "engine/subquery.h"
#include "kosei/base/error.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/query_error.h"

namespace kosei::query {

using language::Evaluation;
using language::Expression;

namespace {

// Each takes a few hundred bytes of a thread's stack.
constexpr std::uint32_t kOperatorsMax = 1'000;

}  // namespace

// Gives property names their numbers; nothing is evaluated on it that needs more.
class Planning::CompileGraph final : public language::Graph {
 public:
  explicit CompileGraph(PropertyNames& names) : names_(names) {}
  std::uint32_t PropertyNumber(std::string_view name) override { return names_.NumberOf(name); }
  language::Datum Property(language::NodeRef, std::uint32_t, Evaluation&) override { return {}; }
  language::Datum Property(language::LinkRef, std::uint32_t, Evaluation&) override { return {}; }
  language::DatumMap Properties(language::NodeRef, Evaluation&) override { return {}; }
  language::DatumMap Properties(language::LinkRef, Evaluation&) override { return {}; }
  std::vector<std::string> Labels(language::NodeRef, Evaluation&) override { return {}; }
  bool HasLabel(language::NodeRef, std::string_view, Evaluation&) override { return false; }
  std::string TypeOf(language::LinkRef) override { return {}; }

 private:
  PropertyNames& names_;
};

Planning::Planning(std::string_view text, const storage::Reader& reader, Moments& moments,
                   PropertyNames& properties, MatchTime own, OpenTime open_time,
                   const Budget& budget)
    : text_(text),
      reader_(reader),
      moments_(moments),
      graph_(std::make_unique<CompileGraph>(properties)),
      functions_(MakeEngineFunctions(text, properties)),
      time_(own),
      open_time_(std::move(open_time)),
      budget_(budget) {}

Planning::~Planning() = default;

absl::StatusOr<Planning::MatchTime> Planning::TimeOf(const language::TimeScope& time) const {
  if (time.empty()) return time_;
  return open_time_(time);
}

absl::Status Planning::Grow(std::uint32_t operators, language::Span span) {
  operators_ += operators;
  if (operators_ <= kOperatorsMax) return absl::OkStatus();
  return language::MakeQueryError(
      ErrorCode::kQueryUnsupported, "StatementTooLarge", text_, span,
      absl::StrFormat("the statement is too large: its plan has more than %d operators; ask in "
                      "several statements",
                      kOperatorsMax));
}

absl::StatusOr<language::EvaluatorPtr> Planning::CompileExpression(const Expression& expression,
                                                                   language::Scope& scope) {
  KOSEI_RETURN_IF_ERROR(CheckBudget());
  KOSEI_ASSIGN_OR_RETURN(const language::ExpressionPtr resolved,
                         ResolveNames(*this, expression, scope));
  language::CompileContext context;
  context.text = text_;
  context.graph = graph_.get();
  context.subqueries = this;
  context.functions = functions_.get();
  return language::Compile(*resolved, scope, context);
}

absl::StatusOr<language::EvaluatorPtr> Planning::CompileCondition(const Expression& condition,
                                                                  language::Scope& scope) {
  KOSEI_ASSIGN_OR_RETURN(language::EvaluatorPtr evaluator, CompileExpression(condition, scope));
  if (!evaluator->type().MayBe(language::BitOf(language::DatumKind::kBoolean))) {
    return Error("InvalidArgumentType", condition.span,
                 "a condition is true or false, and this is neither; compare it with something");
  }
  return evaluator;
}

absl::StatusOr<language::EvaluatorPtr> Planning::Compile(const Expression& subquery,
                                                         language::Scope& scope) {
  return PlanSubquery(*this, subquery, scope);
}

absl::StatusOr<ClassSet> Planning::ClassesOf(const std::vector<language::LabelChoice>& labels,
                                             std::uint16_t moment, language::Span span) const {
  const model::Schema& schema = *moments_[moment].schema;
  std::optional<ClassSet> fit;
  for (const language::LabelChoice& choice : labels) {
    ClassSet any;
    for (const language::LabelTest& test : choice) {
      ClassSet carry;
      for (const ClassNumber each : schema.ClassesWithLabel(test.name)) carry.Add(each);
      if (carry.empty()) KOSEI_RETURN_IF_ERROR(CheckLabel(*this, test.name, moment, span));
      for (const model::Class& each : schema.classes()) {
        const bool passes = carry.Has(each.number) != test.negated;
        if (passes && (!fit.has_value() || fit->Has(each.number))) any.Add(each.number);
      }
    }
    fit = std::move(any);
  }
  return fit.has_value() ? *std::move(fit) : ClassSet();
}

absl::StatusOr<TypeSet> Planning::TypesOf(const std::vector<std::string>& types,
                                          std::uint16_t moment, language::Span span) const {
  if (types.empty()) return TypeSet::All();
  const model::Schema& schema = *moments_[moment].schema;
  TypeSet set;
  for (const std::string& name : types) {
    const model::RelationshipType* type = schema.FindRelationshipType(name);
    if (type == nullptr) {
      NearestName nearest(name);
      for (const model::RelationshipType& each : schema.relationship_types())
        nearest.Offer(each.definition.name);
      return language::MakeQueryError(
          ErrorCode::kUnknownRelationshipType, "UnknownRelationshipType", text_, span,
          absl::StrFormat("unknown relationship type `%s`%s", name, nearest.Suggestion()));
    }
    set.Add(static_cast<storage::TypeIndex>(type->number.value));
  }
  return set;
}

double Planning::CountOf(const std::optional<ClassSet>& classes, std::uint16_t moment) {
  const storage::GraphView& graph = moments_[moment].graph;
  if (!classes.has_value()) return graph.node_limit();
  if (class_counts_.size() <= moment) class_counts_.resize(moment + std::size_t{1});
  std::vector<double>& counts = class_counts_[moment];
  if (counts.empty()) {
    counts.resize(moments_[moment].schema->classes().size() + 1);
    // A sample is enough to choose by.
    constexpr storage::NodeIndex kSample = 16'384;
    const storage::NodeIndex stride = std::max<storage::NodeIndex>(1, graph.node_limit() / kSample);
    for (storage::NodeIndex node = 1; node < graph.node_limit(); node += stride) {
      const std::size_t number = graph.ClassOf(node).value;
      if (counts.size() <= number) counts.resize(number + 1);
      counts[number] += stride;
    }
  }
  double sum = 1;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (classes->Has(ClassNumber{static_cast<std::uint16_t>(i)})) sum += counts[i];
  }
  return sum;
}

std::optional<AttributeNumber> Planning::AttributeOf(std::string_view name,
                                                     std::uint16_t moment) const {
  const model::Attribute* const attribute = AttributeNamed(*moments_[moment].schema, name);
  return attribute == nullptr ? std::nullopt : std::optional(attribute->number);
}

const model::Attribute* Planning::FindAttribute(std::string_view name) const {
  for (const Moment& moment : moments_) {
    const model::Attribute* const attribute = AttributeNamed(*moment.schema, name);
    if (attribute != nullptr) return attribute;
  }
  return nullptr;
}

absl::Status Planning::Error(std::string_view detail, language::Span span,
                             std::string_view message) const {
  return language::MakeQueryError(ErrorCode::kQuerySyntax, detail, text_, span, message);
}

}  // namespace kosei::query

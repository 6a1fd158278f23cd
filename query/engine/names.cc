#include "engine/names.h"

#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "engine/functions.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/query_error.h"
#include "kosei/language/tree.h"

namespace kosei::query {
namespace {

using language::DatumKind;
using language::Expression;
using language::ExpressionKind;
using language::ExpressionPtr;

constexpr std::string_view kKey = "key";

class Resolver {
 public:
  Resolver(const Planning& planning, const language::Scope& scope)
      : planning_(planning), scope_(scope) {}

  absl::Status Walk(ExpressionPtr& expression) {
    // Names that the expression itself brings are not those of the scope.
    const std::set<std::string> before = own_;
    if (expression->kind == ExpressionKind::kListComprehension ||
        expression->kind == ExpressionKind::kQuantifier ||
        expression->kind == ExpressionKind::kReduce) {
      own_.insert(expression->name);
      own_.insert(expression->names.begin(), expression->names.end());
    }
    absl::Status status;
    language::ForEachPart(*expression, [&](ExpressionPtr& part) {
      if (status.ok()) status = Walk(part);
    });
    own_ = before;
    KOSEI_RETURN_IF_ERROR(status);
    if (expression->kind == ExpressionKind::kProperty) return Property(expression);
    if (expression->kind == ExpressionKind::kHasLabels && IsNode(*expression->operands[0])) {
      for (const std::string& label : expression->names)
        KOSEI_RETURN_IF_ERROR(CheckLabel(planning_, label, std::nullopt, expression->span));
    }
    return absl::OkStatus();
  }

 private:
  // Surely a record, if not null.
  bool IsNode(const Expression& expression) const {
    if (expression.kind == ExpressionKind::kFunction &&
        (expression.name == kWalkFunction ||
         absl::AsciiStrToLower(expression.name) == kRecordFunction))
      return true;
    return IsSurely(expression, DatumKind::kNode);
  }
  bool IsSurely(const Expression& expression, DatumKind kind) const {
    if (expression.kind != ExpressionKind::kVariable || own_.contains(expression.name))
      return false;
    if (!scope_.Find(expression.name).has_value()) return false;
    const std::uint32_t kinds = scope_.TypeOf(expression.name).kinds;
    return (kinds & ~language::BitOf(DatumKind::kNull)) == language::BitOf(kind);
  }

  absl::Status Property(ExpressionPtr& expression) {
    ExpressionPtr& operand = expression->operands[0];
    if (operand->kind == ExpressionKind::kProperty && IsNode(*operand->operands[0]) &&
        IsReference(operand->name)) {
      operand->kind = ExpressionKind::kFunction;
      operand->names = {std::exchange(operand->name, std::string(kWalkFunction))};
    }
    if (IsSurely(*expression->operands[0], DatumKind::kPath)) {
      return planning_.Error("InvalidArgumentType", expression->span,
                             "a path has no attributes; take its records with nodes(), or its "
                             "relationships with relationships()");
    }
    if (!IsNode(*expression->operands[0])) return absl::OkStatus();
    return CheckProperty(*expression);
  }

  bool IsReference(std::string_view name) const {
    const model::Attribute* const attribute = planning_.FindAttribute(name);
    return attribute != nullptr && attribute->definition.type == model::AttributeType::kReference;
  }

  absl::Status CheckProperty(const Expression& expression) const {
    if (expression.name == kKey || planning_.FindAttribute(expression.name) != nullptr)
      return absl::OkStatus();
    NearestName nearest(expression.name);
    nearest.Offer(kKey);
    for (const model::Class& each : planning_.moment(0).schema->classes()) {
      for (const model::Attribute& attribute : each.attributes)
        nearest.Offer(attribute.definition.name);
    }
    return language::MakeQueryError(
        ErrorCode::kUnknownAttribute, "UnknownAttribute", planning_.text(), expression.span,
        absl::StrFormat("unknown attribute `%s`%s", expression.name, nearest.Suggestion()));
  }

  const Planning& planning_;
  const language::Scope& scope_;
  std::set<std::string> own_;
};

}  // namespace

absl::StatusOr<ExpressionPtr> ResolveNames(const Planning& planning, const Expression& expression,
                                           const language::Scope& scope) {
  ExpressionPtr resolved = language::Clone(expression);
  KOSEI_RETURN_IF_ERROR(Resolver(planning, scope).Walk(resolved));
  return resolved;
}

absl::Status CheckLabel(const Planning& planning, const std::string& label,
                        std::optional<std::uint16_t> moment, language::Span span) {
  const auto knows = [&](std::uint16_t number) {
    const model::Schema& schema = *planning.moment(number).schema;
    return schema.FindClass(label) != nullptr || !schema.ClassesWithLabel(label).empty();
  };
  const std::uint16_t first = moment.value_or(0);
  const std::size_t end = moment.has_value() ? first + std::size_t{1} : planning.moment_count();
  for (std::size_t i = first; i < end; ++i) {
    if (knows(static_cast<std::uint16_t>(i))) return absl::OkStatus();
  }
  const model::Schema& schema = *planning.moment(first).schema;
  NearestName nearest(label);
  for (const model::Class& each : schema.classes()) {
    nearest.Offer(each.definition.name);
    for (const std::string& other : schema.LabelsOf(each.number)) nearest.Offer(other);
  }
  return language::MakeQueryError(
      ErrorCode::kUnknownClass, "UnknownClass", planning.text(), span,
      absl::StrFormat("unknown class `%s`%s", label, nearest.Suggestion()));
}

}  // namespace kosei::query

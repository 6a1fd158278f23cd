// A gate as text, and held against the model.
#include "kosei/model/gate.h"

#include <algorithm>
#include <cstddef>
#include <span>

#include "absl/strings/str_format.h"
#include "gate_words.h"
#include "impact_rules.h"
#include "kosei/base/error.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/status_macros.h"
#include "kosei/model/schema.h"
#include "names.h"

namespace kosei::model {
namespace {

constexpr std::size_t kFirstGroup = static_cast<std::size_t>(GateKind::kAll);

void AppendKey(std::string& out, std::string_view key) {
  out += '"';
  for (const char c : key) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  out += '"';
}

void AppendLeaf(std::string& out, const GatePart& leaf) {
  if (leaf.share != GatePart().share) out += AmountText(leaf.share) + " of ";
  if (leaf.kind == GateKind::kRecord) {
    AppendKey(out, leaf.key);
    return;
  }
  out += leaf.type;
  if (!leaf.class_name.empty()) out += "[" + leaf.class_name + "]";
}

// As deep as a gate is.
void AppendPart(std::string& out, const GatePart& part) {
  if (part.kind == GateKind::kMembers || part.kind == GateKind::kRecord) {
    AppendLeaf(out, part);
    return;
  }
  out += NameOf(part.kind);
  out += '(';
  const bool has_amount = part.kind == GateKind::kAtLeast || part.kind == GateKind::kCapacity ||
                          part.kind == GateKind::kWeighted;
  if (has_amount) out += AmountText(part.first) + ", ";
  if (part.kind == GateKind::kWeighted) out += AmountText(part.second) + ", ";
  for (const GatePart& inner : part.parts) {
    if (&inner != part.parts.data()) out += ", ";
    AppendPart(out, inner);
  }
  out += ')';
}

class GateCheck {
 public:
  GateCheck(const Class& owner, const Schema& schema) : owner_(owner), schema_(schema) {}

  absl::Status Run(const GatePart& part) const {
    KOSEI_RETURN_IF_ERROR(InPart(part, CheckAmount(part.first)));
    KOSEI_RETURN_IF_ERROR(InPart(part, CheckAmount(part.second)));
    if (part.kind == GateKind::kMembers) KOSEI_RETURN_IF_ERROR(InPart(part, CheckMembers(part)));
    KOSEI_RETURN_IF_ERROR(InPart(part, CheckShare(part)));
    for (const GatePart& inner : part.parts) KOSEI_RETURN_IF_ERROR(Run(inner));
    return absl::OkStatus();
  }

 private:
  static absl::Status InPart(const GatePart& part, const absl::Status& status) {
    if (status.ok()) return status;
    return WithContext(status, absl::StrFormat("gate, column %d", part.column));
  }
  static absl::Status NotNumeric(const AttributeDefinition& attribute) {
    return MakeError(
        ErrorCode::kWrongType,
        absl::StrFormat("attribute %s is of type %s, expected integer or decimal; name "
                        "another",
                        attribute.name, NameOf(attribute.type)));
  }
  static bool IsNumeric(const AttributeDefinition& attribute) {
    return attribute.type == AttributeType::kInteger || attribute.type == AttributeType::kDecimal;
  }

  absl::Status CheckAmount(const Amount& amount) const {
    if (amount.attribute.empty()) return absl::OkStatus();
    KOSEI_ASSIGN_OR_RETURN(const Attribute* attribute,
                           schema_.GetAttribute(owner_, amount.attribute));
    return IsNumeric(attribute->definition) ? absl::OkStatus() : NotNumeric(attribute->definition);
  }

  absl::Status CheckMembers(const GatePart& leaf) const {
    KOSEI_ASSIGN_OR_RETURN(const RelationshipType* type, schema_.GetRelationshipType(leaf.type));
    if (!leaf.class_name.empty()) KOSEI_RETURN_IF_ERROR(schema_.GetClass(leaf.class_name).status());
    if (CarriesFailure(type->definition)) return absl::OkStatus();
    return MakeError(ErrorCode::kWrongType,
                     absl::StrFormat("relationship type %s carries no failure (impact: none), "
                                     "expected one that does; name another",
                                     leaf.type));
  }

  // The members' class, one below it, or any: a name means one type in all of them.
  absl::Status CheckShare(const GatePart& leaf) const {
    const std::string& name = leaf.share.attribute;
    if (name.empty()) return absl::OkStatus();
    const Class* of = leaf.class_name.empty() ? nullptr : schema_.FindClass(leaf.class_name);
    NearestName nearest(name);
    for (const Class& known : schema_.classes()) {
      if (of != nullptr && !schema_.IsA(known.number, of->number)) continue;
      if (const Attribute* attribute = schema_.FindAttribute(known, name)) {
        return IsNumeric(attribute->definition) ? absl::OkStatus()
                                                : NotNumeric(attribute->definition);
      }
      for (const Attribute& other : known.attributes) nearest.Offer(other.definition.name);
    }
    return MakeError(
        ErrorCode::kUnknownAttribute,
        absl::StrFormat("unknown attribute %s of %s%s", Quoted(name),
                        of == nullptr ? "any class" : "class " + of->definition.name,
                        nearest.best().empty() ? "; check the spelling, or add it to the model"
                                               : nearest.Suggestion()));
  }

  const Class& owner_;
  const Schema& schema_;
};

}  // namespace

std::string_view NameOf(GateKind kind) {
  const std::size_t position = static_cast<std::size_t>(kind) - kFirstGroup;
  return position < kGroupWords.size() ? kGroupWords[position] : std::string_view();
}

std::optional<GateKind> GroupOf(std::string_view word) {
  const auto known = std::find(kGroupWords.begin(), kGroupWords.end(), word);
  if (known == kGroupWords.end()) return std::nullopt;
  return static_cast<GateKind>(kFirstGroup + static_cast<std::size_t>(known - kGroupWords.begin()));
}

std::string_view ExampleOf(GateKind kind) {
  switch (kind) {
    case GateKind::kMembers:
      return "any(runs_on[Server])";
    case GateKind::kRecord:
    case GateKind::kPrimary:
      return "primary(\"db-1\", \"db-2\")";
    case GateKind::kAll:
      return "all(runs_on, any(powered_by))";
    case GateKind::kAny:
      return "any(powered_by)";
    case GateKind::kAtLeast:
      return "at_least(2, member_of) or at_least(50%, member_of)";
    case GateKind::kCapacity:
      return "capacity(400, memory_mib of member_of)";
    case GateKind::kWeighted:
      return "weighted(30, 60, weight of member_of)";
  }
  return {};
}

std::string AmountText(const Amount& amount) {
  if (!amount.attribute.empty()) return amount.attribute;
  return FormatDecimal(amount.number) + (amount.percent ? "%" : "");
}

std::string GateText(const GatePart& gate) {
  std::string out;
  AppendPart(out, gate);
  return out;
}

absl::Status CheckGate(const GatePart& gate, const Class& owner, const Schema& schema) {
  return GateCheck(owner, schema).Run(gate);
}

}  // namespace kosei::model

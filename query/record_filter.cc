#include "record_filter.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/storage/searched_text.h"

namespace kosei::query {
namespace {

// A record's key is no attribute of the model; people ask for it in the same way.
constexpr std::string_view kKeyName = "key";

absl::Status UnknownAttribute(const model::Schema& schema, const std::string& name,
                              const std::string& class_name) {
  const model::Class* asked = schema.FindClass(class_name);
  if (asked != nullptr) return schema.GetAttribute(*asked, name).status();
  return MakeError(
      ErrorCode::kUnknownAttribute,
      absl::StrFormat("search: no class of the model has an attribute '%s'; check its name", name),
      name);
}

// What was stored before its attribute was widened from integer to decimal is the same number.
bool Same(const Value& stored, const Value& wanted) {
  if (stored.kind() == ValueKind::kInteger && wanted.kind() == ValueKind::kDecimal)
    return wanted.decimal() == Decimal{stored.integer(), 0};
  return stored == wanted;
}

model::AttributeType ItemTypeOf(const model::Attribute& attribute) {
  const bool is_list = attribute.definition.type == model::AttributeType::kList;
  return is_list ? attribute.definition.item_type : attribute.definition.type;
}

bool HasEvery(const Value& value, const ValueList& wanted) {
  if (value.kind() != ValueKind::kList) return false;
  const ValueList& items = value.list();
  return std::all_of(wanted.begin(), wanted.end(), [&items](const Value& item) {
    return std::any_of(items.begin(), items.end(),
                       [&item](const Value& one) { return Same(one, item); });
  });
}

bool HasSome(const Value& value, model::AttributeType item_type, const storage::ValueRange& range) {
  const auto in = [&](const Value& item) {
    return range.Contains(storage::OrderedValue(item_type, item));
  };
  if (value.kind() != ValueKind::kList) return !value.is_null() && in(value);
  return std::any_of(value.list().begin(), value.list().end(), in);
}

}  // namespace

RecordFilter::RecordFilter(FoldedText text, const model::Schema& schema)
    : text_(std::move(text)),
      searched_(storage::SearchedAttributes(schema)),
      name_(schema.well_known().name) {}

absl::StatusOr<RecordFilter> RecordFilter::Make(const model::Schema& schema,
                                                const SearchRequest& request) {
  KOSEI_ASSIGN_OR_RETURN(FoldedText text, FoldedText::Of(request.text));
  RecordFilter filter(std::move(text), schema);
  if (!request.class_name.empty()) {
    KOSEI_RETURN_IF_ERROR(filter.AddClass(schema, request.class_name));
  }
  for (const Condition& condition : request.where) {
    KOSEI_RETURN_IF_ERROR(filter.AddCondition(schema, condition, request.class_name));
  }
  return filter;
}

absl::Status RecordFilter::AddClass(const model::Schema& schema, const std::string& name) {
  KOSEI_ASSIGN_OR_RETURN(const model::Class* const super, schema.GetClass(name));
  every_class_ = false;
  for (const model::Class& candidate : schema.classes()) {
    if (!schema.IsA(candidate.number, super->number)) continue;
    if (candidate.number.value >= classes_.size()) {
      classes_.resize(std::size_t{candidate.number.value} + 1);
    }
    classes_[candidate.number.value] = 1;
  }
  return absl::OkStatus();
}

// A name means the same attribute in every class, but classes may refine what it may hold: the
// value must do for one of them.
absl::Status RecordFilter::AddCondition(const model::Schema& schema, const Condition& condition,
                                        const std::string& class_name) {
  // The field goes before an attribute of its name, which a model with free naming may have.
  if (condition.attribute == kKeyName) return AddKey(condition);
  absl::Status refused;
  for (const model::Class& candidate : schema.classes()) {
    if (!HasClass(candidate.number)) continue;
    const model::Attribute* const attribute = schema.FindAttribute(candidate, condition.attribute);
    if (attribute == nullptr) continue;
    absl::Status added = AddAttribute(schema, *attribute, condition);
    if (added.ok()) return added;
    if (refused.ok()) refused = std::move(added);
  }
  if (!refused.ok()) return refused;
  return UnknownAttribute(schema, condition.attribute, class_name);
}

absl::Status RecordFilter::AddKey(const Condition& condition) {
  if (condition.comparison != Comparison::kEqual) {
    return MakeError(ErrorCode::kInvalidArgument,
                     absl::StrFormat("search key%s%s: a key can only be asked for as a whole "
                                     "(key=...); a part of it is found by text",
                                     storage::NameOf(condition.comparison), condition.value),
                     condition.attribute);
  }
  if (key_.has_value() && *key_ != condition.value) contradiction_ = true;
  key_ = condition.value;
  return absl::OkStatus();
}

absl::Status RecordFilter::AddAttribute(const model::Schema& schema,
                                        const model::Attribute& attribute,
                                        const Condition& condition) {
  const model::AttributeType item_type = ItemTypeOf(attribute);
  if (item_type == model::AttributeType::kAny) {
    return MakeError(ErrorCode::kWrongType,
                     absl::StrFormat("search %s%s%s: what is written there has no type in the "
                                     "model (any), so it cannot be told what the text means; give "
                                     "the attribute a type, or ask with a query",
                                     condition.attribute, storage::NameOf(condition.comparison),
                                     condition.value),
                     condition.attribute);
  }
  if (condition.comparison == Comparison::kEqual) {
    KOSEI_ASSIGN_OR_RETURN(Value value, schema.Coerce(attribute, Value(condition.value)));
    const auto add_range = [&](const Value& item) {
      ranges_.push_back(storage::RangeOf(attribute.number, item_type, Comparison::kEqual, item));
    };
    if (value.kind() == ValueKind::kList) {
      for (const Value& item : value.list()) add_range(item);
    } else {
      add_range(value);
    }
    equals_.push_back({attribute.number, std::move(value)});
    return absl::OkStatus();
  }
  storage::ValueRange range;
  if (condition.comparison == Comparison::kPrefix) {
    KOSEI_ASSIGN_OR_RETURN(range, storage::PrefixRange(attribute.number, item_type,
                                                       condition.attribute, condition.value));
  } else {
    if (item_type == model::AttributeType::kEnum || item_type == model::AttributeType::kBoolean) {
      return MakeError(ErrorCode::kWrongType,
                       absl::StrFormat("search %s%s%s: values of type %s have no order; compare "
                                       "with =",
                                       condition.attribute, storage::NameOf(condition.comparison),
                                       condition.value, model::NameOf(item_type)),
                       condition.attribute);
    }
    KOSEI_ASSIGN_OR_RETURN(const Value bound,
                           schema.CoerceBound(attribute, Value(condition.value)));
    range = storage::RangeOf(attribute.number, item_type, condition.comparison, bound);
  }
  ranges_.push_back(range);
  withins_.push_back({std::move(range), item_type});
  return absl::OkStatus();
}

bool RecordFilter::Matches(RecordView record) {
  if (contradiction_ || !HasClass(record.class_number())) return false;
  if (key_.has_value() && record.key() != *key_) return false;
  for (const Equal& equal : equals_) {
    const Value value = record.Find(equal.attribute);
    const bool holds = equal.value.kind() == ValueKind::kList ? HasEvery(value, equal.value.list())
                                                              : Same(value, equal.value);
    if (!holds) return false;
  }
  for (const Within& within : withins_) {
    if (!HasSome(record.Find(within.range.attribute), within.item_type, within.range)) return false;
  }
  return text_.empty() || HasText(record);
}

bool RecordFilter::MayHaveMatched(RecordView record) const {
  return !contradiction_ && HasClass(record.class_number()) &&
         (!key_.has_value() || record.key() == *key_);
}

bool RecordFilter::HasText(RecordView record) {
  if (text_.IsPartOf(record.key())) return true;
  bool found = false;
  storage::ForEachSearchedText(record, searched_, [&](AttributeNumber, std::string_view text) {
    found = found || text_.IsPartOf(text);
  });
  return found;
}

Rank RecordFilter::RankOf(RecordView record) {
  if (text_.empty()) return Rank::kKey;
  Rank rank = Rank::kNone;
  const auto better = [&rank](Rank other) { rank = std::min(rank, other); };
  // `named`: the text is key or name, so that its beginning counts for more.
  const auto look = [&](std::string_view text, Rank whole, bool named) {
    switch (text_.FitIn(text)) {
      case Fit::kWhole:
        return better(whole);
      case Fit::kFirstWord:
        return better(named ? Rank::kBeginning : Rank::kWord);
      case Fit::kBeginning:
        return better(named ? Rank::kBeginning : Rank::kPart);
      case Fit::kWord:
        return better(Rank::kWord);
      case Fit::kPart:
        return better(Rank::kPart);
      case Fit::kNone:
        return;
    }
  };
  look(record.key(), Rank::kKey, true);
  storage::ForEachSearchedText(record, searched_,
                               [&](AttributeNumber attribute, std::string_view text) {
                                 const bool name = attribute == name_;
                                 look(text, name ? Rank::kName : Rank::kWord, name);
                               });
  return rank;
}

}  // namespace kosei::query

#include "engine/procedure_arguments.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "engine/time_scope.h"
#include "kosei/base/error.h"
#include "kosei/base/nearest_name.h"
#include "kosei/language/query_error.h"

namespace kosei::query {

using language::Datum;
using language::DatumKind;

void ProcedureArguments::Fail(std::string_view message) {
  run_.Fail(language::MakeQueryError(ErrorCode::kQueryArgument, "InvalidArgumentType", span_,
                                     absl::StrFormat("%s: %s", procedure_, message)));
}

std::vector<RecordId> ProcedureArguments::Records(const Datum& value, std::string_view what) {
  std::vector<RecordId> records;
  const auto add = [&](const Datum& one) {
    if (one.kind() == DatumKind::kNode) {
      records.push_back(one.node().record);
      return;
    }
    if (one.kind() != DatumKind::kString) {
      Fail(absl::StrFormat("%s are records or their keys, not values of type %s", what,
                           language::NameOf(one.kind())));
      return;
    }
    const std::optional<RecordId> id = run_.reader().IdOf(one.string());
    if (id.has_value()) {
      records.push_back(*id);
    } else {
      run_.Fail(MakeError(ErrorCode::kNotFound,
                          absl::StrFormat("%s: there is no record with the key \"%s\"; check the "
                                          "key, or look for it with `kosei search`",
                                          procedure_, one.string()),
                          what));
    }
  };
  if (value.kind() == DatumKind::kList) {
    for (const Datum& one : value.list()) add(one);
  } else {
    add(value);
  }
  return records;
}

RecordId ProcedureArguments::Record(std::size_t position, std::string_view what) {
  const std::vector<RecordId> records = Records(values_[position], what);
  if (ok() && records.size() != 1)
    Fail(absl::StrFormat("%s is one record, not %d", what, records.size()));
  return records.size() == 1 ? records.front() : RecordId{};
}

const language::DatumMap* ProcedureArguments::Options(std::size_t position,
                                                      std::vector<std::string_view> known) {
  if (position >= values_.size() || values_[position].is_null()) return nullptr;
  if (values_[position].kind() != DatumKind::kMap) {
    Fail(absl::StrFormat("options are a map such as {%s: ...}, not a value of type %s",
                         known.front(), language::NameOf(values_[position].kind())));
    return nullptr;
  }
  for (const auto& [name, value] : values_[position].map()) {
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    NearestName nearest(name);
    std::string names;
    for (const std::string_view each : known) {
      nearest.Offer(each);
      names += (names.empty() ? "" : ", ") + std::string(each);
    }
    Fail(absl::StrFormat("there is no option `%s`%s; it takes %s", name, nearest.Suggestion(),
                         names));
    return nullptr;
  }
  return &values_[position].map();
}

const Datum* ProcedureArguments::Option(const language::DatumMap* options,
                                        std::string_view name) const {
  if (options == nullptr) return nullptr;
  for (const auto& [key, value] : *options) {
    if (key == name && !value.is_null()) return &value;
  }
  return nullptr;
}

std::optional<std::int64_t> ProcedureArguments::Number(const language::DatumMap* options,
                                                       std::string_view name) {
  const Datum* value = Option(options, name);
  if (value == nullptr) return std::nullopt;
  if (value->kind() == DatumKind::kInteger && value->integer() >= 0) return value->integer();
  Fail(absl::StrFormat("%s is a whole number that is not negative", name));
  return std::nullopt;
}

std::optional<std::string> ProcedureArguments::Text(const language::DatumMap* options,
                                                    std::string_view name) {
  const Datum* value = Option(options, name);
  if (value == nullptr) return std::nullopt;
  if (value->kind() == DatumKind::kString) return value->string();
  Fail(absl::StrFormat("%s is a text", name));
  return std::nullopt;
}

std::vector<std::string> ProcedureArguments::Texts(const language::DatumMap* options,
                                                   std::string_view name) {
  std::vector<std::string> texts;
  const Datum* value = Option(options, name);
  if (value == nullptr) return texts;
  if (value->kind() == DatumKind::kString) return {value->string()};
  if (value->kind() == DatumKind::kList) {
    for (const Datum& one : value->list()) {
      if (one.kind() == DatumKind::kString) texts.push_back(one.string());
    }
    if (texts.size() == value->list().size()) return texts;
  }
  Fail(absl::StrFormat("%s is a text or a list of texts", name));
  return {};
}

std::optional<storage::View> ProcedureArguments::ViewAt(std::size_t position) {
  const std::optional<storage::ViewName> name = ViewNameOf(values_[position]);
  if (!name.has_value()) {
    Fail(
        absl::StrFormat("a time is an instant with an offset, a commit number or a baseline's "
                        "name, not a value of type %s",
                        language::NameOf(values_[position].kind())));
    return std::nullopt;
  }
  const absl::StatusOr<storage::View> view = run_.reader().Resolve(*name);
  if (view.ok()) return *view;
  run_.Fail(view.status());
  return std::nullopt;
}

Datum NodeDatum(RecordId record) { return Datum::Node({record, 0}); }

Datum LinkDatum(RecordId source, RelationshipTypeNumber type, RecordId target) {
  return Datum::Relationship({static_cast<std::uint32_t>(source.value),
                              static_cast<std::uint32_t>(target.value),
                              static_cast<std::uint8_t>(type.value), 0});
}

}  // namespace kosei::query

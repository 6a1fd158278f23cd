#include "engine/functions.h"

#include <array>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "engine/run.h"
#include "kosei/language/query_error.h"
#include "kosei/query/attribute_values.h"

namespace kosei::query {
namespace {

using language::Datum;
using language::DatumKind;
using language::Evaluation;
using language::Span;

absl::Status WrongKind(std::string_view function, const Datum& value, Span span,
                       std::string_view wanted) {
  return language::MakeQueryError(ErrorCode::kQueryType, "InvalidArgumentType", span,
                                  absl::StrFormat("%s takes %s, not a value of type %s", function,
                                                  wanted, language::NameOf(value.kind())));
}

// The record that a key names, when it holds in the moment.
Datum RecordOfKey(Run& run, const std::string& key, std::uint16_t moment) {
  const std::optional<RecordId> id = run.reader().IdOf(key);
  if (!id.has_value() || id->value >= run.moment(moment).graph.node_limit()) return {};
  const storage::NodeIndex node = storage::NodeOf(*id);
  if (!run.moment(moment).Shows(node) || !run.IsThere(node, moment)) return {};
  return Datum::Node({*id, moment});
}

using OfVersion = Datum (*)(Run&, const storage::RecordVersion&);
using OfCommit = Datum (*)(const storage::CommitInfo&);

struct VersionFunction {
  std::string_view name;
  OfVersion of_version;
  OfCommit of_commit;
};

constexpr std::array kVersionFunctions = {
    VersionFunction{"kosei.commit",
                    [](Run&, const storage::RecordVersion& version) {
                      return Datum::Integer(static_cast<std::int64_t>(version.begin.value));
                    },
                    nullptr},
    VersionFunction{"kosei.valid_from",
                    [](Run&, const storage::RecordVersion& version) {
                      return DatumOf(version.record().valid_from());
                    },
                    nullptr},
    VersionFunction{"kosei.valid_to",
                    [](Run&, const storage::RecordVersion& version) {
                      return DatumOf(version.record().valid_to());
                    },
                    nullptr},
    VersionFunction{"kosei.changed_at", nullptr,
                    [](const storage::CommitInfo& commit) { return DatumOf(commit.time); }},
    VersionFunction{"kosei.actor", nullptr,
                    [](const storage::CommitInfo& commit) { return TextOrNull(commit.actor); }},
    VersionFunction{"kosei.reason", nullptr,
                    [](const storage::CommitInfo& commit) { return TextOrNull(commit.reason); }},
    VersionFunction{"kosei.cause", nullptr,
                    [](const storage::CommitInfo& commit) { return TextOrNull(commit.cause); }},
    VersionFunction{"kosei.source", nullptr,
                    [](const storage::CommitInfo& commit) { return TextOrNull(commit.source); }},
};

class VersionEvaluator final : public language::Evaluator {
 public:
  VersionEvaluator(const VersionFunction& function, language::EvaluatorPtr record, Span span)
      : function_(function), record_(std::move(record)), span_(span) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    auto& run = static_cast<Run&>(evaluation);
    const Datum record = record_->Evaluate(row, evaluation);
    if (record.is_null()) return {};
    if (record.kind() != DatumKind::kNode)
      return run.Fail(WrongKind(function_.name, record, span_, "a record"));
    if (!run.Step()) return {};
    const std::optional<storage::RecordVersion> version = run.VersionOf(record.node());
    if (!version.has_value()) return {};
    if (function_.of_version != nullptr) return function_.of_version(run, *version);
    const absl::StatusOr<storage::CommitInfo> commit = run.reader().Commit(version->begin);
    if (!commit.ok()) return run.Fail(commit.status());
    return function_.of_commit(*commit);
  }

 private:
  const VersionFunction& function_;
  const language::EvaluatorPtr record_;
  const Span span_;
};

// key(n)
class KeyEvaluator final : public language::Evaluator {
 public:
  KeyEvaluator(language::EvaluatorPtr record, Span span)
      : record_(std::move(record)), span_(span) {}
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    auto& run = static_cast<Run&>(evaluation);
    const Datum record = record_->Evaluate(row, evaluation);
    if (record.is_null()) return {};
    if (record.kind() != DatumKind::kNode)
      return run.Fail(WrongKind("key()", record, span_, "a record"));
    return Datum::String(std::string(run.reader().KeyOf(record.node().record)));
  }

 private:
  const language::EvaluatorPtr record_;
  const Span span_;
};

constexpr language::StaticType kRecordOrNull = {
    language::BitOf(DatumKind::kNode) | language::BitOf(DatumKind::kNull), 0};

class WalkEvaluator final : public language::Evaluator {
 public:
  WalkEvaluator(language::EvaluatorPtr record, std::uint32_t attribute)
      : record_(std::move(record)), attribute_(attribute) {}
  language::StaticType type() const override { return kRecordOrNull; }
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    auto& run = static_cast<Run&>(evaluation);
    const Datum record = record_->Evaluate(row, evaluation);
    if (record.kind() != DatumKind::kNode) return {};
    const Datum key = run.Property(record.node(), attribute_, evaluation);
    if (key.kind() != DatumKind::kString) return {};
    return RecordOfKey(run, key.string(), record.node().moment);
  }

 private:
  const language::EvaluatorPtr record_;
  const std::uint32_t attribute_;
};

// kosei.record(key)
class RecordEvaluator final : public language::Evaluator {
 public:
  RecordEvaluator(language::EvaluatorPtr key, Span span) : key_(std::move(key)), span_(span) {}
  language::StaticType type() const override { return kRecordOrNull; }
  Datum Evaluate(Datum* row, Evaluation& evaluation) const override {
    auto& run = static_cast<Run&>(evaluation);
    const Datum key = key_->Evaluate(row, evaluation);
    if (key.is_null()) return {};
    if (key.kind() != DatumKind::kString)
      return run.Fail(WrongKind(kRecordFunction, key, span_, "a key, which is text"));
    return RecordOfKey(run, key.string(), 0);
  }

 private:
  const language::EvaluatorPtr key_;
  const Span span_;
};

class EngineFunctions final : public language::Functions {
 public:
  EngineFunctions(std::string_view text, PropertyNames& properties)
      : text_(text), properties_(properties) {}

  absl::StatusOr<language::EvaluatorPtr> Make(
      const language::Expression& call, std::vector<language::EvaluatorPtr>& arguments) override {
    if (call.name == kWalkFunction) {
      return std::make_unique<WalkEvaluator>(std::move(arguments[0]),
                                             properties_.NumberOf(call.names.front()));
    }
    const std::string name = absl::AsciiStrToLower(call.name);
    const VersionFunction* of_version = nullptr;
    for (const VersionFunction& each : kVersionFunctions) {
      if (each.name == name) of_version = &each;
    }
    if (of_version == nullptr && name != "key" && name != kRecordFunction)
      return language::EvaluatorPtr();
    if (arguments.size() != 1) {
      return language::MakeQueryError(
          ErrorCode::kQuerySyntax, "InvalidNumberOfArguments", text_, call.span,
          absl::StrFormat("%s takes one argument, not %d", call.name, arguments.size()));
    }
    if (of_version != nullptr)
      return std::make_unique<VersionEvaluator>(*of_version, std::move(arguments[0]), call.span);
    if (name == "key") return std::make_unique<KeyEvaluator>(std::move(arguments[0]), call.span);
    return std::make_unique<RecordEvaluator>(std::move(arguments[0]), call.span);
  }
  std::vector<std::string> Names() const override {
    std::vector<std::string> names = {"key", std::string(kRecordFunction)};
    for (const VersionFunction& each : kVersionFunctions) names.emplace_back(each.name);
    return names;
  }

 private:
  const std::string_view text_;
  PropertyNames& properties_;
};

}  // namespace

std::unique_ptr<language::Functions> MakeEngineFunctions(std::string_view text,
                                                         PropertyNames& properties) {
  return std::make_unique<EngineFunctions>(text, properties);
}

}  // namespace kosei::query

// What all parts of the planner share while one statement is planned: its text, the models of its
// moments, and how expressions are compiled.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "engine/moment.h"
#include "engine/property_names.h"
#include "engine/type_set.h"
#include "kosei/language/ast.h"
#include "kosei/language/evaluation.h"
#include "kosei/query/budget.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

class Planning final : public language::Subqueries {
 public:
  // What a MATCH reads: a View, by its number among the moments; with `from`, all versions up to
  // there that still held at that commit.
  struct MatchTime {
    std::uint16_t moment = 0;
    std::optional<CommitNumber> from = std::nullopt;
  };
  // Opens what a MATCH names for itself.
  using OpenTime = std::function<absl::StatusOr<MatchTime>(const language::TimeScope&)>;

  // All must outlive it. moments[0] is the statement's own. `budget`: a statement may be so long
  // that planning it takes time.
  Planning(std::string_view text, const storage::Reader& reader, Moments& moments,
           PropertyNames& properties, MatchTime own, OpenTime open_time, const Budget& budget);
  ~Planning() override;
  Planning(const Planning&) = delete;
  Planning& operator=(const Planning&) = delete;

  std::string_view text() const { return text_; }
  const storage::Reader& reader() const { return reader_; }
  const Moment& moment(std::uint16_t number) const { return moments_[number]; }
  std::size_t moment_count() const { return moments_.size(); }
  // What is read where a clause or a pattern names no time: the statement's own, or within a MATCH
  // what that one reads.
  const MatchTime& time() const { return time_; }
  // That, when the clause names none.
  absl::StatusOr<MatchTime> TimeOf(const language::TimeScope& time) const;
  // Makes another time the one that is read, until it goes.
  class Reading {
   public:
    Reading(Planning& planning, const MatchTime& time)
        : planning_(planning), before_(std::exchange(planning.time_, time)) {}
    ~Reading() { planning_.time_ = before_; }
    Reading(const Reading&) = delete;
    Reading& operator=(const Reading&) = delete;

   private:
    Planning& planning_;
    const MatchTime before_;
  };

  // Planning may go on: kDeadlineExceeded, kCancelled.
  absl::Status CheckBudget() const { return budget_.Check(); }
  // So many operators more. Rows pass through them by calls within calls, so a statement that needs
  // too many is refused.
  absl::Status Grow(std::uint32_t operators, language::Span span);

  // With names checked against the model, references walked and subqueries planned. Errors as
  // language::Compile; kUnknownAttribute, kUnknownClass.
  absl::StatusOr<language::EvaluatorPtr> CompileExpression(const language::Expression& expression,
                                                           language::Scope& scope);
  // The same for what must be true or false: InvalidArgumentType for what surely is neither.
  absl::StatusOr<language::EvaluatorPtr> CompileCondition(const language::Expression& condition,
                                                          language::Scope& scope);
  absl::StatusOr<language::EvaluatorPtr> Compile(const language::Expression& subquery,
                                                 language::Scope& scope) override;

  // Classes whose records pass a test of each choice.
  absl::StatusOr<ClassSet> ClassesOf(const std::vector<language::LabelChoice>& labels,
                                     std::uint16_t moment, language::Span span) const;
  absl::StatusOr<TypeSet> TypesOf(const std::vector<std::string>& types, std::uint16_t moment,
                                  language::Span span) const;
  // About how many records are of these classes; nullopt: all.
  double CountOf(const std::optional<ClassSet>& classes, std::uint16_t moment);
  // The attribute of that name in any class; nullopt when there is none.
  std::optional<AttributeNumber> AttributeOf(std::string_view name, std::uint16_t moment) const;

  // The attribute of that name in the model of any of the moments; null: in none.
  const model::Attribute* FindAttribute(std::string_view name) const;

  absl::Status Error(std::string_view detail, language::Span span, std::string_view message) const;
  // A name that nobody can write.
  std::string HiddenName() { return " " + std::to_string(++hidden_); }
  static bool IsHidden(std::string_view name) { return name.starts_with(' '); }

 private:
  class CompileGraph;

  std::string_view text_;
  const storage::Reader& reader_;
  Moments& moments_;
  std::unique_ptr<CompileGraph> graph_;
  std::unique_ptr<language::Functions> functions_;
  MatchTime time_;
  OpenTime open_time_;
  const Budget& budget_;
  std::uint32_t hidden_ = 0;
  std::uint32_t operators_ = 0;
  std::vector<std::vector<double>> class_counts_;  // by moment, class
};

}  // namespace kosei::query

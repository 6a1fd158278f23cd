// Run: a statement that is being carried out, by one thread: its Views, its budget, what it has
// read, and the graph as expressions see it.
//
// Records are read when an expression wants to know something of them, and the values that were
// wanted are kept, up to a part of the memory budget, because a query comes back to the same
// records again and again.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "engine/columns.h"
#include "engine/moment.h"
#include "engine/property_names.h"
#include "kosei/language/evaluation.h"
#include "kosei/query/budget.h"
#include "kosei/query/spare_threads.h"
#include "kosei/storage/reader.h"

namespace kosei::query {

class Operator;
class Profile;

// What all threads that carry out one statement have used, in total.
struct RunTotals {
  std::atomic<std::uint64_t> steps{0};
  std::atomic<std::int64_t> charged{0};
  std::atomic<std::int64_t> held{0};  // by values
  std::atomic<bool> stopped{false};   // what helpers do is not wanted any more
};

// Which threads may help, and how.
struct RunHelp {
  SpareThreads* threads = nullptr;  // null: none
  std::uint32_t part_records = 0;   // the least that is worth a part of its own
  std::size_t slot_count = 0;       // of a row
};

class Run final : public language::Evaluation, public language::Graph {
 public:
  // All must outlive the run. `parameters` too.
  Run(const storage::Reader& reader, const PropertyNames& properties, Moments& moments,
      const Budget& budget, const language::DatumMap& parameters, Timestamp started);
  // A helper's, for a part of what `owner` carries out: with caches of its own, and together within
  // one budget. `moments` are a copy of the owner's. Both must outlive it.
  Run(Run& owner, Moments& moments, Profile* profile);
  ~Run() override;
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  const storage::Reader& reader() const { return reader_; }
  const Moment& moment(std::uint16_t number) const { return moments_[number]; }
  Moments& moments() { return moments_; }
  const Budget& budget() const { return budget_; }
  // Null unless the statement is profiled.
  Profile* profile() const { return profile_; }
  void set_profile(Profile* profile) { profile_ = profile; }
  const RunHelp& help() const { return help_; }
  void set_help(const RunHelp& help) { help_ = help; }
  // As in StatementRequest; what was opened before must show the same.
  std::span<const ClassNumber> classes() const { return classes_; }
  void set_classes(std::span<const ClassNumber> classes) { classes_ = classes; }
  // Where values are kept beyond this run; null: nowhere.
  void set_columns(std::shared_ptr<ColumnSet> columns);
  // The pipes of a subquery within an expression, opened when it is first evaluated in this run.
  class Subquery& SubqueryOf(const class SubqueryPlan& plan);

  // One unit of work: a record scanned, a link followed, a row made. False when the statement must
  // stop; the reason is in `error`.
  bool Step() {
    if (++steps_ < next_check_) return true;
    return CheckBudget();
  }
  std::uint64_t steps() const { return steps_; }
  // Work that is no step of its own, each unit about as long as one: the items of a list, the links
  // of a path that is copied.
  bool Work(std::uint64_t units) {
    next_check_ -= std::min(next_check_, units);
    return steps_ < next_check_ || CheckBudget();
  }
  // Counts memory that is kept for long, in total of what was charged and given back. False when it
  // is too much: the error is kMemoryBudget.
  bool Charge(std::int64_t bytes);
  // What was charged here is kept by another run of the statement from now on.
  void HandOver(std::int64_t bytes) {
    charged_ -= bytes;
    reported_ -= bytes;
  }
  void TakeOver(std::int64_t bytes) { HandOver(-bytes); }
  // A helper's run gives back what it kept to be quicker, and tells the last of what it used. On
  // its thread.
  void Leave();
  // The steps of a helper's run that has left are the owner's as well.
  void Join(const Run& helper);
  // A helper's run need not go on: not because of an error.
  void Stop() { totals_.stopped.store(true, std::memory_order_relaxed); }

  // The View as of a commit; opened when it is not yet among the moments. nullopt: the run failed.
  std::optional<std::uint16_t> MomentAt(CommitNumber commit);
  // Whether the record holds in the moment. Reads it only when memory cannot tell.
  bool IsThere(storage::NodeIndex node, std::uint16_t moment);
  // The record's bytes as a scan has just read them: the next questions about it need not read it
  // again. Until the next call.
  void SetCurrent(storage::NodeIndex node, std::uint16_t moment, RecordView record);
  void ForgetCurrent() { current_ = 0; }

  // language::Graph
  std::uint32_t PropertyNumber(std::string_view name) override;
  language::Datum Property(language::NodeRef node, std::uint32_t property,
                           language::Evaluation& evaluation) override;
  language::Datum Property(language::LinkRef link, std::uint32_t property,
                           language::Evaluation& evaluation) override;
  language::DatumMap Properties(language::NodeRef node, language::Evaluation& evaluation) override;
  language::DatumMap Properties(language::LinkRef link, language::Evaluation& evaluation) override;
  std::vector<std::string> Labels(language::NodeRef node,
                                  language::Evaluation& evaluation) override;
  bool HasLabel(language::NodeRef node, std::string_view label,
                language::Evaluation& evaluation) override;
  std::string TypeOf(language::LinkRef link) override;
  std::string ElementId(language::NodeRef node) override {
    return std::string(reader_.KeyOf(node.record));  // a key names one record for ever
  }

  // The version that holds, or nullopt when none does (any more).
  std::optional<storage::RecordVersion> VersionOf(language::NodeRef node);

 private:
  // What a property name is in a class of a moment's model.
  struct Resolved {
    bool known = false;
    bool is_key = false;
    const model::Attribute* attribute = nullptr;
  };
  struct CachedKey {
    std::uint32_t node;
    std::uint32_t property;
    std::uint16_t moment;
    friend bool operator==(const CachedKey&, const CachedKey&) = default;
    template <typename H>
    friend H AbslHashValue(H h, const CachedKey& key) {
      return H::combine(std::move(h), key.node, key.property, key.moment);
    }
  };

  // What a property of this run has of the columns.
  struct ColumnUse {
    bool asked = false;
    std::uint32_t reads = 0;  // that no column spared
    std::shared_ptr<Column> column = nullptr;
    // Values of the column by number that this run has for itself: threads that count references
    // to one value get in each other's way.
    std::vector<language::Datum> own = {};
  };

  // A value of the property's column.
  language::Datum KeptValue(std::uint32_t property, const Column& column, std::uint32_t number);
  // Null: the values of the attribute are not kept, or not for this moment.
  Column* ColumnOf(std::uint32_t property, std::uint16_t moment, AttributeNumber attribute);
  // The value was read: with so many of them the property gets a column.
  void CountRead(std::uint32_t property, AttributeNumber attribute);
  bool CheckBudget();
  bool CheckMemory();
  void TellUse();
  const std::string& NameOf(std::uint32_t property) const;
  // Whether a model of a moment knows an attribute of that name.
  bool IsAttribute(std::string_view name) const;
  // The number of the moment's model among those of this run.
  std::size_t ModelOf(std::uint16_t moment);
  const Resolved& Resolve(std::uint32_t property, std::uint16_t moment, ClassNumber class_number);
  language::Datum Read(language::NodeRef node, const Resolved& resolved);
  language::Datum ValueIn(RecordView record, const Resolved& resolved) const;

  const storage::Reader& reader_;
  const PropertyNames& properties_;
  Moments& moments_;
  const Budget& budget_;
  RunTotals own_totals_;
  RunTotals& totals_;
  const bool helps_ = false;
  RunHelp help_;
  Profile* profile_ = nullptr;
  std::span<const ClassNumber> classes_;
  absl::flat_hash_map<const class SubqueryPlan*, std::unique_ptr<class Subquery>> subqueries_;
  std::uint64_t steps_ = 0;
  std::uint64_t told_steps_ = 0;
  std::int64_t told_held_ = 0;
  std::uint64_t next_check_ = kStepsPerCheck;
  std::int64_t charged_ = 0;
  std::int64_t reported_ = 0;

  storage::NodeIndex current_ = 0;
  std::uint16_t current_moment_ = 0;
  RecordView current_record_ = RecordView::Trust({});

  absl::flat_hash_map<std::uint64_t, std::uint16_t> moments_at_;  // by commit
  // Names that the statement makes while it runs, as in n[$name]; their numbers are behind those of
  // `properties_`. At most those of the models.
  PropertyNames computed_names_;
  // Many moments have one model.
  std::vector<const model::Schema*> models_;
  std::vector<std::size_t> model_of_;                         // by moment
  std::vector<std::vector<std::vector<Resolved>>> resolved_;  // by model, property, class
  std::shared_ptr<ColumnSet> columns_;
  std::uint64_t columns_use_ = 0;
  std::vector<ColumnUse> column_uses_;  // by property
  absl::flat_hash_map<CachedKey, language::Datum> cache_;
  std::int64_t cache_bytes_ = 0;  // of what was charged
};

}  // namespace kosei::query

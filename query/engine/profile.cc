#include "engine/profile.h"

#include <utility>

#include "engine/operator.h"

namespace kosei::query {
namespace {

// Before an operator that takes the rows of a part: its time is the operator's.
class EnterPartPipe final : public Pipe {
 public:
  EnterPartPipe(Profile& profile, const Operator& of, std::unique_ptr<Pipe> part)
      : profile_(profile), of_(of), part_(std::move(part)) {}
  bool Push(language::Datum* row) override {
    const Operator* const before = profile_.Switch(&of_);
    const bool more = part_->Push(row);
    profile_.Switch(before);
    return more;
  }
  bool Finish(language::Datum* row) override { return part_->Finish(row); }
  Pipe& part() { return *part_; }

 private:
  Profile& profile_;
  const Operator& of_;
  const std::unique_ptr<Pipe> part_;
};

// Before an operator: what happens from here on is its time, until a row leaves it.
class EnterPipe final : public Pipe {
 public:
  EnterPipe(Profile& profile, const Operator& of, Pipe& next)
      : profile_(profile), of_(of), next_(next) {}
  bool Push(language::Datum* row) override {
    const Operator* const before = profile_.Switch(&of_);
    const bool more = next_.Push(row);
    profile_.Switch(before);
    return more;
  }
  bool Finish(language::Datum* row) override {
    const Operator* const before = profile_.Switch(&of_);
    const bool more = next_.Finish(row);
    profile_.Switch(before);
    return more;
  }
  PartOrder part_order() const override { return next_.part_order(); }
  std::unique_ptr<Pipe> OpenPart(Run& run) override {
    return std::make_unique<EnterPartPipe>(*run.profile(), of_, next_.OpenPart(run));
  }
  bool TakePart(Pipe& part) override {
    const Operator* const before = profile_.Switch(&of_);
    const bool more = next_.TakePart(static_cast<EnterPartPipe&>(part).part());
    profile_.Switch(before);
    return more;
  }

 private:
  Profile& profile_;
  const Operator& of_;
  Pipe& next_;
};

// Behind it.
class CountPipe final : public Pipe {
 public:
  CountPipe(Profile& profile, const Operator& of, Pipe& next)
      : profile_(profile), of_(of), next_(next) {}
  bool Push(language::Datum* row) override {
    profile_.AddRow(of_);
    return next_.Push(row);
  }
  bool Finish(language::Datum* row) override { return next_.Finish(row); }

 private:
  Profile& profile_;
  const Operator& of_;
  Pipe& next_;
};

}  // namespace

std::unique_ptr<Pipe> Profile::Enter(const Operator& of, Pipe& next) {
  return std::make_unique<EnterPipe>(*this, of, next);
}

std::unique_ptr<Pipe> Profile::Count(const Operator& of, Pipe& next) {
  return std::make_unique<CountPipe>(*this, of, next);
}

Profile::Entry Profile::Of(const Operator& of) const {
  const auto found = entries_.find(&of);
  return found == entries_.end() ? Entry() : found->second;
}

void Profile::Add(const Profile& helper) {
  for (const auto& [of, entry] : helper.entries_) {
    Entry& sum = entries_[of];
    sum.rows += entry.rows;
    sum.time += entry.time;
  }
}

const Operator* Profile::Switch(const Operator* to) {
  const std::chrono::nanoseconds now = clock_.Monotonic();
  if (running_ != nullptr) entries_[running_].time += now - since_;
  since_ = now;
  const Operator* const before = running_;
  running_ = to;
  return before;
}

}  // namespace kosei::query

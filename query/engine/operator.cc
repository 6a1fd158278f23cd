#include "engine/operator.h"

#include <utility>

#include "engine/parallel.h"
#include "engine/profile.h"

namespace kosei::query {

Pipeline::Pipeline(const Operator* last, Run& run, Pipe& end, const Options& options)
    : first_(&end) {
  const auto add = [this](std::unique_ptr<Pipe> pipe) {
    pipes_.push_back(std::move(pipe));
    first_ = pipes_.back().get();
  };
  for (const Operator* each = last; each != nullptr; each = each->input()) {
    if (each == options.parallel) {
      add(OpenParallelChain(*each, run, *first_));
      return;
    }
    if (run.profile() != nullptr) add(run.profile()->Count(*each, *first_));
    const bool ranged = options.range != nullptr && each->input() == nullptr;
    add(ranged ? each->OpenRange(run, *first_, *options.range) : each->Open(run, *first_));
    if (run.profile() != nullptr) add(run.profile()->Enter(*each, *first_));
  }
}

Pipeline::~Pipeline() = default;

}  // namespace kosei::query

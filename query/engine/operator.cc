#include "engine/operator.h"

#include "engine/profile.h"

namespace kosei::query {

Pipeline::Pipeline(const Operator* last, Run& run, Pipe& end) : first_(&end) {
  for (const Operator* each = last; each != nullptr; each = each->input()) {
    if (run.profile() != nullptr) {
      pipes_.push_back(run.profile()->Count(*each, *first_));
      first_ = pipes_.back().get();
    }
    pipes_.push_back(each->Open(run, *first_));
    first_ = pipes_.back().get();
    if (run.profile() != nullptr) {
      pipes_.push_back(run.profile()->Enter(*each, *first_));
      first_ = pipes_.back().get();
    }
  }
}

Pipeline::~Pipeline() = default;

}  // namespace kosei::query

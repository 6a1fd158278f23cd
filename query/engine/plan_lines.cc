#include "engine/plan_lines.h"

namespace kosei::query {
namespace {

void Add(const Operator* last, std::uint32_t depth, const Profile& profile,
         std::vector<PlanLine>& lines) {
  for (const Operator* each = last; each != nullptr; each = each->input()) {
    const Profile::Entry entry = profile.Of(*each);
    lines.push_back({depth, std::string(each->name()), each->details(), entry.rows, entry.time});
    for (const Operator* inner : each->inner()) Add(inner, depth + 2, profile, lines);
    ++depth;
  }
}

}  // namespace

std::vector<PlanLine> LinesOf(const Operator* last, const Profile& profile) {
  std::vector<PlanLine> lines;
  Add(last, 0, profile, lines);
  return lines;
}

}  // namespace kosei::query

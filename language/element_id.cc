#include "kosei/language/element_id.h"

#include "absl/strings/str_format.h"
#include "kosei/language/compare.h"

namespace kosei::language {

std::int64_t IdOf(NodeRef node) { return static_cast<std::int64_t>(node.record.value); }
std::int64_t IdOf(const LinkRef& link) {
  return static_cast<std::int64_t>(HashOf(Datum::Relationship(link)) >> 1);
}

std::string ElementIdOf(const LinkRef& link) {
  return absl::StrFormat("%d-%d-%d", link.source, link.type, link.target);
}

}  // namespace kosei::language

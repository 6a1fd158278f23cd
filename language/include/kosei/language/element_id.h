// How nodes and relationships are named outside: id() and elementId(), and what clients are sent.
#pragma once

#include <cstdint>
#include <string>

#include "kosei/language/datum.h"

namespace kosei::language {

// A node's is its record's. A relationship has no number of its own: one of 63 bits is made of its
// ends and its type, the same for the same relationship at all times.
std::int64_t IdOf(NodeRef node);
std::int64_t IdOf(const LinkRef& link);
// "7-3-9": source, number of the type, target. A node's is the graph's to say (Graph::ElementId).
std::string ElementIdOf(const LinkRef& link);

}  // namespace kosei::language

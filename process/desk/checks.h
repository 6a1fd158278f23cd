// The named checks that guards may ask for, and what a file of definitions may be about.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "kosei/process/vocabulary.h"

namespace kosei::process {

using CheckSignatures = std::map<std::string, CheckSignature, std::less<>>;
const CheckSignatures& KnownChecks();

// Of files that something else than life cycles reads.
bool IsKnownSubject(std::string_view subject);
std::string KnownSubjects();  // for messages

}  // namespace kosei::process

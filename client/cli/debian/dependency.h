// Package relations ("a (>= 1) | b:any, c [amd64]") and version order, as in deb-control(5) and
// deb-version(7).
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kosei::cli::debian {

// Names of packages of which any one will do, without versions and qualifiers.
using Alternatives = std::vector<std::string>;

// One entry for each part between commas.
std::vector<Alternatives> ParseRelations(std::string_view field);

// Below, equal to, or above 0 as `a` is older than, equal to, or newer than `b`.
int CompareVersions(std::string_view a, std::string_view b);

}  // namespace kosei::cli::debian

// The words of the query language, for completion. tests/cli holds them against a server.
#pragma once

#include <span>
#include <string_view>

namespace kosei::cli {

std::span<const std::string_view> QueryKeywords();    // in upper case
std::span<const std::string_view> QueryFunctions();   // without "("
std::span<const std::string_view> QueryProcedures();  // without "("

}  // namespace kosei::cli

// Our errors by the names that drivers know: they look at the second word to decide whether to try
// again, and at the third to decide whether to ask for a new token.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace kosei::server::bolt {

// "Neo.ClientError.Statement.SyntaxError". Of every error there is one.
std::string_view NeoCodeOf(const absl::Status& status);

// A token that was good when its bearer signed in.
inline constexpr std::string_view kTokenExpired = "Neo.ClientError.Security.TokenExpired";
inline constexpr std::string_view kInvalidBookmark = "Neo.ClientError.Transaction.InvalidBookmark";
// A commit that is not here yet.
inline constexpr std::string_view kBookmarkTimeout =
    "Neo.TransientError.Transaction.BookmarkTimeout";
inline constexpr std::string_view kDatabaseNotFound = "Neo.ClientError.Database.DatabaseNotFound";

}  // namespace kosei::server::bolt

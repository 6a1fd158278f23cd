// Saved queries: records of the class SavedQuery (model/default).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/client/client.h"
#include "query/options.h"

namespace kosei::cli {

struct SavedQuery {
  std::string name = {};
  std::string text = {};
  std::vector<std::string> parameters = {};  // "NAME" or "NAME=DEFAULT"
  std::string description = {}, description_ja = {}, owner = {};
  std::uint64_t begin = 0;  // commit of this version
};

// kNotFound with the names that are near; `view`: which version.
absl::StatusOr<SavedQuery> GetSavedQuery(client::Client& client, const std::string& name,
                                         const client::ViewName& view);
// Ascending by name.
absl::StatusOr<std::vector<SavedQuery>> ListSavedQueries(client::Client& client);

// Puts the defaults of parameters that have no value yet. kQueryParameter when one has neither, or
// when a value is given for one that the query does not have.
absl::Status FillParameters(const SavedQuery& query, language::PackedMap& parameters);

}  // namespace kosei::cli

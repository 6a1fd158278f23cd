// The `meta` family: named bytes, each write synced. Names: "store_id", "model/...",
// "baseline/<name>", "setting/<name>".
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "database.h"
#include "kosei/model/schema.h"
#include "kosei/storage/reader.h"

namespace kosei::storage {

absl::Status PutMeta(const Database& database, std::string_view name, std::string_view value);
absl::Status RemoveMeta(const Database& database, std::string_view name);
// Those whose name begins with `prefix`, without it, ascending.
absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ListMeta(const Database& database,
                                                                          std::string_view prefix);

std::string EncodeNames(const std::vector<std::string>& names);
absl::StatusOr<std::vector<std::string>> DecodeNames(std::string_view bytes);
// Of a store from before versions of the model were kept; empty when there is none.
absl::StatusOr<model::NameBook> ReadNameBook(const Database& database);

std::string EncodeBaseline(const Baseline& baseline);
absl::StatusOr<Baseline> DecodeBaseline(std::string_view name, std::string_view bytes);

}  // namespace kosei::storage

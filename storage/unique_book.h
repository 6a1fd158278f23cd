// The book of unique values, derived anew from every version of every record: who held which value,
// from which commit to which. Of a store that nobody writes to.
#pragma once

#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "database.h"
#include "kosei/model/definition.h"

namespace kosei::storage {

// Gives the entries of the family kIdentity, ascending by key. Values that were erased or retired
// are in no version any more, and so not in the book. `given` is the model of a store from before
// it kept its own. kStorageCorrupt, or what `put` returned.
absl::Status DeriveUniqueBook(
    const Database& database, const model::ModelDefinition& given,
    absl::FunctionRef<absl::Status(std::string_view key, std::string_view holders)> put);

}  // namespace kosei::storage

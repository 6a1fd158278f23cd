// Keys of what is kept along with a record: INC-000001/c-1 is its first comment.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "kosei/storage/reader.h"

namespace kosei::process {

// The first key of the form RECORD/LETTER-N that nobody has had. Whoever asks holds the record.
// `skip`: so many behind it.
std::string NextEntryKey(const storage::Reader& reader, std::string_view record,
                         std::string_view letter, std::size_t skip = 0);

}  // namespace kosei::process

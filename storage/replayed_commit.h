// A commit that was made elsewhere, as it is: the bytes of its header, and what it wrote.
#pragma once

#include <string>
#include <vector>

#include "commit_codec.h"
#include "history_lines.h"

namespace kosei::storage {

struct ReplayedCommit {
  std::string header;
  DecodedCommit decoded;
  std::vector<RecordLine> records;  // ascending by number
  std::vector<LinkLine> links;      // ascending by source, type and target
  std::uint64_t line = 0;           // where it stands in its text
};

}  // namespace kosei::storage

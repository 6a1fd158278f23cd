// What a round of the scrubber reads: a list of items, each checked in pieces.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "store.h"

namespace kosei::storage {

struct ScrubItem {
  enum class Kind : std::uint8_t {
    kSorted,      // a sorted file
    kLog,         // the log of writes, the list of files
    kBeside,      // FORMAT, CURRENT, watermark
    kCheckpoint,  // what memory held
    kChain,       // the headers of all commits
  };
  Kind kind = Kind::kBeside;
  std::string path = {};
  std::uint64_t bytes = 0;
  std::uint64_t number = 0;  // kSorted: files are numbered as they are made
  // kSorted: of the whole file, empty when the list of files has none.
  std::string checksum = {};
};

// Sorted files come first, in order of their number; those up to `position` are left out.
std::vector<ScrubItem> ListScrubItems(const Store& store, std::uint64_t position);

class ScrubCheck {
 public:
  virtual ~ScrubCheck() = default;
  // Reads the next piece, about 1 MiB, and adds its size to `bytes`. nullopt: there is more to
  // read; otherwise what is wrong, empty when nothing is.
  virtual std::optional<std::string> Step(std::uint64_t& bytes) = 0;
};
std::unique_ptr<ScrubCheck> BeginScrubCheck(const Store& store, const ScrubItem& item);

}  // namespace kosei::storage

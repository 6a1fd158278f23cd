// The records of one statement, made as messages beforehand and handed out as they are pulled.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "bolt/reply.h"
#include "handlers/encode.h"
#include "kosei/base/ids.h"
#include "kosei/language/packstream.h"
#include "outbox.h"
#include "services.h"

namespace kosei::server::bolt {

// Not thread-safe. Counts what it keeps in the server's gauge, as long as it lives.
class Result {
 public:
  explicit Result(const Services& services)
      : services_(services), kept_(services.counters.stream_bytes) {}

  // One RECORD, as a message. kMemoryBudget, kOverloaded.
  absl::Status Add(std::string_view record);
  // Counts what has been added, before the first Take.
  absl::Status Seal();

  // Moves up to so many records to `out`, fewer when they are more than so many bytes (but at least
  // one). Gives their number.
  std::uint64_t Take(std::uint64_t records, std::size_t bytes, Outbox& out);
  void Skip(std::uint64_t records);
  std::uint64_t left() const { return left_; }

  std::vector<std::string> columns;
  Metadata summary;     // of the SUCCESS behind the last record
  CommitNumber commit;  // the newest that the statement may have seen

 private:
  struct Block {
    std::string bytes;
    std::vector<std::uint32_t> ends;  // of the records
  };
  std::uint64_t Advance(std::uint64_t records, std::size_t bytes, Outbox* out);

  const Services& services_;
  KeptBytes kept_;
  std::uint64_t collected_ = 0;
  std::uint64_t left_ = 0;
  std::vector<Block> blocks_;
  std::size_t block_ = 0;   // the next record's
  std::size_t record_ = 0;  // within it
};

}  // namespace kosei::server::bolt

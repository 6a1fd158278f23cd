// One chunk of a bulk load: from its message to what the store takes, and back to its reply.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/protocol/frame.h"
#include "kosei/protocol/write_generated.h"
#include "kosei/storage/writer.h"

namespace kosei::server {

struct DecodedChunk {
  storage::BulkChunk chunk;
  // Position in the message of each record of `chunk`: bad ones are left out and listed here.
  std::vector<std::uint32_t> positions;
  std::vector<storage::RejectedItem> rejected;
};

// Of a message that has been verified. A record that does not verify is rejected alone; a chunk
// whose columns do not fit together is kMalformedFrame as a whole.
absl::StatusOr<DecodedChunk> DecodeChunk(const fb::BulkChunkRequest& request);

// Add or finish, and the reply as a frame.
absl::StatusOr<std::string> AddChunk(storage::BulkLoad& load, DecodedChunk chunk,
                                     std::uint64_t number, const protocol::FrameHeader& header,
                                     protocol::Checksum checksum, std::uint32_t reply_bytes_max);
absl::StatusOr<std::string> FinishLoad(storage::BulkLoad& load, const protocol::FrameHeader& header,
                                       protocol::Checksum checksum);

}  // namespace kosei::server

// Every bound of the server in one place, each with its reason. The wire's own bounds are
// protocol/limits.h; those that a test must shorten are members here.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "kosei/protocol/limits.h"

namespace kosei::server {

struct Limits {
  // A peer that does not greet holds a descriptor and nothing else, and not for long.
  std::chrono::nanoseconds hello_deadline = protocol::kHelloDeadline;
  std::chrono::nanoseconds frame_deadline = protocol::kFrameDeadline;
  std::chrono::nanoseconds idle_max = protocol::kIdleMax;
  std::chrono::nanoseconds heartbeat = protocol::kHeartbeat;
  // A peer that takes not one byte of what waits for it in this time is gone or means harm.
  std::chrono::nanoseconds write_stall_max = std::chrono::seconds{30};
  // After a closing error: time for the peer to read it before the socket goes.
  std::chrono::nanoseconds linger_max = std::chrono::seconds{2};
  // Graceful stop: requests under way get this long.
  std::chrono::nanoseconds drain_max = std::chrono::seconds{10};

  std::uint32_t connections_max = 10'000;
  std::uint32_t in_flight_max = protocol::kInFlightMax;
  // Streams open at once on one connection, and bytes that all streams keep for their readers.
  std::uint32_t streams_max = 64;
  std::uint64_t stream_bytes_max = std::uint64_t{512} << 20;
  // Unsent bytes above which a connection is not read any more.
  std::size_t output_pause_bytes = std::size_t{1} << 20;
  // Unsent bytes above which streams produce nothing more (one frame may go beyond it).
  std::size_t output_max_bytes = std::size_t{8} << 20;
  // Requests that wait for a worker, in each lane; beyond it the answer is kOverloaded.
  std::size_t queue_max = 4'096;
  std::size_t bulk_queue_max = 256;
  // Loads open at once in the whole server: each holds up to a window of chunks in memory.
  std::uint32_t bulk_loads_max = 8;
};

// A streamed frame is cut at this size: large enough that headers vanish, small enough that one
// frame is sent while the next is built.
inline constexpr std::size_t kStreamFrameBytes = std::size_t{128} << 10;
// Impact tried on the I/O thread: so many links are looked at in a few tens of microseconds.
inline constexpr std::uint64_t kInlineImpactSteps = 2'000;
inline constexpr std::size_t kInlineImpactRoots = 16;
// Keys of one get that the I/O thread reads itself; more go to a worker.
inline constexpr std::size_t kInlineGetKeys = 64;
// A mutation of at most this many bytes is decoded on the I/O thread.
inline constexpr std::size_t kInlineMutateBytes = std::size_t{16} << 10;
// A collected answer (search, history) may be this large; larger ones must be asked in parts.
inline constexpr std::size_t kCollectedBytesMax = std::size_t{64} << 20;
// Memory one impact or path query may use.
inline constexpr std::uint64_t kQueryMemoryBytes = std::uint64_t{256} << 20;
// A query that names no deadline, and the longest that one may name.
inline constexpr std::chrono::seconds kQueryTimeDefault{30};
inline constexpr std::chrono::seconds kQueryTimeMax{3'600};
inline constexpr std::uint32_t kWatchChangesMax = 10'000;
// Records and links of one bulk chunk: bounds the list of rejected items in its reply.
inline constexpr std::size_t kBulkItemsMax = 262'144;
inline constexpr std::size_t kNameBytesMax = 64;       // tokens, baselines
inline constexpr std::size_t kReasonBytesMax = 4'096;  // reason, cause, source, description
// A token is an entry ticket for a while (reliability study 4.2), never for ever.
inline constexpr std::uint32_t kTokenDaysMax = 90;
inline constexpr std::size_t kTokenClassesMax = 100;  // that one token is limited to
// Clocks of two machines differ a little.
inline constexpr std::chrono::seconds kTokenLeeway{60};
// Bytes of a closing peer that are read and thrown away, so that our last words are not lost with a
// reset.
inline constexpr std::size_t kDiscardMax = std::size_t{4} << 20;
// What a client says of itself, in the log.
inline constexpr std::size_t kAgentShown = 64;
// A request that took longer than this is worth a line in the log.
inline constexpr std::chrono::seconds kSlowRequest{2};

}  // namespace kosei::server

// Every bound of the wire in one place, each with its reason. Checked before anything is allocated
// or parsed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace kosei::protocol {

// Before a token was accepted nobody needs more than a greeting.
inline constexpr std::uint32_t kBodyMaxBeforeHello = 64U << 10;
inline constexpr std::uint32_t kBodyMax = 16U << 20;
// FlatBuffers verifier (reliability study F8): a deep or table-rich frame costs its reader, not its
// sender.
inline constexpr std::uint32_t kVerifierDepthMax = 16;
inline constexpr std::uint32_t kVerifierTablesMax = 10'000;
// Answers that list their findings in one frame; only a server, which the client chose, sends them.
inline constexpr std::uint32_t kVerifierTablesMaxOfLists = 200'000;
// All that is reachable in a frame may be at most this many times its bytes (shared offsets
// otherwise multiply).
inline constexpr std::uint32_t kWalkFactorMax = 4;
// What a connection reads at once, at first and when it is busy; and what it keeps when idle.
inline constexpr std::size_t kReadSizeFirst = 4U << 10;
inline constexpr std::size_t kReadSizeBusy = 64U << 10;
inline constexpr std::size_t kReadBufferKept = 256U << 10;
// An error must fit a frame before Hello, in two languages.
inline constexpr std::size_t kErrorMessageMax = 8U << 10;
inline constexpr std::uint32_t kInFlightMax = 1'024;  // requests open at once on one connection
inline constexpr std::uint64_t kStreamWindowBytes = 4U << 20;  // default credit of a stream
inline constexpr std::uint32_t kBulkWindowChunks = 8;
inline constexpr std::uint32_t kGetKeysMax = 1'000;
inline constexpr std::uint32_t kImpactRootsMax = 10'000;  // of a trace and an order as well
inline constexpr std::uint32_t kPathsListedMax = 10'000;
inline constexpr std::chrono::seconds kHelloDeadline{5};
inline constexpr std::chrono::seconds kIdleMax{300};
inline constexpr std::chrono::seconds kFrameDeadline{30};  // from a frame's first byte to its last
inline constexpr std::chrono::seconds kHeartbeat{15};      // of a watch without commits

}  // namespace kosei::protocol

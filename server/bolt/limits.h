// The bounds of Bolt connections that are not those of every connection (kosei/server/limits.h).
#pragma once

#include <cstddef>

namespace kosei::server::bolt {

// A message, and one before its sender has signed in.
inline constexpr std::size_t kMessageBytesMax = std::size_t{1} << 20;
inline constexpr std::size_t kMessageBytesMaxBeforeLogon = std::size_t{16} << 10;
// Of every message but RUN, and of what RUN says of its transaction: these are read on the I/O
// thread, which serves others too. The parameters of RUN are read by a worker.
inline constexpr std::size_t kPlainMessageBytesMax = std::size_t{64} << 10;
// Messages that wait for the one before them; beyond it nothing is read.
inline constexpr std::size_t kWaitingMax = 256;
inline constexpr std::size_t kWaitingBytesMax = std::size_t{2} << 20;
// Results that one transaction holds open.
inline constexpr std::size_t kResultsMax = 64;

}  // namespace kosei::server::bolt

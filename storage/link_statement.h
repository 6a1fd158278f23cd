// What commits say of one link: that it holds, or does not, in an interval of valid time. Nearly
// every link is plain: each statement holds from its commit's time on, so that commits alone tell
// when the link held. A statement with a valid time of its own makes the link a timed one
// (timed_links.h).
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "kosei/storage/reader.h"
#include "valid_time.h"

namespace kosei::storage {

struct LinkStatement {
  CommitNumber commit;
  bool live = false;
  ValidInterval valid;
};

// The value in the links family: flags:u8 (bit 0: it holds; bit 1: a valid time of its own follows)
// [from:i64 to:i64]. A plain statement has the flags alone.
struct LinkValue {
  bool live = false;
  bool timed = false;
  ValidInterval valid;  // only when timed
};
std::string EncodeLinkValue(const LinkValue& value);
// kStorageCorrupt when the bytes are none.
absl::StatusOr<LinkValue> DecodeLinkValue(std::string_view bytes);

// The value that `change` writes.
LinkValue ValueOf(const LinkChange& change);

std::vector<ValidInterval> NewestFirst(std::span<const LinkStatement> statements);

// All for statements oldest first. The link holds at `instant` as known at `commit`.
bool HoldsAt(std::span<const LinkStatement> statements, CommitNumber commit, Timestamp instant);
// The rectangles (commits, valid time) in which it holds; what ended later says until which commit
// it was believed.
std::vector<LinkVersion> VersionsOf(std::span<const LinkStatement> statements,
                                    const LinkVersion& name);
// The parts of `within` in which it holds, as known now, ascending and joined.
std::vector<ValidInterval> LiveParts(std::span<const LinkStatement> statements,
                                     ValidInterval within);

}  // namespace kosei::storage

#include "link_statement.h"

#include <algorithm>

#include "kosei/base/bytes.h"
#include "kosei/base/error.h"

namespace kosei::storage {
namespace {

constexpr char kLiveBit = 1;
constexpr char kTimedBit = 2;
constexpr std::size_t kTimedSize = 17;

Timestamp ReadTime(const char* bytes) {
  return Timestamp{static_cast<std::int64_t>(ReadU64(bytes))};
}

}  // namespace

std::vector<ValidInterval> NewestFirst(std::span<const LinkStatement> statements) {
  std::vector<ValidInterval> row;
  row.reserve(statements.size());
  for (auto one = statements.rbegin(); one != statements.rend(); ++one) row.push_back(one->valid);
  return row;
}

std::string EncodeLinkValue(const LinkValue& value) {
  std::string bytes(1,
                    static_cast<char>((value.live ? kLiveBit : 0) | (value.timed ? kTimedBit : 0)));
  if (!value.timed) return bytes;
  AppendU64(bytes, static_cast<std::uint64_t>(value.valid.from.micros));
  AppendU64(bytes, static_cast<std::uint64_t>(value.valid.to.micros));
  return bytes;
}

absl::StatusOr<LinkValue> DecodeLinkValue(std::string_view bytes) {
  const bool timed = !bytes.empty() && (bytes[0] & kTimedBit) != 0;
  if (bytes.size() != (timed ? kTimedSize : 1) || (bytes[0] & ~(kLiveBit | kTimedBit)) != 0) {
    return MakeError(ErrorCode::kStorageCorrupt, "read link: its value is damaged");
  }
  LinkValue value{(bytes[0] & kLiveBit) != 0, timed, {}};
  if (timed) value.valid = {ReadTime(bytes.data() + 1), ReadTime(bytes.data() + 9)};
  return value;
}

LinkValue ValueOf(const LinkChange& change) {
  const bool timed = change.valid_from != kBeginningOfTime || change.valid_to != kEndOfTime;
  return {change.kind != ChangeKind::kEnded, timed, {change.valid_from, change.valid_to}};
}

bool HoldsAt(std::span<const LinkStatement> statements, CommitNumber commit, Timestamp instant) {
  for (auto one = statements.rbegin(); one != statements.rend(); ++one) {
    if (one->commit <= commit && one->valid.Covers(instant)) return one->live;
  }
  return false;
}

std::vector<LinkVersion> VersionsOf(std::span<const LinkStatement> statements,
                                    const LinkVersion& name) {
  std::vector<LinkVersion> versions;
  for (const LinkStatement& said : statements) {
    std::vector<LinkVersion> cut;
    for (LinkVersion& version : versions) {
      const bool apart = version.end != kOpenEnd || version.valid_to <= said.valid.from ||
                         said.valid.to <= version.valid_from;
      if (apart) continue;
      // What the statement does not speak of is believed on.
      LinkVersion rest = version;
      rest.begin = said.commit;
      if (version.valid_from < said.valid.from) {
        rest.valid_to = said.valid.from;
        cut.push_back(rest);
      }
      if (said.valid.to < version.valid_to) {
        rest.valid_from = said.valid.to;
        rest.valid_to = version.valid_to;
        cut.push_back(rest);
      }
      version.end = said.commit;
    }
    versions.insert(versions.end(), cut.begin(), cut.end());
    if (!said.live) continue;
    LinkVersion live = name;
    live.begin = said.commit;
    live.end = kOpenEnd;
    live.valid_from = said.valid.from;
    live.valid_to = said.valid.to;
    versions.push_back(live);
  }
  return versions;
}

std::vector<ValidInterval> LiveParts(std::span<const LinkStatement> statements,
                                     ValidInterval within) {
  std::vector<ValidInterval> parts;
  for (const ValidSegment& segment : SegmentsOf(NewestFirst(statements), within)) {
    if (!statements[statements.size() - 1 - segment.statement].live) continue;
    if (!parts.empty() && parts.back().to == segment.valid.from) {
      parts.back().to = segment.valid.to;
    } else {
      parts.push_back(segment.valid);
    }
  }
  return parts;
}

}  // namespace kosei::storage

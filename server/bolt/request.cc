#include "bolt/request.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "absl/strings/str_format.h"
#include "bolt/limits.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/language/packstream.h"
#include "kosei/query/view_value.h"

namespace kosei::server::bolt {
namespace {

using language::PackedList;
using language::PackedMap;
using language::PackedStructure;
using language::PackedValue;

constexpr std::array<std::pair<Tag, std::string_view>, 13> kTags = {{
    {Tag::kHello, "HELLO"},
    {Tag::kGoodbye, "GOODBYE"},
    {Tag::kReset, "RESET"},
    {Tag::kRun, "RUN"},
    {Tag::kBegin, "BEGIN"},
    {Tag::kCommit, "COMMIT"},
    {Tag::kRollback, "ROLLBACK"},
    {Tag::kDiscard, "DISCARD"},
    {Tag::kPull, "PULL"},
    {Tag::kTelemetry, "TELEMETRY"},
    {Tag::kRoute, "ROUTE"},
    {Tag::kLogon, "LOGON"},
    {Tag::kLogoff, "LOGOFF"},
}};

// Integers that a float still tells apart.
constexpr double kWholeFloatMax = 9'007'199'254'740'992.0;

absl::Status Wrong(Tag tag, std::string_view key, std::string_view expected) {
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("%s: %s is not %s", NameOf(tag), key, expected), key);
}

absl::Status WrongParts(Tag tag, std::size_t found, std::size_t expected, bool more_bytes) {
  return MakeError(ErrorCode::kMalformedFrame,
                   absl::StrFormat("%s: it has %d parts%s, expected %d", NameOf(tag), found,
                                   more_bytes ? " and more bytes behind them" : "", expected));
}

// The parts of a message, of which at least `expected` have to be there.
absl::StatusOr<PackedList> Fields(std::string_view message, Tag tag, std::size_t expected) {
  language::PackReader reader(message, language::PackSource::kClient);
  KOSEI_ASSIGN_OR_RETURN(PackedStructure structure, reader.ReadMessage());
  const std::size_t found = structure.fields.size();
  if (found < expected || !reader.at_end())
    return WrongParts(tag, found, expected, !reader.at_end());
  return std::move(structure.fields);
}

// A map of a message. One that is not there, or is null, is empty.
absl::StatusOr<const PackedMap*> MapAt(Tag tag, const PackedList& fields, std::size_t at,
                                       std::string_view what) {
  static const PackedMap kEmpty;
  if (at >= fields.size() || fields[at].As<std::monostate>() != nullptr) return &kEmpty;
  const auto* const map = fields[at].As<PackedMap>();
  if (map == nullptr) return Wrong(tag, what, "a map");
  return map;
}

// nullptr: not there, or null.
const PackedValue* Find(const PackedMap& map, std::string_view key) {
  for (const language::PackedEntry& entry : map) {
    if (entry.key == key && entry.value.As<std::monostate>() == nullptr) return &entry.value;
  }
  return nullptr;
}

absl::Status ReadText(Tag tag, const PackedMap& map, std::string_view key, std::string& out) {
  const PackedValue* const value = Find(map, key);
  if (value == nullptr) return absl::OkStatus();
  const auto* const text = value->As<std::string>();
  if (text == nullptr) return Wrong(tag, key, "text");
  out = *text;
  return absl::OkStatus();
}

// Some languages have no integers but whole floats.
std::optional<std::int64_t> WholeNumber(const PackedValue& value) {
  if (const auto* const integer = value.As<std::int64_t>(); integer != nullptr) return *integer;
  const auto* const real = value.As<double>();
  if (real == nullptr || std::floor(*real) != *real || std::abs(*real) > kWholeFloatMax)
    return std::nullopt;
  return static_cast<std::int64_t>(*real);
}

absl::Status ReadInteger(Tag tag, const PackedMap& map, std::string_view key, std::int64_t min,
                         std::int64_t& out) {
  const PackedValue* const value = Find(map, key);
  if (value == nullptr) return absl::OkStatus();
  const std::optional<std::int64_t> integer = WholeNumber(*value);
  if (!integer.has_value() || *integer < min)
    return Wrong(tag, key, absl::StrFormat("a whole number from %d on", min));
  out = *integer;
  return absl::OkStatus();
}

absl::StatusOr<language::Datum> DatumAt(Tag tag, std::string_view key, const PackedValue& value) {
  absl::StatusOr<language::Datum> datum = language::DatumOf(value);
  if (!datum.ok()) return WithContext(datum.status(), absl::StrFormat("%s: %s", NameOf(tag), key));
  return datum;
}

// as_of, valid_at and plan; what else an application notes there is its own affair.
absl::Status ReadView(Tag tag, const PackedMap& metadata, storage::ViewName& view) {
  if (const PackedValue* const value = Find(metadata, "as_of"); value != nullptr) {
    KOSEI_ASSIGN_OR_RETURN(language::Datum as_of, DatumAt(tag, "tx_metadata.as_of", *value));
    if (as_of.kind() == language::DatumKind::kFloat && WholeNumber(*value).has_value())
      as_of = language::Datum::Integer(*WholeNumber(*value));
    const std::optional<storage::ViewName> named = query::ViewNameOf(as_of);
    if (!named.has_value()) {
      return Wrong(tag, "tx_metadata.as_of",
                   "an instant with an offset, a commit number or the name of a baseline");
    }
    view = *named;
  }
  if (const PackedValue* const value = Find(metadata, "valid_at"); value != nullptr) {
    KOSEI_ASSIGN_OR_RETURN(const language::Datum valid_at,
                           DatumAt(tag, "tx_metadata.valid_at", *value));
    view.valid_at = query::InstantOf(valid_at);
    if (!view.valid_at.has_value())
      return Wrong(tag, "tx_metadata.valid_at", "an instant with an offset");
  }
  return ReadText(tag, metadata, "plan", view.plan);
}

absl::StatusOr<Terms> ReadTerms(Tag tag, const PackedMap& extra) {
  Terms terms;
  KOSEI_RETURN_IF_ERROR(ReadText(tag, extra, "db", terms.database));
  KOSEI_RETURN_IF_ERROR(ReadText(tag, extra, "imp_user", terms.impersonated));
  std::int64_t timeout = 0;
  KOSEI_RETURN_IF_ERROR(ReadInteger(tag, extra, "tx_timeout", 0, timeout));
  if (timeout > 0) {
    constexpr std::int64_t kDay = 86'400'000;
    terms.timeout = std::chrono::milliseconds(std::min(timeout, kDay));
  }
  if (const PackedValue* const value = Find(extra, "bookmarks"); value != nullptr) {
    const auto* const bookmarks = value->As<PackedList>();
    if (bookmarks == nullptr) return Wrong(tag, "bookmarks", "a list of texts");
    for (const PackedValue& bookmark : *bookmarks) {
      const auto* const text = bookmark.As<std::string>();
      if (text == nullptr) return Wrong(tag, "bookmarks", "a list of texts");
      terms.bookmarks.push_back(*text);
    }
  }
  if (const PackedValue* const value = Find(extra, "tx_metadata"); value != nullptr) {
    const auto* const metadata = value->As<PackedMap>();
    if (metadata == nullptr) return Wrong(tag, "tx_metadata", "a map");
    KOSEI_RETURN_IF_ERROR(ReadView(tag, *metadata, terms.view));
  }
  return terms;
}

}  // namespace

std::optional<Tag> TagOf(std::string_view message) {
  if (message.size() < 2 || (static_cast<unsigned char>(message[0]) & 0xF0U) != 0xB0)
    return std::nullopt;
  const auto byte = static_cast<unsigned char>(message[1]);
  for (const auto& [tag, name] : kTags) {
    if (static_cast<unsigned char>(tag) == byte) return tag;
  }
  return std::nullopt;
}

std::string_view NameOf(Tag tag) {
  for (const auto& [each, name] : kTags) {
    if (each == tag) return name;
  }
  return "message";
}

absl::Status TooLarge(Tag tag, std::string_view what) {
  return MakeError(ErrorCode::kFrameTooLarge,
                   absl::StrFormat("%s: %s is larger than the %d bytes that are taken here; only "
                                   "statements and their parameters may be",
                                   NameOf(tag), what, kPlainMessageBytesMax));
}

absl::StatusOr<Login> DecodeLogin(std::string_view message) {
  const Tag tag = TagOf(message).value_or(Tag::kHello);
  KOSEI_ASSIGN_OR_RETURN(const PackedList fields, Fields(message, tag, 1));
  KOSEI_ASSIGN_OR_RETURN(const PackedMap* const map, MapAt(tag, fields, 0, "its part"));
  Login login;
  KOSEI_RETURN_IF_ERROR(ReadText(tag, *map, "scheme", login.scheme));
  KOSEI_RETURN_IF_ERROR(ReadText(tag, *map, "credentials", login.credentials));
  KOSEI_RETURN_IF_ERROR(ReadText(tag, *map, "user_agent", login.user_agent));
  if (const PackedValue* const value = Find(*map, "routing"); value != nullptr) {
    const auto* const routing = value->As<PackedMap>();
    if (routing == nullptr) return Wrong(tag, "routing", "a map");
    KOSEI_RETURN_IF_ERROR(ReadText(tag, *routing, "address", login.address));
  }
  return login;
}

absl::StatusOr<Run> DecodeRun(std::string_view message) {
  constexpr std::size_t kParts = 3;
  language::PackReader reader(message, language::PackSource::kClient);
  KOSEI_ASSIGN_OR_RETURN(const language::PackReader::MessageHead head, reader.ReadMessageHead());
  std::vector<std::string_view> parts;
  for (std::size_t i = 0; i < head.fields; ++i) {
    KOSEI_ASSIGN_OR_RETURN(const std::string_view part, reader.Skip());
    if (i < kParts) parts.push_back(part);
  }
  if (parts.size() < 2 || !reader.at_end())
    return WrongParts(Tag::kRun, head.fields, kParts, !reader.at_end());
  const auto read = [](std::string_view part) {
    return language::PackReader(part, language::PackSource::kClient).Read();
  };
  KOSEI_ASSIGN_OR_RETURN(PackedValue text, read(parts[0]));
  if (text.As<std::string>() == nullptr) return Wrong(Tag::kRun, "the statement", "text");
  Run run;
  run.text = std::move(std::get<std::string>(text.value));
  run.parameters = std::string(parts[1]);
  if (parts.size() < kParts) return run;
  if (parts[2].size() > kPlainMessageBytesMax) return TooLarge(Tag::kRun, "extra");
  PackedList extra(1);
  KOSEI_ASSIGN_OR_RETURN(extra[0], read(parts[2]));
  KOSEI_ASSIGN_OR_RETURN(const PackedMap* const map, MapAt(Tag::kRun, extra, 0, "extra"));
  KOSEI_ASSIGN_OR_RETURN(run.terms, ReadTerms(Tag::kRun, *map));
  return run;
}

absl::StatusOr<Terms> DecodeBegin(std::string_view message) {
  KOSEI_ASSIGN_OR_RETURN(const PackedList fields, Fields(message, Tag::kBegin, 1));
  KOSEI_ASSIGN_OR_RETURN(const PackedMap* const extra, MapAt(Tag::kBegin, fields, 0, "its part"));
  return ReadTerms(Tag::kBegin, *extra);
}

absl::StatusOr<Pull> DecodePull(std::string_view message) {
  const Tag tag = TagOf(message).value_or(Tag::kPull);
  KOSEI_ASSIGN_OR_RETURN(const PackedList fields, Fields(message, tag, 1));
  KOSEI_ASSIGN_OR_RETURN(const PackedMap* const extra, MapAt(tag, fields, 0, "its part"));
  Pull pull;
  KOSEI_RETURN_IF_ERROR(ReadInteger(tag, *extra, "n", -1, pull.count));
  KOSEI_RETURN_IF_ERROR(ReadInteger(tag, *extra, "qid", -1, pull.result));
  if (pull.count == 0) return Wrong(tag, "n", "a number of records, or -1 for all");
  return pull;
}

absl::StatusOr<Route> DecodeRoute(std::string_view message) {
  KOSEI_ASSIGN_OR_RETURN(const PackedList fields, Fields(message, Tag::kRoute, 3));
  KOSEI_ASSIGN_OR_RETURN(const PackedMap* const routing,
                         MapAt(Tag::kRoute, fields, 0, "the routing context"));
  KOSEI_ASSIGN_OR_RETURN(const PackedMap* const extra, MapAt(Tag::kRoute, fields, 2, "extra"));
  Route route;
  KOSEI_RETURN_IF_ERROR(ReadText(Tag::kRoute, *routing, "address", route.address));
  KOSEI_RETURN_IF_ERROR(ReadText(Tag::kRoute, *extra, "db", route.database));
  KOSEI_RETURN_IF_ERROR(ReadText(Tag::kRoute, *extra, "imp_user", route.impersonated));
  return route;
}

}  // namespace kosei::server::bolt

// Records, commits, links and Views in the forms of the output (docs/cli.md), used by all commands.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "json_writer.h"
#include "kosei/client/model.h"
#include "kosei/client/types.h"
#include "value_text.h"
#include "view_options.h"

namespace kosei::cli {

inline constexpr std::uint64_t kOpen = UINT64_MAX;

// {"commit":N,"valid_at":"..."}
void WriteView(JsonWriter& json, const client::View& view);
// {"key","class","id","version":{"begin","end"},"attributes":{...}}
void WriteRecord(JsonWriter& json, const client::RecordVersion& version, const client::Model& model,
                 const AttributeTypes& types, JsonWriter::Layout layout);
// The attributes alone, as one object.
void WriteAttributes(JsonWriter& json, const Record& record, const client::Model& model,
                     const AttributeTypes& types, JsonWriter::Layout layout);
// {"number","time","actor","reason","cause","source","records":{...},"links":{...},"hash"}
void WriteCommit(JsonWriter& json, const client::Commit& commit);
// {"source","type","target"} and, with Interval::kShow, "begin", "end", "valid_from", "valid_to".
enum class Interval { kShow, kHide };
void WriteLink(JsonWriter& json, const client::LinkSpan& link, const client::Model& model,
               Interval interval);
// A commit number that is null when the interval is open.
void WriteEnd(JsonWriter& json, std::uint64_t end);
// "valid_from" and "valid_to": null where the commit's time, or no end, is meant.
void WriteValid(JsonWriter& json, Timestamp from, Timestamp to);
// "erased" or "retired", true; nothing when the version is whole.
void WriteRemnant(JsonWriter& json, const client::RecordVersion& version);
// {"commit":N|null,"time":...,"records":{...},"links":{...}}, without the braces.
void WriteCounts(JsonWriter& json, const client::WriteCounts& counts);

// The text of one attribute by name; empty when the record has none.
std::string AttributeText(const Record& record, std::string_view name, const client::Model& model,
                          const AttributeTypes& types);
// To the second, for tables: "2026-11-22T01:00:00Z".
std::string ShortTime(Timestamp instant);
// "1,234,567"
std::string Grouped(std::uint64_t number);
// "1 record", "1,234 records"
std::string Counted(std::uint64_t number, std::string_view one, std::string_view many);

// An attribute that differs between two versions; null where there is none.
struct AttributeChange {
  AttributeNumber attribute;
  Value before;
  Value after;
};
std::vector<AttributeChange> ChangesBetween(const Record& before, const Record& after);
// {"attribute","before","after"}
void WriteChange(JsonWriter& json, const AttributeChange& change, const client::Model& model,
                 const AttributeTypes& types);

}  // namespace kosei::cli

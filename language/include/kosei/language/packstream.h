// PackStream version 1, the byte form of values in the Bolt protocol (its public documentation,
// "PackStream" and "Structure semantics"): what writes it and what reads it.
//
// A value begins with a marker byte that says what it is and, for small ones, how large:
//   C0 null; C2, C3 false, true; 00-7F, F0-FF small integers; C8, C9, CA, CB integers of 1, 2, 4,
//   8 bytes; C1 float of 8 bytes; CC, CD, CE bytes, 80-8F, D0, D1, D2 text, 90-9F, D4, D5, D6
//   lists, A0-AF, D8, D9, DA maps, each with a size of 4 bits or of 1, 2, 4 bytes; B0-BF structures
//   with their number of fields, then a tag.
// Numbers are big-endian.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/language/boxed.h"
#include "kosei/language/datum.h"
#include "kosei/language/evaluation.h"
#include "kosei/language/temporal.h"

namespace kosei::language {

enum class PackForm : std::uint8_t {
  kBolt4,  // nodes and relationships without element ids; date-times by the clock of the place
  kBolt5,  // with element ids; date-times in UTC
};

// Appends to a string that must outlive it.
class PackWriter {
 public:
  // A value that would make the string larger than `bytes_max` is not written to its end.
  PackWriter(std::string& out, PackForm form, std::size_t bytes_max = SIZE_MAX)
      : out_(out), form_(form), bytes_max_(bytes_max) {}

  void Null();
  void Boolean(bool value);
  void Integer(std::int64_t value);
  void Float(double value);
  void String(std::string_view value);
  void Bytes(std::string_view value);
  // So many values, pairs of text and value, or fields (at most 15) follow.
  void ListHead(std::size_t count);
  void MapHead(std::size_t count);
  void StructureHead(std::size_t fields, std::uint8_t tag);
  // What nodes and relationships hold is read through evaluation.graph. The evaluation has failed
  // when that cannot be read, or (kMemoryBudget) the value is too large: lists may hold one value
  // many times, so that a small one may be written as a large one.
  void Value(const Datum& value, Evaluation& evaluation);

 private:
  void Head(std::size_t count, std::uint8_t small, std::uint8_t sized);
  bool HasRoom(std::size_t bytes, Evaluation& evaluation) const;
  void List(const DatumList& list, Evaluation& evaluation);
  void Map(const DatumMap& map, Evaluation& evaluation);
  void Node(NodeRef node, Evaluation& evaluation);
  void Relationship(const LinkRef& link, Evaluation& evaluation);
  void UnboundRelationship(const LinkRef& link, Evaluation& evaluation);
  void Path(const PathValue& path, Evaluation& evaluation);
  void Zoned(const DateTime& value);
  void Temporal(const Datum& value);

  std::string& out_;
  PackForm form_;
  std::size_t bytes_max_;
};

// What was read. A client shows it; a server makes parameters of it.
struct PackedValue;
struct PackedEntry;
using PackedList = std::vector<PackedValue>;
using PackedMap = std::vector<PackedEntry>;  // in the order of the bytes

struct PackedBytes {
  std::string bytes;
};
struct PackedNode {
  std::int64_t id = 0;
  std::vector<std::string> labels;
  PackedMap properties;
  std::string element_id;  // of kBolt4 the id as text
};
struct PackedRelationship {
  std::int64_t id = 0;
  std::int64_t start = 0;
  std::int64_t end = 0;
  std::string type;
  PackedMap properties;
  std::string element_id;
  std::string start_element_id;
  std::string end_element_id;
};
// Begins at nodes[0]; each step goes over a relationship to a node. What comes twice stands in
// `nodes` and `relationships` once.
struct PackedPath {
  struct Step {
    std::size_t relationship = 0;
    std::size_t node = 0;
    bool forward = true;  // from the relationship's start to its end
  };
  std::vector<PackedNode> nodes;
  std::vector<PackedRelationship> relationships;
  std::vector<Step> steps;
};
// Any other, of which only the form is known; messages too.
struct PackedStructure {
  std::uint8_t tag = 0;
  PackedList fields;
};

// A list may have as many values as bytes, so that each is to be small.
struct PackedValue {
  std::variant<std::monostate, bool, std::int64_t, double, std::string, PackedBytes, PackedList,
               PackedMap, Boxed<PackedNode>, Boxed<PackedRelationship>, Boxed<PackedPath>, Date,
               LocalTime, OffsetTime, LocalDateTime, DateTime, Duration, PackedStructure>
      value;

  // nullptr: it is something else.
  template <typename T>
  const T* As() const {
    if constexpr (std::is_same_v<T, PackedNode> || std::is_same_v<T, PackedRelationship> ||
                  std::is_same_v<T, PackedPath>) {
      const auto* const box = std::get_if<Boxed<T>>(&value);
      return box == nullptr ? nullptr : &**box;
    } else {
      return std::get_if<T>(&value);
    }
  }
};
static_assert(sizeof(PackedValue) <= 64);

struct PackedEntry {
  std::string key;
  PackedValue value;
};

// Levels of lists, maps and structures that are read: those of a value, and what stands around it
// and in its elements (a message, a row; a path, its nodes, their properties).
inline constexpr int kPackDepthMax = kDatumDepthMax + 20;
// Values in what a client sends, those within lists, maps and structures counted.
inline constexpr std::uint64_t kPackValuesMax = std::uint64_t{1} << 20;

// Who wrote the bytes.
enum class PackSource : std::uint8_t {
  kServer,  // which its client has chosen
  kClient,  // anybody: kPackValuesMax holds, and nodes, relationships and paths, which no parameter
            // can be, stay the structures they are
};

// Reads values one behind the other from bytes that must outlive it. Whatever the bytes are, it
// reads nothing outside of them, and takes memory in proportion to those of a client; errors are
// kMalformedFrame and name the byte, kFrameTooLarge of too many values, or kQueryArgument of dates
// beyond the calendar and time zones that there are not.
class PackReader {
 public:
  struct MessageHead {
    std::uint8_t tag = 0;
    std::size_t fields = 0;
  };

  explicit PackReader(std::string_view bytes, PackSource source = PackSource::kServer)
      : bytes_(bytes), source_(source) {}
  absl::StatusOr<PackedValue> Read();
  // Goes past a value, of which only the form is looked at. Gives its bytes.
  absl::StatusOr<std::string_view> Skip();
  // A structure as it stands: a message, whose tag may be that of a value too.
  absl::StatusOr<PackedStructure> ReadMessage();
  // Its beginning alone; the fields are read next.
  absl::StatusOr<MessageHead> ReadMessageHead();
  bool at_end() const { return at_ == bytes_.size(); }

 private:
  struct Head;

  absl::StatusOr<Head> ReadHead();
  absl::StatusOr<PackedValue> ReadAt(int depth);
  absl::StatusOr<std::uint64_t> Number(std::size_t bytes);
  absl::StatusOr<std::string_view> Take(std::uint64_t bytes);
  absl::StatusOr<std::string> ReadText(std::uint64_t bytes);
  absl::StatusOr<std::string> ReadKey();
  absl::StatusOr<PackedList> ReadItems(std::uint64_t count, int depth);
  absl::StatusOr<PackedMap> ReadEntries(std::uint64_t count, int depth);
  absl::StatusOr<PackedValue> ReadStructure(std::uint64_t fields, int depth);
  absl::Status CheckCount(std::uint64_t count, std::size_t bytes_of_each) const;
  absl::Status Malformed(std::string_view what) const;

  std::string_view bytes_;
  PackSource source_;
  std::size_t at_ = 0;
  std::uint64_t values_ = 0;  // that were read
};

// A structure that holds a value (a node, a date, ...) as that value; others stay what they are.
absl::StatusOr<PackedValue> ValueOf(PackedStructure structure);

// As a parameter of a statement. Nodes, relationships, paths, bytes and other structures are
// kInvalidArgument, as is what is nested deeper than kDatumDepthMax.
absl::StatusOr<Datum> DatumOf(const PackedValue& value);
// The parameters of a statement as a client sends them: a map, null, or no bytes at all. Errors
// name the parameter.
absl::StatusOr<DatumMap> ReadParameters(std::string_view bytes);

}  // namespace kosei::language

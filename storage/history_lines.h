// The lines of an exported history (docs/export_format.md), as structs: written by the export, read
// by the import.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "commit_codec.h"
#include "kosei/base/ids.h"
#include "kosei/model/schema.h"
#include "kosei/storage/reader.h"
#include "model_versions.h"

namespace kosei::storage {

inline constexpr std::uint64_t kHistoryFormat = 1;

// The first line: how far the history goes.
struct HeadLine {
  std::uint64_t format = kHistoryFormat;
  CommitNumber newest;
};
// A version of the model: the numbers of its names, and its text.
struct ModelLine {
  StoredModel model;
};
// A commit; as many record and link lines follow it.
struct CommitLine {
  std::string header;  // its bytes
  std::uint64_t records = 0;
  std::uint64_t links = 0;
};
// A version of a record that the commit wrote.
struct RecordLine {
  RecordId id;
  ChangeKind kind = ChangeKind::kCreated;
  std::string bytes;
};
// What the commit wrote of a link.
struct LinkLine {
  std::string source;
  RelationshipTypeNumber type;
  std::string target;
  ChangeKind kind = ChangeKind::kCreated;
  std::string value;  // as stored
};
struct BaselineLine {
  std::string name;
  std::string bytes;  // as stored
};
// The last line: what came before it, so that a text that was cut is told from a whole one.
struct EndLine {
  std::uint64_t commits = 0;
  std::uint64_t records = 0;
  std::uint64_t links = 0;
  std::uint64_t baselines = 0;
  friend bool operator==(const EndLine&, const EndLine&) = default;
};
using HistoryLine =
    std::variant<HeadLine, ModelLine, CommitLine, RecordLine, LinkLine, BaselineLine, EndLine>;

// Each appends one line with its newline. `names` gives names to the numbers.
void AppendHead(std::string& out, const HeadLine& line);
void AppendModel(std::string& out, const ModelLine& line);
void AppendCommit(std::string& out, const CommitLine& line, const DecodedCommit& commit);
void AppendRecord(std::string& out, RecordId id, ChangeKind kind, std::string_view bytes,
                  const model::NameBook& names);
void AppendLink(std::string& out, const LinkLine& line, const model::NameBook& names);
void AppendBaseline(std::string& out, const BaselineLine& line);
void AppendEnd(std::string& out, const EndLine& line);

// Reads lines. Not thread-safe.
class LineParser {
 public:
  LineParser();
  ~LineParser();
  // kInvalidArgument says what is wrong; the caller says where. The versions of the model come
  // before all that uses their names.
  absl::StatusOr<HistoryLine> Parse(std::string_view line);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace kosei::storage

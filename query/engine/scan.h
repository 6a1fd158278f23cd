// Where rows begin: every record, those of certain classes, or candidates from a look-up by key,
// by id or by an index. A look-up gives candidates; the filters behind it decide.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "engine/operator.h"
#include "engine/type_set.h"
#include "kosei/language/evaluation.h"
#include "kosei/storage/index_value.h"

namespace kosei::query {

struct ScanTarget {
  std::uint32_t slot = 0;
  std::uint16_t moment = 0;
  std::optional<ClassSet> classes;  // none: any
  std::string text;                 // "n:Server", for EXPLAIN
};

// `reads`: values of the records will be asked for, so that they are read in order while they are
// visited.
OperatorPtr MakeRecordScan(OperatorPtr input, ScanTarget target, bool reads);
// kOpen: by the index of closed_at, which has open records too.
enum class SeekBy : std::uint8_t { kKey, kId, kIndex, kOpen };

// Records whose key, id (an integer or the text of one) or attribute compares so with the value.
struct SeekPart {
  SeekBy by = SeekBy::kKey;
  language::EvaluatorPtr value;  // null: kOpen
  bool each_item = false;        // the value is a list: with any of its items
  // kIndex and kOpen; keys and ids are equal.
  AttributeNumber attribute;
  std::string attribute_name;
  storage::Comparison comparison = storage::Comparison::kEqual;
  bool open_only = false;  // kIndex: another condition says that closed_at is null
};

// Records that one of the parts finds, each once, ascending by id; all of the target's when they
// cannot be looked up.
OperatorPtr MakeSeek(OperatorPtr input, ScanTarget target, std::vector<SeekPart> parts);

// Rows that have a record in the target's slot already, of the target's classes, which is there in
// its moment too: it may have been found in another one.
OperatorPtr MakeBoundRecord(OperatorPtr input, ScanTarget target);

// Every version, up to the target's moment, that still held at `from`; newest first. `key`: of that
// record alone; null: of all of the target's classes, also of those that are no more.
OperatorPtr MakeVersionScan(OperatorPtr input, ScanTarget target, CommitNumber from,
                            language::EvaluatorPtr key);

}  // namespace kosei::query

// Where rows begin: every record, those of certain classes, or candidates from a look-up by key,
// by id or by an index. A look-up gives candidates; the filters behind it decide.
#pragma once

#include <memory>
#include <optional>
#include <string>

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
// The record whose key is the value; none when the value is no text.
OperatorPtr MakeKeySeek(OperatorPtr input, ScanTarget target, language::EvaluatorPtr key);
// The record whose id is the value, an integer or the text of one.
OperatorPtr MakeIdSeek(OperatorPtr input, ScanTarget target, language::EvaluatorPtr id);
// Records whose attribute compares so with the value; all of the target's, one by one, when the
// index cannot answer.
OperatorPtr MakeIndexSeek(OperatorPtr input, ScanTarget target, AttributeNumber attribute,
                          std::string attribute_name, storage::Comparison comparison,
                          language::EvaluatorPtr value);

// Every version, up to the target's moment, that still held at `from`; newest first. `key`: of that
// record alone; null: of all of the target's classes, also of those that are no more.
OperatorPtr MakeVersionScan(OperatorPtr input, ScanTarget target, CommitNumber from,
                            language::EvaluatorPtr key);

}  // namespace kosei::query

// RecordFilter: a SearchRequest made ready for many records: names looked up, values read, text
// folded.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "folded_text.h"
#include "kosei/base/record.h"
#include "kosei/base/value.h"
#include "kosei/model/schema.h"
#include "kosei/query/search.h"
#include "kosei/storage/index_value.h"

namespace kosei::query {

// How well a record fits the text asked for, best first.
enum class Rank : std::uint8_t { kKey, kName, kBeginning, kWord, kPart, kNone };

// Belongs to one thread. `schema` must outlive it.
class RecordFilter {
 public:
  // The errors of Search (search.h).
  static absl::StatusOr<RecordFilter> Make(const model::Schema& schema,
                                           const SearchRequest& request);

  bool Matches(RecordView record);
  // As far as class and key tell, of a record whose values are not known.
  bool MayHaveMatched(RecordView record) const;
  // Of a record that matches; kKey when no text is asked for.
  Rank RankOf(RecordView record);
  // The only key that a matching record can have, if the request says.
  const std::optional<std::string>& key() const { return key_; }
  const FoldedText& text() const { return text_; }
  // A matching record has a value in each of these.
  const std::vector<storage::ValueRange>& ranges() const { return ranges_; }

 private:
  struct Equal {
    AttributeNumber attribute;
    Value value;  // a list: each of its items must be among the record's
  };
  struct Within {
    storage::ValueRange range;
    model::AttributeType item_type;
  };

  RecordFilter(FoldedText text, const model::Schema& schema);
  absl::Status AddClass(const model::Schema& schema, const std::string& name);
  absl::Status AddCondition(const model::Schema& schema, const Condition& condition,
                            const std::string& class_name);
  absl::Status AddAttribute(const model::Schema& schema, const model::Attribute& attribute,
                            const Condition& condition);
  absl::Status AddKey(const Condition& condition);
  bool HasClass(ClassNumber class_number) const {
    return every_class_ ||
           (class_number.value < classes_.size() && classes_[class_number.value] != 0);
  }
  bool HasText(RecordView record);

  FoldedText text_;
  std::vector<AttributeNumber> searched_;  // besides the key
  AttributeNumber name_;
  bool every_class_ = true;
  std::vector<char> classes_;  // by class number
  std::vector<Equal> equals_;
  std::vector<Within> withins_;
  std::vector<storage::ValueRange> ranges_;
  std::optional<std::string> key_;
  bool contradiction_ = false;  // two keys are asked for: nothing matches
};

}  // namespace kosei::query

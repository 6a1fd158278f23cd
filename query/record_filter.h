// RecordFilter: a SearchRequest made ready for many records: names looked up, values read, text
// folded.
#pragma once

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

namespace kosei::query {

// Belongs to one thread. `schema` must outlive it.
class RecordFilter {
 public:
  // The errors of Search (search.h).
  static absl::StatusOr<RecordFilter> Make(const model::Schema& schema,
                                           const SearchRequest& request);

  bool Matches(RecordView record);
  // The only key that a matching record can have, if the request says.
  const std::optional<std::string>& key() const { return key_; }

 private:
  struct Equal {
    AttributeNumber attribute;
    Value value;  // a list: each of its items must be among the record's
  };

  RecordFilter(FoldedText text, model::WellKnownAttributes well_known)
      : text_(std::move(text)), well_known_(well_known) {}
  absl::Status AddClass(const model::Schema& schema, const std::string& name);
  absl::Status AddEqual(const model::Schema& schema, const std::string& name,
                        const std::string& text, const std::string& class_name);
  bool HasClass(ClassNumber class_number) const {
    return every_class_ ||
           (class_number.value < classes_.size() && classes_[class_number.value] != 0);
  }

  FoldedText text_;
  model::WellKnownAttributes well_known_;
  bool every_class_ = true;
  std::vector<char> classes_;  // by class number
  std::vector<Equal> equals_;
  std::optional<std::string> key_;
  bool contradiction_ = false;  // two keys are asked for: nothing matches
};

}  // namespace kosei::query

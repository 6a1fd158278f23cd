// Rows as records and relationships of the model. What is wrong with a row is told in words, with
// the column it is about; nothing here stops an import.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "import/csv_reader.h"
#include "import/row.h"
#include "kosei/base/record.h"
#include "kosei/client/model.h"
#include "kosei/client/types.h"

namespace kosei::cli {

HeaderRules RecordHeader();  // class,key,<attribute>...; also valid_from, valid_to
HeaderRules LinkHeader();    // source,type,target; also valid_from, valid_to

// Remembers for each class which attribute stands at which position. Not thread-safe; keeps a
// reference to the model.
class RecordConversion {
 public:
  RecordConversion(const client::Model& model, RowReader::Form form) : model_(model), form_(form) {}
  // Fills `record`, or says what is wrong.
  std::optional<RowError> Convert(Row& row, Record& record);

 private:
  struct Position {
    std::string name;
    const client::ModelAttribute* attribute = nullptr;
  };
  struct ClassCache {
    const client::ModelClass* owner = nullptr;
    std::vector<Position> positions;
  };

  ClassCache& CacheOf(const std::string& class_name);
  const client::ModelAttribute* AttributeAt(ClassCache& cache, std::size_t position,
                                            std::string_view name) const;
  std::optional<RowError> SetAttribute(ClassCache& cache, std::size_t position, Member& member,
                                       Record& record) const;

  const client::Model& model_;
  const RowReader::Form form_;
  absl::flat_hash_map<std::string, ClassCache> classes_;
};

class LinkConversion {
 public:
  explicit LinkConversion(const client::Model& model) : model_(model) {}
  std::optional<RowError> Convert(Row& row, client::Link& link) const;

 private:
  const client::Model& model_;
};

}  // namespace kosei::cli

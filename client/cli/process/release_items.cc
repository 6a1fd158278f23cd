#include "process/release_items.h"

#include <algorithm>

#include "kosei/base/status_macros.h"
#include "process/record_rows.h"

namespace kosei::cli {
namespace {

constexpr const char* kItems =
    "MATCH (r:Release {key: $key})<-[:part_of]-(:Change)-[:targets]->(i) RETURN DISTINCT key(i) AS "
    "item UNION MATCH (r:Release {key: $key})<-[:deploys]-(:Deployment)-[:targets]->(i) RETURN "
    "DISTINCT key(i) AS item";

}  // namespace

absl::StatusOr<std::vector<std::string>> ItemsOfRelease(client::Client& client,
                                                        const std::string& key) {
  KOSEI_ASSIGN_OR_RETURN(const std::vector<client::QueryRow> rows,
                         RowsOf(client, kItems, {{"key", client::QueryValue{key}}}));
  std::vector<std::string> items;
  for (const client::QueryRow& row : rows) items.push_back(TextOf(row[0]));
  std::ranges::sort(items);
  return items;
}

}  // namespace kosei::cli

#include "desk/definition_records.h"

#include "kosei/base/status_macros.h"

namespace kosei::process {

std::string KeyOfDefinition(std::string_view file) { return "definition:" + std::string(file); }

absl::StatusOr<std::vector<DefinitionFile>> StoredDefinitions(const storage::Reader& reader,
                                                              const Asking& asking) {
  std::vector<DefinitionFile> files;
  if (reader.schema()->FindClass(kDefinitionClass) == nullptr) return files;
  KOSEI_RETURN_IF_ERROR(
      asking.Ask("MATCH (d:ProcessDefinition) RETURN d.name, d.text ORDER BY d.name", {},
                 [&](std::span<const language::Datum> row) {
                   files.push_back({row[0].string(), row[1].string()});
                   return true;
                 }));
  return files;
}

}  // namespace kosei::process

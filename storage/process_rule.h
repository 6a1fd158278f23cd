// Records of processes are written by processes alone.
#pragma once

#include <string_view>

#include "absl/status/status.h"
#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/model/schema.h"

namespace kosei::storage {

// kProcessRecord when it is a record of a process.
inline absl::Status CheckNoProcessRecord(const model::Schema& schema, ClassNumber class_number,
                                         std::string_view key) {
  if (!schema.IsProcess(class_number)) return absl::OkStatus();
  return MakeError(ErrorCode::kProcessRecord,
                   absl::StrFormat("record %s: records of class %s are written by their process "
                                   "alone; use its commands, as in `kosei incident do`",
                                   key, schema.ClassName(class_number)),
                   "key");
}

}  // namespace kosei::storage

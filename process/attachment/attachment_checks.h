// What may be attached: names, media types, sizes, hashes.
#pragma once

#include "absl/status/status.h"
#include "kosei/process/attachments.h"

namespace kosei::process {

// kOutOfRange, kInvalidArgument, kInvalidText; the field says what.
absl::Status CheckHead(const AttachmentHead& head, const AttachmentLimits& limits);

// 64 hexadecimal digits in lower case.
bool IsSha256Text(std::string_view text);

}  // namespace kosei::process

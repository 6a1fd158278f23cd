// The model out of its message.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "kosei/client/model.h"

namespace kosei::client {

// `body` is a ModelReply. kMalformedFrame when it is none, or names a class's parent that is not in
// it or that goes round in a circle.
absl::StatusOr<Model> DecodeModel(std::string_view body);

}  // namespace kosei::client

// Opening and closing message bodies: verification with tight limits on the way in, errors on the
// way out. The only place where an absl::Status becomes a wire error and back.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "flatbuffers/flatbuffers.h"
#include "kosei/protocol/limits.h"

namespace kosei::protocol {

// The verifier with our limits, and the walk budget (limits.h). `Table` is a generated message.
template <typename Table>
absl::StatusOr<const Table*> Open(std::string_view body);

// Bytes of a finished builder. Valid until the builder changes.
inline std::string_view BytesOf(const flatbuffers::FlatBufferBuilder& builder) {
  return {reinterpret_cast<const char*>(builder.GetBufferPointer()), builder.GetSize()};
}
inline std::string_view TextOf(const flatbuffers::String* text) {
  return text == nullptr ? std::string_view() : std::string_view(text->c_str(), text->size());
}

std::string EncodeError(const absl::Status& status);
// The status an Error body stands for, with code and field; a body that is no Error is
// kMalformedFrame itself.
absl::Status DecodeError(std::string_view body);

namespace internal {
absl::Status CheckSize(std::string_view body);
absl::Status Malformed(std::string_view what);
}  // namespace internal

template <typename Table>
absl::StatusOr<const Table*> Open(std::string_view body) {
  if (absl::Status size = internal::CheckSize(body); !size.ok()) return size;
  flatbuffers::Verifier verifier(reinterpret_cast<const std::uint8_t*>(body.data()), body.size(),
                                 kVerifierDepthMax, kVerifierTablesMax);
  if (!verifier.VerifyBuffer<Table>(nullptr)) {
    return internal::Malformed("the body does not verify as its message");
  }
  return flatbuffers::GetRoot<Table>(reinterpret_cast<const std::uint8_t*>(body.data()));
}

}  // namespace kosei::protocol

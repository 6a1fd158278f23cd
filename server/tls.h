// The TLS side of the listener: 1.3 only, certificate and key from files.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace kosei::server {

// Reads and checks both files: readable, PEM, and belonging together. kInvalidArgument names the
// file.
absl::StatusOr<std::unique_ptr<boost::asio::ssl::context>> MakeTlsContext(
    const std::string& certificate_file, const std::string& key_file);

}  // namespace kosei::server

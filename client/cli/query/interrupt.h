// Ctrl-C while a statement runs.
#pragma once

#include <memory>
#include <thread>

#include "kosei/client/statement.h"

namespace kosei::cli {

// As long as it lives, SIGINT ends the statement and not the program. One at a time.
class InterruptScope {
 public:
  explicit InterruptScope(std::shared_ptr<client::Cancellation> cancellation);
  ~InterruptScope();
  InterruptScope(const InterruptScope&) = delete;
  InterruptScope& operator=(const InterruptScope&) = delete;

 private:
  std::thread thread_;
};

}  // namespace kosei::cli

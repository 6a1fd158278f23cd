// Numbers: keys for people, as in INC-000042. Of each prefix they are handed out in order and
// without gaps: a number that was not used is the next one again. A gap in a series of change
// records would be a question of the auditor (ISO/IEC 20000-1, 9.2: all of them are recorded).
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "kosei/base/mutex.h"
#include "kosei/process/definitions.h"
#include "kosei/storage/reader.h"

namespace kosei::process {

// Thread-safe. The store's process records are written by one process, so that what has been given
// is known here.
class Numbers {
 public:
  explicit Numbers(const storage::Reader& reader) : reader_(reader) {}

  // The next number of a series. It is given back when this goes without Use().
  class Ticket {
   public:
    Ticket(Numbers& numbers, std::string prefix, std::uint64_t number, std::string key)
        : numbers_(numbers), prefix_(std::move(prefix)), number_(number), key_(std::move(key)) {}
    ~Ticket() {
      if (!used_) numbers_.GiveBack(prefix_, number_);
    }
    Ticket(const Ticket&) = delete;
    Ticket& operator=(const Ticket&) = delete;
    const std::string& key() const { return key_; }
    void Use() { used_ = true; }

   private:
    Numbers& numbers_;
    const std::string prefix_;
    const std::uint64_t number_;
    const std::string key_;
    bool used_ = false;
  };
  std::unique_ptr<Ticket> Next(const NumberSeries& series);

 private:
  struct Given {
    std::uint64_t next = 1;
    std::set<std::uint64_t> back;  // below `next`, and free
  };
  Given& Of(const NumberSeries& series) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void GiveBack(const std::string& prefix, std::uint64_t number);

  const storage::Reader& reader_;
  Mutex mutex_;
  std::map<std::string, Given, std::less<>> given_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace kosei::process

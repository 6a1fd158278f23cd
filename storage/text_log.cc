#include "text_log.h"

#include <array>
#include <atomic>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <string_view>

#include "kosei/base/time.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kBytesMax = std::size_t{16} << 20;
constexpr std::size_t kLineMax = std::size_t{8} << 10;

class TextLog final : public rocksdb::Logger {
 public:
  explicit TextLog(std::FILE* file) : rocksdb::Logger(rocksdb::INFO_LEVEL), file_(file) {}
  ~TextLog() override {
    if (file_ != nullptr) std::fclose(file_);
  }
  TextLog(const TextLog&) = delete;
  TextLog& operator=(const TextLog&) = delete;

  using rocksdb::Logger::Logv;
  void Logv(const char* format, va_list arguments) override {
    if (file_ == nullptr) return;
    std::array<char, kLineMax> text{};  // what is longer is cut
    const int length = std::vsnprintf(text.data(), text.size(), format, arguments);
    if (length <= 0) return;
    std::string_view said(text.data());
    while (said.ends_with('\n')) said.remove_suffix(1);
    const std::string line = FormatTimestamp(SystemClock().Now()) + " " + std::string(said) + "\n";
    if (bytes_.fetch_add(line.size(), std::memory_order_relaxed) > kBytesMax) return;
    // The stream has a lock of its own; a line that finds no space is dropped.
    if (std::fwrite(line.data(), 1, line.size(), file_) != line.size()) std::clearerr(file_);
  }

 private:
  std::FILE* const file_;  // may be null
  std::atomic<std::size_t> bytes_{0};
};

}  // namespace

std::shared_ptr<rocksdb::Logger> OpenTextLog(const std::string& folder) {
  const std::string path = folder + "/LOG";
  std::rename(path.c_str(), (path + ".old").c_str());  // there may be none
  std::FILE* const file = std::fopen(path.c_str(), "we");
  // By the line, so that a crash leaves the last one and a line that failed is not kept for later.
  if (file != nullptr) std::setvbuf(file, nullptr, _IONBF, 0);
  return std::make_shared<TextLog>(file);
}

std::shared_ptr<rocksdb::Logger> SilentLog() { return std::make_shared<TextLog>(nullptr); }

}  // namespace kosei::storage

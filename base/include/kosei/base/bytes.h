// Big-endian integers (so that bytes sort as numbers do), bounds-checked reading, and hexadecimal
// text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace kosei {

void AppendU16(std::string& out, std::uint16_t value);
void AppendU32(std::string& out, std::uint32_t value);
void AppendU64(std::string& out, std::uint64_t value);
void WriteU32(char* out, std::uint32_t value);
void WriteU64(char* out, std::uint64_t value);
// `bytes` must hold at least as many bytes as the number.
std::uint16_t ReadU16(const char* bytes);
std::uint32_t ReadU32(const char* bytes);
std::uint64_t ReadU64(const char* bytes);

std::string ToHex(std::string_view bytes);

// SHA-256 (FIPS 180-4) of the parts fed to it. Not thread-safe; movable.
class Sha256 {
 public:
  static constexpr std::size_t kSize = 32;
  Sha256();
  ~Sha256();
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  void Update(std::string_view bytes);
  // The 32-byte digest; call once.
  std::string Finish();
  static std::string Of(std::string_view bytes);

 private:
  void* context_;
};

}  // namespace kosei

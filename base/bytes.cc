#include "kosei/base/bytes.h"

#include <openssl/evp.h>

#include <cstdlib>
#include <utility>

namespace kosei {
namespace {

template <typename Number>
void AppendBigEndian(std::string& out, Number value) {
  char bytes[sizeof(Number)];
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    bytes[i] = static_cast<char>(value >> (8 * (sizeof(Number) - 1 - i)));
  }
  out.append(bytes, sizeof(Number));
}

template <typename Number>
Number ReadBigEndian(const char* bytes) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return static_cast<Number>(value);
}

EVP_MD_CTX* ContextOf(void* context) { return static_cast<EVP_MD_CTX*>(context); }

// Looked up once, for good: by its name OpenSSL looks it up each time a digest begins.
const EVP_MD* Algorithm() {
  static const EVP_MD* const algorithm = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return algorithm;
}

// A context that has ended is the thread's next one.
struct SpareContext {
  void* context = nullptr;
  SpareContext() = default;
  SpareContext(const SpareContext&) = delete;
  SpareContext& operator=(const SpareContext&) = delete;
  ~SpareContext() { EVP_MD_CTX_free(ContextOf(std::exchange(context, nullptr))); }
};
void*& Spare() {
  thread_local SpareContext spare;
  return spare.context;
}

}  // namespace

void AppendU16(std::string& out, std::uint16_t value) { AppendBigEndian(out, value); }
void AppendU32(std::string& out, std::uint32_t value) { AppendBigEndian(out, value); }
void AppendU64(std::string& out, std::uint64_t value) { AppendBigEndian(out, value); }

void WriteU32(char* out, std::uint32_t value) {
  for (int i = 0; i < 4; ++i) out[i] = static_cast<char>(value >> (24 - 8 * i));
}
void WriteU64(char* out, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) out[i] = static_cast<char>(value >> (56 - 8 * i));
}

std::uint16_t ReadU16(const char* bytes) { return ReadBigEndian<std::uint16_t>(bytes); }
std::uint32_t ReadU32(const char* bytes) { return ReadBigEndian<std::uint32_t>(bytes); }
std::uint64_t ReadU64(const char* bytes) { return ReadBigEndian<std::uint64_t>(bytes); }

std::string ToHex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    const auto value = static_cast<unsigned char>(byte);
    text.push_back(kDigits[value >> 4]);
    text.push_back(kDigits[value & 15]);
  }
  return text;
}

Sha256::Sha256() : context_(std::exchange(Spare(), nullptr)) {
  if (context_ == nullptr) context_ = EVP_MD_CTX_new();
  // They fail only when memory is gone or the library is broken; there is no way on.
  if (context_ == nullptr || Algorithm() == nullptr ||
      EVP_DigestInit_ex(ContextOf(context_), Algorithm(), nullptr) != 1)
    std::abort();
}
Sha256::~Sha256() {
  if (context_ == nullptr) return;
  EVP_MD_CTX_free(ContextOf(std::exchange(Spare(), context_)));
}
Sha256::Sha256(Sha256&& other) noexcept : context_(std::exchange(other.context_, nullptr)) {}
Sha256& Sha256::operator=(Sha256&& other) noexcept {
  std::swap(context_, other.context_);
  return *this;
}
void Sha256::Update(std::string_view bytes) {
  EVP_DigestUpdate(ContextOf(context_), bytes.data(), bytes.size());
}
std::string Sha256::Finish() {
  std::string digest(kSize, '\0');
  EVP_DigestFinal_ex(ContextOf(context_), reinterpret_cast<unsigned char*>(digest.data()), nullptr);
  return digest;
}
std::string Sha256::Of(std::string_view bytes) {
  Sha256 hash;
  hash.Update(bytes);
  return hash.Finish();
}

}  // namespace kosei

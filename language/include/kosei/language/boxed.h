// A value on the heap that is copied with its owner: for what is large and rare among the
// alternatives of a variant, which all take the room of the largest.
#pragma once

#include <memory>
#include <utility>

namespace kosei::language {

// Behaves as a `T` does. One that was moved from may only be assigned to or destroyed.
template <typename T>
class Boxed {
 public:
  explicit(false) Boxed(T value) : value_(std::make_unique<T>(std::move(value))) {}
  Boxed(const Boxed& other) : Boxed(*other.value_) {}
  Boxed(Boxed&&) noexcept = default;
  Boxed& operator=(const Boxed& other) {
    *this = Boxed(other);
    return *this;
  }
  Boxed& operator=(Boxed&&) noexcept = default;
  ~Boxed() = default;

  const T& operator*() const { return *value_; }
  T& operator*() { return *value_; }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace kosei::language

// AppendOnly: an array that one writer extends while readers of earlier lengths go on reading. A
// copy shares the elements and keeps the length it had; only the newest copy may be extended.
#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace kosei::storage {

template <typename T>
class AppendOnly {
  static_assert(std::is_trivially_copyable_v<T>);

 public:
  AppendOnly() = default;
  // Room for `capacity` elements, none of them there yet. Pages that are never written cost
  // nothing.
  explicit AppendOnly(std::size_t capacity)
      : data_(std::make_shared_for_overwrite<T[]>(capacity)), capacity_(capacity) {}

  std::size_t size() const { return size_; }
  std::size_t room() const { return capacity_ - size_; }
  const T* data() const { return data_.get(); }
  const T* begin() const { return data(); }
  const T* end() const { return data() + size_; }
  const T& operator[](std::size_t i) const { return data_[static_cast<std::ptrdiff_t>(i)]; }

  void Append(T value) {
    if (size_ == capacity_) Grow();
    data_[static_cast<std::ptrdiff_t>(size_++)] = value;
  }
  // For a writer who fills all of it before anyone reads; with room for a sixteenth more.
  T* Fill(std::size_t size) {
    *this = AppendOnly(size + size / 16);
    size_ = size;
    return data_.get();
  }

 private:
  void Grow() {
    AppendOnly larger(std::max<std::size_t>(capacity_ * 2, 64));
    std::copy(begin(), end(), larger.data_.get());
    larger.size_ = size_;
    *this = std::move(larger);
  }

  std::shared_ptr<T[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace kosei::storage

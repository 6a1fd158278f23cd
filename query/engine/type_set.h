// Sets of relationship types and of classes, tested once a link or record.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "kosei/base/ids.h"
#include "kosei/storage/graph.h"

namespace kosei::query {

class TypeSet {
 public:
  static TypeSet All() {
    TypeSet set;
    set.types_.set();
    set.bits_ = storage::kAllTypeBits;
    return set;
  }
  void Add(storage::TypeIndex type) {
    types_.set(type);
    bits_ |= storage::TypeBit(type);
  }
  void AddAll(const TypeSet& other) {
    types_ |= other.types_;
    bits_ |= other.bits_;
  }
  bool MayShare(const TypeSet& other) const { return (types_ & other.types_).any(); }
  bool Has(storage::TypeIndex type) const { return types_.test(type); }
  std::uint16_t bits() const { return bits_; }

 private:
  std::bitset<256> types_;
  std::uint16_t bits_ = 0;
};

class ClassSet {
 public:
  void Add(ClassNumber class_number) {
    if (classes_.size() <= class_number.value) classes_.resize(class_number.value + std::size_t{1});
    classes_[class_number.value] = 1;
  }
  bool empty() const { return classes_.empty(); }
  bool Has(ClassNumber class_number) const {
    return class_number.value < classes_.size() && classes_[class_number.value] != 0;
  }

 private:
  std::vector<char> classes_;
};

}  // namespace kosei::query

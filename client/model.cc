// Names of the model are few (hundreds), and a request looks up a handful: plain scans, no tables
// to keep in step with the public members.
#include "kosei/client/model.h"

#include <algorithm>
#include <numeric>

namespace kosei::client {
namespace {

template <typename Number>
Number NumberOf(const std::vector<std::string>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (name.empty() || found == names.end()) return Number{};
  return Number{static_cast<std::uint16_t>(found - names.begin() + 1)};
}

template <typename Number>
std::string_view NameOf(const std::vector<std::string>& names, Number number) {
  if (number.value == 0 || number.value > names.size()) return {};
  return names[number.value - 1U];
}

bool WasNamed(const std::vector<std::string>& former, std::string_view name) {
  return std::find(former.begin(), former.end(), name) != former.end();
}

// Edits (insert, remove, replace) from one to the other.
std::size_t Distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, diagonal + 1});
    }
  }
  return row.back();
}

}  // namespace

const ModelClass* Model::FindClass(std::string_view name) const {
  for (const ModelClass& one : classes) {
    if (one.name == name) return &one;
  }
  for (const ModelClass& one : classes) {
    if (WasNamed(one.renamed_from, name)) return &one;
  }
  return nullptr;
}

const ModelClass* Model::FindClass(ClassNumber number) const {
  for (const ModelClass& one : classes) {
    if (one.number == number && number.value != 0) return &one;
  }
  return nullptr;
}

std::vector<std::string> Model::LabelsOf(const ModelClass& owner) const {
  std::vector<std::string> labels;
  for (const ModelClass* one = &owner; one != nullptr; one = FindClass(one->parent)) {
    if (one->labels.has_value()) return *one->labels;
    labels.push_back(one->name);
  }
  return labels;
}

const ModelAttribute* Model::FindAttribute(const ModelClass& owner, std::string_view name) const {
  // The nearest declaration wins: a class may refine what it inherits.
  for (const ModelClass* one = &owner; one != nullptr; one = FindClass(one->parent)) {
    for (const ModelAttribute& attribute : one->attributes) {
      if (attribute.name == name) return &attribute;
    }
  }
  const AttributeNumber number = AttributeOf(name);
  if (number.value == 0 || AttributeName(number) == name) return nullptr;
  return FindAttribute(owner, AttributeName(number));
}

AttributeNumber Model::AttributeOf(std::string_view name) const {
  const auto number = NumberOf<AttributeNumber>(attribute_names, name);
  if (number.value != 0) return number;
  for (const ModelClass& one : classes) {
    for (const ModelAttribute& attribute : one.attributes) {
      if (WasNamed(attribute.renamed_from, name)) return attribute.number;
    }
  }
  return {};
}
RelationshipTypeNumber Model::RelationshipTypeOf(std::string_view name) const {
  const auto number = NumberOf<RelationshipTypeNumber>(relationship_type_names, name);
  if (number.value != 0) return number;
  for (const ModelRelationshipType& type : relationship_types) {
    if (WasNamed(type.renamed_from, name)) return type.number;
  }
  return {};
}
std::string_view Model::ClassName(ClassNumber number) const { return NameOf(class_names, number); }
std::string_view Model::AttributeName(AttributeNumber number) const {
  return NameOf(attribute_names, number);
}
std::string_view Model::RelationshipTypeName(RelationshipTypeNumber number) const {
  return NameOf(relationship_type_names, number);
}

std::string Model::NearestAttribute(const ModelClass& owner, std::string_view name) const {
  // One edit in three letters may be a slip; more is another word.
  std::size_t best = std::max<std::size_t>(name.size() / 3, 1) + 1;
  std::string out;
  for (const ModelClass* one = &owner; one != nullptr; one = FindClass(one->parent)) {
    for (const ModelAttribute& attribute : one->attributes) {
      const std::size_t distance = Distance(name, attribute.name);
      if (distance >= best) continue;
      best = distance;
      out = attribute.name;
    }
  }
  return out;
}

}  // namespace kosei::client

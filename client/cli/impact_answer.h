// The affected records of an impact answer, kept in columns (a few dozen bytes each) until they can
// be written: the summary is complete only at the end of the stream, and paths are chains of
// predecessors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "json_writer.h"
#include "kosei/client/model.h"
#include "kosei/client/types.h"

namespace kosei::cli {

class ImpactAnswer {
 public:
  void Add(const client::ImpactBatch& batch);
  // Call when the summary is known; positions count the roots first.
  void SetRoots(std::vector<std::string> roots) { roots_ = std::move(roots); }

  std::size_t size() const { return classes_.size(); }
  std::string_view key(std::size_t index) const;
  ClassNumber class_number(std::size_t index) const { return classes_[index]; }
  std::uint32_t distance(std::size_t index) const { return distances_[index]; }
  client::State state(std::size_t index) const { return states_[index]; }
  bool by_gate(std::size_t index) const { return by_gate_[index]; }
  // nullptr: was not asked for.
  const client::ImpactNeed* need(std::size_t index) const {
    return needs_.empty() ? nullptr : &needs_[index];
  }
  // The key of the record whose gate this one stands behind; empty: none.
  std::string_view gated(std::size_t index) const;
  // Else it is a step of paths only.
  bool listed(std::size_t index) const { return !steps_only_[index]; }
  // From a root on, in the order in which failure travels (or, upwards, need).
  std::vector<client::PathStep> PathTo(std::size_t index, const client::Model& model,
                                       client::Direction direction) const;

 private:
  std::vector<std::string> roots_;
  std::string key_bytes_;
  std::vector<std::uint64_t> key_ends_;
  std::vector<ClassNumber> classes_;
  std::vector<std::uint32_t> distances_;
  std::vector<std::uint32_t> predecessors_;
  std::vector<RelationshipTypeNumber> vias_;
  std::vector<client::State> states_;
  std::vector<bool> is_source_;
  std::vector<bool> by_gate_;
  std::vector<bool> steps_only_;
  std::vector<client::ImpactNeed> needs_;
};

// [{"from","type","to"}...]
void WritePath(JsonWriter& json, const std::vector<client::PathStep>& steps,
               const client::Model& model);

}  // namespace kosei::cli

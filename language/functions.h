// The functions of the language, in tables by subject. Aggregates (aggregate.h), temporal functions
// (temporal_calls.h) and those that an engine adds (Functions) stand elsewhere.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "compiler.h"
#include "kosei/language/datum.h"
#include "kosei/language/evaluation.h"
#include "kosei/language/made_values.h"
#include "run_errors.h"

namespace kosei::language {

struct Function;

// One call with its values.
struct Call {
  const Function& function;
  const Datum* arguments = nullptr;
  std::size_t count = 0;
  Span span;
  Evaluation& evaluation;

  const Datum& operator[](std::size_t at) const { return arguments[at]; }
  // "size(): found INTEGER, expected ...", as InvalidArgumentType or InvalidArgumentValue.
  Datum WrongType(std::size_t at, std::string_view wanted) const;
  Datum WrongValue(std::size_t at, std::string_view wanted) const;
  Datum Text(std::string text) const { return MakeText(std::move(text), span, evaluation); }
  Datum List(DatumList items) const { return MakeList(std::move(items), span, evaluation); }
  // Whether a list that grows item by item may go on: it is not too long, there is room for it and
  // time left.
  bool MayGrow(const DatumList& items) const;
};

enum class NullRule : std::uint8_t { kGivesNull, kIsTaken };
enum class Outcome : std::uint8_t { kSameForSame, kVaries };

struct Function {
  std::string_view name;  // in lower case
  std::size_t least;      // arguments
  std::size_t most;
  Datum (*call)(const Call& call);
  std::uint32_t accepts = kAnyKinds;  // of the first argument; others are refused before running
  std::uint32_t gives = kAnyKinds;
  // Of a null among the arguments: null, without a call, or the function is called.
  NullRule nulls = NullRule::kGivesNull;
  // Whether constant arguments give a constant.
  Outcome outcome = Outcome::kSameForSame;
};

std::span<const Function> TextFunctions();
std::span<const Function> ListFunctions();
std::span<const Function> NumberFunctions();
std::span<const Function> GraphFunctions();
std::span<const Function> ConversionFunctions();
std::span<const Function> WorkingTimeFunctions();

// All of these.
std::span<const std::span<const Function>> FunctionTables();

// nullptr: no such function.
const Function* FindFunction(std::string_view lower_case_name);

// "LIST or STRING": the kinds as messages name them.
std::string KindsText(std::uint32_t kinds);

}  // namespace kosei::language

// The clauses of time and plans (kosei/language/parse.h), which are the project's own.
#include <utility>

#include "parser.h"

namespace kosei::language {

// What comes next, while it is of time or plans.
bool Parser::ReadTimeScope(TimeScope& time) {
  time.span.begin = begin();
  for (;;) {
    const Token& word = Next();
    if (Take(Word::kFor)) {
      const bool system = Is(Word::kSystemTime);
      if (!system && !Is(Word::kValidTime)) {
        return Unexpected("SYSTEM_TIME or VALID_TIME behind FOR",
                          {Word::kSystemTime, Word::kValidTime});
      }
      Take();
      const ExpressionPtr& written = system ? time.system_as_of : time.valid_as_of;
      if (written != nullptr || (system && time.system_from != nullptr)) {
        return Fail(
            "UnexpectedSyntax", word.span,
            "the same time is said twice; say it once, and behind a MATCH where that one is "
            "of another time");
      }
      if (system) {
        if (!ReadSystemTime(time)) return false;
        continue;
      }
      if (!Expect(Word::kAs, "AS OF and a time") || !Expect(Word::kOf, "OF behind AS"))
        return false;
      time.valid_as_of = ReadMoment();
      if (time.valid_as_of == nullptr) return false;
    } else if (Take(Word::kIn)) {
      if (time.plan != nullptr) {
        return Fail("UnexpectedSyntax", word.span,
                    "IN PLAN is said twice; one statement sees one plan");
      }
      if (!Expect(Word::kPlan, "PLAN and its name") || !ReadPlan(time)) return false;
    } else {
      break;
    }
  }
  time.span.end = time.empty() ? time.span.begin : end();
  return true;
}

bool Parser::ReadSystemTime(TimeScope& time) {
  if (Take(Word::kAs)) {
    if (!Expect(Word::kOf, "OF behind AS")) return false;
    time.system_as_of = ReadMoment();
    return time.system_as_of != nullptr;
  }
  if (!Take(Word::kFrom)) {
    return Unexpected("AS OF and a time, or FROM a time TO another", {Word::kAs, Word::kFrom});
  }
  time.system_from = ReadMoment();
  if (time.system_from == nullptr) return false;
  if (!Expect(Word::kTo, "TO and a time")) return false;
  time.system_to = ReadMoment();
  return time.system_to != nullptr;
}

// A sum and no more: behind it IN begins IN PLAN.
ExpressionPtr Parser::ReadMoment() {
  const Nesting nesting(*this);
  if (!nesting.ok()) return nullptr;
  ExpressionPtr moment = ReadSum();
  return RequireValue(moment.get()) ? std::move(moment) : nullptr;
}

// A name stands for itself.
bool Parser::ReadPlan(TimeScope& time) {
  if (IsName()) {
    time.plan = Make(ExpressionKind::kLiteral, begin());
    time.plan->literal = Datum::String(NameOf(Take()));
    time.plan = Finish(std::move(time.plan));
  } else if (Next().kind == TokenKind::kString) {
    time.plan = ReadStringLiteral();
  } else if (Next().kind == TokenKind::kParameter) {
    time.plan = ReadParameter();
  } else {
    return Unexpected("the name of a plan, in quotation marks where it is no bare name");
  }
  return time.plan != nullptr;
}

}  // namespace kosei::language

// Question: does any expression crash when it is compiled and evaluated, hold more memory than it
// is allowed, or give a value that PackStream does not bring back?
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "evaluation_of.h"
#include "fuzz_check.h"
#include "kosei/language/made_values.h"
#include "kosei/language/packstream.h"

namespace kosei::language {
namespace {

constexpr std::size_t kTextMax = 4'096;
constexpr std::uint64_t kMemory = 4U << 20;
constexpr int kQuestionsMax = 50;

void Evaluated(std::string_view text) {
  const absl::StatusOr<ExpressionPtr> expression = ParseExpression(text);
  if (!expression.ok()) return;
  Scope scope;
  std::vector<Datum> row;
  for (const Variable& variable : RowOfSmallGraph()) {
    scope.Add(variable.name, variable.type);
    row.push_back(variable.value);
  }
  SmallGraph graph;
  const absl::StatusOr<EvaluatorPtr> evaluator =
      Compile(**expression, scope, {text, &graph, nullptr, nullptr});
  if (!evaluator.ok()) return;
  row.resize(scope.slot_count());
  const DatumMap parameters = {{"a", Datum::Integer(1)}, {"b", Datum::String("b")}};
  Evaluation evaluation;
  evaluation.graph = &graph;
  evaluation.parameters = &parameters;
  evaluation.now = Timestamp{1'700'000'000'123'456};
  int questions = 0;
  evaluation.interruption = [&questions] {
    return ++questions < kQuestionsMax ? absl::OkStatus() : MakeError(ErrorCode::kCancelled, "");
  };
  const std::int64_t before = HeldDatumBytes();
  evaluation.LimitMemory(kMemory);
  const Datum value = (*evaluator)->Evaluate(row.data(), evaluation);
  if (evaluation.failed()) return;
  FUZZ_CHECK(value.depth() <= kDatumDepthMax);
  FUZZ_CHECK(HeldDatumBytes() - before <= 2 * static_cast<std::int64_t>(kMemory));
  std::string bytes;
  PackWriter(bytes, PackForm::kBolt5).Value(value, evaluation);
  PackReader reader(bytes);
  FUZZ_CHECK(reader.Read().ok());
  FUZZ_CHECK(reader.at_end());
  FUZZ_CHECK(!ToText(value, evaluation).empty());
}

}  // namespace
}  // namespace kosei::language

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > kosei::language::kTextMax) return 0;
  kosei::language::Evaluated({reinterpret_cast<const char*>(data), size});
  return 0;
}

// Values of the wire as the kit writes them.
#include "packed_cell.h"

#include "datum_cell.h"
#include "memory_graph.h"
#include "status_matchers.h"

namespace kosei::tck {
namespace {

using language::Datum;

TEST(PackedOf, IsReadBackByCellOf) {
  for (const std::string_view value :
       {"null", "true", "1", "1.5", "'x'", "[1, [null]]", "{a: {b: 'c'}}"}) {
    ASSERT_OK_AND_ASSIGN(const Cell cell, ParseCell(value));
    EXPECT_EQ(TextOf(CellOf(PackedOf(cell))), value);
  }
}

// Over the wire and in the process a value is the same to the kit.
TEST(CellOf, OfAPackedValueIsThatOfTheDatum) {
  MemoryGraph graph;
  const Datum a = graph.AddNode({{"B", "A"}, {{"p", Datum::Integer(1)}}});
  const Datum b = graph.AddNode({});
  const Datum link = graph.AddLink({1, 0, "T", {}});
  const language::PathValue path{{a.node(), b.node(), a.node()},
                                 {link.relationship(), link.relationship()}};
  language::Duration duration;
  duration.months = 1;
  for (const Datum& datum :
       {a, link, Datum::Path(path), Datum::Of(language::Date{1}), Datum::Of(duration),
        Datum::Of(language::DateTime{5, 0, 3600, ""}), Datum::List({Datum(), Datum::Float(1)})}) {
    language::Evaluation evaluation;
    evaluation.graph = &graph;
    std::string bytes;
    language::PackWriter(bytes, language::PackForm::kBolt5).Value(datum, evaluation);
    ASSERT_OK_AND_ASSIGN(const language::PackedValue packed, language::PackReader(bytes).Read());
    EXPECT_EQ(TextOf(CellOf(packed)), TextOf(CellOf(datum, evaluation)));
  }
}

}  // namespace
}  // namespace kosei::tck

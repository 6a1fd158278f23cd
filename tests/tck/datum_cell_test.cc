// The language's values as the kit writes them.
#include "datum_cell.h"

#include "memory_graph.h"
#include "status_matchers.h"

namespace kosei::tck {
namespace {

using language::Datum;

TEST(CellOf, ReadsWhatRecordsAndLinksHold) {
  MemoryGraph graph;
  const Datum a = graph.AddNode({{"B", "A"}, {{"p", Datum::Integer(1)}}});
  const Datum b = graph.AddNode({});
  const Datum link = graph.AddLink({1, 0, "T", {{"q", Datum::String("x")}}});
  language::Evaluation evaluation;
  evaluation.graph = &graph;
  const auto text = [&](const Datum& datum) { return TextOf(CellOf(datum, evaluation)); };
  EXPECT_EQ(text(a), "(:A:B {p: 1})");
  EXPECT_EQ(text(b), "()");
  EXPECT_EQ(text(link), "[:T {q: 'x'}]");
  const language::PathValue path{{a.node(), b.node()}, {link.relationship()}};
  EXPECT_EQ(text(Datum::Path(path)), "<(:A:B {p: 1})<-[:T {q: 'x'}]-()>");
  const language::PathValue back{{b.node(), a.node()}, {link.relationship()}};
  EXPECT_EQ(text(Datum::Path(back)), "<()-[:T {q: 'x'}]->(:A:B {p: 1})>");
  EXPECT_EQ(text(Datum::Map({{"k", Datum::List({Datum(), a})}})), "{k: [null, (:A:B {p: 1})]}");
  EXPECT_EQ(text(Datum::Of(language::Date{0})), "'1970-01-01'");
}

TEST(DatumOf, IsReadBackByCellOf) {
  language::Evaluation evaluation;
  for (const std::string_view value :
       {"null", "true", "1", "1.5", "'x'", "[1, [null]]", "{a: {b: 'c'}}"}) {
    ASSERT_OK_AND_ASSIGN(const Cell cell, ParseCell(value));
    EXPECT_EQ(TextOf(CellOf(DatumOf(cell), evaluation)), value);
  }
}

}  // namespace
}  // namespace kosei::tck

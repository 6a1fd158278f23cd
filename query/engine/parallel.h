// Chains that begin with a scan of records and look at each row for itself are carried out by
// several threads, each with a part of the records, when others are idle and there is enough to do.
// Rows leave in the order in which one thread would give them.
//
// The idea: Leis, Boncz, Kemper, Neumann, "Morsel-driven parallelism" (SIGMOD 2014).
#pragma once

#include <memory>

#include "engine/operator.h"

namespace kosei::query {

// The last operator of the longest such chain that `last` ends or goes on from; null: there is
// none.
const Operator* ParallelChainOf(const Operator* last);

// That chain as one pipe, which is pushed one row. All must outlive it.
std::unique_ptr<Pipe> OpenParallelChain(const Operator& last, Run& run, Pipe& next);

}  // namespace kosei::query

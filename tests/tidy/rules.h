// The rules of the house that a compiler does not check. Each takes a file (or the whole tree) and
// returns what goes against it; each has a test with a bad example, for a rule that cannot fail is
// worth nothing.
#pragma once

#include <map>
#include <set>
#include <string>

#include "source_tree.h"

namespace kosei::tidy {

// layer -> layers it may include. Read out of cmake/kosei_library.cmake, the one place that says
// so.
using LayerTable = std::map<std::string, std::set<std::string>>;
LayerTable ReadLayerTable(const SourceFile& cmake);

// include_rules.cc
Findings LayerIncludes(const SourceFile& file, const LayerTable& table);
Findings ThirdPartyIncludes(const SourceFile& file);
Findings PublicHeaderIncludes(const SourceFile& file);
Findings UmbrellaHeaders(const SourceFile& file);
Findings UninstrumentedLocks(const SourceFile& file);

// code_rules.cc
Findings AwaitInCondition(const SourceFile& file);
Findings CapturingLambdaWithAwait(const SourceFile& file);
Findings Throw(const SourceFile& file);
Findings UsingNamespaceInHeader(const SourceFile& file);
Findings OwningNew(const SourceFile& file);
Findings Sleep(const SourceFile& file);
Findings StdRegex(const SourceFile& file);
Findings LongFunctions(const SourceFile& file);
Findings MissingPragmaOnce(const SourceFile& file);

// text_rules.cc
Findings LongFiles(const SourceFile& file);
Findings LongLines(const SourceFile& file);
Findings NonAscii(const SourceFile& file);
Findings LeftoverMarkers(const SourceFile& file);
Findings RegistryHosts(const SourceFile& file);
Findings MachinePaths(const SourceFile& file);

// tree_rules.cc
Findings UnlinkedDocuments(const SourceTree& tree);
Findings DeadLinks(const SourceTree& tree);
Findings TitlesOfDocuments(const SourceTree& tree);
Findings UnlistedSources(const SourceTree& tree);
Findings UnusedHeaders(const SourceTree& tree);

}  // namespace kosei::tidy

// Requests as message bodies. The encoder of a thread keeps its memory from one to the next.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/client/paths.h"
#include "kosei/client/types.h"

namespace kosei::client {

std::string EncodePing(std::uint64_t nonce);
std::string EncodeGet(const std::vector<std::string>& keys, const ViewName& view);
std::string EncodeHistory(std::string_view key, const ViewName& view);
std::string EncodeDiff(std::string_view key, const ViewName& from, const ViewName& to);
std::string EncodeCompare(const CompareRequest& request);
std::string EncodeSearch(const SearchRequest& request);
std::string EncodeImpact(const ImpactRequest& request, ImpactDetail detail);
std::string EncodePath(std::string_view from, std::string_view to, const ViewName& view);
std::string EncodePaths(const PathsRequest& request);
std::string EncodeTrace(const TraceRequest& request);
std::string EncodeOrder(const OrderRequest& request);
std::string EncodeWatch(const WatchRequest& request);

std::string EncodeMutation(const Mutation& mutation);
std::string EncodeBulkBegin(const Provenance& provenance, std::string_view batch);
std::string EncodeBulkEnd(std::uint64_t load);

// An earlier version of the model; 0: the one in force.
std::string EncodeModel(std::uint32_t version);
std::string EncodeModelApply(const std::vector<ModelFile>& files, bool dry_run,
                             const Provenance& provenance);
std::string EncodeModelHistory();
std::string EncodeModelText(const ViewName& view, const std::optional<ViewName>& base);

std::string EncodeStatus();
std::string EncodeTokenCreate(std::string_view name, std::string_view role,
                              std::uint32_t expires_in_days,
                              const std::vector<std::string>& classes);
std::string EncodeTokenList();
std::string EncodeTokenRevoke(std::string_view name);
std::string EncodeBaselineCreate(std::string_view name, std::string_view description,
                                 const ViewName& view);
std::string EncodeBaselineList();
std::string EncodeBaselineDrop(std::string_view name);
std::string EncodeIndexList();
std::string EncodeScrub(ScrubAction action);
std::string EncodeIndexBuild(std::string_view name);
std::string EncodeIndexDrop(std::string_view name);

std::string EncodePlanOpen(std::string_view name, std::string_view description,
                           std::string_view cause);
std::string EncodePlanEdit(std::string_view name, const Mutation& edits);
std::string EncodePlanList();
std::string EncodePlanShow(std::string_view name);
std::string EncodePlanDiff(std::string_view name, std::uint32_t limit);
std::string EncodePlanRebase(std::string_view name, Take take);
std::string EncodePlanMerge(std::string_view name, const MergeOptions& options);
std::string EncodePlanDrop(std::string_view name);
std::string EncodeRevert(std::uint64_t commit, const MergeOptions& options);
std::string EncodeErase(const EraseRequest& request);

}  // namespace kosei::client

// The question about impact as a table, which several requests carry.
#pragma once

#include "flatbuffers/flatbuffers.h"
#include "kosei/client/types.h"
#include "kosei/protocol/read_generated.h"

namespace kosei::client {

flatbuffers::Offset<fb::ViewSpec> EncodeViewSpec(flatbuffers::FlatBufferBuilder& builder,
                                                 const ViewName& view);
flatbuffers::Offset<fb::ImpactRequest> EncodeImpactTable(flatbuffers::FlatBufferBuilder& builder,
                                                         const ImpactRequest& request,
                                                         ImpactDetail detail);

}  // namespace kosei::client

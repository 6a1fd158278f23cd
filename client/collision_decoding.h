// Parts of messages about collisions, as plain values.
#pragma once

#include "kosei/client/collisions.h"
#include "kosei/protocol/collisions_generated.h"

namespace kosei::client {

using FbNames = flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>;

// `names`: those of the reply; may be null.
Collision ToCollision(const fb::Collision& from, const FbNames* names);

}  // namespace kosei::client

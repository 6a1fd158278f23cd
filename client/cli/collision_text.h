// Collisions in the forms of the output (docs/cli.md).
#pragma once

#include <string>
#include <vector>

#include "context.h"
#include "json_writer.h"
#include "kosei/client/collisions.h"
#include "kosei/client/model.h"

namespace kosei::cli {

std::string KindText(const Context& context, client::CollisionKind kind);
void WriteCollision(JsonWriter& json, const client::Collision& collision,
                    const client::Model& model);
// A line each.
std::string CollisionTable(const Context& context,
                           const std::vector<client::Collision>& collisions);

}  // namespace kosei::cli

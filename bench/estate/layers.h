// The layers of an estate, from the ground up: what they are, and how many of a million.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace kosei::estate {

enum Layer : std::size_t {
  kSite,
  kPowerFeed,
  kRack,
  kNetworkSwitch,
  kStorageSystem,
  kServer,
  kHypervisor,
  kVirtualMachine,
  kOperatingSystem,
  kMiddleware,
  kDatabase,
  kApplicationInstance,
  kApplication,
  kTechnicalService,
  kBusinessService,
  kLayerCount,
};

struct LayerInfo {
  std::string_view class_name;
  std::string_view key_prefix;
  std::uint32_t per_million;  // application instances take what is left
  std::uint32_t count_min;
};

// clang-format off
inline constexpr std::array<LayerInfo, kLayerCount> kLayers = {{
    {"Site", "site", 200, 2},
    {"PowerFeed", "feed", 4'000, 4},
    {"Rack", "rack", 6'000, 4},
    {"NetworkSwitch", "switch", 10'000, 4},
    {"StorageSystem", "storage", 2'000, 2},
    {"Server", "server", 40'000, 8},
    {"Hypervisor", "hypervisor", 15'000, 4},
    {"VirtualMachine", "vm", 160'000, 16},
    {"OperatingSystem", "os", 190'000, 16},
    {"Middleware", "middleware", 120'000, 8},
    {"Database", "database", 60'000, 8},
    {"ApplicationInstance", "instance", 0, 16},
    {"Application", "application", 80'000, 8},
    {"TechnicalService", "technical", 25'000, 8},
    {"BusinessService", "business", 15'000, 4},
}};
// clang-format on

enum RelationshipType : std::uint16_t {
  kDependsOn,
  kRunsOn,
  kHostedOn,
  kConnectsTo,
  kLocatedIn,
  kPoweredBy,
  kUses,
  kProvides,
  kSupports,
};
inline constexpr std::array<std::string_view, 9> kRelationshipTypes = {
    "depends_on", "runs_on", "hosted_on", "connects_to", "located_in",
    "powered_by", "uses",    "provides",  "supports"};

}  // namespace kosei::estate

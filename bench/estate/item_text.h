// What the attributes of an item say.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "kosei/estate/estate.h"
#include "layers.h"

namespace kosei::estate {

enum AttributeName : std::uint16_t {
  kName,
  kDescription,
  kStatus,
  kEnvironment,
  kOwner,
  kSerialNumber,
  kAssetTag,
  kCriticality,
  kFqdn,
  kIpAddress,
  kCpuCount,
  kMemoryMib,
  kManufacturer,
  kHardwareModel,
  kVersion,
  kVendor,
  kPort,
  kConfigurationPath,
  kServiceHours,
  kAvailabilityTarget,
  kCountry,
  kHeightUnits,
  kVoltage,
};
inline constexpr std::array<std::string_view, 23> kAttributeNames = {
    "name",         "description",        "status",        "environment",
    "owner",        "serial_number",      "asset_tag",     "criticality",
    "fqdn",         "ip_address",         "cpu_count",     "memory_mib",
    "manufacturer", "hardware_model",     "version",       "vendor",
    "port",         "configuration_path", "service_hours", "availability_target",
    "country",      "height_units",       "voltage_v"};

struct Place {
  Layer layer;
  std::uint32_t index;  // within the layer
  std::uint32_t position;
  std::uint64_t seed;
};

// Appends all attributes, ascending.
void DescribeItem(const Place& place, Item& item);

// `number` with zeros in front of it, at least `width` digits.
void AppendDigits(std::uint64_t number, std::size_t width, std::string& text);

}  // namespace kosei::estate

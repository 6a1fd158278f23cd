#include "item_text.h"

#include <cstddef>
#include <utility>

#include "draw.h"

namespace kosei::estate {
namespace {

constexpr std::array<std::string_view, 8> kTowns = {"tokyo",   "osaka",  "nagoya", "sapporo",
                                                    "fukuoka", "sendai", "london", "frankfurt"};
constexpr std::array<std::string_view, 8> kTeams = {
    "Platform operations",    "Network engineering",     "Database administration",
    "Payments development",   "Customer portal squad",   "基盤運用チーム",
    "ネットワーク運用チーム", "基幹システム開発グループ"};
constexpr std::array<std::string_view, 6> kPurposes = {
    "Carries order entry and settlement for the retail division, reviewed every quarter",
    "Keeps customer records for the call centre, restored from backup within four hours",
    "Part of the batch chain that closes the books at the end of each business day",
    "受注と請求の夜間処理を担う。停止時は当番に連絡すること。",
    "Serves the public web shop and its mobile application, scaled out before campaigns",
    "社内ポータルと勤怠管理の基盤。月次で構成を確認する。"};
constexpr std::array<std::string_view, 4> kMakers = {"Aozora Systems", "Northgate Hardware",
                                                     "Kitano Electric", "Lumen Devices"};
constexpr std::array<std::string_view, 4> kModels = {"AX-2200 G4", "NG740xd", "KE-9 blade",
                                                     "LD 5510"};
constexpr std::array<std::string_view, 4> kEnvironments = {"production", "staging", "test",
                                                           "development"};
constexpr std::array<std::string_view, 4> kCriticalities = {"critical", "high", "medium", "low"};

template <std::size_t Count>
std::string_view OneOf(const std::array<std::string_view, Count>& words, Draw& draw) {
  return words[draw.Below(Count)];
}

std::string Address(std::uint32_t position) {
  std::string text = "10.";
  text += std::to_string((position >> 16) & 0xff) + ".";
  text += std::to_string((position >> 8) & 0xff) + ".";
  return text + std::to_string(position & 0xff);
}

// Three numbers, such as 4.12.7.
std::string Release(Draw& draw) {
  return std::to_string(1 + draw.Below(12)) + "." + std::to_string(draw.Below(20)) + "." +
         std::to_string(draw.Below(40));
}

class Description {
 public:
  Description(const Place& place, Item& item)
      : place_(place), item_(item), draw_(place.seed, place.position, 2) {}

  void Common() {
    host_ = kLayers[place_.layer].key_prefix;
    AppendDigits(place_.index, 7, host_);
    host_ += '.';
    host_ += kTowns[place_.index % kTowns.size()];
    Add(kName, host_);
    Add(kDescription, OneOf(kPurposes, draw_));
    Add(kStatus, draw_.OneIn(20) ? "retired" : "live");
    Add(kEnvironment, draw_.OneIn(3) ? OneOf(kEnvironments, draw_) : kEnvironments[0]);
    Add(kOwner, OneOf(kTeams, draw_));
    Add(kSerialNumber, SerialNumber());
    std::string tag = "AT-";
    AppendDigits(place_.position, 9, tag);
    Add(kAssetTag, std::move(tag));
    Add(kCriticality, OneOf(kCriticalities, draw_));
  }

  void Special() {
    const Layer layer = place_.layer;
    const bool computer = layer >= kServer && layer <= kVirtualMachine;
    const bool hardware = layer >= kNetworkSwitch && layer <= kServer;
    if (hardware || computer) Node(computer, hardware);
    if (layer == kOperatingSystem || layer == kApplication) {
      Add(kVersion, Release(draw_));
      Add(kVendor, OneOf(kMakers, draw_));
    }
    if (layer >= kMiddleware && layer <= kApplicationInstance) {
      Add(kVersion, Release(draw_));
      Add(kPort, std::int64_t{1'024} + draw_.Below(60'000));
      Add(kConfigurationPath, "/etc/" + host_ + "/service.conf");
    }
    if (layer >= kTechnicalService) {
      Add(kServiceHours, "Mon-Fri 08:00-20:00 JST");
      Add(kAvailabilityTarget, Decimal{.coefficient = 999, .scale = 1});
    }
    if (layer == kSite) Add(kCountry, place_.index % 8 < 6 ? "Japan" : "Europe");
    if (layer == kRack) Add(kHeightUnits, 42);
    if (layer == kPowerFeed) Add(kVoltage, 200);
  }

 private:
  void Add(AttributeName name, Value value) {
    item_.attributes.emplace_back(name, std::move(value));
  }

  void Node(bool computer, bool hardware) {
    Add(kFqdn, host_ + ".estate.example");
    Add(kIpAddress, Address(place_.position));
    if (computer) {
      Add(kCpuCount, std::int64_t{2} << draw_.Below(6));
      Add(kMemoryMib, std::int64_t{4'096} << draw_.Below(6));
    }
    if (!hardware) return;
    Add(kManufacturer, OneOf(kMakers, draw_));
    Add(kHardwareModel, OneOf(kModels, draw_));
  }

  // Different positions never share one: the mix is one to one.
  std::string SerialNumber() const {
    constexpr std::string_view kHex = "0123456789ABCDEF";
    const std::uint64_t bits = Mix(Mix(place_.seed) ^ place_.position);
    std::string text = "SN-";
    for (int shift = 60; shift >= 0; shift -= 4) text += kHex[(bits >> shift) & 0xf];
    return text;
  }

  const Place& place_;
  Item& item_;
  Draw draw_;
  std::string host_;
};

}  // namespace

void DescribeItem(const Place& place, Item& item) {
  Description description(place, item);
  description.Common();
  description.Special();
}

void AppendDigits(std::uint64_t number, std::size_t width, std::string& text) {
  const std::string digits = std::to_string(number);
  if (digits.size() < width) text.append(width - digits.size(), '0');
  text += digits;
}

}  // namespace kosei::estate

// Which links an item has: to what is near, and to what everybody shares.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "draw.h"
#include "kosei/estate/estate.h"
#include "layers.h"

namespace kosei::estate {

// The links of one item, drawn one after the other.
class LinkDraw {
 public:
  LinkDraw(const Estate& estate, std::uint32_t position, std::vector<Link>& links)
      : estate_(estate),
        position_(position),
        layer_(estate.LayerOf(position)),
        index_(position - estate.layer_begins_[layer_]),
        draw_(estate.seed_, position, 1),
        links_(links) {
    links_.clear();
  }

  void Run() {
    if (layer_ <= kServer) return Facilities();
    if (layer_ <= kOperatingSystem) return Machines();
    if (layer_ <= kApplicationInstance) return Software();
    return Services();
  }

 private:
  std::uint32_t CountOf(std::size_t layer) const {
    return estate_.layer_begins_[layer + 1] - estate_.layer_begins_[layer];
  }

  // Adds the link unless it is there already or goes to the item itself.
  void Add(RelationshipType type, std::size_t layer, std::uint32_t index) {
    const Link link{position_, type, estate_.layer_begins_[layer] + index};
    if (link.target == position_) return;
    if (std::find(links_.begin(), links_.end(), link) != links_.end()) return;
    links_.push_back(link);
  }
  // To one of the `spread` items that lie where this one does, seen along the whole layer.
  void Near(RelationshipType type, std::size_t layer, std::uint32_t spread) {
    const std::uint32_t count = CountOf(layer);
    const std::uint64_t here = std::uint64_t{index_} * count / CountOf(layer_);
    Add(type, layer, static_cast<std::uint32_t>((here + draw_.Below(spread)) % count));
  }
  void Shared(RelationshipType type, std::size_t layer) {
    Add(type, layer, draw_.Skewed(CountOf(layer)));
  }
  // The few technical services that all machines and software need, such as name resolution.
  void Infrastructure() {
    Add(kDependsOn, kTechnicalService, draw_.Skewed(CountOf(kTechnicalService) / 24 + 2));
  }
  // To one of the same layer that comes before this one.
  void SharedBefore(RelationshipType type) {
    if (index_ > 0) Add(type, layer_, draw_.Skewed(index_));
  }
  void Anywhere(RelationshipType type, std::size_t layer) {
    Add(type, layer, draw_.Below(CountOf(layer)));
  }
  void Twice(RelationshipType type, std::size_t layer, std::uint32_t spread) {
    Near(type, layer, spread);
    Near(type, layer, spread);
  }

  void Facilities() {
    if (layer_ == kSite) return;
    if (layer_ <= kRack) {
      Near(kLocatedIn, kSite, 1);
      if (layer_ == kRack) Twice(kPoweredBy, kPowerFeed, 4);
      return;
    }
    Near(kLocatedIn, kRack, 1);
    Twice(kPoweredBy, kPowerFeed, 4);
    if (layer_ == kNetworkSwitch) {
      SharedBefore(kConnectsTo);
      SharedBefore(kConnectsTo);
    } else {
      Twice(kConnectsTo, kNetworkSwitch, 6);
    }
  }

  void Machines() {
    if (layer_ == kHypervisor) {
      Near(kHostedOn, kServer, 2);
      Twice(kConnectsTo, kNetworkSwitch, 6);
      Shared(kUses, kStorageSystem);
      Near(kUses, kStorageSystem, 3);
    } else if (layer_ == kVirtualMachine) {
      Near(kHostedOn, kHypervisor, 4);
      Near(kConnectsTo, kNetworkSwitch, 6);
      Near(kUses, kStorageSystem, 3);
      Shared(kUses, kStorageSystem);
    } else {
      OperatingSystem();
    }
  }
  // The first of them belong to virtual machines, the rest to servers.
  void OperatingSystem() {
    const std::uint32_t virtual_machines = CountOf(kVirtualMachine);
    if (index_ < virtual_machines) {
      Add(kRunsOn, kVirtualMachine, index_);
    } else {
      Add(kRunsOn, kServer, (index_ - virtual_machines) % CountOf(kServer));
    }
    Infrastructure();
    Infrastructure();
  }

  void Software() {
    Near(kRunsOn, kOperatingSystem, 2);
    Infrastructure();
    if (layer_ == kMiddleware) {
      Infrastructure();
      SharedBefore(kConnectsTo);
      if (draw_.OneIn(4)) Near(kUses, kDatabase, 4);
    } else if (layer_ == kDatabase) {
      Near(kUses, kStorageSystem, 3);
      Shared(kUses, kStorageSystem);
      if (draw_.OneIn(4)) Near(kConnectsTo, kDatabase, 8);
    } else {
      Near(kUses, kMiddleware, 3);
      Shared(kUses, kMiddleware);
      Near(kUses, kDatabase, 3);
      if (draw_.OneIn(3)) Shared(kUses, kDatabase);
      Infrastructure();
      if (draw_.OneIn(4)) Shared(kConnectsTo, kApplicationInstance);
      if (draw_.OneIn(16)) Anywhere(kConnectsTo, kApplicationInstance);
      if (draw_.OneIn(12)) Near(kProvides, kTechnicalService, 2);
    }
  }

  void Services() {
    if (layer_ == kApplication) {
      for (int i = 0; i < 4; ++i) Near(kDependsOn, kApplicationInstance, 12);
      if (draw_.OneIn(3)) SharedBefore(kDependsOn);
      if (draw_.OneIn(2)) Shared(kDependsOn, kTechnicalService);
    } else if (layer_ == kTechnicalService) {
      Twice(kDependsOn, kApplicationInstance, 16);
      if (draw_.OneIn(3)) SharedBefore(kDependsOn);
      if (draw_.OneIn(2)) Near(kSupports, kBusinessService, 3);
    } else {
      for (int i = 0; i < 5; ++i) Near(kDependsOn, kApplication, 12);
      Shared(kDependsOn, kApplication);
      Shared(kDependsOn, kTechnicalService);
    }
  }

  const Estate& estate_;
  const std::uint32_t position_;
  const std::size_t layer_;
  const std::uint32_t index_;  // within the layer
  Draw draw_;
  std::vector<Link>& links_;
};

void Estate::LinksOf(std::uint32_t position, std::vector<Link>& links) const {
  LinkDraw(*this, position, links).Run();
}

}  // namespace kosei::estate

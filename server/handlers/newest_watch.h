// NewestWatch: a question about the newest View that stays open. Whenever there are commits since
// it was last asked, it is asked again; several commits may be told in one event, and those that
// change nothing in none.
#pragma once

#include <memory>
#include <string_view>

#include "handlers/encode.h"

namespace kosei::server {

class NewestWatch : public Stream {
 public:
  NewestWatch(const Services& services, const Call& call);
  absl::StatusOr<Part> Next(std::size_t bytes_max, Builder& builder) override;

 protected:
  // Asks the question of `view` and finishes the event into `builder`; empty when nothing differs
  // from what was told before. The first event is told in any case.
  virtual absl::StatusOr<std::string_view> Tell(const storage::View& view, bool first,
                                                const query::Budget& budget, Builder& builder) = 0;
  // An event that names a View and no more: everything up to its commit is told.
  virtual std::string_view Heartbeat(const fb::ViewInfo& view, Builder& builder) = 0;

  const Services& services_;

 private:
  const std::shared_ptr<const std::atomic<bool>> cancelled_;
  storage::View told_;
  bool first_ = true;
  Instant last_frame_{0};
};

}  // namespace kosei::server

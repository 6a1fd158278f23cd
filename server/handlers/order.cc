// order: records in waves, in columns, and then the cycles among them.
#include "kosei/query/order.h"

#include <algorithm>
#include <memory>
#include <utility>
#include <vector>

#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/paths_generated.h"

namespace kosei::server {
namespace {

using StringOffset = flatbuffers::Offset<flatbuffers::String>;

// What one record adds to a frame beside its key, and one step of a cycle.
constexpr std::size_t kItemBytes = 32;
// Nobody reads a longer way round.
constexpr std::size_t kCycleStepsMax = 1'000;
constexpr std::uint32_t kNone = UINT32_MAX;

// Where each record stands, by record.
std::vector<std::pair<RecordId, std::uint32_t>> PlacesOf(const query::OrderAnswer& answer) {
  std::vector<std::pair<RecordId, std::uint32_t>> places;
  places.reserve(answer.records.size());
  for (const query::OrderedRecord& one : answer.records) {
    places.emplace_back(one.record, static_cast<std::uint32_t>(places.size()));
  }
  std::sort(places.begin(), places.end());
  return places;
}

class OrderStream : public Stream {
 public:
  OrderStream(const Services& services, query::OrderAnswer answer)
      : reader_(services.reader),
        answer_(std::move(answer)),
        places_(PlacesOf(answer_)),
        kept_(services.counters.stream_bytes) {}

  absl::Status Keep(std::uint64_t bytes_max) {
    std::uint64_t steps = 0;
    for (const query::OrderCycle& cycle : answer_.cycles) steps += cycle.steps.size();
    return kept_.Add(places_.size() * (sizeof(query::OrderedRecord) + sizeof(places_[0])) +
                         answer_.cycles.size() * sizeof(query::OrderCycle) +
                         steps * sizeof(query::LinkStep),
                     bytes_max);
  }

  absl::StatusOr<Part> Next(std::size_t bytes_max, Builder& builder) override {
    FillColumns(std::min(bytes_max, kStreamFrameBytes), builder);
    FillCycles(std::min(bytes_max, kStreamFrameBytes), builder);
    const auto keys = builder.CreateVector(keys_);
    const auto classes = builder.CreateVector(classes_);
    const auto waves = builder.CreateVector(waves_);
    const auto cycles = builder.CreateVector(cycles_);
    const auto after = builder.CreateVector(after_);
    const auto cycle_list = builder.CreateVector(cycle_list_);
    const auto cycle_keys = builder.CreateVector(cycle_keys_);
    const fb::ViewInfo view = EncodeView(answer_.view);
    fb::OrderReplyBuilder reply(builder);
    if (std::exchange(first_, false)) {
      reply.add_view(&view);
      reply.add_total(answer_.records.size());
      reply.add_wave_count(answer_.waves);
      reply.add_model_version(reader_.ModelVersionAt(CommitNumber{view.commit()}));
    }
    reply.add_keys(keys);
    reply.add_classes(classes);
    reply.add_waves(waves);
    reply.add_cycles(cycles);
    reply.add_after(after);
    reply.add_cycle_list(cycle_list);
    reply.add_cycle_keys(cycle_keys);
    const std::string_view body = protocol::FinishBody(builder, reply.Finish());
    const bool done = next_ == answer_.records.size() && next_cycle_ == answer_.cycles.size();
    return Part{done ? State::kLast : State::kMore, body};
  }

 private:
  void FillColumns(std::size_t bytes_max, Builder& builder) {
    keys_.clear();
    classes_.clear();
    waves_.clear();
    cycles_.clear();
    after_.clear();
    std::size_t bytes = builder.GetSize();
    for (; next_ < answer_.records.size(); ++next_) {
      const query::OrderedRecord& one = answer_.records[next_];
      const std::string_view key = reader_.KeyOf(one.record);
      bytes += key.size() + kItemBytes;
      if (bytes > bytes_max && !keys_.empty()) break;
      keys_.push_back(Text(builder, key));
      classes_.push_back(reader_.ClassOf(one.record).value);
      waves_.push_back(one.wave);
      cycles_.push_back(one.cycle);
      after_.push_back(one.after.value == 0 ? kNone : PlaceOf(one.after));
    }
  }

  // When all records have been sent.
  void FillCycles(std::size_t bytes_max, Builder& builder) {
    cycle_list_.clear();
    cycle_keys_.clear();
    if (next_ < answer_.records.size()) return;
    for (; next_cycle_ < answer_.cycles.size(); ++next_cycle_) {
      if (builder.GetSize() > bytes_max) return;
      cycle_list_.push_back(EncodeCycle(builder, answer_.cycles[next_cycle_]));
    }
  }

  flatbuffers::Offset<fb::OrderCycle> EncodeCycle(Builder& builder,
                                                  const query::OrderCycle& cycle) {
    std::vector<std::uint32_t> records;
    std::vector<std::uint16_t> types;
    std::vector<std::uint8_t> inverse;
    const auto first = static_cast<std::uint32_t>(cycle_keys_.size());
    for (const query::LinkStep& step : cycle.steps) {
      records.push_back(static_cast<std::uint32_t>(cycle_keys_.size()));
      cycle_keys_.push_back(Text(builder, reader_.KeyOf(step.from)));
      if (types.size() == kCycleStepsMax) break;
      types.push_back(step.type.value);
      inverse.push_back(step.inverse ? 1 : 0);
    }
    if (records.size() == types.size()) records.push_back(first);
    const auto record_vector = builder.CreateVector(records);
    const auto type_vector = builder.CreateVector(types);
    const auto inverse_vector = builder.CreateVector(inverse);
    return fb::CreateOrderCycle(builder, cycle.wave, cycle.size, cycle.steps.size(), record_vector,
                                type_vector, inverse_vector);
  }

  std::uint32_t PlaceOf(RecordId record) const {
    return std::lower_bound(places_.begin(), places_.end(), std::pair(record, std::uint32_t{0}))
        ->second;
  }

  const storage::Reader& reader_;
  const query::OrderAnswer answer_;
  const std::vector<std::pair<RecordId, std::uint32_t>> places_;
  KeptBytes kept_;
  std::size_t next_ = 0;
  std::size_t next_cycle_ = 0;
  bool first_ = true;
  // Of the frame under way; they keep their memory.
  std::vector<StringOffset> keys_;
  std::vector<std::uint16_t> classes_;
  std::vector<std::uint32_t> waves_;
  std::vector<std::uint32_t> cycles_;
  std::vector<std::uint32_t> after_;
  std::vector<flatbuffers::Offset<fb::OrderCycle>> cycle_list_;
  std::vector<StringOffset> cycle_keys_;
};

}  // namespace

absl::StatusOr<std::unique_ptr<Stream>> OpenOrder(const Services& services, const Call& call) {
  KOSEI_ASSIGN_OR_RETURN(const fb::OrderRequest* request,
                         protocol::Open<fb::OrderRequest>(call.body));
  const storage::Reader& reader = services.reader;
  KOSEI_ASSIGN_OR_RETURN(const storage::View view, ResolveView(reader, request->view()));
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(view));
  query::OrderRequest order;
  KOSEI_ASSIGN_OR_RETURN(order.records, IdsOfKeys(reader, "order of", request->keys()));
  KOSEI_ASSIGN_OR_RETURN(order.affected_by, IdsOfKeys(reader, "order of", request->affected_by()));
  KOSEI_ASSIGN_OR_RETURN(order.needed_by, IdsOfKeys(reader, "order of", request->needed_by()));
  KOSEI_ASSIGN_OR_RETURN(order.classes, ClassesOf(*schema, request->classes()));
  if (request->reverse()) order.direction = query::OrderDirection::kNeededLast;
  if (request->through()) order.links = query::OrderLinks::kThrough;
  KOSEI_ASSIGN_OR_RETURN(const query::Limits limits,
                         LimitsOf(services, call, request->deadline_ms()));
  const query::Budget budget(limits, services.clock, call.cancelled);
  KOSEI_ASSIGN_OR_RETURN(query::OrderAnswer answer, query::Order(reader, view, order, budget));
  auto stream = std::make_unique<OrderStream>(services, std::move(answer));
  KOSEI_RETURN_IF_ERROR(stream->Keep(services.limits.stream_bytes_max));
  return stream;
}

}  // namespace kosei::server

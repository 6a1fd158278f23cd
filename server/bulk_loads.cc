#include "bulk_loads.h"

#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "bulk_chunk.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "mutation.h"
#include "session.h"

namespace kosei::server {
namespace {

absl::Status Overloaded() {
  return MakeError(ErrorCode::kOverloaded,
                   "bulk load: the server has more loads than it can do; try again later");
}

}  // namespace

struct BulkLoads::Load {
  explicit Load(const Services& services_in) : services(services_in) {
    ++services.counters.bulk_loads;
  }
  // Abandoning a load removes files: not on an I/O thread.
  ~Load() {
    --services.counters.bulk_loads;
    if (load == nullptr) return;
    services.pool.SubmitContinuation(Lane::kBulk, [gone = std::move(load)] {});
  }
  Load(const Load&) = delete;
  Load& operator=(const Load&) = delete;

  const Services& services;
  std::uint64_t id = 0;
  // Used by the worker while `busy`, and by those that prepare chunks.
  std::unique_ptr<storage::BulkLoad> load;
  std::uint64_t last_number = 0;
  bool begun = false;  // its first chunk came, which may be one that was durable before
  std::deque<std::shared_ptr<Item>> items;  // not begun; shared with the worker that decodes
  std::uint32_t unanswered = 0;
  bool busy = false;
  bool ending = false;
};

// A chunk, or the end. One worker at a time has it, and the session in between.
struct BulkLoads::Item {
  protocol::FrameHeader header;
  std::uint64_t number = 0;
  std::uint32_t reply_bytes_max = 0;
  bool is_end = false;
  bool ready = false;                             // decoded
  std::string body;                               // until it is decoded
  const fb::BulkChunkRequest* request = nullptr;  // verified, in `body`
  absl::Status status;
  DecodedChunk chunk;
  std::string reply;  // frames
};

BulkLoads::BulkLoads(const Services& services, SessionHost& host, OpenRequests& requests,
                     const Caller& caller)
    : services_(services), host_(host), requests_(requests), caller_(caller) {}

BulkLoads::~BulkLoads() = default;

void BulkLoads::Begin(const protocol::Frame& frame, const protocol::OperationInfo& operation,
                      Instant now) {
  if (!requests_.Admit(frame.header, operation, now)) return;
  const std::uint64_t request_id = frame.header.request_id;
  const auto request = protocol::Open<fb::BulkBeginRequest>(frame.body);
  if (!request.ok()) return requests_.Fail(request_id, request.status());
  auto provenance = DecodeProvenance(**request, caller_.principal->name);
  if (!provenance.ok()) return requests_.Fail(request_id, provenance.status());
  // Shared: the worker has it until it has begun, then the map.
  auto load = std::make_shared<Load>(services_);
  if (services_.counters.bulk_loads.load() > services_.limits.bulk_loads_max) {
    return requests_.Fail(request_id, Overloaded());
  }
  std::string batch(protocol::TextOf((*request)->batch()));
  if (batch.size() > kNameBytesMax || !IsValidUtf8(batch)) {
    return requests_.Fail(request_id,
                          MakeError(ErrorCode::kInvalidText,
                                    absl::StrFormat("begin load: batch must be UTF-8 of at most %d "
                                                    "bytes",
                                                    kNameBytesMax),
                                    "batch"));
  }
  load->id = next_load_++;
  const bool taken = services_.pool.Submit(
      Lane::kBulk, [load, host = host_.Keep(), header = frame.header,
                    provenance = *std::move(provenance), batch = std::move(batch)]() mutable {
        auto begun = load->services.writer.BeginBulk(std::move(provenance), std::move(batch));
        if (begun.ok()) {
          load->load = *std::move(begun);
          host->Post([load, header](Session& session) { session.loads().OnBegun(load, header); });
          return;
        }
        host->Post([id = header.request_id, status = begun.status()](Session& session) {
          session.requests().Fail(id, status);
        });
      });
  if (!taken) requests_.Fail(request_id, Overloaded());
}

void BulkLoads::OnBegun(const std::shared_ptr<Load>& load, const protocol::FrameHeader& header) {
  loads_[load->id] = load;
  const storage::LoadPosition position = load->load->position();
  load->last_number = position.chunk;
  Builder builder;
  const std::string_view body = protocol::FinishBody(
      builder, fb::CreateBulkBeginReply(builder, load->id, protocol::kBulkWindowChunks,
                                        position.chunk + 1, position.digest));
  std::string frame;
  protocol::AppendFrame(frame, protocol::ReplyHeader(header), body, requests_.checksum());
  requests_.Finish(header.request_id, frame);
}

// nullptr when there is none; then the request has been answered.
std::shared_ptr<BulkLoads::Load> BulkLoads::Find(const protocol::Frame& frame, std::uint64_t id,
                                                 std::string_view operation) {
  const auto found = loads_.find(id);
  if (found != loads_.end() && !found->second->ending) return found->second;
  requests_.Fail(frame.header.request_id,
                 MakeError(ErrorCode::kNotFound,
                           absl::StrFormat("%s: there is no load %d on this connection (it ended "
                                           "or failed before); begin a new one",
                                           operation, id),
                           "load"));
  return nullptr;
}

void BulkLoads::Chunk(const protocol::Frame& frame, const protocol::OperationInfo& operation,
                      Instant now) {
  if (!requests_.Admit(frame.header, operation, now)) return;
  auto item = std::make_shared<Item>();  // shared between the queue and the worker that decodes
  item->header = frame.header;
  item->reply_bytes_max = caller_.reply_bytes_max;
  item->body = std::string(frame.body);
  const auto request = protocol::Open<fb::BulkChunkRequest>(item->body);
  if (!request.ok()) return requests_.Fail(frame.header.request_id, request.status());
  item->request = *request;
  item->number = item->request->number();
  const std::shared_ptr<Load> load = Find(frame, item->request->load(), "bulk chunk");
  if (load == nullptr) return;
  absl::Status order;
  const bool again = !load->begun && item->number >= 1 && item->number <= load->last_number;
  if (!again && item->number != load->last_number + 1) {
    order = MakeError(ErrorCode::kProtocolOrder,
                      absl::StrFormat("bulk chunk %d of load %d: expected chunk %d; chunks are "
                                      "numbered 1, 2, 3 without a gap",
                                      item->number, load->id, load->last_number + 1),
                      "number");
  } else if (load->unanswered >= protocol::kBulkWindowChunks) {
    order = MakeError(
        ErrorCode::kProtocolOrder,
        absl::StrFormat("bulk chunk %d of load %d: %d chunks are unanswered already; "
                        "wait for answers, the window is %d",
                        item->number, load->id, load->unanswered, protocol::kBulkWindowChunks),
        "number");
  }
  if (!order.ok()) {
    requests_.Fail(frame.header.request_id, order);
    Break(load, order);
    return;
  }
  load->last_number = item->number;
  load->begun = true;
  Enqueue(load, item);
  services_.pool.SubmitContinuation(
      Lane::kBulk, [load = load, item, host = host_.Keep()]() mutable {
        absl::StatusOr<DecodedChunk> decoded = DecodeChunk(*item->request);
        item->status = decoded.status();
        if (decoded.ok()) {
          item->chunk = *std::move(decoded);
          load->load->Prepare(item->chunk.chunk);
        }
        std::string().swap(item->body);
        host->Post([load = std::move(load), item = std::move(item)](Session& session) {
          item->ready = true;
          session.loads().OnDecoded(load);
        });
      });
}

void BulkLoads::End(const protocol::Frame& frame, const protocol::OperationInfo& operation,
                    Instant now) {
  if (!requests_.Admit(frame.header, operation, now)) return;
  const auto request = protocol::Open<fb::BulkEndRequest>(frame.body);
  if (!request.ok()) return requests_.Fail(frame.header.request_id, request.status());
  const std::shared_ptr<Load> load = Find(frame, (*request)->load(), "bulk end");
  if (load == nullptr) return;
  auto item = std::make_shared<Item>();  // shared between the queue and the worker
  item->header = frame.header;
  item->is_end = true;
  item->ready = true;
  load->ending = true;
  Enqueue(load, item);
  Advance(load);
}

void BulkLoads::Enqueue(const std::shared_ptr<Load>& load, std::shared_ptr<Item> item) {
  ++load->unanswered;
  load->items.push_back(std::move(item));
}

void BulkLoads::OnDecoded(const std::shared_ptr<Load>& load) { Advance(load); }

// Starts the next item in order when it is decoded and nothing else of the load is under way.
void BulkLoads::Advance(const std::shared_ptr<Load>& load) {
  if (load->busy || load->items.empty() || !load->items.front()->ready) return;
  std::shared_ptr<Item> item = std::move(load->items.front());
  load->items.pop_front();
  load->busy = true;
  services_.pool.SubmitContinuation(Lane::kBulk, [load = load, item, host = host_.Keep(),
                                                  checksum = requests_.checksum()]() mutable {
    absl::StatusOr<std::string> reply = std::string();
    if (!item->status.ok()) {
      reply = item->status;
    } else if (item->is_end) {
      reply = FinishLoad(*load->load, item->header, checksum);
    } else {
      reply = AddChunk(*load->load, std::move(item->chunk), item->number, item->header, checksum,
                       item->reply_bytes_max);
    }
    item->status = reply.status();
    if (reply.ok()) item->reply = *std::move(reply);
    host->Post([load = std::move(load), item = std::move(item)](Session& session) {
      session.loads().OnDone(load, item);
    });
  });
}

void BulkLoads::OnDone(const std::shared_ptr<Load>& load, const std::shared_ptr<Item>& item) {
  load->busy = false;
  --load->unanswered;
  if (!item->status.ok()) {
    requests_.Fail(item->header.request_id, item->status);
    Break(load, item->status);
    return;
  }
  requests_.Finish(item->header.request_id, item->reply);
  if (item->is_end) {
    loads_.erase(load->id);
    return;
  }
  Advance(load);
}

// The load is lost: what waits in it is refused for the same reason, what was committed stays.
void BulkLoads::Break(const std::shared_ptr<Load>& load, const absl::Status& why) {
  for (const std::shared_ptr<Item>& item : load->items) {
    requests_.Fail(item->header.request_id,
                   WithContext(why, absl::StrFormat("load %d failed before this", load->id)));
  }
  load->items.clear();
  loads_.erase(load->id);
}

void BulkLoads::Abandon() { loads_.clear(); }

}  // namespace kosei::server

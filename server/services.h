// What every handler may use. One for the server; outlives all connections.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "attachment_uploads.h"
#include "kosei/base/time.h"
#include "kosei/process/attachments.h"
#include "kosei/process/desk.h"
#include "kosei/process/outbox.h"
#include "kosei/query/statement.h"
#include "kosei/server/limits.h"
#include "kosei/server/log.h"
#include "kosei/server/tokens.h"
#include "kosei/storage/engine.h"
#include "worker_pool.h"

namespace kosei::server {

struct Counters {
  std::atomic<std::uint32_t> connections{0};
  std::atomic<std::uint64_t> requests{0};
  std::atomic<std::uint64_t> stream_bytes{0};  // kept by open streams for their readers
  std::atomic<std::uint32_t> bulk_loads{0};
};

struct Services {
  Services(storage::Engine& engine_in, TokenBook& tokens_in, WorkerPool& pool_in, Log& log_in,
           const Clock& clock_in, const Limits& limits_in)
      : engine(engine_in),
        reader(engine_in.reader()),
        writer(engine_in.writer()),
        indexes(engine_in.indexes()),
        plans(engine_in.plans()),
        tokens(tokens_in),
        pool(pool_in),
        log(log_in),
        clock(clock_in),
        limits(limits_in),
        statements(engine_in.reader(), clock_in, {.threads = &pool_in}) {}

  storage::Engine& engine;
  storage::Reader& reader;
  storage::Writer& writer;
  storage::IndexAdmin& indexes;
  storage::Plans& plans;
  TokenBook& tokens;
  WorkerPool& pool;
  Log& log;
  const Clock& clock;
  const Limits limits;
  // Thread-safe, and keeps plans.
  mutable query::StatementRunner statements;
  std::unique_ptr<process::Desk> desk;  // set before the server serves
  std::unique_ptr<process::Attachments> attachments;
  std::unique_ptr<AttachmentUploads> uploads;
  std::unique_ptr<process::Outbox> outbox;  // likewise
  std::function<void()> wake_post = {};     // there may be something to send
  std::chrono::nanoseconds started{0};
  // Neither changes while the server runs.
  std::string store_id;
  std::string backup_folder;  // empty: backups are not allowed
  // Wakes every connection so that it looks at its token again.
  std::function<void()> tokens_changed;
  mutable Counters counters;
};

}  // namespace kosei::server

// kosei import debian: loads the estate in two passes, records first and then each record with all
// its relationships, so that relationships which went away end; then ends what is gone from this
// host.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <iterator>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_format.h"
#include "commands.h"
#include "debian/host.h"
#include "import/import_summary.h"
#include "import/progress_bar.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "record_text.h"

namespace kosei::cli {
namespace {

using debian::Estate;
using debian::Item;

// Items between two cuts: some thousands of records and links, well within the loader's bounds.
constexpr std::size_t kItemsPerCut = 2'000;
constexpr std::uint64_t kRejectionsShown = 20;
constexpr std::size_t kEndsPerCommit = 1'000;

// What the server turned down. Thread-safe: told on the client's thread.
class Rejected {
 public:
  void Add(const client::RejectedItem& item, const std::string& key) {
    const std::lock_guard lock(mutex_);
    ++(item.is_link ? links_ : records_);
    if (lines_.size() < kRejectionsShown) {
      lines_.push_back(absl::StrFormat("%s: %s", key, MessageOf(item.status)));
    }
  }
  std::uint64_t records() const {
    const std::lock_guard lock(mutex_);
    return records_;
  }
  std::uint64_t links() const {
    const std::lock_guard lock(mutex_);
    return links_;
  }
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::uint64_t records_ = 0;
  std::uint64_t links_ = 0;
  std::vector<std::string> lines_;
};

class EstateLoad {
 public:
  EstateLoad(Context& context, const Estate& estate, const client::Model& model)
      : context_(context), estate_(estate), model_(model) {}

  absl::Status Prepare() {
    for (std::size_t i = 0; i < std::size(debian::kRelationNames); ++i) {
      types_.push_back(model_.RelationshipTypeOf(debian::kRelationNames[i]));
      if (types_.back().value == 0) return Lacks("relationship type", debian::kRelationNames[i]);
    }
    return absl::OkStatus();
  }

  absl::Status Run(client::BulkLoader& loader) {
    loader.OnRejected([this](const client::RejectedItem& item) {
      rejected_.Add(
          item, item.tag < estate_.items.size() ? estate_.items[item.tag].key : estate_.host_key);
    });
    ProgressBar bar(context_, context_.Say("estate", "構成情報"), SystemClock());
    // Two passes over all items.
    Progress progress{
        .bytes_read = 0, .bytes_total = 2 * estate_.items.size(), .rows = 0, .rejected = 0};
    KOSEI_RETURN_IF_ERROR(loader.CutComplete({}));
    KOSEI_RETURN_IF_ERROR(AddRecord(loader, estate_.host, estate_.items.size()));
    for (std::size_t i = 0; i < estate_.items.size(); ++i) {
      KOSEI_RETURN_IF_ERROR(AddRecord(loader, estate_.items[i], i));
      if ((i + 1) % kItemsPerCut == 0) KOSEI_RETURN_IF_ERROR(loader.CutComplete({}));
      Show(bar, progress, 1);
    }
    KOSEI_RETURN_IF_ERROR(loader.CutComplete({}));
    for (std::size_t i = 0; i < estate_.items.size(); ++i) {
      KOSEI_RETURN_IF_ERROR(AddRecord(loader, estate_.items[i], i));
      for (const auto& [relation, target] : estate_.items[i].links) {
        const client::Link link{.source = estate_.items[i].key,
                                .type = types_[static_cast<std::size_t>(relation)],
                                .target = target};
        KOSEI_RETURN_IF_ERROR(loader.AddLink(link, i));
        ++links_;
      }
      if ((i + 1) % kItemsPerCut == 0) KOSEI_RETURN_IF_ERROR(loader.CutComplete(types_));
      Show(bar, progress, 1 + estate_.items[i].links.size());
    }
    return loader.CutComplete(types_);
  }

  std::uint64_t links() const { return links_; }
  const Rejected& rejected() const { return rejected_; }

 private:
  absl::Status Lacks(std::string_view what, std::string_view name) const {
    return MakeError(ErrorCode::kModelInvalid,
                     absl::StrFormat("import debian: the server's model has no %s '%s'; expected "
                                     "the default model",
                                     what, name));
  }

  absl::Status AddRecord(client::BulkLoader& loader, const Item& item, std::uint64_t tag) {
    if (owner_ == nullptr || owner_->name != item.class_name) {
      owner_ = model_.FindClass(item.class_name);
      if (owner_ == nullptr) return Lacks("class", item.class_name);
    }
    record_ = Record{};
    record_.class_number = owner_->number;
    record_.key = item.key;
    for (const auto& [name, value] : item.attributes) {
      // A model may have been cut down: what it does not know is left out.
      const client::ModelAttribute* const attribute = model_.FindAttribute(*owner_, name);
      if (attribute != nullptr) record_.Set(attribute->number, value);
    }
    return loader.AddRecord(record_, tag);
  }

  void Show(ProgressBar& bar, Progress& progress, std::size_t rows) const {
    ++progress.bytes_read;
    progress.rows += rows;
    bar.Show(progress);
  }

  Context& context_;
  const Estate& estate_;
  const client::Model& model_;
  std::vector<RelationshipTypeNumber> types_;  // by Relation
  const client::ModelClass* owner_ = nullptr;
  Record record_;
  std::uint64_t links_ = 0;
  Rejected rejected_;
};

// Keys of this host's records in the store that the estate no longer has.
absl::StatusOr<std::vector<std::string>> GoneKeys(client::Client& client, const Estate& estate,
                                                  const std::string& host) {
  absl::flat_hash_set<std::string_view> present;
  for (const Item& item : estate.items) present.insert(item.key);
  const std::pair<const char*, std::string> kinds[] = {
      {"SoftwareInstallation", absl::StrFormat("inst:%s/", host)},
      {"SystemdService", absl::StrFormat("unit:%s/", host)},
      {"ListeningSocket", absl::StrFormat("sock:%s/", host)}};
  std::vector<std::string> gone;
  for (const auto& [class_name, prefix] : kinds) {
    client::SearchRequest request;
    request.class_name = class_name;
    request.text = prefix;
    request.limit = UINT32_MAX;
    KOSEI_RETURN_IF_ERROR(client
                              .Search(request,
                                      [&](const client::RecordVersion& hit) {
                                        const std::string& key = hit.record.key;
                                        if (key.starts_with(prefix) && !present.contains(key))
                                          gone.push_back(key);
                                        return true;
                                      })
                              .status());
  }
  return gone;
}

absl::Status EndGone(client::Client& client, const std::vector<std::string>& gone,
                     const client::Provenance& provenance, client::WriteCounts& counts) {
  for (std::size_t i = 0; i < gone.size(); i += kEndsPerCommit) {
    client::Mutation mutation;
    mutation.provenance = provenance;
    for (std::size_t j = i; j < gone.size() && j < i + kEndsPerCommit; ++j) {
      mutation.end_records.push_back({.key = gone[j], .expected_begin = std::nullopt});
    }
    KOSEI_ASSIGN_OR_RETURN(const client::WriteCounts ended, client.Mutate(mutation));
    counts.records_ended += ended.records_ended;
    counts.links_ended += ended.links_ended;
    if (ended.commit != 0) counts.commit = ended.commit;
  }
  return absl::OkStatus();
}

}  // namespace

CommandResult RunImportDebian(Context& context, const ImportDebianOptions& options) {
  const debian::Root root(options.root);
  std::string host = options.host;
  if (host.empty()) {
    KOSEI_ASSIGN_OR_RETURN(host, debian::HostName(root));
  }
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  const auto model = client->model();
  const std::chrono::nanoseconds started = SystemClock().Monotonic();
  KOSEI_ASSIGN_OR_RETURN(const Estate estate, debian::ReadEstate(root, host));
  for (const std::string& note : estate.notes) context.Note("note: " + note);

  const client::Provenance provenance = {
      .reason = options.provenance.reason.empty() ? absl::StrFormat("software estate of %s", host)
                                                  : options.provenance.reason,
      .cause = options.provenance.cause,
      .source = options.provenance.source.empty() ? "debian:" + host : options.provenance.source};
  EstateLoad load(context, estate, *model);
  KOSEI_RETURN_IF_ERROR(load.Prepare());
  KOSEI_ASSIGN_OR_RETURN(const std::unique_ptr<client::BulkLoader> loader,
                         client->BeginBulk(provenance));
  KOSEI_RETURN_IF_ERROR(load.Run(*loader));
  KOSEI_ASSIGN_OR_RETURN(const client::BulkSummary loaded, loader->Finish());

  ImportSummary summary;
  summary.counts = loaded.counts;
  summary.records_read = estate.items.size() + 1;
  summary.links_read = load.links();
  summary.records_rejected = load.rejected().records();
  summary.links_rejected = load.rejected().links();
  // The second pass sends every record again, unchanged.
  summary.counts.records_unchanged -=
      std::min<std::uint64_t>(summary.counts.records_unchanged, estate.items.size());
  KOSEI_ASSIGN_OR_RETURN(const std::vector<std::string> gone, GoneKeys(*client, estate, host));
  KOSEI_RETURN_IF_ERROR(EndGone(*client, gone, provenance, summary.counts));
  summary.elapsed = SystemClock().Monotonic() - started;
  for (const std::string& line : load.rejected().lines()) context.Note(line);
  WriteImportSummary(context, summary);
  return summary.rejected() == 0 ? ExitCode::kOk : ExitCode::kNothing;
}

}  // namespace kosei::cli

// kosei import debian: loads each record with all its relationships, so that relationships which
// went away end; then ends what is gone from this host.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
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

// What the server turned down.
class Rejected {
 public:
  void Add(const client::RejectedItem& item, const std::string& key) {
    ++(item.is_link ? links_ : records_);
    if (lines_.size() < kRejectionsShown) {
      lines_.push_back(absl::StrFormat("%s: %s", key, MessageOf(item.status)));
    }
  }
  std::uint64_t records() const { return records_; }
  std::uint64_t links() const { return links_; }
  const std::vector<std::string>& lines() const { return lines_; }

 private:
  std::uint64_t records_ = 0;
  std::uint64_t links_ = 0;
  std::vector<std::string> lines_;
};

// How much the store has of the estate already, and so how to load it. A relationship can go in
// only when both its ends are there.
enum class LoadMode {
  kEmptyStore,  // all records, then all relationships: there is nothing that could end
  kNewHost,     // all records, then each again with all its relationships
  kKnownHost,   // each record with all its relationships; the few that come too early once more
};

class EstateLoad {
 public:
  EstateLoad(Context& context, const Estate& estate, const client::Model& model, LoadMode mode)
      : context_(context), estate_(estate), model_(model), mode_(mode) {}

  absl::Status Prepare() {
    for (const std::string_view name : debian::kRelationNames) {
      types_.push_back(model_.RelationshipTypeOf(name));
      if (types_.back().value == 0) return Lacks("relationship type", name);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<client::WriteCounts> Run(client::Client& client,
                                          const client::Provenance& provenance) {
    KOSEI_ASSIGN_OR_RETURN(client::WriteCounts counts, Load(client, provenance));
    // The second pass sends every record again, unchanged.
    if (mode_ == LoadMode::kNewHost) {
      counts.records_unchanged -=
          std::min<std::uint64_t>(counts.records_unchanged, estate_.items.size());
    }
    if (early_.empty()) return counts;
    KOSEI_ASSIGN_OR_RETURN(const client::WriteCounts late, LoadEarlyLinks(client, provenance));
    counts.links_created += late.links_created;
    counts.links_unchanged += late.links_unchanged;
    if (late.commit != 0) counts.commit = late.commit;
    return counts;
  }

  std::uint64_t links() const { return links_; }
  const Rejected& rejected() const { return rejected_; }

 private:
  enum class Part { kRecords, kLinks, kBoth };
  // A tag names an item and one of its links.
  static constexpr unsigned kLinkBits = 24;
  static constexpr std::uint64_t kLinkMask = (std::uint64_t{1} << kLinkBits) - 1;

  absl::Status Lacks(std::string_view what, std::string_view name) const {
    return MakeError(ErrorCode::kModelInvalid,
                     absl::StrFormat("import debian: the server's model has no %s '%s'; expected "
                                     "the default model",
                                     what, name));
  }

  absl::StatusOr<client::WriteCounts> Load(client::Client& client,
                                           const client::Provenance& provenance) {
    KOSEI_ASSIGN_OR_RETURN(const std::unique_ptr<client::BulkLoader> loader,
                           client.BeginBulk(provenance));
    loader->OnRejected([this](const client::RejectedItem& item) {
      if (item.is_link && mode_ == LoadMode::kKnownHost &&
          HasCode(item.status, ErrorCode::kLinkEndMissing)) {
        early_.push_back(item.tag);
      } else {
        Reject(item);
      }
    });
    ProgressBar bar(context_, context_.Say("estate", "構成情報"), SystemClock());
    const bool two_passes = mode_ != LoadMode::kKnownHost;
    Progress progress{.bytes_read = 0,
                      .bytes_total = (two_passes ? 2 : 1) * estate_.items.size(),
                      .rows = 0,
                      .rejected = 0};
    KOSEI_RETURN_IF_ERROR(loader->CutComplete({}));
    KOSEI_RETURN_IF_ERROR(AddRecord(*loader, estate_.host, estate_.items.size()));
    // The host's own relationships are not all known here: it stays out of the first group.
    KOSEI_RETURN_IF_ERROR(loader->CutComplete({}));
    if (two_passes) KOSEI_RETURN_IF_ERROR(AddItems(*loader, Part::kRecords, bar, progress));
    const Part rest = mode_ == LoadMode::kEmptyStore ? Part::kLinks : Part::kBoth;
    KOSEI_RETURN_IF_ERROR(AddItems(*loader, rest, bar, progress));
    KOSEI_ASSIGN_OR_RETURN(const client::BulkSummary summary, loader->Finish());
    return summary.counts;
  }

  absl::StatusOr<client::WriteCounts> LoadEarlyLinks(client::Client& client,
                                                     const client::Provenance& provenance) {
    KOSEI_ASSIGN_OR_RETURN(const std::unique_ptr<client::BulkLoader> loader,
                           client.BeginBulk(provenance));
    loader->OnRejected([this](const client::RejectedItem& item) { Reject(item); });
    for (const std::uint64_t tag : early_) KOSEI_RETURN_IF_ERROR(AddLink(*loader, tag));
    KOSEI_ASSIGN_OR_RETURN(const client::BulkSummary summary, loader->Finish());
    return summary.counts;
  }

  void Reject(const client::RejectedItem& item) {
    const std::uint64_t index = item.tag >> kLinkBits;
    rejected_.Add(item, index < estate_.items.size() ? estate_.items[index].key : estate_.host_key);
  }

  absl::Status AddItems(client::BulkLoader& loader, Part part, ProgressBar& bar,
                        Progress& progress) {
    const std::vector<RelationshipTypeNumber> complete =
        part == Part::kBoth ? types_ : std::vector<RelationshipTypeNumber>();
    for (std::size_t i = 0; i < estate_.items.size(); ++i) {
      const Item& item = estate_.items[i];
      if (part != Part::kLinks) KOSEI_RETURN_IF_ERROR(AddRecord(loader, item, i));
      for (std::size_t j = 0; part != Part::kRecords && j < item.links.size(); ++j) {
        KOSEI_RETURN_IF_ERROR(AddLink(loader, i << kLinkBits | j));
        ++links_;
      }
      if ((i + 1) % kItemsPerCut == 0) KOSEI_RETURN_IF_ERROR(loader.CutComplete(complete));
      ++progress.bytes_read;
      progress.rows += part == Part::kRecords ? 1 : item.links.size();
      bar.Show(progress);
    }
    return loader.CutComplete(complete);
  }

  absl::Status AddRecord(client::BulkLoader& loader, const Item& item, std::uint64_t index) {
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
    return loader.AddRecord(record_, index << kLinkBits);
  }

  absl::Status AddLink(client::BulkLoader& loader, std::uint64_t tag) const {
    const Item& item = estate_.items[tag >> kLinkBits];
    const auto& [relation, target] = item.links[tag & kLinkMask];
    return loader.AddLink(
        {.source = item.key, .type = types_[static_cast<std::size_t>(relation)], .target = target},
        tag);
  }

  Context& context_;
  const Estate& estate_;
  const client::Model& model_;
  const LoadMode mode_;
  std::vector<RelationshipTypeNumber> types_;  // by Relation
  const client::ModelClass* owner_ = nullptr;
  Record record_;
  std::uint64_t links_ = 0;
  std::vector<std::uint64_t> early_;  // tags of links whose target was not there yet
  Rejected rejected_;
};

absl::StatusOr<LoadMode> ModeFor(client::Client& client, const Estate& estate) {
  KOSEI_ASSIGN_OR_RETURN(const client::StatusReport report, client.Status());
  if (report.newest_commit == 0) return LoadMode::kEmptyStore;
  KOSEI_ASSIGN_OR_RETURN(const client::GetResult host, client.Get({estate.host_key}));
  const bool known = !host.records.empty() && host.records.front().has_value();
  return known ? LoadMode::kKnownHost : LoadMode::kNewHost;
}

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
  KOSEI_ASSIGN_OR_RETURN(const LoadMode mode, ModeFor(*client, estate));
  EstateLoad load(context, estate, *model, mode);
  KOSEI_RETURN_IF_ERROR(load.Prepare());
  ImportSummary summary;
  KOSEI_ASSIGN_OR_RETURN(summary.counts, load.Run(*client, provenance));
  summary.records_read = estate.items.size() + 1;
  summary.links_read = load.links();
  summary.records_rejected = load.rejected().records();
  summary.links_rejected = load.rejected().links();
  KOSEI_ASSIGN_OR_RETURN(const std::vector<std::string> gone, GoneKeys(*client, estate, host));
  KOSEI_RETURN_IF_ERROR(EndGone(*client, gone, provenance, summary.counts));
  summary.elapsed = SystemClock().Monotonic() - started;
  for (const std::string& line : load.rejected().lines()) context.Note(line);
  WriteImportSummary(context, summary);
  return summary.rejected() == 0 ? ExitCode::kOk : ExitCode::kNothing;
}

}  // namespace kosei::cli

#include "first_load.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/str_format.h"
#include "gate_mark.h"
#include "hash.h"
#include "keys.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "process_rule.h"
#include "unique_value.h"

namespace kosei::storage {
namespace {

// The same attributes, the same number: of a record that holds from the commit on, as encoded.
std::uint64_t ContentOf(std::string_view bytes) {
  return Hash64(bytes) | 1;  // never 0, which says that there is none
}

std::uint64_t PairOf(NodeIndex node, RelationshipTypeNumber type) {
  return std::uint64_t{node} << 16 | type.value;
}

}  // namespace

absl::StatusOr<std::unique_ptr<BulkLoad>> FirstLoad::Begin(Store& store, Committer& committer,
                                                           WatermarkKeeper& watermark,
                                                           Provenance provenance, std::string batch,
                                                           std::function<void()> released) {
  std::unique_ptr<FirstLoad> load(new FirstLoad(store, committer, watermark, std::move(provenance),
                                                std::move(batch), std::move(released)));
  KOSEI_ASSIGN_OR_RETURN(load->files_,
                         SortedFiles::Create(*store.database, store.options.folder + "/load"));
  return load;
}

FirstLoad::FirstLoad(Store& store, Committer& committer, WatermarkKeeper& watermark,
                     Provenance provenance, std::string batch, std::function<void()> released)
    : store_(store),
      committer_(committer),
      watermark_(watermark),
      provenance_(std::move(provenance)),
      batch_(std::move(batch)),
      released_(std::move(released)),
      endpoints_(*store.schema),
      commit_{store.head().commit.value + 1},
      time_(std::max(store.options.clock->Now(), Timestamp{store.head().time.micros + 1})),
      next_node_(store.directory.limit()) {}

FirstLoad::~FirstLoad() {
  files_.reset();
  if (!over_) released_();
}

// The directory has one writer, the committing thread: each chunk is work of that thread.
absl::StatusOr<ChunkResult> FirstLoad::Add(BulkChunk chunk) {
  absl::StatusOr<ChunkResult> result = ChunkResult{};
  KOSEI_RETURN_IF_ERROR(committer_.RunExclusively([&]() -> absl::StatusOr<Head> {
    result = AddNow(chunk);
    if (!result.ok()) return result.status();
    last_.chunk = chunk.number;
    last_.digest = chunk.digest;
    return store_.head();
  }));
  return result;
}

absl::StatusOr<ChunkResult> FirstLoad::AddNow(BulkChunk& chunk) {
  ChunkResult result;
  const CommitResult before = counts_;
  for (std::uint32_t i = 0; i < chunk.records.size(); ++i) {
    bool repeated = false;
    absl::Status status = AddRecord(chunk.records[i], repeated);
    // The file is lost, and the load with it.
    if (HasCode(status, ErrorCode::kStorageIo) || HasCode(status, ErrorCode::kStorageLow))
      return status;
    if (!status.ok())
      result.rejected.push_back({RejectedItem::Kind::kRecord, i, std::move(status)});
    if (repeated) repeated_.push_back(std::move(chunk.records[i]));
  }
  for (std::uint32_t i = 0; i < chunk.links.size(); ++i) {
    absl::Status status = AddLink(chunk.links[i]);
    if (!status.ok()) result.rejected.push_back({RejectedItem::Kind::kLink, i, std::move(status)});
  }
  result.counts.records_created = counts_.records_created - before.records_created;
  result.counts.records_unchanged = counts_.records_unchanged - before.records_unchanged;
  result.counts.links_created = counts_.links_created - before.links_created;
  return result;
}

absl::Status FirstLoad::AddRecord(Record& record, bool& repeated) {
  const NodeIndex known = store_.directory.Find(record.key);
  if (known != 0 && known < content_of_.size() && content_of_[known] != 0) {
    // Judged again, as a change, when the first version is in the store; an exact repetition
    // changes nothing.
    Record copy = record;
    copy.class_number =
        record.class_number.value == 0 ? store_.directory.ClassOf(known) : record.class_number;
    const bool canonical = store_.schema->Canonicalise(copy, model::Schema::Defaults::kFill).ok();
    const bool dated = record.valid_from != kBeginningOfTime || record.valid_to != kEndOfTime;
    copy.valid_from = time_;
    if (canonical && !dated && copy.class_number == store_.directory.ClassOf(known) &&
        ContentOf(EncodeRecord(copy)) == content_of_[known]) {
      ++counts_.records_unchanged;
    } else {
      repeated = true;
    }
    return absl::OkStatus();
  }
  std::erase_if(record.attributes,
                [](const auto& attribute) { return attribute.second.is_null(); });
  if (record.class_number.value == 0) {
    return MakeError(
        ErrorCode::kUnknownClass,
        "put record " + record.key + ": it does not exist yet and no class is given; name one",
        "class");
  }
  KOSEI_RETURN_IF_ERROR(store_.schema->Canonicalise(record, model::Schema::Defaults::kFill));
  const model::Class& owner = *store_.schema->FindClass(record.class_number);
  KOSEI_RETURN_IF_ERROR(CheckNoProcessRecord(*store_.schema, record.class_number, record.key));
  KOSEI_RETURN_IF_ERROR(CheckReferences(owner, record));
  const NodeIndex node = next_node_;
  KOSEI_RETURN_IF_ERROR(ClaimUnique(owner, record, node));
  ++next_node_;
  if (record.valid_from == kBeginningOfTime) record.valid_from = time_;
  if (record.valid_from >= record.valid_to) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "put record " + record.key + ": valid_to is not after valid_from", "valid_to");
  }
  const std::string bytes = EncodeRecord(record);
  char key[keys::kRecordKeySize];
  keys::WriteRecordKey(key, RecordOf(node), commit_);
  KOSEI_RETURN_IF_ERROR(files_->Put(Family::kRecords, {key, sizeof(key)}, bytes));
  content_.AddRecord(RecordOf(node), bytes);
  if (record.valid_from != time_ || record.valid_to != kEndOfTime) {
    KOSEI_RETURN_IF_ERROR(files_->Put(Family::kDefault, keys::DatedKey(RecordOf(node)), {}));
    dated_.push_back(node);
    if (record.valid_from > time_ || record.valid_to != kEndOfTime)
      bounded_[node] = record.valid_to;
  }
  if (HasOwnGate(*store_.schema, RecordView::Trust(bytes))) gated_.push_back(node);
  if (known == 0) {
    store_.directory.Insert(node, record.key, record.class_number);
  } else {
    // An abandoned load left the key with a number of its own; sorted files want numbers that
    // ascend.
    store_.directory.Move(known, node, record.class_number);
  }
  content_of_.resize(node + 1, 0);
  content_of_[node] = ContentOf(bytes);
  ++counts_.records_created;
  return absl::OkStatus();
}

absl::Status FirstLoad::CheckReferences(const model::Class& owner, const Record& record) {
  for (const auto& [number, value] : record.attributes) {
    const model::Attribute* attribute = store_.schema->FindAttribute(owner, number);
    const model::AttributeDefinition& definition = attribute->definition;
    const bool list = definition.type == model::AttributeType::kList;
    if ((list ? definition.item_type : definition.type) != model::AttributeType::kReference)
      continue;
    const ValueList one = list ? ValueList() : ValueList{value};
    const model::Class* wanted = store_.schema->FindClass(definition.reference_class);
    for (const Value& reference : list ? value.list() : one) {
      const NodeIndex target =
          reference.text() == record.key ? 0 : store_.directory.Find(reference.text());
      const bool self = reference.text() == record.key;
      const ClassNumber found = self ? record.class_number : store_.directory.ClassOf(target);
      if (!self && target == 0) {
        return MakeError(
            ErrorCode::kLinkEndMissing,
            absl::StrFormat("put record %s: %s refers to %s, which does not exist; create it first",
                            record.key, definition.name, reference.text()),
            definition.name);
      }
      if (wanted != nullptr && !store_.schema->IsA(found, wanted->number)) {
        return MakeError(
            ErrorCode::kWrongType,
            absl::StrFormat("put record %s: %s refers to %s, which is a %s; expected a %s",
                            record.key, definition.name, reference.text(),
                            store_.schema->ClassName(found), definition.reference_class),
            definition.name);
      }
    }
  }
  return absl::OkStatus();
}

absl::Status FirstLoad::ClaimUnique(const model::Class& owner, const Record& record,
                                    NodeIndex node) {
  std::vector<std::string> claimed;
  for (const auto& [number, value] : record.attributes) {
    const model::Attribute* attribute = store_.schema->FindAttribute(owner, number);
    if (!attribute->definition.unique) continue;
    std::string identity = keys::IdentityKey(attribute->declared_in, number, UniqueText(value));
    const auto [holder, fresh] = unique_.try_emplace(identity, node);
    if (fresh) {
      claimed.push_back(std::move(identity));
      continue;
    }
    for (const std::string& mine : claimed) unique_.erase(mine);
    return MakeError(
        ErrorCode::kDuplicateValue,
        absl::StrFormat(
            "put record %s: %s \"%s\" is held by record %s; a value of %s is unique, so "
            "correct one of the two",
            record.key, attribute->definition.name, store_.schema->Format(*attribute, value),
            store_.directory.KeyOf(holder->second), attribute->definition.name),
        attribute->definition.name);
  }
  return absl::OkStatus();
}

absl::Status FirstLoad::CheckCardinality(const model::RelationshipType& type, NodeIndex source,
                                         NodeIndex target, const PutLink& link) {
  const model::Cardinality cardinality = type.definition.cardinality;
  if (cardinality == model::Cardinality::kManyToMany) return absl::OkStatus();
  const auto refuse = [&](std::string_view key, NodeIndex other, std::string_view end) {
    return MakeError(ErrorCode::kCardinality,
                     absl::StrFormat("link %s %s %s: %s already has %s as its only %s %s",
                                     link.source, type.definition.name, link.target, key,
                                     store_.directory.KeyOf(other), type.definition.name, end),
                     "type");
  };
  if (cardinality != model::Cardinality::kOneToMany) {
    const auto [only, fresh] = only_target_.try_emplace(PairOf(source, type.number), target);
    if (!fresh && only->second != target) return refuse(link.source, only->second, "target");
  }
  if (cardinality != model::Cardinality::kManyToOne) {
    const auto [only, fresh] = only_source_.try_emplace(PairOf(target, type.number), source);
    if (!fresh && only->second != source) return refuse(link.target, only->second, "source");
  }
  return absl::OkStatus();
}

absl::Status FirstLoad::AddLink(const PutLink& link) {
  const model::RelationshipType* type = store_.schema->FindRelationshipType(link.type);
  if (type == nullptr) {
    return MakeError(ErrorCode::kUnknownRelationshipType,
                     absl::StrFormat("link %s to %s: there is no relationship type %d", link.source,
                                     link.target, link.type.value),
                     "type");
  }
  KOSEI_RETURN_IF_ERROR(EndpointRules::CheckInUse(*type));
  const auto loaded = [this](NodeIndex node) {
    return node != 0 && node < content_of_.size() && content_of_[node] != 0;
  };
  const NodeIndex source = store_.directory.Find(link.source);
  const NodeIndex target = store_.directory.Find(link.target);
  if (!loaded(source) || !loaded(target)) {
    const bool at_source = !loaded(source);
    return MakeError(
        ErrorCode::kLinkEndMissing,
        absl::StrFormat("link %s %s %s: there is no record %s; create it first or mend the key",
                        link.source, type->definition.name, link.target,
                        at_source ? link.source : link.target),
        at_source ? "source" : "target");
  }
  const ClassNumber source_class = store_.directory.ClassOf(source);
  const ClassNumber target_class = store_.directory.ClassOf(target);
  if (!endpoints_.Allowed(*type, source_class, target_class)) {
    return MakeError(ErrorCode::kEndpointNotAllowed,
                     absl::StrFormat("link %s %s %s: %s does not join a %s to a %s", link.source,
                                     type->definition.name, link.target, type->definition.name,
                                     store_.schema->ClassName(source_class),
                                     store_.schema->ClassName(target_class)),
                     "type");
  }
  const bool timed = link.valid_from != kBeginningOfTime || link.valid_to != kEndOfTime ||
                     bounded_.contains(source) || bounded_.contains(target);
  if (timed) {
    timed_links_.push_back(link);
    return absl::OkStatus();
  }
  KOSEI_RETURN_IF_ERROR(CheckCardinality(*type, source, target, link));
  links_.push_back({source, target, static_cast<TypeIndex>(link.type.value), commit_, kOpenEnd});
  ++counts_.links_created;
  return absl::OkStatus();
}

}  // namespace kosei::storage

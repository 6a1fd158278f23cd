#include "model_check.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "rocksdb_status.h"
#include "unique_value.h"

namespace kosei::storage {
namespace {

constexpr std::size_t kValueCharactersMax = 80;

// For how much of the time from now on a record's newer versions speak.
class Coverage {
 public:
  explicit Coverage(Timestamp now) : now_(now) {}
  // True when some of [from, to) was open so far.
  bool Add(Timestamp from, Timestamp to) {
    from = std::max(from, now_);
    if (from >= to) return false;
    Timestamp at = from;
    for (const auto& [begin, end] : covered_) {
      if (begin > at) break;
      at = std::max(at, end);
    }
    const bool open = at < to;
    covered_.emplace_back(from, to);
    std::sort(covered_.begin(), covered_.end());
    return open;
  }
  bool whole() const {
    Timestamp at = now_;
    for (const auto& [begin, end] : covered_) {
      if (begin > at) return false;
      at = std::max(at, end);
    }
    return at == kEndOfTime;
  }

 private:
  Timestamp now_;
  std::vector<std::pair<Timestamp, Timestamp>> covered_;  // ascending
};

template <typename Number>
std::vector<bool> Marks(const std::vector<Number>& numbers) {
  std::vector<bool> marks;
  for (const Number number : numbers) {
    if (number.value >= marks.size()) marks.resize(std::size_t{number.value} + 1);
    marks[number.value] = true;
  }
  return marks;
}

bool IsMarked(const std::vector<bool>& marks, std::size_t number) {
  return number < marks.size() && marks[number];
}

std::string Shortened(std::string text) {
  if (text.size() <= kValueCharactersMax) return text;
  std::size_t cut = kValueCharactersMax;
  // Not inside a character.
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0) == 0x80) --cut;
  return text.substr(0, cut) + "...";
}

}  // namespace

ModelCheck::ModelCheck(const Store& store, const model::Schema& before, const model::Schema& after,
                       const model::ModelComparison& comparison)
    : store_(store),
      before_(before),
      after_(after),
      comparison_(comparison),
      classes_(Marks(comparison.classes)),
      types_(Marks(comparison.types)),
      endpoints_(after) {}

absl::Status ModelCheck::Run(Timestamp now) {
  if (!comparison_.classes.empty() || !comparison_.unique.empty())
    KOSEI_RETURN_IF_ERROR(CheckRecords(now));
  if (!comparison_.types.empty()) CheckLinks(now);
  return absl::OkStatus();
}

void ModelCheck::Find(ModelFinding finding) {
  ++finding_count_;
  if (findings_.size() < kModelFindingsMax) findings_.push_back(std::move(finding));
}

// Every version that speaks of now or of later: the present, and what is planned.
absl::Status ModelCheck::CheckRecords(Timestamp now) {
  rocksdb::ReadOptions options;
  options.fill_cache = false;
  options.readahead_size = std::size_t{2} << 20;
  const auto iterator = store_.database->Iterate(Family::kRecords, options);
  RecordId previous{0};
  Coverage coverage(now);
  bool whole = false;
  std::string bytes;
  for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next()) {
    const keys::RecordKey key = keys::DecodeRecordKey(ViewOf(iterator->key()));
    if (key.id != previous) {
      previous = key.id;
      coverage = Coverage(now);
      whole = false;
    }
    const bool dated = store_.directory.Dated(NodeOf(key.id));
    if (whole && !dated) continue;
    bytes.assign(iterator->value().data(), iterator->value().size());
    const RecordView record = RecordView::Trust(bytes);
    const bool counts = !whole && coverage.Add(record.valid_from(), record.valid_to());
    whole = whole || coverage.whole();
    if (record.ended()) continue;
    if (!counts) {
      // Its time is over; it may hold its values all the same, since nothing was said after it.
      if (dated) GiveUpUnique(key.id, record);
      continue;
    }
    if (IsMarked(classes_, record.class_number().value)) JudgeRecord(record);
    BookUnique(key.id, record);
  }
  return ToStatus(iterator->status(), "check model: read records");
}

void ModelCheck::JudgeRecord(const RecordView& record) {
  Record copy = record.Decode();
  ModelFinding finding{copy.key, std::string(before_.ClassName(copy.class_number)), {}, {}, {}};
  const model::Class* owner = after_.FindClass(copy.class_number);
  if (owner == nullptr) {
    finding.problem = "its class would leave the model; end the record first, or keep the class";
    Find(std::move(finding));
    return;
  }
  const Record stored = copy;
  const absl::Status status = after_.Canonicalise(copy, model::Schema::Defaults::kKeep);
  if (!status.ok()) {
    finding.problem = std::string(MessageOf(status));
    const std::string field = FieldOf(status);
    if (field != "class" && field != "key") finding.subject = field;
    for (const auto& [number, value] : stored.attributes) {
      if (after_.AttributeName(number) != field) continue;
      const model::Class* old_owner = before_.FindClass(copy.class_number);
      const model::Attribute* attribute =
          old_owner == nullptr ? nullptr : before_.FindAttribute(*old_owner, number);
      if (attribute != nullptr) finding.value = Shortened(before_.Format(*attribute, value));
    }
    Find(std::move(finding));
    return;
  }
  JudgeReferences(*owner, copy);
}

void ModelCheck::JudgeReferences(const model::Class& owner, const Record& record) {
  for (const auto& [number, value] : record.attributes) {
    const model::Attribute* attribute = after_.FindAttribute(owner, number);
    if (attribute == nullptr) continue;
    const model::AttributeDefinition& definition = attribute->definition;
    const bool list = definition.type == model::AttributeType::kList;
    if ((list ? definition.item_type : definition.type) != model::AttributeType::kReference)
      continue;
    const model::Class* wanted = after_.FindClass(definition.reference_class);
    const ValueList one = list ? ValueList() : ValueList{value};
    for (const Value& reference : list ? value.list() : one) {
      const NodeIndex target = store_.directory.Find(reference.text());
      // What a reference names may have ended since; that is no matter of the model.
      if (target == 0 || wanted == nullptr) continue;
      const ClassNumber found = store_.directory.ClassOf(target);
      if (after_.IsA(found, wanted->number)) continue;
      Find({record.key, std::string(before_.ClassName(record.class_number)), definition.name,
            Shortened(reference.text()),
            absl::StrFormat("it refers to a %s, expected a %s", after_.ClassName(found),
                            definition.reference_class)});
    }
  }
}

std::string ModelCheck::IdentityIn(const model::Schema& schema, ClassNumber class_number,
                                   AttributeNumber number, const Value& value) {
  const model::Class* const owner = schema.FindClass(class_number);
  const model::Attribute* const attribute =
      owner == nullptr ? nullptr : schema.FindAttribute(*owner, number);
  if (attribute == nullptr || !attribute->definition.unique) return {};
  return keys::IdentityKey(attribute->declared_in, number,
                           UniqueText(schema.Widened(*attribute, value)));
}

void ModelCheck::GiveUpUnique(RecordId id, const RecordView& record) {
  for (const AttributeNumber number : comparison_.unique) {
    const Value value = record.Find(number);
    if (value.is_null()) continue;
    std::string old_identity = IdentityIn(before_, record.class_number(), number, value);
    if (old_identity.empty()) continue;
    if (old_identity != IdentityIn(after_, record.class_number(), number, value))
      given_up_.emplace_back(std::move(old_identity), id);
  }
}

void ModelCheck::BookUnique(RecordId id, const RecordView& record) {
  if (comparison_.unique.empty()) return;
  const model::Class* new_owner = after_.FindClass(record.class_number());
  for (const AttributeNumber number : comparison_.unique) {
    const Value value = record.Find(number);
    if (value.is_null()) continue;
    std::string old_identity = IdentityIn(before_, record.class_number(), number, value);
    std::string new_identity = IdentityIn(after_, record.class_number(), number, value);
    if (!new_identity.empty()) {
      const auto [holder, is_new] = held_.try_emplace(new_identity, id);
      if (!is_new && holder->second != id) {
        const model::Attribute& attribute = *after_.FindAttribute(*new_owner, number);
        Find({std::string(record.key()), new_owner->definition.name, attribute.definition.name,
              Shortened(after_.Format(attribute, value)),
              absl::StrFormat("%s has this value too, and it would be unique; correct one of them",
                              KeyOf(NodeOf(holder->second)))});
      }
    }
    if (old_identity == new_identity) continue;
    if (!old_identity.empty()) given_up_.emplace_back(std::move(old_identity), id);
    if (!new_identity.empty()) taken_.emplace_back(std::move(new_identity), id);
  }
}

absl::StatusOr<std::vector<std::pair<std::string, std::string>>> ModelCheck::IdentityEntries(
    CommitNumber commit) const {
  absl::flat_hash_map<std::string, std::vector<keys::Holder>> changed;
  const auto holders_of =
      [&](const std::string& identity) -> absl::StatusOr<std::vector<keys::Holder>*> {
    const auto [entry, is_new] = changed.try_emplace(identity);
    if (!is_new) return &entry->second;
    const absl::StatusOr<std::string> stored = store_.database->Get(Family::kIdentity, identity);
    if (stored.ok()) {
      entry->second = keys::DecodeHolders(*stored);
    } else if (!HasCode(stored.status(), ErrorCode::kNotFound)) {
      return stored.status();
    }
    return &entry->second;
  };
  for (const auto& [identity, id] : given_up_) {
    KOSEI_ASSIGN_OR_RETURN(std::vector<keys::Holder>* const holders, holders_of(identity));
    for (keys::Holder& holder : *holders) {
      if (holder.id == id && holder.end == kOpenEnd) holder.end = commit;
    }
  }
  for (const auto& [identity, id] : taken_) {
    KOSEI_ASSIGN_OR_RETURN(std::vector<keys::Holder>* const holders, holders_of(identity));
    const bool held =
        std::any_of(holders->begin(), holders->end(), [record = id](const keys::Holder& holder) {
          return holder.id == record && holder.end == kOpenEnd;
        });
    if (!held) holders->push_back({id, commit, kOpenEnd});
  }
  std::vector<std::pair<std::string, std::string>> entries;
  for (const auto& [identity, holders] : changed)
    entries.emplace_back(identity, keys::EncodeHolders(holders));
  return entries;
}

void ModelCheck::CheckLinks(Timestamp now) {
  const GraphView graph(store_.topology.state(), View{store_.published(), now}, store_.published(),
                        store_.directory.limit(), store_.directory.segments());
  for (NodeIndex node = 1; node < graph.node_limit(); ++node) {
    const std::vector<HeldLink> out = LinksOf(graph, LinkDirection::kOut, node);
    for (const HeldLink& link : out) JudgeLink(node, link);
    JudgeCardinality(node, LinkDirection::kOut, out);
    JudgeCardinality(node, LinkDirection::kIn, LinksOf(graph, LinkDirection::kIn, node));
  }
}

std::vector<ModelCheck::HeldLink> ModelCheck::LinksOf(const GraphView& graph,
                                                      LinkDirection direction,
                                                      NodeIndex node) const {
  std::vector<HeldLink> links;
  const ValidInterval from_now{graph.view().valid_at, kEndOfTime};
  const TimedLinks& timed = store_.topology.timed();
  std::vector<Neighbour> neighbours;
  graph.Collect(direction, node, neighbours);
  for (const Neighbour& one : neighbours) {
    if (!IsMarked(types_, one.type)) continue;
    const RelationshipTypeNumber type{one.type};
    const LinkName name = direction == LinkDirection::kOut ? NameOfLink(node, type, one.node)
                                                           : NameOfLink(one.node, type, node);
    if (timed.empty() || !timed.Contains(name)) links.push_back({one.node, one.type, {from_now}});
  }
  if (timed.empty()) return links;
  for (const TimedLink& one : timed.LinksOf(direction, node)) {
    if (!IsMarked(types_, one.type)) continue;
    std::vector<ValidInterval> parts = LiveParts(one.statements, from_now);
    if (parts.empty()) continue;
    links.push_back(
        {direction == LinkDirection::kOut ? one.target : one.source, one.type, std::move(parts)});
  }
  return links;
}

void ModelCheck::JudgeLink(NodeIndex source, const HeldLink& link) {
  const RelationshipTypeNumber number{link.type};
  const model::RelationshipType* type = after_.FindRelationshipType(number);
  const ClassNumber source_class = store_.directory.ClassOf(source);
  const ClassNumber target_class = store_.directory.ClassOf(link.neighbour);
  std::string problem;
  if (type == nullptr) {
    problem = "its type would leave the model; end the link first, or keep the type";
  } else if (type->definition.retired) {
    problem = "its type would be retired; end the link first";
  } else if (!endpoints_.Allowed(*type, source_class, target_class)) {
    problem = absl::StrFormat("it would not join a %s to a %s any more; end the link first",
                              before_.ClassName(source_class), before_.ClassName(target_class));
  } else {
    return;
  }
  Find({KeyOf(source), std::string(before_.ClassName(source_class)),
        std::string(before_.RelationshipTypeName(number)), KeyOf(link.neighbour),
        std::move(problem)});
}

// Going out: at most one target at a time where the type says so; coming in: at most one source.
void ModelCheck::JudgeCardinality(NodeIndex node, LinkDirection direction,
                                  const std::vector<HeldLink>& links) {
  const model::Cardinality free = direction == LinkDirection::kOut ? model::Cardinality::kOneToMany
                                                                   : model::Cardinality::kManyToOne;
  absl::flat_hash_map<TypeIndex, std::vector<const HeldLink*>> by_type;
  for (const HeldLink& link : links) {
    const model::RelationshipType* type =
        after_.FindRelationshipType(RelationshipTypeNumber{link.type});
    if (type == nullptr) continue;
    const model::Cardinality cardinality = type->definition.cardinality;
    if (cardinality != model::Cardinality::kManyToMany && cardinality != free)
      by_type[link.type].push_back(&link);
  }
  for (const auto& [type, held] : by_type) {
    if (held.size() < 2) continue;
    std::vector<ValidInterval> parts;
    std::string others;
    for (const HeldLink* link : held) {
      parts.insert(parts.end(), link->parts.begin(), link->parts.end());
      others += (others.empty() ? "" : ", ") + KeyOf(link->neighbour);
    }
    std::sort(parts.begin(), parts.end(),
              [](const ValidInterval& a, const ValidInterval& b) { return a.from < b.from; });
    const auto together = std::adjacent_find(
        parts.begin(), parts.end(),
        [](const ValidInterval& a, const ValidInterval& b) { return b.from < a.to; });
    if (together == parts.end()) continue;
    Find({KeyOf(node), std::string(before_.ClassName(store_.directory.ClassOf(node))),
          std::string(after_.RelationshipTypeName(RelationshipTypeNumber{type})),
          Shortened(std::move(others)),
          absl::StrFormat("it has %d %s, at most one would be allowed; end the others first",
                          held.size(), direction == LinkDirection::kOut ? "targets" : "sources")});
  }
}

}  // namespace kosei::storage

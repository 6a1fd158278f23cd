#include "kosei/query/similar.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "kosei/base/error.h"
#include "kosei/base/remnant.h"
#include "kosei/base/status_macros.h"
#include "kosei/storage/searched_text.h"
#include "kosei/storage/words.h"

namespace kosei::query {
namespace {

constexpr std::size_t kWordsMax = 1'000;
// The constants of BM25: how soon more of the same counts no more, and how much length counts.
constexpr double kSaturation = 1.2;
constexpr double kLength = 0.5;
// Records read between two looks at the clock.
constexpr std::uint64_t kReadsPerCheck = 256;

using Vocabulary = absl::flat_hash_map<std::string, std::uint16_t>;

absl::StatusOr<Vocabulary> WordsOf(const std::string& text, storage::Words& words) {
  Vocabulary vocabulary;
  const bool valid = words.ForEach(text, [&](std::string_view word) {
    if (vocabulary.size() < kWordsMax)
      vocabulary.try_emplace(std::string(word), static_cast<std::uint16_t>(vocabulary.size()));
  });
  if (valid) return vocabulary;
  return MakeError(ErrorCode::kInvalidText, "the text is not valid UTF-8; send it as UTF-8",
                   "text");
}

// A record that shares a word.
struct Candidate {
  RecordId id;
  std::uint32_t length = 0;           // different words
  std::vector<std::uint16_t> shared;  // of the vocabulary, each once
};

struct Collection {
  std::vector<Candidate> candidates;
  std::vector<std::uint64_t> having;  // records that have the word
  std::uint64_t records = 0;
  std::uint64_t words = 0;  // of all of them
};

class Collector {
 public:
  Collector(const storage::Reader& reader, const storage::View& view, const Budget& budget,
            const model::Schema& schema, const Vocabulary& vocabulary, storage::Words& words)
      : reader_(reader),
        view_(view),
        budget_(budget),
        vocabulary_(vocabulary),
        words_(words),
        searched_(storage::SearchedAttributes(schema)) {
    collection_.having.resize(vocabulary.size());
  }

  absl::Status Read(RecordId id) {
    const absl::StatusOr<storage::RecordVersion> version = reader_.GetWhatIsLeft(id, view_);
    if (HasCode(version.status(), ErrorCode::kNotFound)) return absl::OkStatus();
    KOSEI_RETURN_IF_ERROR(version.status());
    if (IsRetired(version->record())) return absl::OkStatus();
    Candidate candidate{.id = id, .length = 0, .shared = {}};
    seen_.clear();
    storage::ForEachSearchedText(
        version->record(), searched_, [&](AttributeNumber, std::string_view text) {
          words_.ForEach(text, [&](std::string_view word) { Count(word, candidate); });
        });
    candidate.length = static_cast<std::uint32_t>(seen_.size());
    ++collection_.records;
    collection_.words += candidate.length;
    for (const std::uint16_t word : candidate.shared) ++collection_.having[word];
    if (!candidate.shared.empty()) {
      bytes_ += sizeof(Candidate) + candidate.shared.size() * sizeof(std::uint16_t);
      collection_.candidates.push_back(std::move(candidate));
    }
    if (collection_.records % kReadsPerCheck != 0) return absl::OkStatus();
    KOSEI_RETURN_IF_ERROR(budget_.CheckMemory(bytes_));
    return budget_.Check();
  }

  Collection Take() { return std::move(collection_); }

 private:
  void Count(std::string_view word, Candidate& candidate) {
    const auto [place, is_new] = seen_.emplace(std::string(word));
    if (!is_new) return;
    const auto known = vocabulary_.find(*place);
    if (known != vocabulary_.end()) candidate.shared.push_back(known->second);
  }

  const storage::Reader& reader_;
  const storage::View& view_;
  const Budget& budget_;
  const Vocabulary& vocabulary_;
  storage::Words& words_;
  const std::vector<AttributeNumber> searched_;
  Collection collection_;
  absl::flat_hash_set<std::string> seen_;
  std::uint64_t bytes_ = 0;
};

std::vector<SimilarRecord> Scored(const Collection& collection) {
  std::vector<double> weights;
  double all = 0;
  for (const std::uint64_t having : collection.having) {
    const auto with = static_cast<double>(having);
    const double without = static_cast<double>(collection.records) - with;
    weights.push_back(std::log1p((without + 0.5) / (with + 0.5)));
    all += weights.back();
  }
  std::vector<SimilarRecord> scored;
  if (collection.records == 0 || all <= 0) return scored;
  const double mean = std::max(
      1.0, static_cast<double>(collection.words) / static_cast<double>(collection.records));
  for (const Candidate& candidate : collection.candidates) {
    double shared = 0;
    for (const std::uint16_t word : candidate.shared) shared += weights[word];
    const double relative = 1 - kLength + kLength * candidate.length / mean;
    const double damped = (kSaturation + 1) / (1 + kSaturation * relative);
    scored.push_back({candidate.id, shared / all * damped});
  }
  return scored;
}

}  // namespace

absl::StatusOr<std::vector<SimilarRecord>> Similar(const storage::Reader& reader,
                                                   const storage::View& view,
                                                   const SimilarRequest& request,
                                                   const Budget& budget) {
  KOSEI_ASSIGN_OR_RETURN(const auto schema, reader.SchemaAt(view));
  KOSEI_ASSIGN_OR_RETURN(const model::Class* const owner, schema->GetClass(request.class_name));
  storage::Words words;
  KOSEI_ASSIGN_OR_RETURN(const Vocabulary vocabulary, WordsOf(request.text, words));
  if (vocabulary.empty()) return std::vector<SimilarRecord>();
  KOSEI_ASSIGN_OR_RETURN(const storage::GraphView graph, reader.Graph(view));
  Collector collector(reader, view, budget, *schema, vocabulary, words);
  for (storage::NodeIndex node = 0; node < graph.node_limit(); ++node) {
    if (node % kStepsPerCheck == 0) KOSEI_RETURN_IF_ERROR(budget.Check());
    if (!schema->IsA(graph.ClassOf(node), owner->number)) continue;
    KOSEI_RETURN_IF_ERROR(collector.Read(storage::RecordOf(node)));
  }
  std::vector<SimilarRecord> scored = Scored(collector.Take());
  std::ranges::sort(scored, [](const SimilarRecord& a, const SimilarRecord& b) {
    return a.score != b.score ? a.score > b.score : a.id < b.id;
  });
  if (scored.size() > request.limit) scored.resize(request.limit);
  return scored;
}

}  // namespace kosei::query

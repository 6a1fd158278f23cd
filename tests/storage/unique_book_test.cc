// The book of unique values, derived from the records, is the one that commits wrote: after random
// changes, endings, late reports, planned facts, corrections and changes of the model.
#include "unique_book.h"

#include <cstdlib>
#include <filesystem>
#include <random>
#include <set>
#include <tuple>

#include "database.h"
#include "keys.h"
#include "kosei/base/bytes.h"
#include "model_change_fixture.h"
#include "pch.h"

namespace kosei::testing {
namespace {

using storage::Family;

// Who held a value, by its key in the book.
using Holding = std::tuple<std::string, std::uint64_t, std::uint64_t, std::uint64_t>;
using Book = std::set<Holding>;

// A value that one transaction took and gave back was never held.
void AddHolders(Book& book, std::string_view key, std::string_view bytes) {
  for (const storage::keys::Holder& holder : storage::keys::DecodeHolders(bytes)) {
    if (holder.begin == holder.end) continue;
    book.emplace(ToHex(key), holder.id.value, holder.begin.value, holder.end.value);
  }
}

class UniqueBookTest : public ModelChangeTest {
 protected:
  // Closes the store; ExpectSound opens it again.
  void ExpectDerivedAsWritten() {
    engine_.reset();
    storage::DatabaseOptions options;
    options.path = folder_ / "data/store";
    options.block_cache_bytes = 1 << 20;
    options.write_buffer_bytes = 1 << 20;
    options.read_only = true;
    ASSERT_OK_AND_ASSIGN(const auto database, storage::Database::Open(options));
    Book written;
    const auto iterator = database->Iterate(Family::kIdentity, rocksdb::ReadOptions());
    for (iterator->SeekToFirst(); iterator->Valid(); iterator->Next())
      AddHolders(written, iterator->key().ToStringView(), iterator->value().ToStringView());
    Book derived;
    std::string last;
    ASSERT_OK(storage::DeriveUniqueBook(*database, {},
                                        [&](std::string_view key, std::string_view holders) {
                                          EXPECT_LT(last, key);
                                          last = key;
                                          AddHolders(derived, key, holders);
                                          return absl::OkStatus();
                                        }));
    EXPECT_EQ(derived, written);
    size_ = derived.size();
  }

  std::size_t size_ = 0;
};

TEST_F(UniqueBookTest, KnowsWhoHeldAValueAndWhen) {
  ASSERT_OK(Put("Server", "a", {{"serial_number", "1"}}));
  ASSERT_OK(Put("Server", "a", {{"serial_number", "2"}}));
  ASSERT_OK(Put("Server", "b", {{"serial_number", "1"}}));
  ASSERT_OK(End("b"));
  ASSERT_OK(Put("Server", "b", {{"serial_number", "1"}}));
  ExpectDerivedAsWritten();
  EXPECT_EQ(size_, 4U);
  ExpectSound();
}

// Random statements about a few records, most of which claim one of a few values.
class Walk {
 public:
  explicit Walk(unsigned seed) : random_(seed) {}
  int Below(int limit) { return static_cast<int>(random_() % static_cast<unsigned>(limit)); }
  std::string Key() { return "r" + std::to_string(Below(6)); }
  Timestamp Near(Timestamp now) {
    return {now.micros + (static_cast<std::int64_t>(Below(40)) - 20) * 1'000'000};
  }

 private:
  std::mt19937 random_;
};

TEST_F(UniqueBookTest, IsTheOneThatRandomCommitsWrote) {
  const unsigned seeds = std::getenv("KOSEI_LONG_TESTS") != nullptr ? 200 : 12;
  for (unsigned seed = 0; seed < seeds; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    engine_.reset();
    std::filesystem::remove_all(folder_ / "data");
    model_ = SmallModel();
    Open();
    Walk walk(seed);
    for (int step = 0; step < 80; ++step) {
      clock_.Advance(std::chrono::seconds(1));
      storage::Transaction transaction;
      transaction.provenance.actor = "test";
      const bool timed = seed % 3 != 0 && walk.Below(3) == 0;
      const int kind = walk.Below(12);
      if (kind == 0) {
        // What stands in the way of a new model is no matter here.
        model::ModelDefinition next = model_;
        model::AttributeDefinition& attribute =
            AttributeIn(next, "ConfigurationItem", walk.Below(2) == 0 ? "serial_number" : "memory");
        if (walk.Below(3) == 0 && attribute.name == "memory") {
          attribute.type = model::AttributeType::kDecimal;
        } else {
          attribute.unique = !attribute.unique;
        }
        const auto changed = Change(next);
        if (changed.ok() && changed->outcome == storage::ModelOutcome::kApplied) model_ = next;
        continue;
      }
      if (kind < 3) {
        storage::EndRecord end{walk.Key(), std::nullopt};
        if (timed) end.valid_from = walk.Near(clock_.Now());
        transaction.end_records.push_back(end);
      } else {
        Record record = MakeRecord("Server", walk.Key());
        const auto value = [&](int none) {
          const int number = walk.Below(8);
          return number < none ? Value() : Value(number);
        };
        record.attributes.emplace_back(AttributeOf("memory"), value(1));
        record.attributes.emplace_back(
            AttributeOf("serial_number"),
            walk.Below(6) == 0 ? Value() : Value("SN-" + std::to_string(walk.Below(8))));
        std::sort(record.attributes.begin(), record.attributes.end(),
                  [](const auto& a, const auto& b) { return a.first < b.first; });
        if (timed) record.valid_from = walk.Near(clock_.Now());
        if (timed && walk.Below(2) == 0) record.valid_to = walk.Near(clock_.Now());
        transaction.put_records.push_back({std::move(record), std::nullopt});
      }
      (void)writer().Commit(std::move(transaction));  // many are refused
    }
    ExpectDerivedAsWritten();
    EXPECT_GT(size_, 5U);
    ExpectSound();
  }
}

}  // namespace
}  // namespace kosei::testing

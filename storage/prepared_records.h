// PreparedRecords: of the records of a chunk everything that can be known before those that came
// earlier are in the store: what the model says, the bytes, their hashes, which unique values they
// claim and which records they refer to. Immutable once made.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "keys.h"
#include "kosei/base/record.h"
#include "kosei/base/time.h"
#include "kosei/model/schema.h"

namespace kosei::storage {

class PreparedRecords {
 public:
  struct Claim {
    keys::Identity identity;
    const model::Attribute* attribute;
  };
  struct Reference {
    const model::Attribute* attribute;
    std::string key;
  };
  struct One {
    absl::Status refused;  // by the model; then it has nothing else
    // As it is written. What has no valid time of its own holds from the load's time on.
    std::string bytes;
    std::string_view hash;      // SHA-256 of the bytes
    std::uint64_t content = 0;  // ContentOf
    Timestamp valid_from;
    Timestamp valid_to;
    bool gated = false;
    std::span<const Claim> claims;
    std::span<const Reference> references;
  };

  // As first versions of records, in a commit at `time`. The schema must outlive this.
  PreparedRecords(const model::Schema& schema, std::span<const Record> records, Timestamp time);
  PreparedRecords(const PreparedRecords&) = delete;
  PreparedRecords& operator=(const PreparedRecords&) = delete;

  std::size_t size() const { return all_.size(); }
  const One& operator[](std::size_t i) const { return all_[i]; }

  // Of encoded records: the same bytes, the same number, which is never 0.
  static std::uint64_t ContentOf(std::string_view bytes);

 private:
  // The attributes of a class to look at.
  struct Duties {
    std::vector<const model::Attribute*> unique;
    std::vector<const model::Attribute*> references;
  };
  // Where what a record has of them ends.
  struct Ends {
    std::size_t hashes = 0;
    std::size_t claims = 0;
    std::size_t references = 0;
  };

  static Duties DutiesOf(const model::Class& owner);
  static absl::Status Check(const model::Schema& schema, Record& record);
  void AddClaims(const Duties& duties, const Record& record);
  void AddReferences(const Duties& duties, const Record& record);
  void PointTo(const std::vector<Ends>& ends);

  std::vector<One> all_;
  std::string hashes_;
  std::vector<Claim> claims_;
  std::vector<Reference> references_;
};

}  // namespace kosei::storage

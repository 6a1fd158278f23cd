// ModelChanger: makes a new model the store's, as one commit, or says why it cannot be. Runs as the
// committing thread with nothing else under way (Committer::RunExclusively).
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "commit_codec.h"
#include "kosei/model/definition.h"
#include "kosei/storage/model_change.h"
#include "kosei/storage/writer.h"
#include "model_check.h"
#include "store.h"
#include "watermark_keeper.h"

namespace kosei::storage {

class ModelChanger {
 public:
  ModelChanger(Store& store, WatermarkKeeper& watermark) : store_(store), watermark_(watermark) {}

  // `result` is whole when this returns OK. The head to publish: unchanged unless the model was
  // applied. kModelInvalid, kStorageIo, ...
  absl::StatusOr<Head> Change(const model::ModelDefinition& definition,
                              const Provenance& provenance, ModelChangeMode mode,
                              ModelChangeResult& result);

  // Of another store (kosei/storage/history_transfer.h): the model that it began with, in place of
  // this one's, which must have no commits; and a commit that brought a version, as it is.
  // kInvalidArgument, kVersionConflict.
  absl::Status TakeOverFirst(const StoredModel& model);
  absl::StatusOr<Head> TakeOver(const StoredModel& model, std::string_view header,
                                const DecodedCommit& commit);

 private:
  absl::StatusOr<Head> Write(const CommitInfo& info, std::string_view header,
                             const StoredModel& model, std::shared_ptr<const model::Schema> schema,
                             const ModelCheck& check);
  absl::StatusOr<Head> Commit(StoredModel model, std::shared_ptr<const model::Schema> schema,
                              const ModelCheck& check, const Provenance& provenance,
                              const Head& head, ModelChangeResult& result);

  Store& store_;
  WatermarkKeeper& watermark_;
};

// kModelRefused, with the first of what stands in the way.
absl::Status RefusalOf(const ModelChangeResult& result);

}  // namespace kosei::storage

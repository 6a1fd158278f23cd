// ModelChanger: makes a new model the store's, as one commit, or says why it cannot be. Runs as the
// committing thread with nothing else under way (Committer::RunExclusively).
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
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

 private:
  absl::StatusOr<Head> Commit(StoredModel model, std::shared_ptr<const model::Schema> schema,
                              const ModelCheck& check, const Provenance& provenance,
                              const Head& head, ModelChangeResult& result);

  Store& store_;
  WatermarkKeeper& watermark_;
};

// kModelRefused, with the first of what stands in the way.
absl::Status RefusalOf(const ModelChangeResult& result);

}  // namespace kosei::storage

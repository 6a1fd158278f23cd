// Every version of the model, as the store keeps it.
#include "absl/strings/str_format.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "meta_table.h"
#include "model_versions.h"
#include "verify_run.h"

namespace kosei::storage {

void VerifyModels(VerifyRun& run) {
  const auto versions = ListMeta(run.database, kModelVersionPrefix);
  if (!versions.ok()) {
    run.Find("models: " + std::string(MessageOf(versions.status())));
    return;
  }
  CommitNumber previous = kNoCommit;
  for (const auto& [name, bytes] : *versions) {
    const absl::StatusOr<StoredModel> model = DecodeModel(bytes);
    if (!model.ok()) {
      run.Find(absl::StrFormat("model %s: %s", name, MessageOf(model.status())));
      continue;
    }
    const std::string what = absl::StrFormat("model version %d", model->version);
    if (ModelVersionKey(model->version) != std::string(kModelVersionPrefix) + name)
      run.Find(absl::StrFormat("%s: it stands under the name %s", what, name));
    if (model->commit < previous) run.Find(what + ": it came before the version before it");
    previous = model->commit;
    const auto schema = CompileModel(*model);
    if (!schema.ok()) run.Find(absl::StrFormat("%s: %s", what, MessageOf(schema.status())));
    run.models[model->version] = {model->version, model->commit, Sha256::Of(bytes)};
  }
  run.Progress("models", run.models.size(), run.models.size());
}

}  // namespace kosei::storage

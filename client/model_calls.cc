// The model as something that changes: calls, their answers, and following a new version.
#include <utility>

#include "client_impl.h"
#include "kosei/base/bytes.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/protocol/messages.h"
#include "kosei/protocol/model_generated.h"
#include "model_decoding.h"
#include "reply_decoding.h"
#include "request_encoding.h"
#include "text_decoding.h"

namespace kosei::client {

using protocol::Operation;

namespace {

// The server looks at all of the data before it answers.
constexpr std::chrono::minutes kApplyPatience{10};

template <typename Vector>
std::vector<ModelChange> ToChanges(const Vector* from) {
  std::vector<ModelChange> changes;
  if (from == nullptr) return changes;
  for (const fb::ModelChange* change : *from) {
    changes.push_back({static_cast<ChangeSafety>(change->safety()), Text(change->what()),
                       Text(change->subject()), Text(change->detail())});
  }
  return changes;
}

}  // namespace

absl::StatusOr<ModelApplied> DecodeModelApply(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ModelApplyReply* reply,
                         protocol::Open<fb::ModelApplyReply>(body));
  ModelApplied out;
  out.outcome = static_cast<ModelOutcome>(reply->outcome());
  out.version = reply->version();
  out.commit = reply->commit();
  out.time = Timestamp{reply->time()};
  out.changes = ToChanges(reply->changes());
  out.finding_count = reply->finding_count();
  if (reply->findings() == nullptr) return out;
  for (const fb::ModelFinding* finding : *reply->findings()) {
    out.findings.push_back({Text(finding->key()), Text(finding->class_name()),
                            Text(finding->subject()), Text(finding->value()),
                            Text(finding->problem())});
  }
  return out;
}

absl::StatusOr<std::vector<ModelVersion>> DecodeModelHistory(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ModelHistoryReply* reply,
                         protocol::Open<fb::ModelHistoryReply>(body));
  std::vector<ModelVersion> out;
  if (reply->versions() == nullptr) return out;
  for (const fb::ModelVersion* from : *reply->versions()) {
    ModelVersion version;
    version.version = from->version();
    if (from->hash() != nullptr) {
      version.hash =
          ToHex({reinterpret_cast<const char*>(from->hash()->data()), from->hash()->size()});
    }
    if (from->commit() != nullptr) version.commit = ToCommit(*from->commit());
    out.push_back(std::move(version));
  }
  return out;
}

absl::StatusOr<ModelText> DecodeModelText(std::string_view body) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ModelTextReply* reply, protocol::Open<fb::ModelTextReply>(body));
  return ModelText{reply->version(), Text(reply->text()), reply->base_version(),
                   ToChanges(reply->changes())};
}

absl::StatusOr<std::shared_ptr<const Model>> Client::Impl::ModelNumber(std::uint32_t version) {
  const std::shared_ptr<const Model> newest = connection_->model();
  if (version == newest->version) return newest;
  {
    const MutexLock lock(models_mutex_);
    const auto known = models_.find(version);
    if (version != 0 && known != models_.end()) return known->second;
  }
  KOSEI_ASSIGN_OR_RETURN(const std::string body, Ask(Operation::kModel, EncodeModel(version)));
  KOSEI_ASSIGN_OR_RETURN(Model decoded, DecodeModel(body));
  const auto model = std::make_shared<const Model>(std::move(decoded));
  {
    const MutexLock lock(models_mutex_);
    models_[model->version] = model;
  }
  connection_->OfferModel(model);
  return model;
}

absl::Status Client::Impl::KeepUp(std::uint32_t version) {
  if (version <= connection_->model()->version) return absl::OkStatus();
  return ModelNumber(version).status();
}

void Client::Impl::KeepUpLater(std::uint32_t version) {
  if (version <= connection_->model()->version) return;
  AskLater(Operation::kModel, EncodeModel(version),
           [this](const absl::StatusOr<std::string_view>& body) {
             if (!body.ok()) return;  // the next answer tells of it again
             absl::StatusOr<Model> model = DecodeModel(*body);
             if (model.ok())
               connection_->OfferModel(std::make_shared<const Model>(*std::move(model)));
           });
}

absl::StatusOr<std::shared_ptr<const Model>> Client::ModelOf(const View& view) {
  if (view.model_version == 0) return model();
  return impl_->ModelNumber(view.model_version);
}

absl::StatusOr<std::shared_ptr<const Model>> Client::ModelAt(const ViewName& view) {
  if (view.kind == ViewName::Kind::kNewest) return impl_->ModelNumber(0);
  KOSEI_ASSIGN_OR_RETURN(const ModelText text, GetModelText(view));
  return impl_->ModelNumber(text.version);
}

absl::StatusOr<std::shared_ptr<const Model>> Client::ModelNumber(std::uint32_t version) {
  return impl_->ModelNumber(version);
}

absl::StatusOr<ModelApplied> Client::ApplyModel(const std::vector<ModelFile>& files, bool dry_run,
                                                const Provenance& provenance) {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kModelApply,
                                    EncodeModelApply(files, dry_run, provenance), kApplyPatience));
  KOSEI_ASSIGN_OR_RETURN(ModelApplied applied, DecodeModelApply(body));
  KOSEI_RETURN_IF_ERROR(impl_->KeepUp(applied.version));
  return applied;
}

absl::StatusOr<std::vector<ModelVersion>> Client::ModelHistory() {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kModelHistory, EncodeModelHistory()));
  return DecodeModelHistory(body);
}

absl::StatusOr<ModelText> Client::GetModelText(const ViewName& view,
                                               const std::optional<ViewName>& base) {
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(Operation::kModelText, EncodeModelText(view, base)));
  return DecodeModelText(body);
}

}  // namespace kosei::client

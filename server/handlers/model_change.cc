// model_apply, model_history, model_text: the model as something that changes.
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "kosei/model/comparison.h"
#include "kosei/protocol/model_generated.h"
#include "mutation.h"

namespace kosei::server {
namespace {

absl::StatusOr<model::ModelDefinition> DecodeFiles(const fb::ModelApplyRequest& request) {
  if (request.files() == nullptr || request.files()->size() == 0) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "apply model: no file was sent, expected at least one", "files");
  }
  std::vector<model::ModelFile> files;
  for (const fb::ModelFile* file : *request.files()) {
    files.push_back(
        {std::string(protocol::TextOf(file->name())), std::string(protocol::TextOf(file->text()))});
  }
  return model::ParseModelFiles(files);
}

using ChangeVector = flatbuffers::Vector<flatbuffers::Offset<fb::ModelChange>>;
flatbuffers::Offset<ChangeVector> EncodeChanges(Builder& builder,
                                                const std::vector<model::ModelChange>& changes) {
  std::vector<flatbuffers::Offset<fb::ModelChange>> encoded;
  for (const model::ModelChange& change : changes) {
    const auto what = Text(builder, change.what);
    const auto subject = Text(builder, change.subject);
    const auto detail = Text(builder, change.detail);
    encoded.push_back(fb::CreateModelChange(builder, static_cast<std::uint8_t>(change.safety), what,
                                            subject, detail));
  }
  return builder.CreateVector(encoded);
}

flatbuffers::Offset<fb::ModelFinding> EncodeFinding(Builder& builder,
                                                    const storage::ModelFinding& finding) {
  const auto key = Text(builder, finding.key);
  const auto class_name = Text(builder, finding.class_name);
  const auto subject = Text(builder, finding.subject);
  const auto value = Text(builder, finding.value);
  const auto problem = Text(builder, finding.problem);
  return fb::CreateModelFinding(builder, key, class_name, subject, value, problem);
}

void LogOutcome(const Services& services, const Call& call,
                const storage::ModelChangeResult& result) {
  if (result.outcome != storage::ModelOutcome::kApplied) return;
  services.log.Write(LogLevel::kInfo, "model_changed",
                     {{"version", std::to_string(result.version)},
                      {"commit", std::to_string(result.commit.value)},
                      {"by", std::string(call.user)}});
}

}  // namespace

absl::Status AnswerModelApply(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ModelApplyRequest* request,
                         protocol::Open<fb::ModelApplyRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const model::ModelDefinition definition, DecodeFiles(*request));
  KOSEI_ASSIGN_OR_RETURN(const storage::Provenance provenance,
                         DecodeProvenance(*request, call.user));
  const auto mode =
      request->dry_run() ? storage::ModelChangeMode::kDryRun : storage::ModelChangeMode::kApply;
  KOSEI_ASSIGN_OR_RETURN(const storage::ModelChangeResult result,
                         services.writer.ChangeModel(definition, provenance, mode));
  LogOutcome(services, call, result);
  std::vector<flatbuffers::Offset<fb::ModelFinding>> findings;
  for (const storage::ModelFinding& finding : result.findings)
    findings.push_back(EncodeFinding(builder, finding));
  const auto finding_vector = builder.CreateVector(findings);
  const auto changes = EncodeChanges(builder, result.changes);
  protocol::FinishBody(
      builder, fb::CreateModelApplyReply(builder, static_cast<std::uint8_t>(result.outcome),
                                         result.version, result.commit.value, result.time.micros,
                                         changes, finding_vector, result.finding_count));
  if (builder.GetSize() > call.reply_bytes_max)
    return TooLarge(call, "change the model in several steps");
  return absl::OkStatus();
}

absl::Status AnswerModelHistory(const Services& services, const Call& call, Builder& builder) {
  KOSEI_RETURN_IF_ERROR(protocol::Open<fb::ModelHistoryRequest>(call.body).status());
  std::vector<flatbuffers::Offset<fb::ModelVersion>> versions;
  for (const storage::ModelVersionInfo& info : services.reader.ModelVersions()) {
    flatbuffers::Offset<fb::CommitSummary> commit;
    if (info.commit != kNoCommit) {
      KOSEI_ASSIGN_OR_RETURN(const storage::CommitInfo brought,
                             services.reader.Commit(info.commit));
      commit = EncodeCommit(builder, services.plans, brought);
    }
    const auto hash = builder.CreateVector(reinterpret_cast<const std::uint8_t*>(info.hash.data()),
                                           info.hash.size());
    versions.push_back(fb::CreateModelVersion(builder, info.version, hash, commit));
  }
  const auto version_vector = builder.CreateVector(versions);
  protocol::FinishBody(builder, fb::CreateModelHistoryReply(builder, version_vector));
  if (builder.GetSize() > call.reply_bytes_max)
    return TooLarge(call, "connect with a larger frame limit");
  return absl::OkStatus();
}

absl::Status AnswerModelText(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ModelTextRequest* request,
                         protocol::Open<fb::ModelTextRequest>(call.body));
  const storage::Reader& reader = services.reader;
  KOSEI_ASSIGN_OR_RETURN(const storage::View view, ResolveView(reader, request->view()));
  const std::uint32_t version = reader.ModelVersionAt(view.commit);
  std::uint32_t base_version = 0;
  std::vector<model::ModelChange> changes;
  if (request->base() != nullptr) {
    KOSEI_ASSIGN_OR_RETURN(const storage::View base, ResolveView(reader, request->base()));
    base_version = reader.ModelVersionAt(base.commit);
    KOSEI_ASSIGN_OR_RETURN(const auto before, reader.SchemaOf(base_version));
    KOSEI_ASSIGN_OR_RETURN(const auto after, reader.SchemaOf(version));
    changes = model::Compare(*before, *after).changes;
  }
  KOSEI_ASSIGN_OR_RETURN(const std::string text, reader.ModelText(version));
  const auto text_offset = builder.CreateString(text);
  const auto change_vector = EncodeChanges(builder, changes);
  protocol::FinishBody(builder, fb::CreateModelTextReply(builder, version, text_offset,
                                                         base_version, change_vector));
  if (builder.GetSize() > call.reply_bytes_max)
    return TooLarge(call, "connect with a larger frame limit");
  return absl::OkStatus();
}

}  // namespace kosei::server

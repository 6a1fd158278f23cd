#include "server_target.h"

#include <filesystem>
#include <fstream>
#include <utility>

#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "packed_cell.h"

namespace kosei::tck {

absl::Status ServerTarget::NewStore(const Names& names) {
  client_.reset();
  server_.reset();
  folder_ = std::make_unique<testing::TempFolder>();
  const std::string model = *folder_ / "model";
  std::error_code error;
  std::filesystem::create_directory(model, error);
  std::ofstream file(model + "/tck.yaml");
  file << ModelYaml(names);
  file.close();
  if (!file) return MakeError(ErrorCode::kStorageIo, "cannot write the model of the kit");
  testing::ServerProcess::Settings settings;
  settings.binary = binary_;
  settings.data = *folder_ / "data";
  settings.arguments = {"--model", model, "--free-bytes-min", "0", "--log-level", "warning"};
  server_ = std::make_unique<testing::ServerProcess>(std::move(settings));
  KOSEI_RETURN_IF_ERROR(server_->Start());
  client::Options options;
  options.server = server_->address();
  options.token = server_->admin_token();
  KOSEI_ASSIGN_OR_RETURN(client_, client::Client::Connect(std::move(options)));
  return absl::OkStatus();
}

absl::Status ServerTarget::Commit(const Batch& batch) {
  const auto model = client_->model();
  client::Mutation mutation;
  mutation.provenance.reason = "a scenario of the kit";
  for (const std::string& key : batch.ended) mutation.end_records.push_back({key});
  for (const NewRecord& one : batch.records) {
    const client::ModelClass* const owner = model->FindClass(ClassOf(names(), one.labels));
    if (owner == nullptr) return MakeError(ErrorCode::kInternal, "the model lacks a class");
    Record record;
    record.class_number = owner->number;
    record.key = one.key;
    for (const auto& [name, value] : one.attributes) record.Set(model->AttributeOf(name), value);
    mutation.put_records.push_back({std::move(record), {}});
  }
  for (const NewLink& link : batch.links)
    mutation.put_links.push_back({link.source, model->RelationshipTypeOf(link.type), link.target});
  return client_->Mutate(mutation).status();
}

absl::StatusOr<Answer> ServerTarget::Run(const std::string& query,
                                         const std::map<std::string, Cell>& parameters) {
  client::StatementRequest request;
  request.text = query;
  for (const auto& [name, cell] : parameters) request.parameters.push_back({name, PackedOf(cell)});
  Answer answer;
  const auto summary = client_->Query(
      request, [&](const std::vector<std::string>& /*columns*/, const client::QueryRow& row) {
        std::vector<Cell>& cells = answer.rows.emplace_back();
        for (const client::QueryValue& value : row) cells.push_back(CellOf(value));
        return true;
      });
  KOSEI_RETURN_IF_ERROR(summary.status());
  answer.columns = summary->columns;
  return answer;
}

}  // namespace kosei::tck

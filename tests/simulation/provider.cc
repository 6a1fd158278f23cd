#include "provider.h"

#include <gtest/gtest.h>

#include <array>
#include <fstream>
#include <utility>

#include "absl/strings/str_cat.h"
#include "kosei/language/evaluation.h"
#include "kosei/language/text_form.h"
#include "kosei/model/definition.h"
#include "kosei/process/definitions.h"
#include "status_matchers.h"

namespace kosei::simulation {
namespace {

constexpr std::array kPeople = {
    PersonWords{"u1", "user", ""},
    PersonWords{"u2", "user", ""},
    PersonWords{"u3", "user", ""},
    PersonWords{"u4", "user", ""},
    PersonWords{"desk1", "service_desk", "team:desk"},
    PersonWords{"desk2", "service_desk", "team:desk"},
    PersonWords{"desk3", "service_desk", "team:desk"},
    PersonWords{"sup1", "support", "team:servers"},
    PersonWords{"sup2", "support", "team:servers"},
    PersonWords{"sup3", "support", "team:network"},
    PersonWords{"sup4", "support", "team:network"},
    PersonWords{"sup5", "support", "team:software"},
    PersonWords{"im1", "incident_manager", ""},
    PersonWords{"im2", "incident_manager", ""},
    PersonWords{"pm1", "problem_manager", ""},
    PersonWords{"req1", "change_requester", ""},
    PersonWords{"req2", "change_requester", ""},
    PersonWords{"cm1", "change_manager", ""},
    PersonWords{"cm2", "change_manager", ""},
    PersonWords{"imp1", "change_implementer", "team:servers"},
    PersonWords{"imp2", "change_implementer", "team:software"},
    PersonWords{"cab1", "cab_member", "team:cab"},
    PersonWords{"cab2", "cab_member", "team:cab"},
    PersonWords{"cab3", "cab_member", "team:cab"},
    PersonWords{"cab4", "cab_member", "team:cab"},
    PersonWords{"cab5", "cab_member", "team:cab"},
    PersonWords{"eb1", "emergency_board", ""},
    PersonWords{"eb2", "emergency_board", ""},
    PersonWords{"rm1", "release_manager", ""},
    PersonWords{"so1", "service_owner", ""},
    PersonWords{"so2", "service_owner", ""},
    PersonWords{"so3", "service_owner", ""},
    PersonWords{"po1", "process_owner", ""},
};
constexpr std::array kServices = {
    ServiceWords{"svc:pay", "critical", "so1"},   ServiceWords{"svc:shop", "high", "so1"},
    ServiceWords{"svc:mail", "medium", "so2"},    ServiceWords{"svc:wiki", "low", "so2"},
    ServiceWords{"svc:warehouse", "high", "so3"}, ServiceWords{"svc:intranet", "medium", "so3"}};
constexpr std::array kTeams = {"team:desk", "team:servers", "team:network", "team:software",
                               "team:cab"};
constexpr std::uint32_t kTokenDays = 90;

}  // namespace

std::span<const PersonWords> People() { return kPeople; }
std::span<const ServiceWords> Services() { return kServices; }

std::vector<std::string> PeopleWith(std::string_view role) {
  std::vector<std::string> found;
  for (const PersonWords& person : kPeople) {
    if (person.role == role) found.emplace_back(person.key);
  }
  return found;
}

std::string_view RoleOf(std::string_view person) {
  for (const PersonWords& known : kPeople) {
    if (known.key == person) return known.role;
  }
  return {};
}

std::string_view CriticalityOf(std::string_view service) {
  for (const ServiceWords& known : kServices) {
    if (known.key == service) return known.criticality;
  }
  return {};
}

Provider::Provider(Timestamp start, std::uint64_t seed) : clock_(start), random_(seed) {
  Serve();
  if (::testing::Test::HasFatalFailure()) return;
  PutPeople();
  PutEstate();
}

Provider::~Provider() {
  clients_.clear();
  admin_.reset();
  if (server_ != nullptr) server_->Stop();
}

void Provider::Serve() {
  storage::EngineOptions store;
  store.folder = folder_ / "data";
  ASSERT_OK_AND_ASSIGN(store.model, model::ReadModel(KOSEI_MODEL_FOLDER));
  store.block_cache_bytes = std::size_t{32} << 20;
  store.write_buffer_bytes = std::size_t{16} << 20;
  store.free_bytes_min = 0;
  store.clock = &clock_;
  store.random = &random_;
  ASSERT_OK_AND_ASSIGN(auto engine, storage::Engine::Open(std::move(store)));
  engine_ = engine.get();
  server::ServerOptions options;
  options.listen = "127.0.0.1:0";
  options.admin_token_file = folder_ / "admin.token";
  options.clock = &clock_;
  options.random = &random_;
  options.due_by_itself = false;
  ASSERT_OK_AND_ASSIGN(options.process_definitions,
                       process::ReadDefinitionFiles(KOSEI_PROCESS_FOLDER));
  ASSERT_OK_AND_ASSIGN(server_, server::Server::Start(options, std::move(engine), log_));
  std::string token;
  std::ifstream(options.admin_token_file) >> token;
  admin_ = Connect(token);
}

std::unique_ptr<client::Client> Provider::Connect(const std::string& token) {
  client::Options options;
  options.server = server_->address();
  options.token = token;
  auto connected = client::Client::Connect(options);
  EXPECT_OK(connected);
  return connected.ok() ? *std::move(connected) : nullptr;
}

void Provider::RenewTokens() {
  const auto administrator =
      admin_->CreateToken(absl::StrCat("root-", ++administrators_), "administrator", kTokenDays);
  ASSERT_OK(administrator);
  admin_ = Connect(administrator->token);
  for (const PersonWords& person : kPeople) {
    const std::string name(person.key);
    if (clients_.contains(name)) ASSERT_OK(admin_->RevokeToken(name));
    const auto token = admin_->CreateToken(name, "writer", kTokenDays);
    ASSERT_OK(token);
    clients_[name] = Connect(token->token);
  }
}

Record Provider::MakeRecord(std::string_view class_name, std::string key,
                            const std::vector<std::pair<std::string, Value>>& attributes) {
  const auto model = admin_->model();
  Record record;
  record.class_number = model->FindClass(class_name)->number;
  record.key = std::move(key);
  for (const auto& [name, value] : attributes) record.Set(model->AttributeOf(name), value);
  return record;
}

client::Link Provider::MakeLink(std::string source, std::string_view type, std::string target) {
  return {std::move(source), admin_->model()->RelationshipTypeOf(type), std::move(target)};
}

std::uint64_t Provider::Put(client::Mutation mutation) {
  mutation.provenance.reason = "the estate";
  const auto counts = admin_->Mutate(mutation);
  EXPECT_OK(counts);
  return counts.ok() ? counts->commit : 0;
}

void Provider::PutPeople() {
  client::Mutation mutation;
  for (const char* team : kTeams)
    mutation.put_records.push_back({MakeRecord("Team", team, {{"name", Value(team)}}), {}});
  for (const PersonWords& person : kPeople) {
    const std::string key(person.key);
    mutation.put_records.push_back(
        {MakeRecord("Person", key,
                    {{"name", Value(key)},
                     {"login", Value(key)},
                     {"roles", Value(ValueList{Value(std::string(person.role))})}}),
         {}});
    if (!person.group.empty())
      mutation.put_links.push_back(MakeLink(key, "member_of", std::string(person.group)));
  }
  Put(std::move(mutation));
  RenewTokens();
}

void Provider::PutHost(const std::string& host, const std::string& application,
                       const std::string& service, client::Mutation& mutation) {
  mutation.put_records.push_back(
      {MakeRecord("Server", host, {{"name", Value(host)}, {"status", Value("live")}}), {}});
  mutation.put_links.push_back(MakeLink(application, "runs_on", host));
  hosts_.push_back(host);
  service_on_[host] = service;
  application_on_[host] = application;
}

void Provider::PutEstate() {
  client::Mutation mutation;
  for (const ServiceWords& service : kServices) {
    const std::string key(service.key);
    mutation.put_records.push_back(
        {MakeRecord("BusinessService", key,
                    {{"name", Value(key)},
                     {"status", Value("live")},
                     {"criticality", Value(std::string(service.criticality))}}),
         {}});
    mutation.put_links.push_back(MakeLink(key, "owned_by", std::string(service.owner)));
    for (const char* part : {"front", "back"}) {
      const std::string application = absl::StrCat("app:", key.substr(4), "-", part);
      // A pair: one host is enough.
      mutation.put_records.push_back({MakeRecord("Application", application,
                                                 {{"name", Value(application)},
                                                  {"impact_gate", Value("at_least(1, runs_on)")}}),
                                      {}});
      mutation.put_links.push_back(MakeLink(key, "depends_on", application));
      for (int i = 0; i < 2; ++i)
        PutHost(absl::StrCat("host:", ++made_), application, key, mutation);
    }
  }
  for (const auto& [key, needs] : {std::pair("cat:laptop", true), std::pair("cat:password", false),
                                   std::pair("cat:disk", false)}) {
    mutation.put_records.push_back(
        {MakeRecord(
             "CatalogueItem", key,
             {{"name", Value(key)}, {"status", Value("live")}, {"needs_approval", Value(needs)}}),
         {}});
  }
  mutation.put_records.push_back(
      {MakeRecord("Server", "host:staging",
                  {{"name", Value("staging")}, {"status", Value("live")}}),
       {}});
  Put(std::move(mutation));
}

std::uint64_t Provider::Scrap(const std::string& host) {
  std::erase(hosts_, host);
  client::Mutation mutation;
  mutation.end_records.push_back({host, {}});
  return Put(std::move(mutation));
}

std::string Provider::Replace(const std::string& host) {
  client::Mutation mutation;
  const std::string made = absl::StrCat("host:", ++made_);
  PutHost(made, application_on_.at(host), service_on_.at(host), mutation);
  Put(std::move(mutation));
  return made;
}

void Provider::SendAway(const std::string& person, const std::string& deputy, Timestamp from,
                        Timestamp to) {
  const auto enter = [&](const char* class_name, language::PackedMap attributes) {
    attributes.push_back({"name", {class_name}});
    attributes.push_back({"person", {person}});
    attributes.push_back({"starts_at", {FormatTimestamp(from)}});
    attributes.push_back({"ends_at", {FormatTimestamp(to)}});
    client::ProcessNew record;
    record.class_name = class_name;
    record.attributes = std::move(attributes);
    const auto opened = admin_->OpenProcess(record);
    ASSERT_OK(opened);
    ASSERT_TRUE(opened->done()) << opened->refusals.front().en;
    const auto entered = admin_->DoProcess({.key = opened->key, .event = "enter"});
    ASSERT_OK(entered);
    ASSERT_TRUE(entered->done()) << entered->refusals.front().en;
  };
  enter("Absence", {});
  if (!deputy.empty()) enter("Delegation", {{"deputy", {deputy}}});
}

std::uint64_t Provider::NewestCommit() {
  const auto status = admin_->Status();
  EXPECT_OK(status);
  return status.ok() ? status->newest_commit : 0;
}

std::string Provider::ChainHash() {
  client::Mutation mutation;
  mutation.put_records.push_back({MakeRecord("Team", "team:last", {{"name", Value("last")}}), {}});
  Put(std::move(mutation));
  const auto history = admin_->GetHistory("team:last");
  EXPECT_OK(history);
  return history.ok() ? history->commits.back().hash : std::string();
}

std::unique_ptr<client::Client> Provider::Hire(const std::string& name, const std::string& role) {
  client::Mutation mutation;
  mutation.put_records.push_back({MakeRecord("Person", name,
                                             {{"name", Value(name)},
                                              {"login", Value(name)},
                                              {"roles", Value(ValueList{Value(role)})}}),
                                  {}});
  Put(std::move(mutation));
  const auto token = admin_->CreateToken(name, "writer", kTokenDays);
  EXPECT_OK(token);
  return token.ok() ? Connect(token->token) : nullptr;
}

std::vector<std::vector<std::string>> Provider::Ask(const std::string& text,
                                                    const language::PackedMap& parameters) {
  std::vector<std::vector<std::string>> rows;
  client::StatementRequest request;
  request.text = text;
  request.parameters = parameters;
  language::Evaluation nothing;
  EXPECT_OK(admin_->Query(request, [&](const auto&, const client::QueryRow& row) {
    std::vector<std::string>& texts = rows.emplace_back();
    for (const client::QueryValue& value : row) {
      const auto datum = language::DatumOf(value);
      EXPECT_OK(datum);
      if (!datum.ok()) return false;
      std::string shown = datum->kind() == language::DatumKind::kString
                              ? datum->string()
                              : language::ToText(*datum, nothing);
      // Dates and times stand in quotes.
      if (shown.size() > 1 && shown.front() == '\'') shown = shown.substr(1, shown.size() - 2);
      texts.push_back(std::move(shown));
    }
    return true;
  })) << text;
  return rows;
}

}  // namespace kosei::simulation

// A service provider: a server on a store of its own whose time is the simulation's, an estate, and
// people, each with a connection of his or her own.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "kosei/client/client.h"
#include "kosei/server/log.h"
#include "kosei/server/server.h"
#include "kosei/storage/engine.h"
#include "sim_clock.h"
#include "temp_folder.h"

namespace kosei::simulation {

struct PersonWords {
  std::string_view key;
  std::string_view role;
  std::string_view group;  // a team; may be empty
};
std::span<const PersonWords> People();
std::vector<std::string> PeopleWith(std::string_view role);
std::string_view RoleOf(std::string_view person);

struct ServiceWords {
  std::string_view key;
  std::string_view criticality;
  std::string_view owner;
};
std::span<const ServiceWords> Services();
std::string_view CriticalityOf(std::string_view service);

// Needs the test to go on only after a check of failed().
class Provider {
 public:
  Provider(Timestamp start, std::uint64_t seed);
  ~Provider();

  SimClock& clock() { return clock_; }
  client::Client& As(const std::string& person) { return *clients_.at(person); }
  client::Client& admin() { return *admin_; }
  process::Desk& desk() { return server_->desk(); }
  // Hosts that are there now, and the service that each serves.
  const std::vector<std::string>& hosts() const { return hosts_; }
  const std::string& ServiceOn(const std::string& host) const { return service_on_.at(host); }
  // Takes a host out of the estate: the commit with which it ended.
  std::uint64_t Scrap(const std::string& host);
  // Puts a new one in its place; its key.
  std::string Replace(const std::string& host);
  // Whoever is away has a deputy. Written past the client: there is no call for it.
  void SendAway(const std::string& person, const std::string& deputy, Timestamp from, Timestamp to);

  // Tokens end after some months.
  void RenewTokens();
  std::uint64_t NewestCommit();
  // Of one more commit: it says all that was before.
  std::string ChainHash();
  // A person of another name, with a connection of his or her own.
  std::unique_ptr<client::Client> Hire(const std::string& name, const std::string& role);
  // Rows of texts. A statement that fails fails the test.
  std::vector<std::vector<std::string>> Ask(const std::string& text,
                                            const language::PackedMap& parameters = {});

 private:
  void Serve();
  void PutPeople();
  void PutEstate();
  void PutHost(const std::string& host, const std::string& application, const std::string& service,
               client::Mutation& mutation);
  std::unique_ptr<client::Client> Connect(const std::string& token);
  Record MakeRecord(std::string_view class_name, std::string key,
                    const std::vector<std::pair<std::string, Value>>& attributes = {});
  client::Link MakeLink(std::string source, std::string_view type, std::string target);
  std::uint64_t Put(client::Mutation mutation);

  testing::TempFolder folder_;
  SimClock clock_;
  SeededRandom random_;
  server::Log log_{server::LogLevel::kOff, server::LogFormat::kLogfmt};
  storage::Engine* engine_ = nullptr;  // the server's
  std::unique_ptr<server::Server> server_;
  std::unique_ptr<client::Client> admin_;
  std::map<std::string, std::unique_ptr<client::Client>> clients_;
  std::vector<std::string> hosts_;
  std::map<std::string, std::string> service_on_, application_on_;
  std::size_t made_ = 0;  // hosts
  std::size_t administrators_ = 0;
};

}  // namespace kosei::simulation

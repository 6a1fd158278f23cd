// The interactive shell of `kosei query`: what it knows between two statements.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "context.h"
#include "kosei/client/client.h"
#include "query/completion.h"
#include "query/options.h"

namespace kosei::cli {

class QueryShell {
 public:
  // All outlive it. `client` is connected.
  QueryShell(Context& context, client::Client& client, client::StatementRequest request,
             ViewOptions view);

  // A line as it was typed. Runs what is complete by it and says what there is to say. False: the
  // user wants to leave.
  bool Feed(const std::string& line);
  // Gives up what was typed of a statement.
  void Drop() { pending_.clear(); }
  std::string Prompt() const;
  // Statements and commands that were finished since the last call, as one line each.
  std::vector<std::string> TakeFinished();
  // `line` up to the cursor.
  QueryCompletions Complete(std::string_view line);

 private:
  struct Command {
    std::string_view name;  // with the backslash
    std::string_view usage;
    std::string_view english, japanese;
    void (QueryShell::*run)(const std::string& argument);
  };
  static const std::vector<Command>& Commands();

  void Execute(const std::string& statement, bool filter);
  void Begin(const std::string& text);  // as if it had been typed
  bool RunCommand(const std::string& line);
  void Say(std::string_view line);
  void SayError(const absl::Status& status);
  void SaySetting(std::string_view name, const std::string& value);

  void Set(const std::string& argument);
  void Unset(const std::string& argument);
  void Parameters(const std::string& argument);
  void Explain(const std::string& argument);
  void Profile(const std::string& argument);
  void Filter(const std::string& argument);
  void AsOf(const std::string& argument);
  void ValidAt(const std::string& argument);
  void Plan(const std::string& argument);
  void TimeZone(const std::string& argument);
  void Limit(const std::string& argument);
  void Timing(const std::string& argument);
  void Output(const std::string& argument);
  void RunSaved(const std::string& argument);
  void Saved(const std::string& argument);
  void Help(const std::string& argument);
  void ChangeView(ViewOptions view);

  Context& context_;
  client::Client& client_;
  client::StatementRequest request_;
  ViewOptions view_;
  OutputFormat format_;
  bool timing_ = false;
  std::string pending_;  // lines of a statement that is not whole yet
  std::string last_;     // statement that was run
  bool in_command_ = false;
  std::vector<std::string> finished_;
  QueryVocabulary vocabulary_;
  std::uint32_t vocabulary_version_ = 0;  // of the model
};

}  // namespace kosei::cli

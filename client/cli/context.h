// What every command needs: the global options, the connection (made on first use), where output
// goes and in which form. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "kosei/client/client.h"
#include "table.h"

namespace kosei::cli {

enum class OutputFormat : std::uint8_t { kTable, kJson, kJsonl, kCsv };

// As given on the command line or in the environment (flag before KOSEI_* before default).
struct GlobalOptions {
  std::string server;
  std::string token_file;
  bool tls = false;
  std::string ca_file;
  std::string locale;  // "ja" or "en"
  std::string output;  // empty: table on a terminal, json otherwise
  bool no_color = false;
  std::uint32_t timeout_seconds = 60;
};

// Fills what the command line left empty from the environment: KOSEI_SERVER, KOSEI_TOKEN_FILE,
// KOSEI_CA_FILE, LC_ALL, LC_MESSAGES, LANG, NO_COLOR.
void FillFromEnvironment(GlobalOptions& options);

class Context {
 public:
  // Writes data to `out` and notes to `notes`; both stay open longer than the Context.
  Context(GlobalOptions options, std::FILE* out, std::FILE* notes);

  const GlobalOptions& options() const { return options_; }
  OutputFormat format() const { return format_; }
  // For commands whose output has no end: one line an event in a pipe.
  void DefaultToLines();
  bool out_is_terminal() const { return out_is_terminal_; }
  bool notes_are_terminal() const { return notes_are_terminal_; }
  // Of the terminal that shows the data; 0 when it is none.
  std::size_t columns() const;
  Table::Style style() const;

  bool japanese() const { return options_.locale == "ja"; }
  // The text of the user's language.
  std::string_view Say(std::string_view english, std::string_view japanese_text) const {
    return japanese() ? japanese_text : english;
  }
  const std::string& Say(const client::Label& label, const std::string& name) const;

  // kUnauthenticated when the token file cannot be read; kConnectFailed, ...
  absl::StatusOr<client::Client*> Connect();
  // One more connection, for whoever asks many things at once.
  absl::StatusOr<std::unique_ptr<client::Client>> ConnectAnother();

  // Data, to stdout.
  void Write(std::string_view data);
  // A line for the reader, to stderr.
  void Note(std::string_view line);
  std::FILE* notes() const { return notes_; }
  // Data that could not be written (a full disk) is an error, not silence.
  absl::Status Flush();

 private:
  GlobalOptions options_;
  OutputFormat format_;
  std::FILE* out_;
  std::FILE* notes_;
  bool out_is_terminal_;
  bool notes_are_terminal_;
  std::unique_ptr<client::Client> client_;
};

// What people are told of an error. Our own messages are English; a Japanese user gets a title
// before them.
std::string ErrorText(const Context& context, const absl::Status& status);

}  // namespace kosei::cli

#include "context.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/file_system.h"
#include "kosei/base/status_macros.h"

namespace kosei::cli {
namespace {

std::string Environment(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string() : std::string(value);
}

std::string LocaleOfEnvironment() {
  for (const char* const name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const std::string value = Environment(name);
    if (!value.empty()) return value.starts_with("ja") ? "ja" : "en";
  }
  return "en";
}

OutputFormat FormatOf(const std::string& name, bool terminal) {
  if (name == "json") return OutputFormat::kJson;
  if (name == "jsonl") return OutputFormat::kJsonl;
  if (name == "csv") return OutputFormat::kCsv;
  if (name == "table") return OutputFormat::kTable;
  return terminal ? OutputFormat::kTable : OutputFormat::kJson;
}

std::string Trimmed(const std::string& text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string::npos) return "";
  return text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1);
}

bool IsTerminal(std::FILE* file) {
  const int descriptor = fileno(file);
  return descriptor >= 0 && isatty(descriptor) == 1;
}

}  // namespace

void FillFromEnvironment(GlobalOptions& options) {
  if (options.server.empty()) options.server = Environment("KOSEI_SERVER");
  if (options.server.empty()) options.server = "127.0.0.1:7421";
  if (options.token_file.empty()) options.token_file = Environment("KOSEI_TOKEN_FILE");
  if (options.ca_file.empty()) options.ca_file = Environment("KOSEI_CA_FILE");
  if (options.locale.empty()) options.locale = LocaleOfEnvironment();
  if (!Environment("NO_COLOR").empty()) options.no_color = true;
  if (!options.ca_file.empty()) options.tls = true;
}

Context::Context(GlobalOptions options, std::FILE* out, std::FILE* notes)
    : options_(std::move(options)),
      format_(FormatOf(options_.output, IsTerminal(out))),
      out_(out),
      notes_(notes),
      out_is_terminal_(IsTerminal(out)),
      notes_are_terminal_(IsTerminal(notes)) {}

void Context::DefaultToLines() {
  if (options_.output.empty() && format_ == OutputFormat::kJson) format_ = OutputFormat::kJsonl;
}

std::size_t Context::columns() const {
  if (!out_is_terminal_) return 0;
  winsize size{};
  if (ioctl(fileno(out_), TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

Table::Style Context::style() const {
  const bool color = out_is_terminal_ && !options_.no_color && Environment("TERM") != "dumb";
  return color ? Table::Style::kColor : Table::Style::kPlain;
}

const std::string& Context::Say(const client::Label& label, const std::string& name) const {
  if (japanese() && !label.ja.empty()) return label.ja;
  return label.en.empty() ? name : label.en;
}

absl::StatusOr<client::Client*> Context::Connect() {
  if (client_ != nullptr) return client_.get();
  KOSEI_ASSIGN_OR_RETURN(client_, ConnectAnother());
  return client_.get();
}

absl::StatusOr<std::unique_ptr<client::Client>> Context::ConnectAnother() {
  if (options_.token_file.empty()) {
    return MakeError(ErrorCode::kInvalidArgument,
                     "connect: no token given; name its file with --token-file or "
                     "KOSEI_TOKEN_FILE (a new server writes admin.token into its data folder)",
                     "--token-file");
  }
  struct stat facts{};
  if (stat(options_.token_file.c_str(), &facts) != 0) {
    return MakeError(
        ErrorCode::kUnauthenticated,
        absl::StrFormat("read token file %s: %s", options_.token_file, std::strerror(errno)),
        "--token-file");
  }
  if ((facts.st_mode & (S_IRWXG | S_IRWXO)) != 0 && S_ISREG(facts.st_mode)) {
    Note(absl::StrFormat("note: token file %s can be read by others; chmod 600 it",
                         options_.token_file));
  }
  absl::StatusOr<std::string> token = LocalFileSystem().ReadFile(options_.token_file);
  if (!token.ok()) return MakeError(ErrorCode::kUnauthenticated, MessageOf(token.status()));
  client::Options connection;
  connection.server = options_.server;
  connection.token = Trimmed(*token);
  connection.locale = options_.locale;
  connection.agent = "kosei-cli/" KOSEI_VERSION;
  connection.request_timeout = std::chrono::seconds(options_.timeout_seconds);
  connection.tls = options_.tls;
  connection.ca_file = options_.ca_file;
  if (connection.token.empty()) {
    return MakeError(ErrorCode::kUnauthenticated,
                     absl::StrFormat("read token file %s: it is empty; expected one line with the "
                                     "token",
                                     options_.token_file),
                     "--token-file");
  }
  return client::Client::Connect(std::move(connection));
}

void Context::Write(std::string_view data) { std::fwrite(data.data(), 1, data.size(), out_); }

void Context::Note(std::string_view line) {
  std::fwrite(line.data(), 1, line.size(), notes_);
  std::fputc('\n', notes_);
}

absl::Status Context::Flush() {
  if (std::fflush(out_) == 0 && std::ferror(out_) == 0) return absl::OkStatus();
  return MakeError(ErrorCode::kStorageIo,
                   absl::StrFormat("write to standard output: %s", std::strerror(errno)));
}

std::string ErrorText(const Context& context, const absl::Status& status) {
  const std::string_view message = MessageOf(status);
  const bool ascii = std::all_of(message.begin(), message.end(),
                                 [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  if (!context.japanese() || !ascii) return std::string(message);
  return absl::StrFormat("%s: %s", InfoOf(CodeOf(status)).title_ja, message);
}

}  // namespace kosei::cli

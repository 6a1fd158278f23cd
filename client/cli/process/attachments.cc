// kosei NOUN attach; kosei attachment list, get
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "json_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "process/process_commands.h"
#include "query/statement_run.h"

namespace kosei::cli {
namespace {

constexpr std::string_view kUnknownType = "application/octet-stream";
constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
    {".avif", "image/avif"},
    {".bmp", "image/bmp"},
    {".bz2", "application/x-bzip2"},
    {".conf", "text/plain"},
    {".csv", "text/csv"},
    {".doc", "application/msword"},
    {".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {".eml", "message/rfc822"},
    {".gif", "image/gif"},
    {".gz", "application/gzip"},
    {".htm", "text/html"},
    {".html", "text/html"},
    {".jpeg", "image/jpeg"},
    {".jpg", "image/jpeg"},
    {".json", "application/json"},
    {".log", "text/plain"},
    {".md", "text/markdown"},
    {".mp4", "video/mp4"},
    {".odt", "application/vnd.oasis.opendocument.text"},
    {".pcap", "application/vnd.tcpdump.pcap"},
    {".pdf", "application/pdf"},
    {".png", "image/png"},
    {".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {".svg", "image/svg+xml"},
    {".tar", "application/x-tar"},
    {".toml", "application/toml"},
    {".tsv", "text/tab-separated-values"},
    {".txt", "text/plain"},
    {".webp", "image/webp"},
    {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {".xml", "application/xml"},
    {".xz", "application/x-xz"},
    {".yaml", "application/yaml"},
    {".yml", "application/yaml"},
    {".zip", "application/zip"},
    {".zst", "application/zstd"},
};

std::string TypeOf(const std::filesystem::path& path) {
  std::string end = path.extension().string();
  for (char& c : end) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  for (const auto& [known, type] : kTypes) {
    if (known == end) return std::string(type);
  }
  return std::string(kUnknownType);
}

absl::StatusOr<client::Attached> AttachOne(client::Client& client, const AttachOptions& options,
                                           const std::string& file) {
  namespace fs = std::filesystem;
  std::error_code wrong;
  const fs::path path(file);
  const bool regular = fs::is_regular_file(path, wrong);
  const std::uint64_t bytes = regular ? fs::file_size(path, wrong) : 0;
  if (!regular || wrong) {
    return MakeError(
        ErrorCode::kNotFound,
        absl::StrFormat("attach %s: %s", file, wrong ? wrong.message() : "it is no ordinary file"));
  }
  std::ifstream stream(path, std::ios::binary);
  client::AttachmentFile head;
  head.key = options.key;
  head.name = path.filename().string();
  head.media_type = options.media_type.empty() ? TypeOf(path) : options.media_type;
  head.bytes = bytes;
  return client.Attach(head, [&](std::size_t bytes_max) -> absl::StatusOr<std::string> {
    std::string piece(bytes_max, '\0');
    stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    piece.resize(static_cast<std::size_t>(stream.gcount()));
    if (stream.bad() || (stream.fail() && !stream.eof())) {
      return MakeError(ErrorCode::kStorageIo,
                       absl::StrFormat("attach %s: it cannot be read", file));
    }
    return piece;
  });
}

// A file that comes to be only when all of it is there and right.
class NewFile {
 public:
  explicit NewFile(std::string path) : path_(std::move(path)), part_(path_ + ".part") {}
  ~NewFile() {
    if (file_ >= 0) close(file_);
    if (made_) unlink(part_.c_str());
  }
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;

  absl::Status Open() {
    std::error_code ignored;
    if (std::filesystem::exists(std::filesystem::symlink_status(path_, ignored))) {
      return MakeError(ErrorCode::kAlreadyExists,
                       absl::StrFormat("write %s: it is there already; name another file with "
                                       "--write FILE",
                                       path_));
    }
    file_ = open(part_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
    made_ = file_ >= 0;
    return made_ ? absl::OkStatus() : Error(part_);
  }
  absl::Status Write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t written = write(file_, bytes.data(), bytes.size());
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) return Error(part_);
      bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return absl::OkStatus();
  }
  absl::Status Finish() {
    const int closed = close(std::exchange(file_, -1));
    // A link refuses what came to be there meanwhile; a rename would replace it.
    if (closed != 0 || link(part_.c_str(), path_.c_str()) != 0) return Error(path_);
    return absl::OkStatus();
  }

 private:
  static absl::Status Error(const std::string& path) {
    return MakeError(ErrorCode::kStorageIo,
                     absl::StrFormat("write %s: %s", path, std::generic_category().message(errno)));
  }

  const std::string path_, part_;
  int file_ = -1;
  bool made_ = false;
};

void WriteInfo(const client::AttachmentInfo& info, std::string_view file, JsonWriter& json) {
  json.BeginObject();
  json.Member("key", info.key);
  json.Member("name", info.name);
  json.Member("media_type", info.media_type);
  json.Member("bytes", info.bytes);
  json.Member("sha256", info.sha256);
  json.Member("file", file);
  json.End();
}

}  // namespace

CommandResult RunAttach(Context& context, const AttachOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client * client, context.Connect());
  for (const std::string& file : options.files) {
    KOSEI_ASSIGN_OR_RETURN(const client::Attached attached, AttachOne(*client, options, file));
    std::string out;
    if (context.format() == OutputFormat::kTable) {
      out = absl::StrFormat(
          "%s  %s%s\n", attached.key, file,
          attached.commit != 0
              ? std::string()
              : "  " + std::string(context.Say("(was attached already)", "(添付済み)")));
    } else {
      JsonWriter json(out, JsonWriter::Layout::kInline);
      json.BeginObject();
      json.Member("key", attached.key);
      json.Member("file", file);
      json.Member("commit", attached.commit);
      json.Key("stored");
      json.Boolean(attached.stored);
      json.End();
      out += '\n';
    }
    context.Write(out);
  }
  return ExitCode::kOk;
}

CommandResult RunAttachmentList(Context& context, const AttachmentOptions& options) {
  client::StatementRequest request;
  request.text =
      "MATCH (a:Attachment)-[:attached_to]->(r {key: $key}) RETURN key(a) AS key, a.name AS name, "
      "a.media_type AS type, a.bytes AS bytes, a.written_at AS at, a.written_by AS by, a.sha256 AS "
      "sha256 ORDER BY at, key";
  request.parameters = {{"key", {options.key}}};
  return RunStatements(context, {request.text}, std::move(request));
}

CommandResult RunAttachmentGet(Context& context, const AttachmentOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client * client, context.Connect());
  if (options.write == "-") {
    // Whoever reads the pipe sees the exit code when it was not as it should be.
    KOSEI_RETURN_IF_ERROR(client
                              ->ReadAttachment(options.key, options.name,
                                               [&](std::string_view bytes) {
                                                 context.Write(bytes);
                                                 return context.Flush();
                                               })
                              .status());
    return ExitCode::kOk;
  }
  std::string path = options.write;
  if (path.empty()) {
    // Its own name, once it is known: a first look reads nothing of it.
    path = options.name;
    client::StatementRequest request;
    request.text =
        options.name.empty()
            ? "MATCH (a:Attachment {key: $key}) WHERE $name = '' RETURN a.name"
            : "MATCH (a:Attachment)-[:attached_to]->(r {key: $key}) WHERE a.name = $name OR "
              "a.sha256 = $name RETURN a.name ORDER BY a.written_at DESC, key(a) DESC LIMIT 1";
    request.parameters = {{"key", {options.key}}, {"name", {options.name}}};
    KOSEI_RETURN_IF_ERROR(
        client
            ->Query(request,
                    [&](const std::vector<std::string>&, const client::QueryRow& row) {
                      if (const auto* name = row[0].As<std::string>()) path = *name;
                      return true;
                    })
            .status());
    // What the server says is a name and no way out of this folder, whoever wrote it.
    path = std::filesystem::path(path).filename().string();
    if (path.empty() || path == "." || path == "..") path = "attachment";
  }
  NewFile file(path);
  KOSEI_RETURN_IF_ERROR(file.Open());
  KOSEI_ASSIGN_OR_RETURN(
      const client::AttachmentInfo info,
      client->ReadAttachment(options.key, options.name,
                             [&](std::string_view bytes) { return file.Write(bytes); }));
  KOSEI_RETURN_IF_ERROR(file.Finish());
  std::string out;
  if (context.format() == OutputFormat::kTable) {
    out = absl::StrFormat("%s  %d %s\n", path, info.bytes,
                          std::string(context.Say("bytes", "バイト")));
  } else {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    WriteInfo(info, path, json);
    out += '\n';
  }
  context.Write(out);
  return ExitCode::kOk;
}

}  // namespace kosei::cli

// kosei admin token create, list, revoke. A token is shown once, on stdout or in a file of mode
// 0600.
#include <string>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "commands.h"
#include "csv_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/file_system.h"
#include "kosei/base/status_macros.h"
#include "kosei/base/time.h"
#include "list_output.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::TokenInfo;

std::string ClassesOf(const TokenInfo& info) { return absl::StrJoin(info.classes, ", "); }

std::string ExpiryOf(const TokenInfo& info) {
  return info.expires == kEndOfTime || info.expires.micros == 0 ? std::string()
                                                                : FormatTimestamp(info.expires);
}

void WriteInfo(JsonWriter& json, const TokenInfo& info) {
  json.Member("name", info.name);
  json.Member("role", info.role);
  json.Member("created", FormatTimestamp(info.created));
  json.Key("expires");
  if (ExpiryOf(info).empty()) {
    json.Null();
  } else {
    json.Text(ExpiryOf(info));
  }
  json.Key("classes");
  if (info.classes.empty()) {
    json.Null();
    return;
  }
  json.BeginArray();
  for (const std::string& each : info.classes) json.Text(each);
  json.End();
}

void WriteToken(JsonWriter& json, const TokenInfo& info, const std::string& token) {
  json.BeginObject();
  WriteInfo(json, info);
  if (!token.empty()) json.Member("token", token);
  json.End();
}

void WriteListed(JsonWriter& json, const TokenInfo& token) { WriteToken(json, token, ""); }

std::vector<std::string> RowOf(const TokenInfo& token) {
  return {token.name, token.role, FormatTimestamp(token.created), ExpiryOf(token),
          ClassesOf(token)};
}

void WriteTokens(Context& context, const std::vector<TokenInfo>& tokens) {
  const ListForm<TokenInfo> form{
      {"name", "role", "created", "expires", "classes"}, WriteListed, RowOf};
  Table table({{std::string(context.Say("TOKEN", "トークン"))},
               {std::string(context.Say("ROLE", "役割"))},
               {std::string(context.Say("CREATED", "作成日時"))},
               {std::string(context.Say("EXPIRES", "有効期限"))},
               {std::string(context.Say("CLASSES", "クラス"))}});
  WriteList(context, tokens, form, std::move(table),
            [&context](const TokenInfo& token) -> std::vector<std::string> {
              return {token.name, token.role, ShortTime(token.created),
                      ExpiryOf(token).empty() ? std::string(context.Say("never", "なし"))
                                              : ShortTime(token.expires),
                      token.classes.empty() ? std::string(context.Say("all", "すべて"))
                                            : ClassesOf(token)};
            });
}

}  // namespace

CommandResult RunTokenCreate(Context& context, const TokenCreateOptions& options) {
  // Before the token exists: it would be lost if it could not be written.
  if (!options.write.empty() && LocalFileSystem().Exists(options.write)) {
    return MakeError(ErrorCode::kAlreadyExists,
                     absl::StrFormat("create token '%s': file %s is there already; remove it or "
                                     "name another",
                                     options.name, options.write),
                     "--write");
  }
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(
      const client::NewToken created,
      client->CreateToken(options.name, options.role, options.expires_in_days, options.classes));
  if (!options.write.empty()) {
    const absl::Status written =
        LocalFileSystem().WriteFileAtomically(options.write, created.token + "\n");
    if (!written.ok()) {
      // Nobody knows the token now: it must not stay valid.
      IgnoreError(client->RevokeToken(options.name), "the first error says more");
      return written;
    }
  }
  const std::string shown = options.write.empty() ? created.token : "";
  std::string out;
  if (context.format() == OutputFormat::kTable) {
    // The bare token, so that it can be redirected into a file.
    if (!shown.empty()) out = shown + "\n";
  } else if (context.format() == OutputFormat::kCsv) {
    AppendCsvRow(out, {"name", "role", "expires", "classes", "token"});
    AppendCsvRow(out, {created.info.name, created.info.role, ExpiryOf(created.info),
                       ClassesOf(created.info), shown});
  } else {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    WriteToken(json, created.info, shown);
    out += '\n';
  }
  context.Write(out);
  const std::string expiry = ExpiryOf(created.info);
  context.Note(absl::StrFormat(
      "%s '%s' (%s)%s%s", context.Say("created token", "トークンを作成しました:"),
      created.info.name, created.info.role,
      expiry.empty() ? std::string()
                     : absl::StrFormat(", %s %s", context.Say("valid until", "有効期限"), expiry),
      options.write.empty()
          ? std::string(context.Say("; it is shown only this once", "。表示は今回限りです"))
          : absl::StrFormat(", %s %s", context.Say("written to", "書き込み先"), options.write)));
  return ExitCode::kOk;
}

CommandResult RunTokenList(Context& context) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const std::vector<TokenInfo> tokens, client->ListTokens());
  WriteTokens(context, tokens);
  return ExitCode::kOk;
}

CommandResult RunTokenRevoke(Context& context, const std::string& name) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_RETURN_IF_ERROR(client->RevokeToken(name));
  if (context.format() == OutputFormat::kJson || context.format() == OutputFormat::kJsonl) {
    std::string out;
    JsonWriter json(out, JsonWriter::Layout::kInline);
    json.BeginObject();
    json.Member("revoked", name);
    json.End();
    context.Write(out + "\n");
  } else if (context.format() == OutputFormat::kCsv) {
    std::string out = "revoked\n";
    AppendCsvRow(out, {name});
    context.Write(out);
  }
  context.Note(
      absl::StrFormat("%s '%s'", context.Say("revoked token", "トークンを失効しました:"), name));
  return ExitCode::kOk;
}

}  // namespace kosei::cli

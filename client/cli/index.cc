// kosei admin index list, build, drop, rebuild
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"
#include "commands.h"
#include "csv_writer.h"
#include "kosei/base/status_macros.h"
#include "list_output.h"
#include "record_text.h"
#include "table.h"

namespace kosei::cli {
namespace {

using client::IndexInfo;

std::string_view StateOf(const IndexInfo& index) {
  if (index.origin == client::IndexOrigin::kDropped) return "dropped";
  return index.building ? "building" : "whole";
}

std::string_view OriginOf(const IndexInfo& index) {
  return index.origin == client::IndexOrigin::kAdministrator ? "administrator" : "model";
}

std::uint64_t PercentOf(const IndexInfo& index) {
  if (!index.building || index.records_total == 0) return 100;
  return index.records_done * 100 / index.records_total;
}

void WriteIndex(JsonWriter& json, const IndexInfo& index) {
  json.BeginObject();
  json.Member("name", index.name);
  json.Member("origin", OriginOf(index));
  json.Member("state", StateOf(index));
  json.Member("whole_to", index.whole_to);
  json.Member("lag", index.lag);
  json.Member("records_done", index.records_done);
  json.Member("records_total", index.records_total);
  json.Member("bytes", index.bytes);
  json.End();
}

// A state as people read it.
std::string StateText(const Context& context, const IndexInfo& index) {
  if (index.origin == client::IndexOrigin::kDropped) {
    return std::string(context.Say("dropped", "削除済み"));
  }
  if (!index.building) return std::string(context.Say("whole", "完成"));
  return absl::StrFormat("%s %d %%", context.Say("building", "構築中"), PercentOf(index));
}

std::vector<std::string> RowOf(const IndexInfo& index) {
  return {index.name,
          std::string(OriginOf(index)),
          std::string(StateOf(index)),
          std::to_string(index.whole_to),
          std::to_string(index.lag),
          std::to_string(index.records_done),
          std::to_string(index.records_total),
          std::to_string(index.bytes)};
}

void Write(Context& context, const std::vector<IndexInfo>& indexes) {
  const ListForm<IndexInfo> form{
      {"name", "origin", "state", "whole_to", "lag", "records_done", "records_total", "bytes"},
      WriteIndex,
      RowOf};
  Table table({{std::string(context.Say("INDEX", "索引"))},
               {std::string(context.Say("STATE", "状態"))},
               {std::string(context.Say("LAG", "遅れ")), Table::Align::kRight},
               {std::string(context.Say("BYTES", "バイト数")), Table::Align::kRight},
               {std::string(context.Say("ASKED FOR BY", "要求元"))}});
  WriteList(context, indexes, form, std::move(table),
            [&context](const IndexInfo& index) -> std::vector<std::string> {
              const bool by_hand = index.origin == client::IndexOrigin::kAdministrator;
              return {index.name, StateText(context, index), Grouped(index.lag),
                      Grouped(index.bytes),
                      std::string(by_hand ? context.Say("administrator", "管理者")
                                          : context.Say("model", "モデル"))};
            });
}

}  // namespace

CommandResult RunIndexList(Context& context) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const std::vector<IndexInfo> indexes, client->ListIndexes());
  Write(context, indexes);
  return ExitCode::kOk;
}

CommandResult RunIndexBuild(Context& context, const IndexOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_RETURN_IF_ERROR(client->BuildIndex(options.name));
  context.Note(context.Say("being built; `kosei admin index list` shows how far it is",
                           "構築を始めました。進み具合は `kosei admin index list` で確認できます"));
  return ExitCode::kOk;
}

CommandResult RunIndexRebuild(Context& context) { return RunIndexBuild(context, IndexOptions{}); }

CommandResult RunIndexDrop(Context& context, const IndexOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_RETURN_IF_ERROR(client->DropIndex(options.name));
  return ExitCode::kOk;
}

}  // namespace kosei::cli

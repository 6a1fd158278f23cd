// Figures and the calendar of the processes: encoding, asking and decoding in one place.
#include <utility>

#include "client_impl.h"
#include "flatbuffers/flatbuffers.h"
#include "impact_encoding.h"
#include "kosei/base/status_macros.h"
#include "kosei/client/client.h"
#include "kosei/protocol/messages.h"
#include "kosei/protocol/process_generated.h"
#include "text_decoding.h"

namespace kosei::client {
namespace {

std::vector<std::string> Names(
    const flatbuffers::Vector<flatbuffers::Offset<fb::ProcessName>>* names) {
  std::vector<std::string> decoded;
  if (names == nullptr) return decoded;
  for (const fb::ProcessName* name : *names) decoded.push_back(Text(name->text()));
  return decoded;
}

CalendarEntry ToEntry(const fb::ProcessCalendarEntry& from) {
  CalendarEntry entry;
  entry.uid = Text(from.uid());
  entry.key = Text(from.key());
  entry.kind = static_cast<EntryKind>(from.kind());
  entry.window = {Timestamp{from.from()}, Timestamp{from.to()}};
  entry.title = Text(from.title());
  entry.state = Text(from.state());
  entry.place = Text(from.place());
  entry.plan = Text(from.plan());
  entry.recurs = from.recurs();
  entry.classes = Names(from.classes());
  entry.records = Names(from.records());
  entry.services = Names(from.services());
  return entry;
}

}  // namespace

std::string_view NameOf(EntryKind kind) {
  switch (kind) {
    case EntryKind::kChange:
      return "change";
    case EntryKind::kFreeze:
      return "freeze";
    case EntryKind::kMaintenance:
      return "maintenance";
    case EntryKind::kMeeting:
      return "meeting";
    case EntryKind::kRelease:
      return "release";
    case EntryKind::kDeployment:
      return "deployment";
  }
  return "unknown";
}

absl::StatusOr<std::vector<ProcessFigure>> Client::FiguresOfProcesses(
    const std::vector<std::string>& names) {
  flatbuffers::FlatBufferBuilder builder;
  const auto vector = builder.CreateVectorOfStrings(names);
  const std::string request(
      protocol::FinishBody(builder, fb::CreateProcessFiguresRequest(builder, vector)));
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(protocol::Operation::kProcessFigures, request));
  KOSEI_ASSIGN_OR_RETURN(const fb::ProcessFiguresReply* reply,
                         protocol::Open<fb::ProcessFiguresReply>(body));
  std::vector<ProcessFigure> figures;
  if (reply->figures() == nullptr) return figures;
  for (const fb::ProcessFigure* each : *reply->figures()) {
    ProcessFigure figure;
    figure.name = Text(each->name());
    figure.process = Text(each->process());
    figure.en = Text(each->en());
    figure.ja = Text(each->ja());
    figure.unit = Text(each->unit());
    figure.up_is_better = each->up_is_better();
    if (each->has_target()) figure.target = each->target();
    figure.statement = Text(each->statement());
    figures.push_back(std::move(figure));
  }
  return figures;
}

absl::StatusOr<CalendarResult> Client::CalendarOfProcesses(const CalendarRequest& request) {
  flatbuffers::FlatBufferBuilder builder;
  std::vector<std::uint8_t> kinds;
  for (const EntryKind kind : request.kinds) kinds.push_back(static_cast<std::uint8_t>(kind));
  const auto kind_vector = builder.CreateVector(kinds);
  const auto keys = builder.CreateVectorOfStrings(request.keys);
  const auto view = EncodeViewSpec(builder, request.view);
  const auto title = builder.CreateString(request.title);
  const std::string asked(protocol::FinishBody(
      builder, fb::CreateProcessCalendarRequest(builder, request.window.from.micros,
                                                request.window.to.micros, kind_vector, keys,
                                                request.limit, view, request.as_file, title)));
  KOSEI_ASSIGN_OR_RETURN(const std::string body,
                         impl_->Ask(protocol::Operation::kProcessCalendar, asked));
  KOSEI_ASSIGN_OR_RETURN(const fb::ProcessCalendarReply* reply,
                         protocol::Open<fb::ProcessCalendarReply>(body));
  CalendarResult result;
  if (reply->entries() != nullptr) {
    for (const fb::ProcessCalendarEntry* entry : *reply->entries())
      result.entries.push_back(ToEntry(*entry));
  }
  result.file = Text(reply->file());
  return result;
}

}  // namespace kosei::client

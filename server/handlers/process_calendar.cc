// Figures and the calendar of the processes.
#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "handlers/encode.h"
#include "handlers/handlers.h"
#include "handlers/process_encoding.h"
#include "kosei/base/error.h"
#include "kosei/base/nearest_name.h"
#include "kosei/base/status_macros.h"
#include "kosei/process/definitions.h"
#include "kosei/process/desk.h"
#include "kosei/process/schedule_export.h"
#include "kosei/protocol/process_generated.h"

namespace kosei::server {
namespace {

using process::CalendarItem;
using process::CalendarKind;
using process::FigureDefinition;

absl::Status CheckNames(const std::vector<std::string>& names,
                        const std::vector<FigureDefinition>& figures) {
  for (const std::string& name : names) {
    if (std::ranges::count(figures, name, &FigureDefinition::name) > 0) continue;
    NearestName nearest(name);
    for (const FigureDefinition& figure : figures) nearest.Offer(figure.name);
    return MakeError(ErrorCode::kNotFound,
                     absl::StrFormat("figure %s: there is none%s; `kosei kpi list` lists them",
                                     name, nearest.Suggestion()),
                     "names");
  }
  return absl::OkStatus();
}

std::vector<std::string> Texts(
    const flatbuffers::Vector<flatbuffers::Offset<flatbuffers::String>>* texts) {
  std::vector<std::string> decoded;
  if (texts == nullptr) return decoded;
  for (const flatbuffers::String* text : *texts) decoded.emplace_back(protocol::TextOf(text));
  return decoded;
}

absl::StatusOr<process::CalendarQuestion> DecodeQuestion(
    const Services& services, const fb::ProcessCalendarRequest& request) {
  process::CalendarQuestion question;
  question.from = Timestamp{request.from()};
  question.to = Timestamp{request.to()};
  question.keys = Texts(request.keys());
  question.limit = request.limit();
  KOSEI_ASSIGN_OR_RETURN(question.view, ResolveView(services.reader, request.view()));
  if (request.kinds() == nullptr) return question;
  for (const std::uint8_t kind : *request.kinds()) {
    if (kind == 0 || kind >= process::kCalendarKinds) {
      return MakeError(ErrorCode::kInvalidArgument,
                       absl::StrFormat("process_calendar: there is no kind %d", kind), "kinds");
    }
    question.kinds.push_back(static_cast<CalendarKind>(kind));
  }
  return question;
}

absl::StatusOr<std::string> FileOf(const Services& services, const storage::View& view,
                                   const std::vector<CalendarItem>& items, std::string_view title) {
  std::vector<process::ScheduleEntry> entries;
  for (const CalendarItem& item : items) {
    process::ScheduleEntry& entry = entries.emplace_back();
    entry.uid = item.uid;
    entry.window = item.window;
    entry.summary = item.title.empty() ? item.key : item.title;
    entry.description = absl::StrFormat("%s: %s", item.key, item.state);
    entry.location = item.place;
    entry.categories = {std::string(process::NameOf(item.kind))};
  }
  Timestamp stamp{0};
  if (view.commit != kNoCommit) {
    KOSEI_ASSIGN_OR_RETURN(const storage::CommitInfo commit, services.reader.Commit(view.commit));
    stamp = commit.time;
  }
  return process::ExportSchedule(entries, title, stamp);
}

flatbuffers::Offset<fb::ProcessCalendarEntry> Encode(Builder& builder, const CalendarItem& item) {
  const auto uid = Text(builder, item.uid);
  const auto key = Text(builder, item.key);
  const auto title = Text(builder, item.title);
  const auto state = Text(builder, item.state);
  const auto place = Text(builder, item.place);
  const auto plan = Text(builder, item.plan);
  const auto classes = EncodeNames(builder, item.classes);
  const auto records = EncodeNames(builder, item.records);
  const auto services = EncodeNames(builder, item.services);
  return fb::CreateProcessCalendarEntry(
      builder, uid, key, static_cast<fb::ProcessCalendarKind>(item.kind), item.window.from.micros,
      item.window.to.micros, title, state, place, plan, item.recurs, classes, records, services);
}

}  // namespace

absl::Status AnswerProcessFigures(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ProcessFiguresRequest* request,
                         protocol::Open<fb::ProcessFiguresRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const auto definitions, services.desk->definitions());
  const std::vector<std::string> names = Texts(request->names());
  KOSEI_RETURN_IF_ERROR(CheckNames(names, definitions->figures()));
  std::vector<flatbuffers::Offset<fb::ProcessFigure>> figures;
  for (const FigureDefinition& figure : definitions->figures()) {
    if (!names.empty() && std::ranges::count(names, figure.name) == 0) continue;
    const auto name = Text(builder, figure.name);
    const auto process = Text(builder, figure.process);
    const auto en = Text(builder, figure.label.en);
    const auto ja = Text(builder, figure.label.ja);
    const auto unit = Text(builder, figure.unit);
    const auto statement = Text(builder, figure.statement);
    figures.push_back(fb::CreateProcessFigure(
        builder, name, process, en, ja, unit, figure.good == process::FigureDirection::kUp,
        figure.target.has_value(), figure.target.value_or(0), statement));
  }
  const auto vector = builder.CreateVector(figures);
  protocol::FinishBody(builder, fb::CreateProcessFiguresReply(builder, vector));
  return absl::OkStatus();
}

absl::Status AnswerProcessCalendar(const Services& services, const Call& call, Builder& builder) {
  KOSEI_ASSIGN_OR_RETURN(const fb::ProcessCalendarRequest* request,
                         protocol::Open<fb::ProcessCalendarRequest>(call.body));
  KOSEI_ASSIGN_OR_RETURN(const process::CalendarQuestion question,
                         DecodeQuestion(services, *request));
  KOSEI_ASSIGN_OR_RETURN(const std::vector<CalendarItem> items, services.desk->Calendar(question));
  flatbuffers::Offset<flatbuffers::String> file;
  if (request->as_file()) {
    KOSEI_ASSIGN_OR_RETURN(const std::string text, FileOf(services, *question.view, items,
                                                          protocol::TextOf(request->title())));
    file = Text(builder, text);
  }
  std::vector<flatbuffers::Offset<fb::ProcessCalendarEntry>> entries;
  for (const CalendarItem& item : items) entries.push_back(Encode(builder, item));
  const auto vector = builder.CreateVector(entries);
  const fb::ViewInfo view = EncodeView(*question.view);
  protocol::FinishBody(builder, fb::CreateProcessCalendarReply(builder, &view, vector, file));
  return absl::OkStatus();
}

}  // namespace kosei::server

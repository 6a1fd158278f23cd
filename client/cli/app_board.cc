// What some nouns have besides: kosei cab agenda, change slots, release order; kosei calendar.
// Usage only.
#include <string>
#include <vector>

#include "app.h"
#include "process/cab_options.h"
#include "process/calendar_options.h"
#include "process/release_options.h"

namespace kosei::cli {
namespace {

void AddCabCommands(CLI::App& cab, Invocation& invocation) {
  CLI::App& agenda =
      AddCommand(cab, "agenda",
                 "What a meeting decides on, the riskiest first, and what waits for one (exit code "
                 "1: nothing)",
                 "  kosei cab agenda CAB-000001\n  kosei cab agenda CAB-000001 --output csv");
  const auto asked = Bind<CabAgendaOptions>(agenda, invocation, RunCabAgenda);
  agenda.add_option("KEY", asked->key, "number of the meeting")->required()->type_name("");

  CLI::App& add = AddCommand(cab, "add", "Put changes on the agenda of a meeting",
                             "  kosei cab add CAB-000001 CHG-000004 CHG-000007");
  const auto added = Bind<CabAddOptions>(add, invocation, RunCabAdd);
  add.add_option("KEY", added->key, "number of the meeting")->required()->type_name("");
  add.add_option("CHANGE", added->changes, "numbers of changes or releases")
      ->required()
      ->type_name("");
  add.add_option("--reason", added->reason, "why, kept with the commit")->type_name("TEXT");

  CLI::App& series =
      AddCommand(cab, "series",
                 "When the boards meet next, and meetings opened from that (exit code 1: never)",
                 "  kosei cab series\n  kosei cab series SER-000001 --count 10\n"
                 "  kosei cab series SER-000001 --open 1");
  const auto listed = Bind<CabSeriesOptions>(series, invocation, RunCabSeries);
  series.add_option("KEY", listed->key, "number of a series (default: all)")->type_name("");
  series.add_option("--count", listed->count, "so many dates of each (default 5)")->type_name("N");
  series.add_option("--open", listed->open, "open the next N meetings that are not opened yet")
      ->type_name("N");

  CLI::App& minutes = AddCommand(
      cab, "minutes", "Attendance, decisions, votes and actions, as of the end of the meeting",
      "  kosei cab minutes CAB-000001 --format markdown\n"
      "  kosei --locale ja cab minutes CAB-000001 --format markdown");
  const auto told = Bind<CabMinutesOptions>(minutes, invocation, RunCabMinutes);
  minutes.add_option("KEY", told->key, "number of the meeting")->required()->type_name("");
  minutes
      .add_option("--format", told->format,
                  "markdown or json (default: markdown on a terminal, json in a pipe)")
      ->type_name("FORM")
      ->check(OneOf({"markdown", "json"}));
}

void AddSlots(CLI::App& change, Invocation& invocation) {
  CLI::App& command = AddCommand(
      change, "slots",
      "When a change has the way to itself, by the calendar of the store (exit code 1: never)",
      "  kosei change slots CHG-000004\n"
      "  kosei change slots CHG-000004 --within 14d --length 2h --count 3");
  const auto options = Bind<ChangeSlotsOptions>(command, invocation, RunChangeSlots);
  command.add_option("KEY", options->key, "number of the change")->required()->type_name("");
  command.add_option("--within", options->within, "how far to look: 30d (default), 12h, 2w, P3D")
      ->type_name("LENGTH");
  command.add_option("--after", options->after, "look from this RFC 3339 time on (default: now)")
      ->type_name("TIME");
  command
      .add_option("--length", options->length,
                  "how long the slot has to be: 4h, 90m (default: as the change's window)")
      ->type_name("LENGTH");
  command.add_option("--count", options->count, "most slots to list, up to 100 (default 5)")
      ->type_name("N");
  command
      .add_option("--context", options->contexts,
                  "count what this impact context of the model finds as down anyway (all: every "
                  "one); repeatable")
      ->type_name("NAME")
      ->allow_extra_args(false);
}

void AddWaves(CLI::App& release, Invocation& invocation) {
  CLI::App& waves = AddCommand(
      release, "waves",
      "Deployments of a release wave by wave, and what has none yet (exit code 1: nothing)",
      "  kosei release waves REL-000001\n  kosei release waves REL-000001 --open --max 20");
  const auto options = Bind<ReleaseWavesOptions>(waves, invocation, RunReleaseWaves);
  waves.add_option("KEY", options->key, "number of the release")->required()->type_name("");
  waves.add_flag("--open", options->open, "open a deployment for what has none");
  waves.add_option("--max", options->max, "items of one deployment at most")->type_name("N");
  waves.add_option("--reason", options->reason, "why, kept with the commits")->type_name("TEXT");
}

void AddReleaseCommands(CLI::App& release, Invocation& invocation) {
  CLI::App& order = AddCommand(
      release, "order", "What a release works on, in waves: what is needed first comes first",
      "  kosei release order REL-000001\n  kosei release order REL-000001 --reverse");
  const auto ordered = Bind<ReleaseOrderOptions>(order, invocation, RunReleaseOrder);
  order.add_option("KEY", ordered->key, "number of the release")->required()->type_name("");
  order.add_flag("--reverse", ordered->reverse, "the last wave first, as for taking it back");
  order.add_option("--limit", ordered->limit, "most records to list")->type_name("N");
  AddWaves(release, invocation);

  CLI::App& success = AddCommand(
      release, "success",
      "Incidents since a release went live, by cause and by item (exit code 1: it was no success)",
      "  kosei release success REL-000001\n"
      "  kosei release success REL-000001 --until 2026-12-31T00:00:00+09:00");
  const auto asked = Bind<ReleaseSuccessOptions>(success, invocation, RunReleaseSuccess);
  success.add_option("KEY", asked->key, "number of the release")->required()->type_name("");
  success
      .add_option("--until", asked->until,
                  "look up to this RFC 3339 time (default: as long as it is watched, else 14 days)")
      ->type_name("TIME");
}

void AddSpan(CLI::App& command, CalendarSpan& span, const std::string& from,
             const std::string& to) {
  command.add_option("--from", span.from, "from this RFC 3339 time on (default: " + from + ")")
      ->type_name("TIME");
  command.add_option("--to", span.to, "up to this one, not included (default: " + to + ")")
      ->type_name("TIME");
  command
      .add_option("--kind", span.kinds,
                  "only change, freeze, maintenance, meeting, release or deployment (repeatable)")
      ->type_name("KIND")
      ->check(OneOf({"change", "freeze", "maintenance", "meeting", "release", "deployment"}))
      ->allow_extra_args(false);
  AddView(command, span.view);
}

void AddAdd(CLI::App& group, Invocation& invocation) {
  CLI::App& command = AddCommand(
      group, "add", "Put a freeze, a maintenance window or a series of meetings in force",
      "  kosei calendar add freeze 'Year end' --from 2026-12-25T00:00:00+09:00 --to "
      "2027-01-05T00:00:00+09:00\n"
      "  kosei calendar add maintenance 'Databases' --for db-1 --recurrence "
      "'DTSTART;TZID=Asia/Tokyo:20261206T010000 DURATION:PT4H RRULE:FREQ=MONTHLY;BYDAY=1SU'\n"
      "  kosei calendar add meetings 'CAB' --recurrence 'DTSTART;TZID=Asia/Tokyo:20261201T100000 "
      "DURATION:PT1H RRULE:FREQ=WEEKLY;BYDAY=TU' quorum=3 place=Tokyo");
  const auto options = Bind<CalendarAddOptions>(command, invocation, RunCalendarAdd);
  command.add_option("KIND", options->kind, "freeze, maintenance or meetings")
      ->required()
      ->type_name("")
      ->check(OneOf({"freeze", "maintenance", "meetings"}));
  command.add_option("TITLE", options->title, "what it is about, in a few words")
      ->required()
      ->type_name("");
  command
      .add_option("ATTRIBUTE=VALUE", options->assignments, "further attributes, such as quorum=3")
      ->type_name("");
  command.add_option("--from", options->from, "it begins at this RFC 3339 time")->type_name("TIME");
  command.add_option("--to", options->to, "and ends at this one")->type_name("TIME");
  command
      .add_option("--recurrence", options->recurrence,
                  "instead of both: a series of RFC 5545, its properties between blanks")
      ->type_name("TEXT");
  command
      .add_option("--time-zone", options->time_zone,
                  "zone of a series that names none, such as Asia/Tokyo (default: UTC)")
      ->type_name("ZONE");
  command
      .add_option("--for", options->about,
                  "an item that it is about, or a service with all that it rests on (repeatable; "
                  "default: everything)")
      ->type_name("KEY")
      ->allow_extra_args(false);
  command.add_option("--class", options->classes, "a class that it is about (repeatable)")
      ->type_name("CLASS")
      ->allow_extra_args(false);
  command
      .add_option("--overlap", options->overlap,
                  "what it means that it overlaps another one of its kind, which is refused "
                  "otherwise")
      ->type_name("TEXT");
  command.add_flag("--draft", options->draft, "leave it a draft that holds nobody up");
  command.add_option("--reason", options->reason, "why, kept with the commit")->type_name("TEXT");
}

void AddCalendar(CLI::App& root, Invocation& invocation) {
  CLI::App& group =
      AddCommand(root, "calendar", "The calendar of changes, freezes, maintenance and meetings",
                 "  kosei calendar show\n  kosei calendar export --out changes.ics");
  group.require_subcommand(1);
  CLI::App& show = AddCommand(
      group, "show", "What is planned and what holds when (exit code 1: nothing)",
      "  kosei calendar show\n"
      "  kosei calendar show --from 2026-12-01T00:00:00+09:00 --to 2027-02-01T00:00:00+09:00\n"
      "  kosei calendar show --kind freeze --kind maintenance");
  AddSpan(show, Bind<CalendarShowOptions>(show, invocation, RunCalendarShow)->span, "now",
          "30 days later");
  AddAdd(group, invocation);
  CLI::App& file = AddCommand(
      group, "export", "The calendar as an iCalendar file, for calendar programs",
      "  kosei calendar export --out changes.ics\n  kosei calendar export --kind freeze");
  const auto options = Bind<CalendarExportOptions>(file, invocation, RunCalendarExport);
  file.add_option("--out", options->file, "the file (default: standard output)")->type_name("FILE");
  file.add_option("--title", options->title, "name of the calendar (default: kosei)")
      ->type_name("TEXT");
  AddSpan(file, options->span, "30 days ago", "a year later");
}

}  // namespace

void AddBoardCommands(CLI::App& root, Invocation& invocation) {
  AddCabCommands(*root.get_subcommand("cab"), invocation);
  AddSlots(*root.get_subcommand("change"), invocation);
  AddReleaseCommands(*root.get_subcommand("release"), invocation);
  AddCalendar(root, invocation);
}

}  // namespace kosei::cli

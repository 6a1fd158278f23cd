// kosei incident, problem, change, ...; kosei process: usage only.
#include <string>
#include <utility>

#include "app.h"
#include "process/process_commands.h"

namespace kosei::cli {
namespace {

struct Noun {
  const char* name;
  const char* class_name;
  const char* description;
  const char* key;    // as in examples
  const char* title;  // likewise
};
constexpr Noun kNouns[] = {
    {"incident", "Incident", "Incidents: what keeps people from working", "INC-000001",
     "Mail is slow"},
    {"request", "ServiceRequest", "Service requests: what people ask for", "REQ-000001",
     "A notebook for a new colleague"},
    {"problem", "Problem", "Problems: the causes of incidents", "PRB-000001",
     "Mail store runs out of connections"},
    {"known-error", "KnownError", "Known errors, with their workarounds", "KE-000001",
     "Connection pool leaks"},
    {"change", "Change", "Changes: what is done to configuration items", "CHG-000001",
     "Replace the mail store"},
    {"release", "Release", "Releases: changes that go live together", "REL-000001", "Mail 2026.12"},
    {"deployment", "Deployment", "Deployments: a release, or a change, at a place", "DEP-000001",
     "Mail 2026.12 in Tokyo"},
    {"task", "Task", "Tasks: steps of larger work", "TSK-000001", "Order the disks"},
    {"cab", "CabMeeting", "Meetings of the change advisory board", "CAB-000001", "CAB of week 49"},
    {"cab-series", "CabSeries", "Series of meetings of the change advisory board", "SER-000001",
     "CAB on Tuesdays"},
    {"freeze", "Freeze", "Change freezes: times in which nothing is changed", "FRZ-000001",
     "Year end"},
    {"maintenance", "MaintenanceWindow", "Maintenance windows: times for changes of items",
     "MNT-000001", "Databases, first Sunday"},
    {"outage", "Outage", "Outages of services", "OUT-000001", "Mail is down"},
    {"audit", "ConfigurationAudit", "Audits of the configuration", "AUD-000001", "Tokyo, Q4"},
    {"discrepancy", "Discrepancy", "What is recorded and what is there differ", "DSC-000001",
     "web-1 has 64 GB"},
    {"article", "KnowledgeArticle", "Knowledge articles", "KB-000001", "How to reset a token"},
    {"absence", "Absence", "Absences of people who decide", "ABS-000001", "Away over New Year"},
    {"delegation", "Delegation", "Deputies: who decides in whose place", "DLG-000001",
     "Jiro for Hanako"},
};

void AddAttributes(CLI::App& command, std::vector<std::string>& assignments) {
  command
      .add_option("ATTRIBUTE=VALUE", assignments,
                  "attributes; nothing after the sign takes one away; lists between ';'")
      ->type_name("");
}

void AddLinks(CLI::App& command, std::vector<std::string>& links) {
  command
      .add_option("--link", links,
                  "a link to another record; TYPE<KEY for one that leads from it (repeatable)")
      ->type_name("TYPE=KEY")
      ->allow_extra_args(false);
}

void AddReasonOption(CLI::App& command, std::string& reason) {
  command.add_option("--reason", reason, "why, kept with the commit")->type_name("TEXT");
}

void AddKey(CLI::App& command, std::string& key) {
  command.add_option("KEY", key, "number of the record")->required()->type_name("");
}

void AddDo(CLI::App& group, Invocation& invocation, const std::string& start,
           const std::string& key) {
  CLI::App& command = AddCommand(
      group, "do", "Take one on by a transition",
      "  " + start + " next " + key + "\n  " + start + " do " + key + " cancel reason=...");
  const auto options = Bind<ProcessDoOptions>(command, invocation, RunProcessDo);
  AddKey(command, options->key);
  command.add_option("TRANSITION", options->event, "what to do (`next` lists them)")
      ->required()
      ->type_name("");
  AddAttributes(command, options->assignments);
  command
      .add_option("--input", options->inputs, "what the transition asks for besides (repeatable)")
      ->type_name("NAME=VALUE")
      ->allow_extra_args(false);
  AddLinks(command, options->links);
  command.add_option("--expect", options->expect, "only if its version began with this commit")
      ->type_name("COMMIT");
  AddReasonOption(command, options->reason);
}

void AddSet(CLI::App& group, Invocation& invocation, const std::string& start,
            const std::string& key) {
  CLI::App& command = AddCommand(group, "set", "Change attributes and links; the state stays",
                                 "  " + start + " set " + key + " category=mail\n  " + start +
                                     " set " + key + " --link affects=host:web-1");
  const auto options = Bind<ProcessDoOptions>(command, invocation, RunProcessDo);
  AddKey(command, options->key);
  AddAttributes(command, options->assignments);
  AddLinks(command, options->links);
  command.add_option("--unlink", options->end_links, "a link to end (repeatable)")
      ->type_name("TYPE=KEY")
      ->allow_extra_args(false);
  command.add_option("--expect", options->expect, "only if its version began with this commit")
      ->type_name("COMMIT");
  AddReasonOption(command, options->reason);
}

void AddNotes(CLI::App& group, Invocation& invocation, const std::string& start,
              const std::string& key) {
  CLI::App& comment = AddCommand(group, "comment", "Say something about one",
                                 "  " + start + " comment " + key + " 'The supplier is told'");
  const auto said = Bind<ProcessNoteOptions>(comment, invocation, RunProcessNote);
  AddKey(comment, said->key);
  comment.add_option("TEXT", said->text, "what to say")->required()->type_name("");
  comment.add_flag("--public", said->is_public, "customers see it as well");

  CLI::App& log = AddCommand(group, "log", "Add what was done to the work log",
                             "  " + start + " log " + key + " 'Restarted' --minutes 25");
  const auto done = Bind<ProcessNoteOptions>(log, invocation, RunProcessNote);
  done->work = true;
  AddKey(log, done->key);
  log.add_option("TEXT", done->text, "what was done")->required()->type_name("");
  log.add_option("--minutes", done->minutes, "how long it took")->type_name("N");
}

void AddWatch(CLI::App& group, Invocation& invocation, const std::string& start,
              const std::string& key, bool ends) {
  const std::string name = ends ? "unwatch" : "watch";
  CLI::App& command = AddCommand(
      group, name, ends ? "Be told no more of what becomes of one" : "Be told what becomes of one",
      "  " + start + " " + name + " " + key + "\n  " + start + " " + name + " " + key +
          " person:taro");
  const auto options = Bind<ProcessWatchOptions>(command, invocation, RunProcessWatch);
  options->ends = ends;
  AddKey(command, options->key);
  command.add_option("PERSON", options->person, "key of somebody else (default: you)")
      ->type_name("");
}

void AddAttach(CLI::App& group, Invocation& invocation, const std::string& start,
               const std::string& key) {
  CLI::App& command = AddCommand(group, "attach", "Attach files to one",
                                 "  " + start + " attach " + key + " screen.png app.log");
  const auto options = Bind<AttachOptions>(command, invocation, RunAttach);
  AddKey(command, options->key);
  command.add_option("FILE", options->files, "files to attach")->required()->type_name("");
  command
      .add_option("--type", options->media_type,
                  "their media type, as in text/plain (default: by the end of their names)")
      ->type_name("TYPE");
}

void AddVote(CLI::App& group, Invocation& invocation, const std::string& start,
             const std::string& key, bool reject) {
  const std::string name = reject ? "reject" : "approve";
  CLI::App& command = AddCommand(
      group, name,
      reject ? "Vote against one whose approval is open" : "Vote for one whose approval is open",
      "  " + start + " " + name + " " + key + " --comment '...'");
  const auto options = Bind<ProcessVoteOptions>(command, invocation, RunProcessVote);
  options->reject = reject;
  AddKey(command, options->key);
  command.add_option("--comment", options->comment, "why, kept with the vote")->type_name("TEXT");
  command.add_option("--for", options->on_behalf_of, "vote as the deputy of this person")
      ->type_name("PERSON");
  command.add_option("--policy", options->policy, "which approval, when several are open")
      ->type_name("POLICY");
  command.add_option("--step", options->step, "which step, when you are asked in several")
      ->type_name("STEP");
}

void AddClock(CLI::App& group, Invocation& invocation, const std::string& start,
              const std::string& key) {
  CLI::App& command =
      AddCommand(group, "clock",
                 "What was promised on time, what is left of it, and why (exit code 1: nothing)",
                 "  " + start + " clock " + key + "\n  " + start + " clock " + key +
                     " --at 2026-12-01T17:00:00+09:00\n  " + start + " clock " + key +
                     " --explain --target resolve");
  const auto options = Bind<ProcessClockOptions>(command, invocation, RunProcessClock);
  options->noun = group.get_name();
  AddKey(command, options->key);
  command.add_option("--at", options->at, "how it stands at this RFC 3339 time (default: now)")
      ->type_name("TIME");
  command.add_flag("--explain", options->explain, "tell of each hour whether it counts, and why");
  command
      .add_option("--agreement", options->agreement, "explain the targets of this agreement alone")
      ->type_name("NAME");
  command.add_option("--target", options->target, "explain this target alone: respond or resolve")
      ->type_name("KIND")
      ->check(OneOf({"respond", "resolve"}));
}

void AddNoun(CLI::App& root, Invocation& invocation, const Noun& noun) {
  const std::string start = std::string("kosei ") + noun.name;
  CLI::App& group = AddCommand(root, noun.name, noun.description,
                               "  " + start + " new '" + noun.title + "'\n  " + start + " list");
  group.require_subcommand(1);
  const ProcessNoun of{noun.name, noun.class_name};

  CLI::App& open = AddCommand(group, "new", "Open one; it gets the next number",
                              "  " + start + " new '" + noun.title + "' category=mail");
  const auto opened = Bind<ProcessNewOptions>(open, invocation, RunProcessNew);
  opened->noun = of;
  open.add_option("TITLE", opened->title, "what it is about, in a few words")
      ->required()
      ->type_name("");
  AddAttributes(open, opened->assignments);
  AddLinks(open, opened->links);
  open.add_option("--template", opened->template_key,
                  "a record template: values that are not given here, and tasks")
      ->type_name("KEY");
  AddReasonOption(open, opened->reason);

  CLI::App& show = AddCommand(group, "show", "One with all that belongs to it",
                              "  " + start + " show " + noun.key);
  AddKey(show, Bind<ProcessShowOptions>(show, invocation, RunProcessShow)->key);

  CLI::App& list =
      AddCommand(group, "list", "Those that are open, the newest first",
                 "  " + start + " list\n  " + start + " list \"r.category = 'mail'\" --all");
  const auto listed = Bind<ProcessListOptions>(list, invocation, RunProcessList);
  listed->noun = of;
  list.add_option("CONDITION", listed->filter,
                  "only those, as a condition of the query language over r")
      ->type_name("");
  list.add_flag("--all", listed->all, "those that are closed as well");
  list.add_option("--limit", listed->limit, "at most so many")->type_name("N");

  CLI::App& next = AddCommand(group, "next", "What can be done with one now, and what is missing",
                              "  " + start + " next " + noun.key);
  AddKey(next, Bind<ProcessShowOptions>(next, invocation, RunProcessNext)->key);
  CLI::App& suggest = AddCommand(
      group, "suggest", "What the graph suggests for one; without a key, which are missing",
      "  " + start + " suggest " + noun.key + "\n  " + start + " suggest --record");
  const auto suggested = Bind<ProcessSuggestOptions>(suggest, invocation, RunProcessSuggest);
  suggested->noun = of;
  suggest.add_option("KEY", suggested->key, "number of the record")->type_name("");
  suggest.add_flag("--record", suggested->record, "open those that are missing");
  AddDo(group, invocation, start, noun.key);
  AddSet(group, invocation, start, noun.key);
  AddNotes(group, invocation, start, noun.key);
  AddClock(group, invocation, start, noun.key);
  AddAttach(group, invocation, start, noun.key);
  AddWatch(group, invocation, start, noun.key, false);
  AddWatch(group, invocation, start, noun.key, true);
  AddVote(group, invocation, start, noun.key, false);
  AddVote(group, invocation, start, noun.key, true);
  if (of.name == "change") AddChangeCommands(group, invocation);
}

}  // namespace

void AddProcessCommands(CLI::App& root, Invocation& invocation) {
  for (const Noun& noun : kNouns) AddNoun(root, invocation, noun);
  CLI::App& process = AddCommand(root, "process", "How the processes of this store work",
                                 "  kosei process define model/process");
  process.require_subcommand(1);
  CLI::App& define = AddCommand(process, "define",
                                "Replace the definitions by those of a folder, if all are sound",
                                "  kosei process define model/process");
  const auto options = Bind<ProcessDefineOptions>(define, invocation, RunProcessDefine);
  define.add_option("FOLDER", options->folder, "folder of YAML files (docs/processes)")
      ->required()
      ->type_name("");
}

}  // namespace kosei::cli

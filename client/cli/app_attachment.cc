// kosei attachment, kosei notification: usage only.
#include <string>

#include "app.h"
#include "process/process_commands.h"

namespace kosei::cli {
namespace {

void AddAttachments(CLI::App& root, Invocation& invocation) {
  CLI::App& group = AddCommand(root, "attachment", "Files that are attached to records",
                               "  kosei attachment list INC-000001\n"
                               "  kosei attachment get INC-000001 screen.png");
  group.require_subcommand(1);
  CLI::App& list = AddCommand(group, "list", "Those of a record, the oldest first",
                              "  kosei attachment list INC-000001");
  const auto listed = Bind<AttachmentOptions>(list, invocation, RunAttachmentList);
  list.add_option("KEY", listed->key, "number of the record")->required()->type_name("");

  CLI::App& get = AddCommand(group, "get", "Write one to a file",
                             "  kosei attachment get INC-000001 screen.png\n"
                             "  kosei attachment get INC-000001 app.log --write - | less");
  const auto got = Bind<AttachmentOptions>(get, invocation, RunAttachmentGet);
  get.add_option("KEY", got->key, "number of the record, or of the attachment itself")
      ->required()
      ->type_name("");
  get.add_option("NAME", got->name, "name of the file, or its SHA-256; of several the newest")
      ->type_name("");
  get.add_option("--write", got->write,
                 "file to write, which must not be there yet; - is standard output (default: its "
                 "own name, here)")
      ->type_name("FILE");
}

void AddNotifications(CLI::App& root, Invocation& invocation) {
  CLI::App& group = AddCommand(root, "notification", "What people and programs are told",
                               "  kosei notification list\n"
                               "  kosei notification retry --failed");
  group.require_subcommand(1);
  CLI::App& list = AddCommand(group, "list", "Those that wait or were given up, the newest first",
                              "  kosei notification list\n"
                              "  kosei notification list --state sent --about INC-000001");
  const auto listed = Bind<NotificationListOptions>(list, invocation, RunNotificationList);
  list.add_option("--state", listed->state, "only those: waiting, sent, failed or nobody")
      ->type_name("STATE")
      ->check(OneOf({"waiting", "sent", "failed", "nobody"}));
  list.add_option("--about", listed->about, "only those about this record")->type_name("KEY");
  list.add_option("--limit", listed->limit, "at most so many")->type_name("N");

  CLI::App& retry = AddCommand(group, "retry", "Send at once what was given up, or waits",
                               "  kosei notification retry INC-000001/n-1\n"
                               "  kosei notification retry --failed");
  const auto retried = Bind<NotificationRetryOptions>(retry, invocation, RunNotificationRetry);
  retry.add_option("KEY", retried->keys, "keys of notifications (`kosei notification list`)")
      ->type_name("");
  retry.add_flag("--failed", retried->failed, "all that were given up");
}

}  // namespace

void AddAttachmentCommands(CLI::App& root, Invocation& invocation) {
  AddAttachments(root, invocation);
  AddNotifications(root, invocation);
}

}  // namespace kosei::cli

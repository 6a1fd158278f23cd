// Records that are opened as drafts and put in force in one go.
#pragma once

#include <string>

#include "commands.h"
#include "kosei/client/client.h"

namespace kosei::cli {

// Opens the record and puts it in force (`enter`), unless it is to stay a draft, and writes its key
// and state. What is refused is told on stderr and cancelled again: exit code 6.
CommandResult OpenAndEnter(Context& context, client::Client& client,
                           const client::ProcessNew& record, bool draft);

}  // namespace kosei::cli

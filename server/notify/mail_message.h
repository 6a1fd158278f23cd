// A mail as it goes to a mail server (RFC 5322, MIME): plain text in UTF-8, whatever the language.
#pragma once

#include <string>
#include <string_view>

#include "kosei/base/time.h"

namespace kosei::server {

struct MailMessage {
  std::string from_name, from;  // the name may be empty
  std::string to_name, to;
  std::string subject;  // one line, UTF-8
  std::string text;     // UTF-8
  std::string id;       // of Message-ID, left of the sign @
  std::string thread;   // likewise of the conversation; empty: none
  std::string language = "en";
  std::string record, notification;  // keys, told in headers; may be empty
  Timestamp date;
};

// With CR LF at the end of each line, none longer than 998 bytes. Nothing of a message makes a
// header of its own.
std::string ComposeMail(const MailMessage& message);

// A header's text as RFC 2047 wants it: as it is when it is short and plain, else in encoded words,
// each on a line of its own and cut between characters. `indent`: how long the line is already.
std::string HeaderText(std::string_view text, std::size_t indent);

// Whether it can stand in a dialogue with a mail server: LOCAL@DOMAIN in ASCII, 254 bytes at most,
// without quotes and brackets.
bool IsPlainMailAddress(std::string_view address);

}  // namespace kosei::server

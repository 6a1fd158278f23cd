// Options of the commands of processes (kosei incident, kosei change, ...).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace kosei::cli {

// Which records a noun is about: "incident", Incident.
struct ProcessNoun {
  std::string name;
  std::string class_name;
};

struct ProcessNewOptions {
  ProcessNoun noun;
  std::string title;
  std::vector<std::string> assignments;  // "attribute=value"
  std::vector<std::string> links;        // "type=key", "type<key": from the other one
  std::string reason;
  std::string template_key;
};

struct ProcessDoOptions {
  std::string key;
  std::string event;
  std::vector<std::string> assignments;
  std::vector<std::string> inputs;
  std::vector<std::string> links, end_links;
  std::optional<std::uint64_t> expect;
  std::string reason;
};

struct ProcessWatchOptions {
  std::string key;
  std::string person;  // empty: whoever asks
  bool ends = false;
};

struct ProcessNoteOptions {
  std::string key;
  std::string text;
  std::uint32_t minutes = 0;
  bool work = false;
  bool is_public = false;
};

struct ProcessVoteOptions {
  std::string key;
  std::string comment;
  std::string on_behalf_of;
  std::string policy, step;
  bool reject = false;
};

struct ProcessShowOptions {
  std::string key;
};

struct ChangeImpactOptions {
  std::string key;
  bool keep = false;  // on the record
};

enum class ChangePlanVerb { kOpen, kCompare, kMerge, kBack };
struct ChangePlanOptions {
  std::string key;
  ChangePlanVerb verb = ChangePlanVerb::kCompare;
  std::string take;  // "plan", "main"; empty: neither
};

struct ChangeIntakeOptions {
  std::string since;    // a commit, a time or a baseline; empty: a day ago
  bool record = false;  // open a discrepancy for each
};

struct ProcessSuggestOptions {
  ProcessNoun noun;
  std::string key;      // empty: records of the noun that are missing
  bool record = false;  // open them
};

struct ProcessClockOptions {
  std::string noun;  // "incident"
  std::string key;
  std::string at;  // RFC 3339; empty: now
  bool explain = false;
  std::string agreement, target;  // what to explain; empty: all
};

struct ProcessListOptions {
  ProcessNoun noun;
  std::string filter;  // a list filter (docs/query-language.md)
  bool all = false;    // those that are closed as well
  std::uint32_t limit = 100;
};

struct AttachOptions {
  std::string key;
  std::vector<std::string> files;
  std::string media_type;  // empty: by the end of the file's name
};

struct AttachmentOptions {
  std::string key;    // of a record, or of an attachment
  std::string name;   // of the file, or its SHA-256
  std::string write;  // file to write; "-": standard output; empty: the attachment's own name
};

struct NotificationListOptions {
  std::string state;  // empty: waiting and failed
  std::string about;  // key of a record
  std::uint32_t limit = 100;
};

struct NotificationRetryOptions {
  std::vector<std::string> keys;
  bool failed = false;  // all that were given up
};

struct ProcessDefineOptions {
  std::string folder;
};

}  // namespace kosei::cli

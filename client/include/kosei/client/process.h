// Processes: records that are opened, taken on by the transitions of their life cycles, and looked
// at (docs/processes).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "kosei/base/time.h"
#include "kosei/language/packstream.h"

namespace kosei::client {

// Between the record and another one.
struct ProcessLink {
  std::string type;
  std::string other;      // key; empty: the person who asks
  bool incoming = false;  // it leads from the other one
};

// Attributes and inputs by name; text as people write it will do for every type.
struct ProcessNew {
  std::string class_name;
  language::PackedMap attributes = {};
  std::vector<ProcessLink> links = {};
  std::string reason = {};
};

struct ProcessStep {
  std::string key;
  std::string event = {};  // empty: attributes and links are changed, and the state stays
  language::PackedMap attributes = {};  // null takes a value away
  language::PackedMap inputs = {};
  std::vector<ProcessLink> links = {};
  std::vector<ProcessLink> end_links = {};
  // Optimistic locking: the commit with which the version began that was seen.
  std::optional<std::uint64_t> expected_begin = {};
  std::string reason = {};
};

struct ProcessNote {
  std::string key;
  std::string text;
  bool work = false;  // an entry of the work log; otherwise a comment
  std::uint32_t minutes = 0;
  bool is_public = false;  // customers see it as well
};

// In the approval of a record that is open.
struct ProcessVote {
  std::string key;  // of the record
  bool reject = false;
  std::string comment = {};
  std::string on_behalf_of = {};  // key of a person; empty: for oneself
  std::string policy = {};        // when several are open; empty: the newest
  std::string step = {};          // empty: the first that takes the vote
};

// What stands in the way, in both languages.
struct ProcessRefusal {
  std::uint8_t kind = 0;  // docs/protocol.md
  std::string name;       // of the attribute, input, guard; of the roles
  std::string en, ja;     // what would satisfy it
};

// With refusals nothing was done.
struct ProcessOutcome {
  std::string key, event;
  std::string from, to;  // states
  std::vector<ProcessRefusal> refusals;
  std::vector<std::string> created;   // keys of records that came along
  std::vector<std::string> followed;  // transitions that the system made behind it
  std::uint64_t commit = 0;           // 0: nothing changed
  Timestamp time;
  bool done() const { return refusals.empty(); }
};

struct ProcessEvent {
  std::string name, en, ja, to;
  bool automatic = false;  // the system does it
  bool allowed = false;    // once what it needs is given
  std::vector<ProcessRefusal> needs, refusals;
};
struct ProcessOutlook {
  std::string key, class_name, life_cycle;
  std::uint32_t version = 0;
  std::string state, state_en, state_ja;
  std::uint64_t begin = 0;
  std::vector<ProcessEvent> events;
};

struct ProcessFile {
  std::string name;
  std::string text;  // YAML
};
struct ProcessCounts {
  std::uint32_t life_cycles = 0, tables = 0, policies = 0, roles = 0;
};

}  // namespace kosei::client

// Who is told: the people, teams and organisations that an audience of a notification comes to.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "desk/asking.h"
#include "kosei/process/definitions.h"
#include "kosei/process/messages.h"
#include "kosei/storage/reader.h"

namespace kosei::process {

struct Recipient {
  std::string key;
  std::string name = {};   // may be empty
  std::string email = {};  // empty: the record has none
  TextLanguage language = TextLanguage::kEnglish;
};

// Somebody as the record says it. nullopt: there is no such record any more.
std::optional<Recipient> RecipientOf(const storage::Reader& reader, const Definitions& definitions,
                                     const storage::View& view, std::string_view key,
                                     TextLanguage otherwise);

// Those of the audience of the record `about`, each once, in order of key. A team or organisation
// with an address of its own is told there, a team without one through its members. kNotFound: the
// audience is no role and none of the words of KnownAudiences().
absl::StatusOr<std::vector<Recipient>> RecipientsOf(const storage::Reader& reader,
                                                    const Definitions& definitions,
                                                    const Asking& asking, std::string_view about,
                                                    std::string_view audience,
                                                    TextLanguage otherwise);

}  // namespace kosei::process

// Absolute URLs as text (RFC 3986), with scheme, host and percent-encoding in normal case.
#pragma once

#include <string>
#include <string_view>

namespace kosei::model {

struct UrlText {
  std::string_view flaw;  // what is wrong and how to mend it; empty: nothing
  bool is_normal = true;  // the text is its own normal form
  std::string normal;     // otherwise
};

UrlText NormaliseUrl(std::string_view text);

}  // namespace kosei::model

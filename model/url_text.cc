#include "url_text.h"

#include <cstddef>
#include <optional>

#include "network_text.h"

namespace kosei::model {
namespace {

constexpr std::string_view kAbsolute = "an absolute URL such as https://example.com/path";

bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsUpper(char c) { return c >= 'A' && c <= 'Z'; }
char ToLower(char c) { return IsUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }
bool IsHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

// unreserved, sub-delims, ":" and "@"
bool IsPathCharacter(char c) {
  return IsAlpha(c) || IsDigit(c) ||
         std::string_view("-._~!$&'()*+,;=:@").find(c) != std::string_view::npos;
}

// Where the parts lie; the text is cut in five, of which only scheme and rest are always there.
struct Parts {
  std::string_view scheme;
  bool has_authority = false;
  std::string_view user;  // with its "@"
  std::string_view host;
  std::string_view port;  // with its ":"
  std::string_view rest;  // path, query, fragment
};

std::string_view SplitAuthority(std::string_view authority, Parts& parts) {
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    parts.user = authority.substr(0, at + 1);
    authority.remove_prefix(at + 1);
  }
  std::size_t end = authority.find(':');
  if (authority.starts_with('[')) {
    const std::size_t bracket = authority.find(']');
    if (bracket == std::string_view::npos)
      return "a host in brackets to be closed, as in https://[2001:db8::1]/";
    end = bracket + 1;
  }
  parts.host = authority.substr(0, end);
  if (end >= authority.size()) return {};
  parts.port = authority.substr(end);
  if (parts.port.front() != ':') return "nothing but a port after the host";
  return {};
}

std::string_view CheckPort(std::string_view port) {
  if (port.size() <= 1) return {};
  int number = 0;
  for (const char c : port.substr(1)) {
    if (!IsDigit(c)) return "a port of digits";
    number = number * 10 + (c - '0');
    if (number > 65'535) return "a port of at most 65535";
  }
  return {};
}

// Characters and percent-encoding of user, host, path, query or fragment. `extra` is what this part
// allows beyond a path segment.
std::string_view CheckCharacters(std::string_view text, std::string_view extra) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size() || !IsHex(text[i + 1]) || !IsHex(text[i + 2]))
        return "two hexadecimal digits after each %; write % itself as %25";
      i += 2;
    } else if (!IsPathCharacter(c) && extra.find(c) == std::string_view::npos) {
      return "only the characters of RFC 3986; write others (spaces, non-ASCII) percent-encoded, "
             "as in %20";
    }
  }
  return {};
}

std::string_view CheckRest(std::string_view rest) {
  const std::size_t hash = rest.find('#');
  const std::string_view flaw = CheckCharacters(rest.substr(0, hash), "/?");
  if (!flaw.empty() || hash == std::string_view::npos) return flaw;
  return CheckCharacters(rest.substr(hash + 1), "/?");
}

// "localhost:8080" has the form of a URL with the scheme "localhost", and never is one.
bool LooksLikeHostAndPort(const Parts& parts) {
  const std::string_view port = parts.rest.substr(0, parts.rest.find('/'));
  return parts.scheme != "tel" && port.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string_view Split(std::string_view text, Parts& parts) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0 || !IsAlpha(text.front())) return kAbsolute;
  parts.scheme = text.substr(0, colon);
  for (const char c : parts.scheme) {
    if (!IsAlpha(c) && !IsDigit(c) && c != '+' && c != '-' && c != '.') return kAbsolute;
  }
  parts.rest = text.substr(colon + 1);
  if (!parts.rest.starts_with("//")) {
    const bool refused = parts.rest.empty() || LooksLikeHostAndPort(parts);
    return refused ? kAbsolute : std::string_view();
  }
  parts.has_authority = true;
  parts.rest.remove_prefix(2);
  const std::size_t end = parts.rest.find_first_of("/?#");
  const std::string_view authority = parts.rest.substr(0, end);
  parts.rest = end == std::string_view::npos ? std::string_view() : parts.rest.substr(end);
  return SplitAuthority(authority, parts);
}

// Checks the host, and gives its normal form where that is not the host in lower case.
std::string_view CheckHost(const Parts& parts, std::optional<ShortText>& normal) {
  std::string_view host = parts.host;
  if (host.empty()) {
    const bool is_file = parts.scheme == "file" || parts.scheme == "FILE";
    return is_file ? std::string_view() : "a host after //, as in https://example.com/";
  }
  if (!host.starts_with('[')) return CheckCharacters(host, "");
  const std::optional<IpAddress> address = ParseIpAddress(host.substr(1, host.size() - 2));
  if (!address || !address->is_v6) return "an IPv6 address in the brackets";
  normal.emplace();
  normal->Append('[');
  normal->Append(FormatIpAddress(*address).view());
  normal->Append(']');
  return {};
}

// Percent-encoding with upper-case digits, the rest as it is or in lower case.
void AppendNormal(std::string& out, std::string_view text, bool lower) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(lower ? ToLower(text[i]) : text[i]);
      continue;
    }
    out.push_back('%');
    for (const std::size_t end = i + 2; i < end;) {
      const char digit = text[++i];
      out.push_back(digit >= 'a' && digit <= 'f' ? static_cast<char>(digit - 'a' + 'A') : digit);
    }
  }
}

// Nothing in the text that a normal form would write otherwise.
bool LooksNormal(std::string_view text, const Parts& parts) {
  for (const char c : parts.scheme) {
    if (IsUpper(c)) return false;
  }
  for (const char c : parts.host) {
    if (IsUpper(c) || c == '[' || c == '%') return false;
  }
  if (parts.port == ":") return false;
  for (std::size_t i = text.find('%'); i != std::string_view::npos; i = text.find('%', i + 1)) {
    if (text[i + 1] >= 'a' || text[i + 2] >= 'a') return false;
  }
  return true;
}

}  // namespace

UrlText NormaliseUrl(std::string_view text) {
  UrlText result;
  Parts parts;
  std::optional<ShortText> literal;
  result.flaw = Split(text, parts);
  if (result.flaw.empty() && parts.has_authority) {
    result.flaw = CheckCharacters(parts.user, "");
    if (result.flaw.empty()) result.flaw = CheckHost(parts, literal);
    if (result.flaw.empty()) result.flaw = CheckPort(parts.port);
  }
  if (result.flaw.empty()) result.flaw = CheckRest(parts.rest);
  if (!result.flaw.empty() || LooksNormal(text, parts)) return result;
  AppendNormal(result.normal, parts.scheme, true);
  result.normal += parts.has_authority ? "://" : ":";
  AppendNormal(result.normal, parts.user, false);
  AppendNormal(result.normal, literal ? literal->view() : parts.host, true);
  if (parts.port.size() > 1) result.normal += parts.port;
  AppendNormal(result.normal, parts.rest, false);
  result.is_normal = result.normal == text;
  return result;
}

}  // namespace kosei::model

// The lines of an exported history, written.
#include <algorithm>
#include <optional>

#include "absl/strings/escaping.h"
#include "absl/strings/str_format.h"
#include "history_lines.h"
#include "kosei/base/bytes.h"
#include "kosei/base/record.h"
#include "kosei/base/remnant.h"
#include "kosei/base/time.h"
#include "meta_table.h"

namespace kosei::storage {
namespace {

void AppendText(std::string& out, std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (byte < 0x20 || byte == 0x7f) {
      out += "\\u00";
      out += kDigits[byte >> 4];
      out += kDigits[byte & 15];
    } else {
      out += c;
    }
  }
  out += '"';
}

void AppendMember(std::string& out, std::string_view name, std::string_view text) {
  absl::StrAppendFormat(&out, ",\"%s\":", name);
  AppendText(out, text);
}
void AppendMember(std::string& out, std::string_view name, std::uint64_t number) {
  absl::StrAppendFormat(&out, ",\"%s\":%d", name, number);
}
void AppendBase64(std::string& out, std::string_view name, std::string_view bytes) {
  AppendMember(out, name, absl::Base64Escape({bytes.data(), bytes.size()}));
}

// As RFC 3339 where that says it exactly, else as microseconds.
void AppendTime(std::string& out, std::string_view name, Timestamp time) {
  const std::string text = FormatTimestamp(time);
  const auto read = ParseTimestamp(text);
  if (read.ok() && *read == time) return AppendMember(out, name, text);
  absl::StrAppendFormat(&out, ",\"%s\":%d", name, time.micros);
}

void AppendNames(std::string& out, std::string_view name, const std::vector<std::string>& names) {
  absl::StrAppendFormat(&out, ",\"%s\":[", name);
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) out += ',';
    AppendText(out, names[i]);
  }
  out += ']';
}

std::string_view NameOf(ChangeKind kind) {
  switch (kind) {
    case ChangeKind::kCreated:
      return "created";
    case ChangeKind::kUpdated:
      return "updated";
    case ChangeKind::kEnded:
      return "ended";
  }
  return "";
}

// Empty when the number was never given.
std::string_view NameAt(const std::vector<std::string>& names, std::uint16_t number) {
  return number == 0 || number > names.size() ? std::string_view() : names[number - 1U];
}

void AppendValue(std::string& out, const Value& value) {
  switch (value.kind()) {
    case ValueKind::kNull:
      out += "null";
      break;
    case ValueKind::kBoolean:
      out += value.boolean() ? "true" : "false";
      break;
    case ValueKind::kInteger:
      absl::StrAppendFormat(&out, "%d", value.integer());
      break;
    case ValueKind::kDecimal:
      absl::StrAppendFormat(&out, "{\"decimal\":\"%s\"}", FormatDecimal(value.decimal()));
      break;
    case ValueKind::kText:
      AppendText(out, value.text());
      break;
    case ValueKind::kList:
      out += '[';
      for (std::size_t i = 0; i < value.list().size(); ++i) {
        if (i > 0) out += ',';
        AppendValue(out, value.list()[i]);
      }
      out += ']';
      break;
  }
}

bool IsCanonical(const Value& value) {
  if (value.kind() == ValueKind::kNull) return false;
  if (value.kind() == ValueKind::kDecimal) {
    const auto read = ParseDecimal(FormatDecimal(value.decimal()));
    return read.ok() && *read == value.decimal();
  }
  if (value.kind() != ValueKind::kList) return true;
  return std::all_of(value.list().begin(), value.list().end(), IsCanonical);
}

// Whether names and values say all that the bytes do.
bool SaysAll(const RecordView& view, const Record& record, const model::NameBook& names) {
  if (NameAt(names.classes, record.class_number.value).empty()) return false;
  for (const auto& [number, value] : record.attributes) {
    if (NameAt(names.attributes, number.value).empty() || !IsCanonical(value)) return false;
  }
  const std::optional<RemnantKind> remnant = RemnantKindOf(view);
  return view.bytes() ==
         (remnant ? EncodeRemnant(record, OriginalHashOf(view), *remnant) : EncodeRecord(record));
}

}  // namespace

void AppendHead(std::string& out, const HeadLine& line) {
  absl::StrAppendFormat(&out, "{\"kosei_history\":%d,\"newest_commit\":%d}\n", line.format,
                        line.newest.value);
}

void AppendModel(std::string& out, const ModelLine& line) {
  const StoredModel& model = line.model;
  absl::StrAppendFormat(&out, "{\"model\":%d,\"brought_by\":%d", model.version, model.commit.value);
  AppendNames(out, "classes", model.book.classes);
  AppendNames(out, "attributes", model.book.attributes);
  AppendNames(out, "relationship_types", model.book.relationship_types);
  AppendMember(out, "text", model.text);
  out += "}\n";
}

void AppendCommit(std::string& out, const CommitLine& line, const DecodedCommit& commit) {
  const CommitInfo& info = commit.info;
  absl::StrAppendFormat(&out, "{\"commit\":%d", info.number.value);
  AppendTime(out, "time", info.time);
  AppendMember(out, "actor", info.actor);
  AppendMember(out, "reason", info.reason);
  AppendMember(out, "cause", info.cause);
  AppendMember(out, "source", info.source);
  AppendMember(out, "model_version", commit.model_version);
  AppendMember(out, "records", line.records);
  AppendMember(out, "links", line.links);
  AppendMember(out, "hash", ToHex(info.hash));
  AppendBase64(out, "header", line.header);
  out += "}\n";
}

void AppendRecord(std::string& out, RecordId id, ChangeKind kind, std::string_view bytes,
                  const model::NameBook& names) {
  const auto view = RecordView::Verify(bytes);
  absl::StrAppendFormat(&out, "{\"record\":%d", id.value);
  AppendMember(out, "kind", NameOf(kind));
  if (!view.ok()) {
    AppendBase64(out, "bytes", bytes);
    out += "}\n";
    return;
  }
  const Record record = view->Decode();
  AppendMember(out, "class", NameAt(names.classes, record.class_number.value));
  AppendMember(out, "key", record.key);
  if (record.valid_from != kBeginningOfTime) AppendTime(out, "valid_from", record.valid_from);
  if (record.valid_to != kEndOfTime) AppendTime(out, "valid_to", record.valid_to);
  if (record.ended) out += ",\"ended\":true";
  if (const std::string_view hash = OriginalHashOf(*view); !hash.empty()) {
    AppendBase64(out, "original_hash", hash);
  }
  if (IsRetired(*view)) out += ",\"retired\":true";
  out += ",\"attributes\":{";
  bool first = true;
  for (const auto& [number, value] : record.attributes) {
    if (!first) out += ',';
    first = false;
    AppendText(out, NameAt(names.attributes, number.value));
    out += ':';
    AppendValue(out, value);
  }
  out += '}';
  if (!SaysAll(*view, record, names)) AppendBase64(out, "bytes", bytes);
  out += "}\n";
}

void AppendLink(std::string& out, const LinkLine& line, const model::NameBook& names) {
  out += "{\"link\":";
  AppendText(out, NameAt(names.relationship_types, line.type.value));
  AppendMember(out, "kind", NameOf(line.kind));
  AppendMember(out, "source", line.source);
  AppendMember(out, "target", line.target);
  const std::string_view usual(line.kind == ChangeKind::kEnded ? "\0" : "\1", 1);
  if (line.value != usual) AppendBase64(out, "value", line.value);
  out += "}\n";
}

void AppendBaseline(std::string& out, const BaselineLine& line) {
  out += "{\"baseline\":";
  AppendText(out, line.name);
  const auto baseline = DecodeBaseline(line.name, line.bytes);
  if (baseline.ok()) {
    AppendMember(out, "commit", baseline->view.commit.value);
    AppendTime(out, "valid_at", baseline->view.valid_at);
    AppendMember(out, "description", baseline->description);
    AppendTime(out, "created", baseline->created);
    AppendMember(out, "creator", baseline->creator);
  }
  if (!baseline.ok() || EncodeBaseline(*baseline) != line.bytes) {
    AppendBase64(out, "bytes", line.bytes);
  }
  out += "}\n";
}

void AppendEnd(std::string& out, const EndLine& line) {
  absl::StrAppendFormat(&out,
                        "{\"end\":true,\"commits\":%d,\"records\":%d,\"links\":%d,"
                        "\"baselines\":%d}\n",
                        line.commits, line.records, line.links, line.baselines);
}

}  // namespace kosei::storage

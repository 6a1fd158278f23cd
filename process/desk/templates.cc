#include "desk/templates.h"

#include <string>
#include <utility>

#include "absl/strings/str_format.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"

namespace kosei::process {
namespace {

using language::Datum;
using language::DatumKind;

std::string TextOf(const Datum& value) {
  return value.kind() == DatumKind::kString ? value.string() : std::string();
}

std::vector<std::string> TextsOf(const Datum& value) {
  std::vector<std::string> texts;
  if (value.kind() != DatumKind::kList) return texts;
  for (const Datum& item : value.list()) texts.push_back(TextOf(item));
  return texts;
}

absl::Status Wrong(std::string_view key, std::string_view what) {
  return MakeError(ErrorCode::kInvalidArgument,
                   absl::StrFormat("template %s: %s", std::string(key), std::string(what)),
                   "template");
}

// What the record says of itself.
struct Words {
  std::string template_class, status;
  std::vector<std::string> values, tasks, checklist;
  Datum group;
};

absl::StatusOr<Words> Read(const Asking& asking, std::string_view key) {
  Words words;
  bool found = false;
  KOSEI_RETURN_IF_ERROR(
      asking.Ask("MATCH (t:RecordTemplate {key: $template}) RETURN t.template_class, t.status, "
                 "t.default_values, t.task_names, t.task_checklist, t.task_group",
                 {{"template", Datum::String(std::string(key))}}, [&](std::span<const Datum> row) {
                   found = true;
                   words = {TextOf(row[0]),  TextOf(row[1]),  TextsOf(row[2]),
                            TextsOf(row[3]), TextsOf(row[4]), row[5]};
                   return false;
                 }));
  if (found) return words;
  return MakeError(ErrorCode::kNotFound,
                   absl::StrFormat("template %s: there is none; `kosei query \"MATCH "
                                   "(t:RecordTemplate) RETURN t.key, t.name\"` lists them",
                                   std::string(key)),
                   "template");
}

}  // namespace

absl::StatusOr<RecordTemplate> TemplateOf(const Asking& asking, const model::Schema& schema,
                                          const model::Class& owner, std::string_view key) {
  KOSEI_ASSIGN_OR_RETURN(const Words words, Read(asking, key));
  if (!words.status.empty() && words.status != "live")
    return Wrong(key, absl::StrFormat("it is %s; use one that is live", words.status));
  const model::Class* const of = schema.FindClass(words.template_class);
  if (of == nullptr || !schema.IsA(owner.number, of->number)) {
    return Wrong(key,
                 absl::StrFormat("it is for records of class %s, and this is a %s",
                                 words.template_class.empty() ? "(none)" : words.template_class,
                                 owner.definition.name));
  }
  RecordTemplate made;
  for (const std::string& text : words.values) {
    const std::size_t sign = text.find('=');
    if (sign == std::string::npos || sign == 0)
      return Wrong(key, absl::StrFormat("its value \"%s\" is not written NAME=VALUE", text));
    made.values.emplace_back(text.substr(0, sign), Datum::String(text.substr(sign + 1)));
  }
  language::DatumList checklist;
  for (const std::string& item : words.checklist) checklist.push_back(Datum::String(item));
  std::int64_t sequence = 0;
  for (const std::string& name : words.tasks) {
    PlannedEffect& task = made.tasks.emplace_back();
    task.kind = EffectKind::kCreate;
    task.target = "Task";
    task.link = "part_of";
    task.incoming = true;
    task.set = {{"name", Datum::String(name)},
                {"sequence", Datum::Integer(++sequence)},
                {"assignment_group", words.group}};
    if (!checklist.empty()) task.set.push_back({"checklist", Datum::List(checklist)});
  }
  return made;
}

}  // namespace kosei::process

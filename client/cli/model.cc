// kosei model [CLASS]: classes, attributes and relationship types as the server knows them.
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "commands.h"
#include "csv_writer.h"
#include "json_writer.h"
#include "kosei/base/error.h"
#include "kosei/base/status_macros.h"
#include "model_impact.h"
#include "suggest.h"
#include "table.h"
#include "value_text.h"

namespace kosei::cli {
namespace {

using client::Model;
using client::ModelAttribute;
using client::ModelClass;
using client::ModelRelationshipType;

struct Owned {
  const ModelClass* owner;
  const ModelAttribute* attribute;
};

// Own attributes first, then inherited ones; a refinement hides what it refines.
std::vector<Owned> AllAttributes(const Model& model, const ModelClass& owner) {
  std::vector<Owned> all;
  for (const ModelClass* at = &owner; at != nullptr; at = model.FindClass(at->parent)) {
    for (const ModelAttribute& attribute : at->attributes) {
      bool hidden = false;
      for (const Owned& known : all) hidden = hidden || known.attribute->name == attribute.name;
      if (!hidden) all.push_back({at, &attribute});
    }
    if (at->parent.value == 0) break;
  }
  return all;
}

std::string TypeText(const ModelAttribute& attribute) {
  const auto type = static_cast<AttributeType>(attribute.type);
  if (type == AttributeType::kList) {
    return absl::StrFormat("list of %s", NameOf(static_cast<AttributeType>(attribute.item_type)));
  }
  if (type == AttributeType::kReference && !attribute.reference_class.empty()) {
    return absl::StrFormat("reference to %s", attribute.reference_class);
  }
  return std::string(NameOf(type));
}

void WriteLabel(JsonWriter& json, std::string_view name, const client::Label& label) {
  json.Key(name);
  json.BeginObject();
  json.Member("en", label.en);
  json.Member("ja", label.ja);
  json.End();
}

// What a thing has been through, for people.
std::string Evolution(bool retired, const std::vector<std::string>& renamed_from) {
  std::string notes = retired ? "retired" : "";
  for (const std::string& name : renamed_from) notes += (notes.empty() ? "was " : " was ") + name;
  return notes;
}

// Nothing where there is nothing to say.
void WriteEvolution(JsonWriter& json, bool retired, const std::vector<std::string>& renamed_from) {
  if (retired) {
    json.Key("retired");
    json.Boolean(true);
  }
  if (renamed_from.empty()) return;
  json.Key("renamed_from");
  json.BeginArray();
  for (const std::string& name : renamed_from) json.Text(name);
  json.End();
}

void WriteAttribute(JsonWriter& json, const Owned& owned) {
  const ModelAttribute& attribute = *owned.attribute;
  const auto type = static_cast<AttributeType>(attribute.type);
  json.BeginObject();
  json.Member("name", attribute.name);
  json.Member("type", NameOf(type));
  if (type == AttributeType::kList) {
    json.Member("item_type", NameOf(static_cast<AttributeType>(attribute.item_type)));
  }
  json.Member("declared_in", owned.owner->name);
  json.Key("required");
  json.Boolean(attribute.required);
  json.Key("unique");
  json.Boolean(attribute.unique);
  WriteLabel(json, "label", attribute.label);
  if (!attribute.values.empty()) {
    json.Key("values");
    json.BeginArray();
    for (const client::EnumLabel& value : attribute.values) json.Text(value.name);
    json.End();
  }
  if (!attribute.reference_class.empty()) json.Member("class", attribute.reference_class);
  WriteEvolution(json, attribute.retired, attribute.renamed_from);
  json.End();
}

void WriteClass(JsonWriter& json, const Model& model, const ModelClass& owner,
                JsonWriter::Layout layout) {
  json.BeginObject(layout);
  json.Member("name", owner.name);
  json.Key("parent");
  if (owner.parent.value == 0) {
    json.Null();
  } else {
    json.Text(model.ClassName(owner.parent));
  }
  json.Key("abstract");
  json.Boolean(owner.is_abstract);
  json.Key("labels");
  json.BeginArray();
  for (const std::string& label : model.LabelsOf(owner)) json.Text(label);
  json.End();
  WriteEvolution(json, owner.retired, owner.renamed_from);
  WriteImpactOfClass(json, WithInheritedImpact(model, owner));
  WriteLabel(json, "label", owner.label);
  json.Key("attributes");
  json.BeginArray(layout);
  for (const Owned& owned : AllAttributes(model, owner)) WriteAttribute(json, owned);
  json.End();
  json.End();
}

// Nothing where there is nothing to say.
void WriteTargetRules(JsonWriter& json, const ModelRelationshipType& type) {
  const auto member = [&json](std::string_view name, const std::string& text) {
    if (!text.empty()) json.Member(name, text);
  };
  if (!type.capacities.empty()) {
    json.Key("capacity");
    json.BeginArray();
    for (const client::ModelCapacity& rule : type.capacities) {
      json.BeginObject();
      member("target", rule.target);
      member("limit", rule.limit);
      member("load", rule.load);
      json.End();
    }
    json.End();
  }
  if (type.places.empty()) return;
  json.Key("places");
  json.BeginArray();
  for (const client::ModelPlace& rule : type.places) {
    json.BeginObject();
    member("target", rule.target);
    member("position", rule.position);
    member("extent", rule.extent);
    json.End();
  }
  json.End();
}

// "Rack power_capacity_w of rated_power_w; Rack rack_unit": for people.
std::string TargetRules(const ModelRelationshipType& type) {
  std::string text;
  const auto begin = [&text](const std::string& target) {
    if (!text.empty()) text += "; ";
    if (!target.empty()) text += target + " ";
  };
  for (const client::ModelCapacity& rule : type.capacities) {
    begin(rule.target);
    text += rule.limit + " >= " + rule.load;
  }
  for (const client::ModelPlace& rule : type.places) {
    begin(rule.target);
    text += "one a " + rule.position;
  }
  return text;
}

void WriteType(JsonWriter& json, const ModelRelationshipType& type) {
  json.BeginObject();
  json.Member("name", type.name);
  WriteLabel(json, "label", type.label);
  WriteLabel(json, "inverse", type.inverse);
  json.Member("impact", ImpactText(type.impact));
  WriteImpactOfType(json, type);
  WriteTargetRules(json, type);
  WriteEvolution(json, type.retired, type.renamed_from);
  json.End();
}

std::string Json(const Model& model, const ModelClass* wanted) {
  std::string out;
  JsonWriter json(out);
  if (wanted != nullptr) {
    WriteClass(json, model, *wanted, JsonWriter::Layout::kLines);
    return out + "\n";
  }
  json.BeginObject(JsonWriter::Layout::kLines);
  json.Member("version", std::uint64_t{model.version});
  json.Key("classes");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const ModelClass& owner : model.classes) {
    WriteClass(json, model, owner, JsonWriter::Layout::kInline);
  }
  json.End();
  json.Key("relationship_types");
  json.BeginArray(JsonWriter::Layout::kLines);
  for (const ModelRelationshipType& type : model.relationship_types) WriteType(json, type);
  json.End();
  if (!model.impact_contexts.empty()) {
    json.Key("impact_contexts");
    json.BeginArray(JsonWriter::Layout::kLines);
    for (const client::ModelImpactContext& context : model.impact_contexts)
      WriteContext(json, context);
    json.End();
  }
  json.End();
  return out + "\n";
}

// One class a line, then one relationship type, then one impact context a line; or one attribute a
// line.
std::string JsonLines(const Model& model, const ModelClass* wanted) {
  std::string out;
  const auto line = [&](const auto& write) {
    JsonWriter json(out, JsonWriter::Layout::kInline);
    write(json);
    out += '\n';
  };
  if (wanted != nullptr) {
    for (const Owned& owned : AllAttributes(model, *wanted)) {
      line([&](JsonWriter& json) { WriteAttribute(json, owned); });
    }
    return out;
  }
  for (const ModelClass& owner : model.classes) {
    line([&](JsonWriter& json) { WriteClass(json, model, owner, JsonWriter::Layout::kInline); });
  }
  for (const ModelRelationshipType& type : model.relationship_types) {
    line([&](JsonWriter& json) { WriteType(json, type); });
  }
  for (const client::ModelImpactContext& context : model.impact_contexts) {
    line([&](JsonWriter& json) { WriteContext(json, context); });
  }
  return out;
}

// What the query language calls records of a class.
std::string LabelsText(const Context& context, const std::vector<std::string>& labels) {
  if (labels.empty()) return std::string(context.Say("no labels", "ラベルなし"));
  return absl::StrFormat("%s %s", context.Say("labels", "ラベル"), absl::StrJoin(labels, ", "));
}

using Rows = std::vector<std::vector<std::string>>;

Rows AttributeRows(const Context& context, const Model& model, const ModelClass& owner) {
  Rows rows;
  for (const Owned& owned : AllAttributes(model, owner)) {
    const ModelAttribute& attribute = *owned.attribute;
    std::string notes = Evolution(attribute.retired, attribute.renamed_from);
    if (attribute.required) notes += notes.empty() ? "required" : " required";
    if (attribute.unique) notes += notes.empty() ? "unique" : " unique";
    std::string values;
    for (const client::EnumLabel& value : attribute.values) {
      values += (values.empty() ? "" : "|") + value.name;
    }
    if (!values.empty()) notes += (notes.empty() ? "" : " ") + values;
    rows.push_back({attribute.name, TypeText(attribute), owned.owner->name,
                    context.Say(attribute.label, attribute.name), notes});
  }
  return rows;
}

Rows ClassRows(const Context& context, const Model& model) {
  Rows rows;
  for (const ModelClass& owner : model.classes) {
    std::string notes =
        owner.is_abstract ? "abstract" : Evolution(owner.retired, owner.renamed_from);
    const std::string impact = ImpactNotes(owner);
    if (!impact.empty()) notes += (notes.empty() ? "" : "; ") + impact;
    if (owner.labels.has_value())
      notes += (notes.empty() ? "" : "; ") + LabelsText(context, *owner.labels);
    rows.push_back({owner.name, std::string(model.ClassName(owner.parent)),
                    context.Say(owner.label, owner.name), std::move(notes)});
  }
  return rows;
}

Rows TypeRows(const Context& context, const Model& model) {
  Rows rows;
  for (const ModelRelationshipType& type : model.relationship_types) {
    rows.push_back({type.name, std::string(ImpactText(type.impact)),
                    context.Say(type.label, type.name), context.Say(type.inverse, ""),
                    RuleNotes(type), TargetRules(type)});
  }
  return rows;
}

Rows ContextRows(const Context& context, const Model& model) {
  Rows rows;
  for (const client::ModelImpactContext& one : model.impact_contexts) {
    rows.push_back({one.name, context.Say(one.label, one.name), one.class_name, WhenText(one),
                    std::string(StateText(one.state)), one.over});
  }
  return rows;
}

std::string Render(const Context& context, std::vector<Table::Column> columns, const Rows& rows) {
  Table table(std::move(columns));
  for (const auto& row : rows) table.AddRow(row);
  return table.Render(context.style());
}

std::string TableText(const Context& context, const Model& model, const ModelClass* wanted) {
  if (wanted != nullptr) {
    std::string text = Render(context,
                              {{std::string(context.Say("ATTRIBUTE", "属性"))},
                               {std::string(context.Say("TYPE", "型"))},
                               {std::string(context.Say("DECLARED IN", "宣言元"))},
                               {std::string(context.Say("LABEL", "名称"))},
                               {std::string(context.Say("NOTES", "備考"))}},
                              AttributeRows(context, model, *wanted));
    text += "\n" + LabelsText(context, model.LabelsOf(*wanted)) + "\n";
    const std::string impact = ImpactNotes(WithInheritedImpact(model, *wanted));
    return impact.empty() ? text : text + impact + "\n";
  }
  std::string text = Render(context,
                            {{std::string(context.Say("CLASS", "クラス"))},
                             {std::string(context.Say("PARENT", "親クラス"))},
                             {std::string(context.Say("LABEL", "名称"))},
                             {std::string(context.Say("NOTES", "備考"))}},
                            ClassRows(context, model)) +
                     "\n" +
                     Render(context,
                            {{std::string(context.Say("RELATIONSHIP", "関係種別"))},
                             {std::string(context.Say("FAILURE TRAVELS", "障害の伝わる向き"))},
                             {std::string(context.Say("LABEL", "名称"))},
                             {std::string(context.Say("INVERSE", "逆向きの名称"))},
                             {std::string(context.Say("IMPACT RULES", "影響の規則"))},
                             {std::string(context.Say("SHARED BY SOURCES", "共有する容量と位置"))}},
                            TypeRows(context, model));
  if (model.impact_contexts.empty()) return text;
  return text + "\n" +
         Render(context,
                {{std::string(context.Say("IMPACT CONTEXT", "影響の前提"))},
                 {std::string(context.Say("LABEL", "名称"))},
                 {std::string(context.Say("CLASS", "クラス"))},
                 {std::string(context.Say("WHEN", "条件"))},
                 {std::string(context.Say("STATE", "状態"))},
                 {std::string(context.Say("OVER", "関係"))}},
                ContextRows(context, model));
}

std::string Csv(const Context& context, const Model& model, const ModelClass* wanted) {
  std::string out;
  if (wanted != nullptr) {
    AppendCsvRow(out, {"attribute", "type", "declared_in", "label", "notes"});
    for (const auto& row : AttributeRows(context, model, *wanted)) AppendCsvRow(out, row);
  } else {
    AppendCsvRow(out, {"class", "parent", "label", "notes"});
    for (const auto& row : ClassRows(context, model)) AppendCsvRow(out, row);
  }
  return out;
}

// Without what is retired, unless it is asked for by name or all is.
Model Listed(const Model& whole, const ModelOptions& options) {
  Model listed = whole;
  if (options.all) return listed;
  const ModelClass* wanted = whole.FindClass(options.class_name);
  const bool keep = wanted != nullptr && wanted->retired;
  const auto is_retired = [](const auto& one) { return one.retired; };
  if (!keep) std::erase_if(listed.classes, is_retired);
  std::erase_if(listed.relationship_types, is_retired);
  for (ModelClass& owner : listed.classes) std::erase_if(owner.attributes, is_retired);
  return listed;
}

}  // namespace

CommandResult RunModel(Context& context, const ModelOptions& options) {
  KOSEI_ASSIGN_OR_RETURN(const client::ViewName view, ParseView(options.view));
  KOSEI_ASSIGN_OR_RETURN(client::Client* const client, context.Connect());
  KOSEI_ASSIGN_OR_RETURN(const auto whole, client->ModelAt(view));
  const auto model = std::make_shared<const Model>(Listed(*whole, options));
  const ModelClass* wanted = nullptr;
  if (!options.class_name.empty()) {
    wanted = model->FindClass(options.class_name);
    if (wanted == nullptr) {
      return MakeError(ErrorCode::kNotFound,
                       absl::StrFormat("model: there is no class '%s'%s", options.class_name,
                                       DidYouMean(options.class_name, model->class_names)));
    }
  }
  switch (context.format()) {
    case OutputFormat::kJson:
      context.Write(Json(*model, wanted));
      break;
    case OutputFormat::kJsonl:
      context.Write(JsonLines(*model, wanted));
      break;
    case OutputFormat::kCsv:
      context.Write(Csv(context, *model, wanted));
      break;
    case OutputFormat::kTable:
      context.Write(TableText(context, *model, wanted));
      break;
  }
  return ExitCode::kOk;
}

}  // namespace kosei::cli

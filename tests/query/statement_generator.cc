#include "statement_generator.h"

#include <algorithm>
#include <utility>

namespace kosei::query {
namespace {

constexpr int kDepthMax = 2;

std::string Joined(const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ", ") + part;
  return text;
}

}  // namespace

std::string StatementGenerator::OneOf(std::vector<std::string_view> choices) {
  return std::string(choices[Below(static_cast<unsigned>(choices.size()))]);
}

std::string StatementGenerator::NewName(Kind kind) {
  std::string name = "v" + std::to_string(++made_);
  names_.push_back({name, kind});
  return name;
}

std::string StatementGenerator::Known(Kind kind) {
  std::vector<std::string> known;
  for (const Name& name : names_) {
    if (name.kind == kind) known.push_back(name.name);
  }
  return known.empty() ? std::string() : known[Below(static_cast<unsigned>(known.size()))];
}

std::string StatementGenerator::Next() {
  made_ = 0;
  const bool several = Chance(6);
  const std::string_view join = Chance(3) ? " UNION ALL " : " UNION ";
  std::string text;
  for (unsigned i = several ? 2 + Below(2) : 1; i > 0; --i) {
    names_.clear();
    text += Part(several);
    if (i > 1) text += join;
  }
  return text;
}

std::string StatementGenerator::Part(bool of_union) { return Clauses() + Return(of_union); }

std::string StatementGenerator::Clauses() {
  std::string text = Match();
  for (unsigned i = Below(4); i > 0; --i) {
    switch (Below(5)) {
      case 0:
      case 1:
        text += Match();
        break;
      case 2:
        text += "UNWIND " + OneOf({"[1, 2, 2]", "[0, null, 3]", "range(0, 2)", "[]"}) + " AS ";
        text += NewName(Kind::kInteger) + " ";
        break;
      default:
        text += With();
    }
  }
  return text;
}

std::string StatementGenerator::Match() {
  std::string text = Chance(3) ? "OPTIONAL MATCH " : "MATCH ";
  text += Patterns() + " ";
  if (Chance(2)) text += "WHERE " + Condition(0) + " ";
  return text;
}

std::string StatementGenerator::OrderBy(const std::vector<std::string>& columns) {
  std::vector<std::string> keys;
  std::vector<std::string> shuffled = columns;
  std::shuffle(shuffled.begin(), shuffled.end(), random_);
  for (const std::string& column : shuffled) keys.push_back(column + (Chance(3) ? " DESC" : ""));
  return " ORDER BY " + Joined(keys);
}

std::string StatementGenerator::With() {
  std::vector<std::string> items;
  std::vector<Name> kept;
  std::vector<std::string> sortable;
  const bool grouped = Chance(3);
  for (const Name& name : names_) {
    if (Chance(4)) continue;
    // What a group is made by need not be a name.
    kept.push_back(name);
    items.push_back(name.name);
    sortable.push_back(name.name);
  }
  const auto add = [&](const std::string& expression, Kind kind) {
    const std::string name = "v" + std::to_string(++made_);
    items.push_back(expression + " AS " + name);
    kept.push_back({name, kind});
    sortable.push_back(name);
  };
  if (grouped) {
    add(Grouped(), Kind::kInteger);
  } else if (Chance(2)) {
    add(Integer(0), Kind::kInteger);
  }
  if (!grouped && (Chance(3) || items.empty())) add(Text(), Kind::kText);
  std::string text = "WITH ";
  if (!grouped && Chance(4)) text += "DISTINCT ";
  text += Joined(items);
  names_ = kept;
  if (Chance(3)) {
    text += OrderBy(sortable);
    if (Chance(3)) text += " SKIP " + std::to_string(Below(3));
    if (Chance(2)) text += " LIMIT " + std::to_string(Below(6));
  }
  if (Chance(3)) text += " WHERE " + Condition(1);
  return text + " ";
}

std::string StatementGenerator::Return(bool of_union) {
  std::vector<std::string> items;
  std::vector<std::string> columns;
  const auto add = [&](const std::string& expression) {
    columns.push_back("c" + std::to_string(columns.size()));
    items.push_back(expression + " AS " + columns.back());
  };
  const bool grouped = Chance(3);
  if (of_union) {
    add(grouped ? Grouped() : Integer(0));
    add(Text());
  } else {
    for (const Name& name : names_) {
      if (items.size() < 4 && !Chance(3)) add(name.name);
    }
    if (grouped || items.empty()) add(grouped ? Grouped() : Text());
    if (Chance(2)) add(grouped ? Grouped() : Integer(0));
  }
  std::string text = "RETURN ";
  if (!grouped && Chance(4)) text += "DISTINCT ";
  text += Joined(items);
  if (!of_union && Chance(2)) {
    text += OrderBy(columns);
    if (Chance(4)) text += " SKIP " + std::to_string(Below(3));
    if (Chance(2)) text += " LIMIT " + std::to_string(Below(8));
  }
  return text;
}

std::string StatementGenerator::Grouped() {
  switch (Below(7)) {
    case 0:
      return "count(*)";
    case 1:
      return "count(DISTINCT " + Integer(1) + ")";
    case 2:
      return "sum(" + Integer(1) + ")";
    case 3:
      return OneOf({"min", "max"}) + "(" + Integer(1) + ") + 1";
    case 4:
      return "size(collect(" + std::string(Chance(2) ? "DISTINCT " : "") + Text() + "))";
    case 5:
      return "size([x IN collect(" + Integer(1) + ") WHERE x > 1 | x + 1])";
    default:
      return "count(" + Text() + ") + count(*)";
  }
}

std::string StatementGenerator::Patterns() {
  bound_ = names_.size();
  std::string text;
  if (Chance(5)) text = NewName(Kind::kPath) + " = ";
  if (Chance(12)) {
    // Which of several shortest paths is given is open; all of them are not.
    text += "allShortestPaths(" + Node() + "-[" + Types() + "*";
    text += OneOf({"", "..3", "0..2", "1.."}) + "]" + OneOf({"->", "-"});
    return text + Node() + ")";
  }
  text += Chain(3);
  if (Chance(4)) text += ", " + Chain(1);
  return text;
}

std::string StatementGenerator::Chain(unsigned hops_max) {
  std::string text = Node();
  for (unsigned i = Below(hops_max + 1); i > 0; --i) {
    if (Chance(7)) {
      text += " " + Repeated() + " ";
    } else {
      const bool left = Chance(3);
      text += (left ? "<-[" : "-[") + Relationship();
      text += left || Chance(3) ? "]-" : "]->";
    }
    text += Node();
  }
  return text;
}

std::string StatementGenerator::Node() {
  std::string text = "(";
  std::string name = Chance(3) ? Known(Kind::kNode) : std::string();
  if (name.empty() && !Chance(5)) name = NewName(Kind::kNode);
  text += name;
  if (Chance(3)) text += ":" + Labels();
  if (Chance(8)) text += " {" + OneOf({"size: ", "rank: "}) + std::to_string(Below(4)) + "}";
  if (!name.empty() && Chance(10)) text += " WHERE " + name + ".size > 0";
  return text + ")";
}

std::string StatementGenerator::Labels() {
  return OneOf({"Thing", "Machine", "Person", "!Machine", "Machine|Person", "Thing&!Machine",
                "!(Person|Machine)", "Item"});
}

std::string StatementGenerator::Types() { return OneOf({"", ":needs", ":gives", ":needs|gives"}); }

std::string StatementGenerator::Relationship() {
  if (Chance(6)) {
    for (std::size_t i = 0; i < bound_; ++i) {
      if (names_[i].kind == Kind::kLink && Chance(2)) {
        // Only once in a pattern.
        const std::string name = names_[i].name;
        std::swap(names_[i], names_[--bound_]);
        return name;
      }
    }
  }
  if (Chance(4)) {
    const std::string name = Chance(2) ? NewName(Kind::kLinks) : std::string();
    return name + Types() + OneOf({"*0..1", "*1..2", "*2", "*..2", "*0..2", "*1..3"});
  }
  return (Chance(2) ? NewName(Kind::kLink) : std::string()) + Types();
}

// The names of the part are defined behind it, as lists.
std::string StatementGenerator::Repeated() {
  const std::string a = "v" + std::to_string(++made_);
  const std::string b = "v" + std::to_string(++made_);
  const std::string r = "v" + std::to_string(++made_);
  std::string text =
      "((" + a + (Chance(4) ? ":" + Labels() : "") + ")-[" + r + Types() + "]" + OneOf({"->", "-"});
  if (Chance(4)) text += "()-[" + Types() + "]->";
  text += "(" + (Chance(5) ? a : b) + ")";
  const bool same = text.ends_with("(" + a + ")");
  switch (Below(4)) {
    case 0:
      text += " WHERE " + a + ".size >= " + (same ? std::string("1") : b + ".size");
      break;
    case 1:
      text += " WHERE " + a + ".rank IN [0, 1, 2]";
      break;
    default:
      text += " WHERE type(" + r + ") <> 'none'";
  }
  text += ")" + OneOf({"{1,2}", "{2}", "{0,2}", "{,1}", "+", "{1,3}"});
  names_.push_back({a, Kind::kNodes});
  if (!same) names_.push_back({b, Kind::kNodes});
  names_.push_back({r, Kind::kLinks});
  return text;
}

std::string StatementGenerator::Integer(int depth) {
  const std::string node = Known(Kind::kNode);
  const std::string number = Known(Kind::kInteger);
  const std::string links = Known(Kind::kLinks);
  const std::string nodes = Known(Kind::kNodes);
  const std::string path = Known(Kind::kPath);
  for (;;) {
    switch (Below(10)) {
      case 0:
        return std::to_string(Below(4));
      case 1:
      case 2:
        if (!node.empty()) return node + OneOf({".size", ".rank", ".size"});
        break;
      case 3:
        if (!number.empty()) return number;
        break;
      case 4:
        if (!links.empty()) return "size(" + links + ")";
        break;
      case 5:
        if (!nodes.empty()) return "size([x IN " + nodes + " WHERE x.size > 1])";
        break;
      case 6:
        if (!path.empty()) return "length(" + path + ")";
        break;
      case 7:
        if (depth < kDepthMax) return "(" + Integer(depth + 1) + " + " + Integer(depth + 1) + ")";
        break;
      case 8:
        if (depth < kDepthMax) return Subquery("COUNT", depth + 1);
        break;
      default:
        if (depth < kDepthMax && !node.empty())
          return "size([" + std::string("(") + node + ")--(x) WHERE x.size > 0 | x.rank])";
    }
  }
}

std::string StatementGenerator::Text() {
  const std::string node = Known(Kind::kNode);
  const std::string text = Known(Kind::kText);
  const std::string link = Known(Kind::kLink);
  if (!text.empty() && Chance(3)) return text;
  if (!link.empty() && Chance(3)) return "type(" + link + ")";
  if (node.empty()) return OneOf({"'a'", "'n1'", "null"});
  return node + OneOf({".key", ".name"});
}

std::string StatementGenerator::Comparison(int depth) {
  const std::string node = Known(Kind::kNode);
  switch (Below(8)) {
    case 0:
      if (!node.empty()) return node + OneOf({".size", ".closed_at"}) + " IN [1, 3, null]";
      break;
    case 1:
      if (!node.empty()) return node + ".size IN [0, 2, 2]";
      break;
    case 2:
      if (!node.empty()) return "elementId(" + node + ") IN ['n0', 'n3', 'x', 'n1']";
      break;
    case 3:
      if (!node.empty()) return "(" + node + ".size = " + Integer(2) + " OR " + node + ".size = 1)";
      break;
    case 4:
      if (!node.empty()) return node + ".size" + OneOf({" > 1", " <= 2", " = 2", " <> 0"});
      break;
    case 5:
      if (!node.empty()) return node + ".name" + OneOf({" STARTS WITH 'a'", " = 'ab'", " IS NULL"});
      break;
    case 6:
      if (!node.empty()) {
        return node + ".closed_at IS NULL" +
               OneOf({"", "", " AND " + node + ".size >= 1", " AND " + node + ".name = 'ab'"});
      }
      break;
    default:
      break;
  }
  return Integer(depth + 1) + OneOf({" = ", " < ", " >= ", " <> "}) + Integer(depth + 1);
}

std::string StatementGenerator::Condition(int depth) {
  const std::string node = Known(Kind::kNode);
  const std::string other = Known(Kind::kNode);
  const std::string links = Known(Kind::kLinks);
  const bool deeper = depth < kDepthMax;
  switch (Below(12)) {
    case 0:
      if (!node.empty()) return node + ":" + Labels();
      break;
    case 1:
      if (!node.empty()) return "(" + node + " = " + other + ")";
      break;
    case 2:
      if (!node.empty() && deeper)
        return "(" + node + ")" + OneOf({"-->", "<--", "--"}) + "(" + OneOf({"", ":Machine"}) + ")";
      break;
    case 3:
      if (deeper) return Subquery("EXISTS", depth + 1);
      break;
    case 4:
      if (!links.empty())
        return OneOf({"all", "any", "none"}) + "(l IN " + links + " WHERE type(l) = 'needs')";
      break;
    case 5:
      if (deeper) return "NOT (" + Condition(depth + 1) + ")";
      break;
    case 6:
    case 7:
      if (deeper) return "(" + Condition(depth + 1) + " OR " + Condition(depth + 1) + ")";
      break;
    case 8:
    case 9:
      if (deeper) return Condition(depth + 1) + " AND " + Condition(depth + 1);
      break;
    default:
      break;
  }
  return Comparison(depth);
}

std::string StatementGenerator::Subquery(std::string_view word, int depth) {
  // What the subquery names is known in it alone.
  const std::vector<Name> before = names_;
  std::string text = std::string(word) + " { ";
  if (Chance(3)) {
    text += "MATCH " + Patterns();
    if (Chance(2)) text += " WHERE " + Condition(depth);
    if (Chance(2)) {
      text += " RETURN " + std::string(Chance(2) ? "DISTINCT " : "") + Integer(kDepthMax) + " AS c";
    }
  } else {
    bound_ = names_.size();
    text += Chain(2);
    if (Chance(2)) text += " WHERE " + Condition(depth);
  }
  names_ = before;
  return text + " }";
}

}  // namespace kosei::query

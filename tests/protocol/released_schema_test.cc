// What was released stays. flatc --conform (ctest conform_*) refuses changed types, numbers and
// defaults; it says nothing about a field or an enum value that is gone. This does.
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <string>

#include "gtest/gtest.h"

namespace kosei::protocol {
namespace {

// Name of a table, struct or enum, to the first word of each line inside it and its id, if any.
using Declarations = std::map<std::string, std::set<std::string>>;

std::string FirstWord(const std::string& line) {
  const std::size_t start = line.find_first_not_of(" \t");
  if (start == std::string::npos || line.compare(start, 2, "//") == 0) return {};
  return line.substr(start, line.find_first_of(" :=;,{}", start) - start);
}

// The declarations of a schema, each member as "name" or "name (id: N". One member a line, or an
// enum on one line.
Declarations Read(const std::filesystem::path& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file.is_open()) << path;
  Declarations found;
  std::string text;
  for (std::string line; std::getline(file, line);) {
    line = line.substr(0, line.find("//"));
    for (const char c : line) {
      if (c == '}') text.push_back('\n');
      text.push_back(c);
      if (c == '{' || c == ',' || c == ';' || c == '}') text.push_back('\n');
    }
    text.push_back('\n');
  }
  std::string current;
  std::string line;
  for (std::size_t at = 0; at < text.size(); at += line.size() + 1) {
    line = text.substr(at, text.find('\n', at) - at);
    const std::string word = FirstWord(line);
    if (word == "table" || word == "struct" || word == "enum") {
      const std::size_t name = line.find(word) + word.size() + 1;
      current = line.substr(name, line.find_first_of(" :{", name) - name);
    } else if (line.find('}') != std::string::npos) {
      current.clear();
    } else if (!word.empty() && !current.empty() && word != "force_align" && word != "deprecated") {
      found[current].insert(word);
    }
  }
  return found;
}

TEST(ReleasedSchema, LosesNoFieldAndNoValue) {
  const std::filesystem::path root(KOSEI_SOURCE_DIR);
  std::size_t files = 0;
  std::size_t members = 0;
  for (const char* folder : {"base/schema", "protocol/schema"}) {
    for (const auto& entry : std::filesystem::directory_iterator(root / folder / "released")) {
      SCOPED_TRACE(entry.path().filename().string());
      const Declarations now = Read(root / folder / entry.path().filename());
      for (const auto& [name, released] : Read(entry.path())) {
        const auto found = now.find(name);
        ASSERT_NE(found, now.end()) << name << " is gone";
        for (const std::string& member : released) {
          EXPECT_TRUE(found->second.contains(member))
              << name << "." << member << " is gone: mark it deprecated instead";
          ++members;
        }
      }
      ++files;
    }
  }
  EXPECT_EQ(files, 19U);
  EXPECT_GT(members, 200U);
}

TEST(ReleasedSchema, HoldsEverySchema) {
  const std::filesystem::path root(KOSEI_SOURCE_DIR);
  for (const char* folder : {"base/schema", "protocol/schema"}) {
    for (const auto& entry : std::filesystem::directory_iterator(root / folder)) {
      if (entry.path().extension() != ".fbs") continue;
      EXPECT_TRUE(std::filesystem::exists(root / folder / "released" / entry.path().filename()))
          << entry.path().filename() << " has no released form: copy it there";
    }
  }
}

}  // namespace
}  // namespace kosei::protocol

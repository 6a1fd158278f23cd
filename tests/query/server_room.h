// A small room of servers, for statements: three of them need each other, two stand in a site, and
// attributes have every type that statements treat in a way of its own.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "statement_store.h"

namespace kosei::query {

extern const std::string_view kRoomModel;

class ServerRoom : public ::testing::Test {
 protected:
  explicit ServerRoom(std::string_view model_yaml = kRoomModel);

  CommitNumber Put(const std::string& key, std::string_view class_name,
                   const std::vector<std::pair<std::string, Value>>& values);
  CommitNumber Link(const std::string& source, const std::string& type, const std::string& target);
  // The names of the plan's operators, the last first.
  std::vector<std::string> Plan(std::string_view text);

  StatementStore asked_;
  CommitNumber first_;  // when all was there
};

}  // namespace kosei::query

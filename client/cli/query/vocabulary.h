// The names that may stand in a statement, as the shell of `kosei query` completes them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "kosei/client/model.h"

namespace kosei::cli {

struct QueryVocabulary {
  // Of labels the attributes that records with them can have.
  std::map<std::string, std::vector<std::string>> labels;
  std::vector<std::string> relationship_types;
  std::vector<std::string> attributes;  // of all classes
  // Of the session.
  std::vector<std::string> parameters;
  std::vector<std::string> plans;
  std::vector<std::string> commands;  // of the shell, with the backslash
};

// The model's names take the place of those of another one. What is retired is not offered.
void TakeNames(const client::Model& model, QueryVocabulary& vocabulary);

}  // namespace kosei::cli

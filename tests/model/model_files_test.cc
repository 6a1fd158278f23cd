// ReadModel: which files of a folder make the model, and what it says about the rest.
#include <filesystem>
#include <fstream>

#include "kosei/model/definition.h"
#include "status_matchers.h"
#include "temp_folder.h"

namespace kosei::model {
namespace {

using ::kosei::testing::IsError;
using ::kosei::testing::TempFolder;

void WriteText(const std::string& path, std::string_view text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

TEST(ReadModel, JoinsTheFilesOfAFolderInNameOrder) {
  const TempFolder folder;
  WriteText(folder / "b.yaml", "classes: [{name: B, parent: A}]");
  WriteText(folder / "a.yaml", "classes: [{name: A}]");
  WriteText(folder / "more/c.yaml", "classes: [{name: C}]\n");
  WriteText(folder / "notes.txt", "not a model");
  ASSERT_OK_AND_ASSIGN(const ModelDefinition model, ReadModel(folder.path()));
  ASSERT_EQ(model.classes.size(), 3U);
  EXPECT_EQ(model.classes[0].name, "A");
  EXPECT_EQ(model.classes[1].name, "B");
  EXPECT_EQ(model.classes[2].name, "C");
  EXPECT_EQ(model.classes[2].origin, folder / "more/c.yaml:1");
}

TEST(ReadModel, NamesBothPlacesOfADuplicate) {
  const TempFolder folder;
  WriteText(folder / "a.yaml", "classes: [{name: A}]");
  WriteText(folder / "b.yaml", "\nclasses: [{name: A}]");
  EXPECT_THAT(ReadModel(folder.path()),
              IsError(ErrorCode::kModelInvalid, (folder / "b.yaml:2") +
                                                    ": class A is defined twice, first at " +
                                                    (folder / "a.yaml:1")));
}

TEST(ReadModel, SaysWhatIsWrongWithAFolder) {
  const TempFolder folder;
  EXPECT_THAT(ReadModel(folder / "missing"),
              IsError(ErrorCode::kModelInvalid, "there is no such folder"));
  EXPECT_THAT(ReadModel(folder.path()), IsError(ErrorCode::kModelInvalid, "no *.yaml file in it"));
  WriteText(folder / "a.yml", "classes: []");
  EXPECT_THAT(ReadModel(folder.path()),
              IsError(ErrorCode::kModelInvalid, "rename it to end in .yaml"));
}

TEST(ReadModel, RefusesAFileThatIsTooLargeBeforeReadingIt) {
  const TempFolder folder;
  WriteText(folder / "a.yaml", std::string((std::size_t{1} << 20) + 1, '#'));
  EXPECT_THAT(ReadModel(folder.path()),
              IsError(ErrorCode::kModelInvalid, (folder / "a.yaml") + ": the file has 1048577"));
}

}  // namespace
}  // namespace kosei::model

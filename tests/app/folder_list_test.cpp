// What the card of files lists, and what a pasted path means.
#include "app/window/files/folder_list.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace blockyard {
namespace {

namespace fs = std::filesystem;

class FolderList : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = fs::path(BLOCKYARD_TEST_OUTPUT) / "folder-list";
    fs::remove_all(folder_);
    fs::create_directories(folder_ / "Deep");
    for (const char* name : {"trace10.jsonl", "Trace2.jsonl", "notes.md", ".hidden.json", "b.JSON"})
      std::ofstream(folder_ / name) << "x";
  }
  std::string shown(bool all, std::string_view filter) const {
    const auto entries = list_folder(folder_.string());
    std::string out;
    for (const std::size_t i : shown_entries(*entries, all, filter)) out += (*entries)[i].name + " ";
    return out;
  }
  fs::path folder_;
};

TEST_F(FolderList, FoldersFirstThenFilesAsPeopleOrderThem) {
  EXPECT_EQ(shown(true, ""), "Deep b.JSON notes.md Trace2.jsonl trace10.jsonl ");
}

TEST_F(FolderList, ShowsScenariosAndTracesThatAreCalledSo) {
  EXPECT_EQ(shown(false, ""), "Deep b.JSON Trace2.jsonl trace10.jsonl ");
  EXPECT_EQ(shown(false, "TRACE1"), "trace10.jsonl ");
  EXPECT_EQ(shown(true, "note"), "notes.md ");
}

TEST_F(FolderList, SaysWhichFolderCannotBeRead) {
  const auto entries = list_folder((folder_ / "nowhere").string());
  ASSERT_FALSE(entries);
  EXPECT_NE(entries.error().message.find("nowhere: cannot be read: "), std::string::npos) << entries.error().message;
}

TEST(PastedPath, IsFreedOfQuotesSchemeAndTilde) {
  EXPECT_EQ(pasted_path("  \"/a b/c.json\" \n"), "/a b/c.json");
  EXPECT_EQ(pasted_path("file:///a%20b/%C3%A9.json"), "/a b/é.json");
  EXPECT_EQ(pasted_path("file:///a%2"), "/a%2");
  ASSERT_NE(std::getenv("HOME"), nullptr);
  EXPECT_EQ(pasted_path("~/x"), std::string(std::getenv("HOME")) + "/x");
  EXPECT_EQ(pasted_path("~x"), "~x");
}

TEST(FileFigures, ReadLikeWords) {
  EXPECT_EQ(bytes_text(999), "999 B");
  EXPECT_EQ(bytes_text(1000), "1.0 kB");
  EXPECT_EQ(bytes_text(999'600), "1.0 MB");
  EXPECT_EQ(bytes_text(1'500'000'000), "1.5 GB");
  EXPECT_EQ(age_text(0.5), "today");
  EXPECT_EQ(age_text(1.5), "1 day ago");
  EXPECT_EQ(age_text(800), "2 years ago");
}

}  // namespace
}  // namespace blockyard

// The card that opens a file: folders, recent files, and one text field that narrows the list, or takes a path. It
// pushes cmd::OpenFile; what the file is, the session finds out.
#pragma once

#include <imgui.h>

#include <string>
#include <vector>

#include "app/session/frame_context.h"
#include "app/ui/rect.h"
#include "app/window/files/folder_list.h"

namespace blockyard {

class FileDialog {
 public:
  void draw(FrameContext& ctx, ImVec2 screen);

 private:
  void enter(const std::string& folder);
  void choose(FrameContext& ctx, const std::string& path);
  void draw_places(FrameContext& ctx);
  void draw_entries(FrameContext& ctx, bool enter_pressed);
  void draw_path(const Look& look);
  std::string path_of(const FolderEntry& entry) const;

  bool was_open_ = false;
  bool all_files_ = false;
  std::string folder_;  // absolute
  std::string text_;    // what is typed
  std::string trouble_;
  std::vector<FolderEntry> entries_;
  std::vector<std::size_t> shown_;
  int selected_ = 0;
};

}  // namespace blockyard

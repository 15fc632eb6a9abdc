# Dear ImGui as Debian ships it (no CMake config): static library, headers, the glfw and opengl3 backends and imgui_stdlib
# in one archive that needs libstb after it. Gives ImGui::ImGui and ImGui_VERSION.
include(FindPackageHandleStandardArgs)
find_path(ImGui_INCLUDE_DIR imgui.h PATH_SUFFIXES imgui)
find_library(ImGui_LIBRARY imgui)
find_library(ImGui_STB_LIBRARY stb)
if(ImGui_INCLUDE_DIR)
  file(STRINGS "${ImGui_INCLUDE_DIR}/imgui.h" _line REGEX "^#define[ \t]+IMGUI_VERSION[ \t]+\"")
  string(REGEX REPLACE ".*\"([0-9.]+).*" "\\1" ImGui_VERSION "${_line}")
endif()
find_package_handle_standard_args(ImGui REQUIRED_VARS ImGui_LIBRARY ImGui_STB_LIBRARY ImGui_INCLUDE_DIR
                                        VERSION_VAR ImGui_VERSION)
if(ImGui_FOUND AND NOT TARGET ImGui::ImGui)
  add_library(ImGui::ImGui STATIC IMPORTED GLOBAL)
  set_target_properties(ImGui::ImGui PROPERTIES IMPORTED_LOCATION "${ImGui_LIBRARY}"
                                                INTERFACE_INCLUDE_DIRECTORIES "${ImGui_INCLUDE_DIR}")
  target_link_libraries(ImGui::ImGui INTERFACE ${ImGui_STB_LIBRARY} glfw ${CMAKE_DL_LIBS})
endif()
mark_as_advanced(ImGui_INCLUDE_DIR ImGui_LIBRARY ImGui_STB_LIBRARY)

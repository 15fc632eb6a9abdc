# The graphics packages, read by CMakeLists.txt here with BLOCKYARD_GUI=ON only.
# OpenGL itself is loaded when a window opens. EGL is for one test, which draws without a display; it may be missing.
find_package(OpenGL QUIET OPTIONAL_COMPONENTS EGL)

set(GLFW_BUILD_DOCS OFF)
set(GLFW_BUILD_TESTS OFF)
set(GLFW_BUILD_EXAMPLES OFF)
set(GLFW_BUILD_WAYLAND OFF)  # X11 as Debian's package does; Wayland sessions bring XWayland
set(GLFW_INSTALL OFF)
blockyard_dependency(glfw3 3.3 libglfw3-dev glfw/glfw 3.4 7b6aead9fb88b3623e3b3725ebb42670cbe4c579)

blockyard_dependency(Stb "" libstb-dev nothings/stb master-2025 31c1ad37456438565541f4919958214b6e762fb4)
if(NOT TARGET stb::stb)
  add_library(stb INTERFACE)
  target_include_directories(stb SYSTEM INTERFACE ${stb_SOURCE_DIR})
  add_library(stb::stb ALIAS stb)
endif()

blockyard_dependency(ImGui 1.86 libimgui-dev ocornut/imgui v1.92.9b f1cc2ae15e53a861a874c3034aae6798fde194ab)
if(NOT TARGET ImGui::ImGui)  # upstream ships sources without a build
  set(_imgui ${imgui_SOURCE_DIR})
  add_library(imgui STATIC ${_imgui}/imgui.cpp ${_imgui}/imgui_draw.cpp ${_imgui}/imgui_tables.cpp
                           ${_imgui}/imgui_widgets.cpp ${_imgui}/misc/cpp/imgui_stdlib.cpp
                           ${_imgui}/backends/imgui_impl_glfw.cpp ${_imgui}/backends/imgui_impl_opengl3.cpp)
  target_include_directories(imgui SYSTEM PUBLIC ${_imgui} ${_imgui}/misc/cpp)
  target_link_libraries(imgui PUBLIC glfw ${CMAKE_DL_LIBS})
  add_library(ImGui::ImGui ALIAS imgui)
endif()

# The OpenGL 3.3 core loader is generated while building: offline (--reproducible) and without extensions (185 KB, not 1.5 MB).
blockyard_dependency(Glad 2 python3-glad Dav1dde/glad v2.0.6 658f48e72aee3c6582e80b05ac0f8787a64fe6bb)
if(Glad_FOUND)
  set(_glad ${Glad_EXECUTABLE})
else()
  find_package(Python3 REQUIRED COMPONENTS Interpreter)
  set(_glad ${CMAKE_COMMAND} -E env PYTHONPATH=${glad_SOURCE_DIR} ${Python3_EXECUTABLE} -m glad)  # needs python3-jinja2
endif()
set(_out ${CMAKE_CURRENT_BINARY_DIR}/glad)
add_custom_command(
  OUTPUT ${_out}/src/gl.c ${_out}/include/glad/gl.h ${_out}/include/KHR/khrplatform.h
  COMMAND ${_glad} --quiet --reproducible --api gl:core=3.3 --extensions= --out-path ${_out} c
  WORKING_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}  # a gl.xml in the working directory would win over the bundled one
  COMMENT "Generating the OpenGL loader" VERBATIM)
add_library(blockyard_glad STATIC ${_out}/src/gl.c ${_out}/include/glad/gl.h)
target_include_directories(blockyard_glad SYSTEM PUBLIC ${_out}/include)

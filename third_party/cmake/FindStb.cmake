# The stb headers (no CMake config in Debian): include as <stb_image_write.h>. Gives stb::stb, headers only; the one source
# file that defines STB_IMAGE_WRITE_IMPLEMENTATION should also define STB_IMAGE_WRITE_STATIC.
include(FindPackageHandleStandardArgs)
find_path(Stb_INCLUDE_DIR stb_image_write.h PATH_SUFFIXES stb)
find_package_handle_standard_args(Stb REQUIRED_VARS Stb_INCLUDE_DIR)
if(Stb_FOUND AND NOT TARGET stb::stb)
  add_library(stb::stb INTERFACE IMPORTED GLOBAL)
  set_target_properties(stb::stb PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${Stb_INCLUDE_DIR}")
endif()
mark_as_advanced(Stb_INCLUDE_DIR)

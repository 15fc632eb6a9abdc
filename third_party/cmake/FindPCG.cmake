# The pcg-cpp headers (no CMake config anywhere): include as <pcg_random.hpp>. Gives pcg_cpp::pcg_cpp.
include(FindPackageHandleStandardArgs)
find_path(PCG_INCLUDE_DIR pcg_random.hpp)
find_package_handle_standard_args(PCG REQUIRED_VARS PCG_INCLUDE_DIR)
if(PCG_FOUND AND NOT TARGET pcg_cpp::pcg_cpp)
  add_library(pcg_cpp::pcg_cpp INTERFACE IMPORTED GLOBAL)
  set_target_properties(pcg_cpp::pcg_cpp PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${PCG_INCLUDE_DIR}")
endif()
mark_as_advanced(PCG_INCLUDE_DIR)

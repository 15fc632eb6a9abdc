# The glad 2 generator (python3-glad): a program, not a library. glad 1 has the same name and other options, so its help is
# read. Gives Glad_EXECUTABLE; the loader itself is generated in graphics.cmake.
include(FindPackageHandleStandardArgs)
find_program(Glad_EXECUTABLE glad)
if(Glad_EXECUTABLE AND NOT Glad_VERSION)
  execute_process(COMMAND ${Glad_EXECUTABLE} --help OUTPUT_VARIABLE _help ERROR_QUIET)
  if(_help MATCHES "--reproducible" AND _help MATCHES "{c")
    set(Glad_VERSION 2)
  else()
    set(Glad_VERSION 1)
  endif()
endif()
find_package_handle_standard_args(Glad REQUIRED_VARS Glad_EXECUTABLE VERSION_VAR Glad_VERSION)
mark_as_advanced(Glad_EXECUTABLE)

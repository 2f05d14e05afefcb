# How a library file is made from OBJECT libraries.
#
#   goro_static_library(<name> <object library>...)   lib/lib<name>.a        target <name>_static
#   goro_shared_library(<name> <object library>...)   lib/lib<name>.so.N     target <name>_shared
#
# Both are installed, and both targets may be linked by a program of the build tree (goro.h is then on its path).
# Libraries that the archive needs at link time (pthread, dl, unwind) are named by the caller afterwards:
#   target_link_libraries(<name>_static INTERFACE unwind)
#
# In the archive there is one object, made by `ld -r`, whose hidden symbols are local: the runtime's short internal names
# (park, ready, choose) cannot collide with a user's. DWARF stays as it is, with its relocations. In a sanitizer build the
# objects go into the archive unchanged: the sanitizer's own hidden symbols must keep their linkage.
#
# A unit test that calls an internal function links the OBJECT libraries themselves, never the archive.

set(GORO_LIB_DIR ${PROJECT_BINARY_DIR}/lib)
set(GORO_BIN_DIR ${PROJECT_BINARY_DIR}/bin)
set(GORO_INCLUDE_DIR ${PROJECT_BINARY_DIR}/include)

function(goro_static_library name)
  gather_objects(objects ${ARGN})
  if(NOT GORO_SANITIZE)
    set(whole ${CMAKE_CURRENT_BINARY_DIR}/${name}.o)
    add_custom_command(OUTPUT ${whole}
      COMMAND ${CMAKE_LINKER} -r -o ${whole} ${objects}
      COMMAND ${CMAKE_OBJCOPY} --localize-hidden ${whole}
      DEPENDS ${objects}
      COMMAND_EXPAND_LISTS VERBATIM
      COMMENT "Making internal names of lib${name}.a local")
    set(objects ${whole})
    set_source_files_properties(${whole} PROPERTIES EXTERNAL_OBJECT TRUE GENERATED TRUE)
  endif()
  add_library(${name}_static STATIC ${objects})
  add_dependencies(${name}_static ${ARGN})
  finish_library(${name} ${name}_static)
endfunction()

function(goro_shared_library name)
  gather_objects(objects ${ARGN})
  add_library(${name}_shared SHARED ${objects})
  set_target_properties(${name}_shared PROPERTIES SOVERSION ${PROJECT_VERSION_MAJOR})
  target_link_options(${name}_shared PRIVATE -Wl,-z,relro -Wl,-z,now)
  finish_library(${name} ${name}_shared)
endfunction()

function(gather_objects result)
  set(objects)
  foreach(library IN LISTS ARGN)
    list(APPEND objects $<TARGET_OBJECTS:${library}>)
  endforeach()
  set(${result} ${objects} PARENT_SCOPE)
endfunction()

function(finish_library name target)
  set_target_properties(${target} PROPERTIES
    OUTPUT_NAME ${name}
    LINKER_LANGUAGE C
    ARCHIVE_OUTPUT_DIRECTORY ${GORO_LIB_DIR}
    LIBRARY_OUTPUT_DIRECTORY ${GORO_LIB_DIR})
  target_include_directories(${target} INTERFACE
    $<BUILD_INTERFACE:${GORO_INCLUDE_DIR}> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  install(TARGETS ${target} EXPORT goro-targets
    ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
    LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT runtime NAMELINK_COMPONENT dev)
endfunction()

# goro_public_header(<file>): installed, and mirrored into the build tree as the installed tree has it.
function(goro_public_header file)
  get_filename_component(source ${file} ABSOLUTE)
  get_filename_component(base ${file} NAME)
  configure_file(${source} ${GORO_INCLUDE_DIR}/${base} COPYONLY)
  install(FILES ${source} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
endfunction()

# goro_program(<target> [<component>]): an executable of ours, in bin/ and installed.
function(goro_program target)
  set(component dev ${ARGN})
  list(GET component -1 component)
  set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${GORO_BIN_DIR})
  install(TARGETS ${target} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT ${component})
endfunction()

# How every C file of the project is compiled: one interface target, so that no folder invents its own flags.
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "" FORCE)
endif()
option(GORO_WERROR "Warnings are errors" OFF)
set(GORO_SANITIZE "" CACHE STRING "Sanitizers for every file of the project, as -fsanitize= takes them; empty: none")
if(GORO_SANITIZE)
  add_compile_options(-fsanitize=${GORO_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${GORO_SANITIZE})
endif()

set(CMAKE_C_STANDARD 11)
set(CMAKE_C_EXTENSIONS ON)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_FLAGS_RELEASE "-O2 -g")
set(CMAKE_C_FLAGS_DEBUG "-O1 -g3")
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

add_library(goro_compile INTERFACE)
target_compile_definitions(goro_compile INTERFACE _GNU_SOURCE)
if(GORO_SANITIZE OR CMAKE_BUILD_TYPE STREQUAL "Debug")
  target_compile_definitions(goro_compile INTERFACE GORO_CHECKS)
endif()
target_compile_options(goro_compile INTERFACE
  -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wundef
  $<$<BOOL:${GORO_WERROR}>:-Werror>
  -fvisibility=hidden -fno-common)
# Goroutines return elsewhere than where they were called from (runtime/switch_x86_64.h): no shadow stack can follow.
include(CheckCCompilerFlag)
check_c_compiler_flag(-fcf-protection=none GORO_HAS_CF_PROTECTION)
if(GORO_HAS_CF_PROTECTION)
  target_compile_options(goro_compile INTERFACE -fcf-protection=none)
endif()
target_include_directories(goro_compile INTERFACE ${PROJECT_SOURCE_DIR})

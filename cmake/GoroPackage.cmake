# What other build systems find of an installed goro: pkg-config files, the CMake package, manual pages. All paths in them
# are relative to where they lie, so that an installed tree may be moved.

set(cmake_dir ${CMAKE_INSTALL_LIBDIR}/cmake/goro)
set(pkgconfig_dir ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
file(RELATIVE_PATH GORO_PREFIX_FROM_PKGCONFIG /r/${pkgconfig_dir} /r)
file(RELATIVE_PATH GORO_PREFIX_FROM_CMAKE /r/${cmake_dir} /r)
foreach(path IN ITEMS GORO_PREFIX_FROM_PKGCONFIG GORO_PREFIX_FROM_CMAKE)
  string(REGEX REPLACE "/$" "" ${path} "${${path}}")
endforeach()

include(${PROJECT_SOURCE_DIR}/instrument/flags.cmake) # GORO_RACE_CFLAGS
# A pkg-config file cannot know the compiler, and goro-cc's way to the compiler proper differs by compiler. Both gcc and
# clang take -Wp,-fsanitize=thread, too: the pass is switched on, and the driver, which would link libtsan, does not see it.
list(JOIN GORO_RACE_CFLAGS " " GORO_RACE_CFLAGS_TEXT)
list(TRANSFORM GORO_RUNTIME_LIBRARIES PREPEND -l OUTPUT_VARIABLE libraries)
list(APPEND libraries -llzma) # libunwind.a wants it
list(JOIN libraries " " GORO_PRIVATE_LIBS)

foreach(module IN ITEMS goro goro-race)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/${module}.pc.in ${PROJECT_BINARY_DIR}/package/${module}.pc @ONLY)
  install(FILES ${PROJECT_BINARY_DIR}/package/${module}.pc DESTINATION ${pkgconfig_dir})
endforeach()

include(CMakePackageConfigHelpers)
configure_file(${CMAKE_CURRENT_LIST_DIR}/goroConfig.cmake.in ${PROJECT_BINARY_DIR}/package/goroConfig.cmake @ONLY)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/package/goroConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/package/goroConfig.cmake ${PROJECT_BINARY_DIR}/package/goroConfigVersion.cmake
              ${CMAKE_CURRENT_LIST_DIR}/GoroRaceTest.cmake
        DESTINATION ${cmake_dir})
install(EXPORT goro-targets FILE goroTargets.cmake NAMESPACE goro:: DESTINATION ${cmake_dir})
install(DIRECTORY ${GORO_LIB_DIR}/goro DESTINATION ${CMAKE_INSTALL_LIBDIR}) # what goro-cc names to the compiler

# Debian packages: cpack -G DEB in the build folder makes
#   libgoro0      the shared libraries, and what gdb loads with them
#   libgoro-dev   goro-cc, goro.h, archives, pkg-config and CMake files, manual pages
#   goro-race     the tool
# Every install rule without a component of its own belongs to `dev`.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME goro)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The goro maintainers <maintainers@goro.invalid>")
set(CPACK_PACKAGE_HOMEPAGE_URL "")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES OFF) # reports and gdb need the debug information
set(CPACK_COMPONENTS_ALL runtime dev race)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
find_program(GORO_SHLIBDEPS dpkg-shlibdeps)
if(GORO_SHLIBDEPS)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
  set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS_PRIVATE_DIRS ${GORO_LIB_DIR})
endif()

set(CPACK_DEBIAN_RUNTIME_PACKAGE_NAME libgoro0)
set(CPACK_DEBIAN_RUNTIME_PACKAGE_SECTION libs)
set(CPACK_DEBIAN_RUNTIME_DESCRIPTION "Goroutines, channels and select for C: shared libraries
 The runtime, with and without the detector of data races and deadlocks, for
 programs that were linked with goro-cc --goro-shared.")

set(CPACK_DEBIAN_DEV_PACKAGE_NAME libgoro-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "libgoro0 (= ${PROJECT_VERSION}), gcc | clang, libc6-dev, libunwind-dev, liblzma-dev")
set(CPACK_DEBIAN_DEV_PACKAGE_RECOMMENDS goro-race)
set(CPACK_DEBIAN_DEV_DESCRIPTION "Goroutines, channels and select for C: development files
 The compiler driver goro-cc, the header goro.h, static libraries, and files for
 pkg-config and CMake.")

set(CPACK_DEBIAN_RACE_PACKAGE_NAME goro-race)
set(CPACK_DEBIAN_RACE_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_RACE_PACKAGE_DEPENDS "libgoro0 (= ${PROJECT_VERSION})") # gdb's modules, for --gdb and --attach
set(CPACK_DEBIAN_RACE_PACKAGE_RECOMMENDS libgoro-dev)
set(CPACK_DEBIAN_RACE_PACKAGE_SUGGESTS gdb)
set(CPACK_DEBIAN_RACE_DESCRIPTION "Finds data races, deadlocks, leaks and misuse in programs with goroutines
 Runs a program that was built with goro-cc -race, and reports what it finds for
 a reader and for CI: text, JSON, SARIF, JUnit and GitHub annotations.")
include(CPack)

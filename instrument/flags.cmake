# What instrumented code is compiled and linked with: the one place. goro-cc, the pkg-config files and the CMake package
# are all fed from these lists.
#
# The compiler's ThreadSanitizer pass is switched on for the compiler proper only (gcc: by a specs file; clang: by
# -Xclang), never for its driver: the driver would link the compiler's own libtsan, and refuse -static.
#
# The pass runs before the compilers turn memcpy, strcpy, … of a known size into plain moves, and so misses those.
# Measured with gcc 12 (x86-64, sizes 1 to 257): at -O1 and up every memset, every strcpy of a constant, and every memcpy
# and memmove but those of 1, 2, 4, 8 and 16 bytes; memcmp of up to 64 bytes from -O2; at -O0 strcpy. clang 14 misses
# memcmp only. Without the builtins every call reaches our wrapper, at -O0 to -O3 and -Os, nothing is missed
# (tests/unit/instrument/check_gaps.sh). Struct copies are instrumented by both compilers at every size.
#
# Not done: -mmemcpy-strategy=libcall. It leaves moves by pieces (up to 64 bytes) inline, and is for x86 only.

set(GORO_RACE_NO_BUILTIN
  memcpy memmove memset memcmp mempcpy memchr memrchr memccpy bcmp bcopy bzero
  strlen strnlen strcpy strncpy stpcpy stpncpy strcat strncat strcmp strncmp strcasecmp strncasecmp
  strchr strrchr strchrnul strstr strpbrk strspn strcspn index rindex strdup strndup
  sprintf snprintf vsprintf vsnprintf)
list(TRANSFORM GORO_RACE_NO_BUILTIN PREPEND -fno-builtin- OUTPUT_VARIABLE GORO_RACE_CFLAGS)
# A wrapper that is jumped to (return free(p);) would take the caller's caller for its caller.
list(APPEND GORO_RACE_CFLAGS -fno-optimize-sibling-calls)

# Calls by the builtin's own name: gcc expands them inline whatever -fno-builtin- says, unless it cannot know the size.
# In a specs file a space ends an option, so a comment stands where C wants one. C only: in C++ these are constexpr.
# (A semicolon would end an element of a list, hence one string.)
set(GORO_RACE_GCC_MACROS "")
foreach(call "memcpy(a,b,n)" "memmove(a,b,n)" "memset(a,b,n)" "memcmp(a,b,n)")
  string(REGEX REPLACE "\\(.*" "" builtin ${call})
  string(APPEND GORO_RACE_GCC_MACROS " -D__builtin_${call}=__extension__({__SIZE_TYPE__/**/goro_n_=(n);"
    "__asm__(\"\":\"+r\"(goro_n_));(__builtin_${builtin})((a),(b),goro_n_);})")
endforeach()
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64|i.86")
  set(GORO_RACE_GCC_MACHINE -mstringop-strategy=libcall)
endif()

# Libraries that the static archives need besides libc.
set(GORO_LIBS)

list(JOIN GORO_RACE_CFLAGS " " cflags)
set(GORO_RACE_SPECS_TEXT "*cc1:\n+ -fsanitize=thread ${cflags} ${GORO_RACE_GCC_MACHINE}${GORO_RACE_GCC_MACROS}\n\n*cc1plus:\n+ -fsanitize=thread ${cflags} ${GORO_RACE_GCC_MACHINE}\n\n")
list(JOIN GORO_RACE_CFLAGS "\n" cflags)
set(GORO_RACE_CLANG_TEXT "-Xclang\n-fsanitize=thread\n${cflags}\n")

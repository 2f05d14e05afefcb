/* goro-cc's own options, and what it must know of the compiler's: each list feeds the parser and --goro-help. */
#ifndef GORO_CC_OPTIONS_H
#define GORO_CC_OPTIONS_H

/* X(option, member of struct plan, value, help) */
#define GORO_CC_OPTIONS(X)                                                                                       \
    X("-race", race, true, "instrument memory accesses, and link the detector")                                  \
    X("--race", race, true, "the same")                                                                          \
    X("--goro-static", link, LINK_STATIC, "put goro into the program itself (the default)")                      \
    X("--goro-shared", link, LINK_SHARED, "use the shared library libgoro or libgoro_race")                      \
    X("--goro-cflags", query, QUERY_CFLAGS, "print what compiling needs, and stop")                              \
    X("--goro-libs", query, QUERY_LIBS, "print what linking needs, and stop")                                    \
    X("--goro-version", query, QUERY_VERSION, "print goro's version, and stop")                                  \
    X("--goro-help", query, QUERY_HELP, "print this, and stop")

/* Options of gcc and clang whose value is the next argument: that is no input file. */
#define COMPILER_OPTIONS_WITH_VALUE(X)                                                                           \
    X("-o") X("-I") X("-D") X("-U") X("-L") X("-MF") X("-MT") X("-MQ") X("-include") X("-imacros")               \
    X("-isystem") X("-iquote") X("-idirafter") X("-iprefix") X("-iwithprefix") X("-iwithprefixbefore")           \
    X("-isysroot") X("-imultilib") X("-imultiarch") X("-Xlinker") X("-Xpreprocessor") X("-Xassembler")           \
    X("-Xclang") X("-mllvm") X("-T") X("-u") X("-e") X("-z") X("-A") X("-B") X("-G") X("--param")                 \
    X("-aux-info") X("-wrapper") X("-target") X("--target") X("-arch") X("-dumpbase") X("-dumpdir")              \
    X("-dumpbase-ext") X("-include-pch") X("--sysroot") X("--specs") X("-specs") X("--serialize-diagnostics")    \
    X("-gcc-toolchain") X("-install_name") X("-rpath") X("-soname") X("-h") X("-V") X("-b") X("-Xarch_host")

/* With one of these the compiler stops before the link. */
#define COMPILER_OPTIONS_NO_LINK(X)                                                                              \
    X("-c") X("-S") X("-E") X("-M") X("-MM") X("-fsyntax-only") X("--compile") X("--assemble")                   \
    X("--preprocess") X("--analyze") X("-emit-ast")

#endif

# Headers that are parsed once instead of in every file: two thirds of the time that a library's files took to
# compile went into those of the language and of Abseil. KOSEI_PRECOMPILE=OFF builds without, and finds what a file
# forgot to include.

# kosei_precompile(<target> <header>...)
function(kosei_precompile target)
  if(KOSEI_PRECOMPILE)
    # Without the times of the headers in it, ccache can serve it to a fresh clone at the same path. Not to one at
    # another: what was precompiled there and is included here are two files to `#pragma once`. CMake hands over the
    # whole path in a form that ccache leaves alone, which keeps them apart.
    target_compile_options(${target} PRIVATE "SHELL:$<$<CXX_COMPILER_ID:Clang>:-Xclang -fno-pch-timestamp>")
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()

# kosei_use_precompiled(<target> <target that has them>)
function(kosei_use_precompiled target owner)
  if(KOSEI_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${owner})
  endif()
endfunction()

# Headers that are parsed once instead of in every file: two thirds of the time that a library's files took to
# compile went into those of the language and of Abseil. KOSEI_PRECOMPILE=OFF builds without, and finds what a file
# forgot to include.
add_library(kosei_common_pch OBJECT "${CMAKE_SOURCE_DIR}/cmake/precompiled/common.cc")
target_include_directories(kosei_common_pch PRIVATE "${CMAKE_SOURCE_DIR}/base/include")
target_link_libraries(kosei_common_pch PRIVATE absl::status absl::statusor absl::strings kosei_flags kosei_warnings)

# Without the times of the headers in it, ccache can serve it to a fresh clone as well.
function(kosei_precompile target)
  if(KOSEI_PRECOMPILE)
    target_compile_options(${target} PRIVATE "SHELL:$<$<CXX_COMPILER_ID:Clang>:-Xclang -fno-pch-timestamp>")
    target_precompile_headers(${target} PRIVATE ${ARGN})
  endif()
endfunction()

# Takes the common headers that were precompiled already.
function(kosei_use_precompiled target)
  if(KOSEI_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM kosei_common_pch)
  endif()
endfunction()

kosei_precompile(kosei_common_pch "${CMAKE_SOURCE_DIR}/cmake/precompiled/common.h")

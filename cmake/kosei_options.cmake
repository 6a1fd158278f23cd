# Language level, warnings, sanitizers and linker: the same for every target of the project.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

set(KOSEI_SANITIZER "" CACHE STRING "asan (with UBSan), tsan, fuzz, or empty")
option(KOSEI_PRECOMPILE "Use precompiled headers" ON)

# Everyone's flags are kept apart from warnings: generated code and precompiled headers need both halves.
add_library(kosei_flags INTERFACE)
add_library(kosei_warnings INTERFACE)
target_compile_options(kosei_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
  -Woverloaded-virtual -Wimplicit-fallthrough -Wswitch-enum -Wthread-safety -Werror)

target_compile_options(kosei_flags INTERFACE
  -fno-omit-frame-pointer -fstack-protector-strong -fdebug-prefix-map=${CMAKE_SOURCE_DIR}=.)
target_compile_definitions(kosei_flags INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
target_link_options(kosei_flags INTERFACE -Wl,-z,relro,-z,now)
# Of every target alike: Clang refuses a precompiled header that was made with another notion of threads.
target_compile_options(kosei_flags INTERFACE -pthread)
if(CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
  target_link_options(kosei_flags INTERFACE -fuse-ld=lld)
endif()

set(CMAKE_CXX_FLAGS_RELEASE "-O2")
set(CMAKE_CXX_FLAGS_DEBUG "-O0 -g1")
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")

if(KOSEI_SANITIZER STREQUAL "asan")
  set(sanitizer -fsanitize=address,undefined -fno-sanitize-recover=all)
elseif(KOSEI_SANITIZER STREQUAL "tsan")
  set(sanitizer -fsanitize=thread)
elseif(KOSEI_SANITIZER STREQUAL "fuzz")
  set(sanitizer -fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=undefined)
elseif(NOT KOSEI_SANITIZER STREQUAL "")
  message(FATAL_ERROR "KOSEI_SANITIZER is '${KOSEI_SANITIZER}'; it takes asan, tsan, fuzz or nothing")
endif()
if(sanitizer)
  target_compile_options(kosei_flags INTERFACE ${sanitizer})
  target_link_options(kosei_flags INTERFACE ${sanitizer})
  # vptr checks need type information of libraries that were built without it.
  target_compile_options(kosei_flags INTERFACE $<$<STREQUAL:${KOSEI_SANITIZER},asan>:-fno-sanitize=vptr>)
endif()

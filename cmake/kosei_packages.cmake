# Third-party packages, all from Debian 12 (scripts/packages.txt). Their headers are system headers.
find_package(Threads REQUIRED)
find_package(absl REQUIRED)
find_package(Boost 1.81.0 REQUIRED CONFIG COMPONENTS headers)
find_package(OpenSSL REQUIRED)
find_package(CURL 7.88 REQUIRED)
set(KOSEI_ROCKSDB_ROOT "" CACHE PATH
  "A RocksDB of your own (scripts/build-rocksdb): a folder with lib and include. Empty: Debian's package")
if(KOSEI_ROCKSDB_ROOT)
  find_library(KOSEI_ROCKSDB_LIBRARY rocksdb PATHS "${KOSEI_ROCKSDB_ROOT}/lib" NO_DEFAULT_PATH REQUIRED)
  add_library(RocksDB::rocksdb-shared SHARED IMPORTED GLOBAL)
  set_target_properties(RocksDB::rocksdb-shared PROPERTIES
    IMPORTED_LOCATION "${KOSEI_ROCKSDB_LIBRARY}"
    INTERFACE_INCLUDE_DIRECTORIES "${KOSEI_ROCKSDB_ROOT}/include")
else()
  find_package(RocksDB REQUIRED CONFIG)
endif()
find_package(yaml-cpp REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(spdlog REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(ZLIB REQUIRED IMPORTED_TARGET zlib)
pkg_check_modules(SIMDJSON REQUIRED IMPORTED_TARGET simdjson)
pkg_check_modules(LIBEDIT REQUIRED IMPORTED_TARGET libedit)
pkg_check_modules(UTF8PROC REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(ICU REQUIRED IMPORTED_TARGET icu-uc)
pkg_check_modules(LIBICAL REQUIRED IMPORTED_TARGET libical)
pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)
# For programs with many threads that pass memory on to each other, as a server's do. Sanitizers bring an allocator of
# their own.
add_library(kosei_allocator INTERFACE)
if(KOSEI_SANITIZER STREQUAL "")
  target_link_libraries(kosei_allocator INTERFACE PkgConfig::JEMALLOC)
endif()
find_program(KOSEI_FLATC flatc REQUIRED)
find_program(KOSEI_SCDOC scdoc REQUIRED)

# Debian ships FlatBuffers' static library only for object APIs we do not use; the headers suffice.
add_library(kosei_flatbuffers_headers INTERFACE)

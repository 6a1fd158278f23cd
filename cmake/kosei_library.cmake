# kosei_library, kosei_executable, kosei_test: one target per folder, and nothing compiles that the house
# plan (docs/architecture.md, "The folders") does not allow.

# layer -> layers it may use. An edge that is missing here stops the configuration.
set(KOSEI_MAY_USE_base "")
set(KOSEI_MAY_USE_protocol base)
set(KOSEI_MAY_USE_model base)
set(KOSEI_MAY_USE_storage base model)
set(KOSEI_MAY_USE_language base)
set(KOSEI_MAY_USE_query base model storage language)
set(KOSEI_MAY_USE_process base model storage language query)
set(KOSEI_MAY_USE_server base protocol model storage language query process)
set(KOSEI_MAY_USE_client base language protocol)
set(KOSEI_MAY_USE_cli base language client estate)
set(KOSEI_MAY_USE_estate base)

function(kosei_check_edges layer)
  foreach(used ${ARGN})
    if(NOT used IN_LIST KOSEI_MAY_USE_${layer})
      message(FATAL_ERROR
        "layer rule: '${layer}' may use '${KOSEI_MAY_USE_${layer}}', not '${used}' (cmake/kosei_library.cmake)")
    endif()
  endforeach()
endfunction()

# kosei_library(<layer> HEADERS <public> SOURCES <private> USES <layers> PRIVATE_USES <layers>
#               LINKS <third-party, seen in our headers> PRIVATE_LINKS <third-party, hidden>
#               PRECOMPILE <a header of its own, precompiled beside base/precompiled.h>)
# Public headers live under <layer>/include/kosei/<layer>/.
function(kosei_library layer)
  cmake_parse_arguments(arg "" "PRECOMPILE" "HEADERS;SOURCES;USES;PRIVATE_USES;LINKS;PRIVATE_LINKS" ${ARGN})
  kosei_check_edges(${layer} ${arg_USES} ${arg_PRIVATE_USES})
  add_library(kosei_${layer} STATIC ${arg_SOURCES})
  add_library(kosei::${layer} ALIAS kosei_${layer})
  set_target_properties(kosei_${layer} PROPERTIES EXPORT_NAME ${layer})
  target_sources(kosei_${layer} PUBLIC FILE_SET HEADERS
    BASE_DIRS "${CMAKE_CURRENT_SOURCE_DIR}/include" FILES ${arg_HEADERS})
  target_include_directories(kosei_${layer} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  list(TRANSFORM arg_USES PREPEND kosei_)
  list(TRANSFORM arg_PRIVATE_USES PREPEND kosei_)
  target_link_libraries(kosei_${layer}
    PUBLIC ${arg_USES} ${arg_LINKS}
    PRIVATE ${arg_PRIVATE_USES} ${arg_PRIVATE_LINKS}
            $<BUILD_INTERFACE:kosei_flags> $<BUILD_INTERFACE:kosei_warnings>)
  if(layer STREQUAL "base")
    kosei_precompile(kosei_base precompiled.h)
  elseif(arg_PRECOMPILE)
    kosei_precompile(kosei_${layer} "${CMAKE_SOURCE_DIR}/base/precompiled.h" ${arg_PRECOMPILE})
  else()
    kosei_use_precompiled(kosei_${layer} kosei_base)
  endif()
endfunction()

# kosei_executable(<layer> <name> SOURCES ... USES <layers> LINKS <third-party>)
function(kosei_executable layer name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;LINKS" ${ARGN})
  kosei_check_edges(${layer} ${arg_USES})
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE "${CMAKE_CURRENT_SOURCE_DIR}")
  list(TRANSFORM arg_USES PREPEND kosei_)
  target_link_libraries(${name} PRIVATE ${arg_USES} ${arg_LINKS} kosei_flags kosei_warnings)
endfunction()

# Half of the time that an optimised test takes to compile goes into optimising its expectations, which run once.
function(kosei_unoptimised target)
  target_compile_options(${target} PRIVATE $<$<CONFIG:Release>:-O0> $<$<CONFIG:Release>:-U_FORTIFY_SOURCE>)
endfunction()

# kosei_test(<name> SOURCES ... LINKS <exactly what it links>): one GoogleTest program, one ctest entry a program.
# A test may look into a layer's private headers: it lists the layer in PRIVATE_OF. PRECOMPILE: headers that most of
# its files include, beside those of every test.
function(kosei_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;LINKS;PRIVATE_OF;PRECOMPILE" ${ARGN})
  add_executable(${name} ${arg_SOURCES})
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}/tests/support")
  foreach(layer ${arg_PRIVATE_OF})
    target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}/${layer}")
  endforeach()
  target_link_libraries(${name} PRIVATE ${arg_LINKS} GTest::gmock GTest::gtest_main kosei_flags kosei_warnings)
  kosei_unoptimised(${name})
  if(arg_PRECOMPILE)
    kosei_precompile(${name} "${CMAKE_SOURCE_DIR}/tests/support/pch.h" ${arg_PRECOMPILE})
  else()
    kosei_use_precompiled(${name} kosei_test_pch)
  endif()
  add_test(NAME ${name} COMMAND ${name})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 1200)
  endif()
  set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT})
endfunction()

# kosei_flatbuffers(<target> <folder below kosei/ in the include path> <schema>...)
# Generates <name>_generated.h at build time (nothing generated is committed) and, as a test, checks each schema
# against its released form in <schema folder>/released/ with flatc --conform.
function(kosei_flatbuffers target folder)
  set(out "${CMAKE_BINARY_DIR}/generated/kosei/${folder}")
  file(MAKE_DIRECTORY "${out}")
  set(generated "")
  foreach(schema ${ARGN})
    get_filename_component(name "${schema}" NAME_WE)
    get_filename_component(path "${schema}" ABSOLUTE)
    get_filename_component(directory "${path}" DIRECTORY)
    file(GLOB siblings CONFIGURE_DEPENDS "${directory}/*.fbs")
    add_custom_command(
      OUTPUT "${out}/${name}_generated.h"
      COMMAND ${KOSEI_FLATC} --cpp --cpp-std c++17 --scoped-enums --no-prefix --keep-prefix --reflect-types
              -I "${directory}" -I "${CMAKE_SOURCE_DIR}/base/schema" -o "${out}" "${path}"
      DEPENDS ${siblings} "${path}"
      COMMENT "flatc ${name}.fbs" VERBATIM)
    list(APPEND generated "${out}/${name}_generated.h")
    if(EXISTS "${directory}/released/${name}.fbs")
      add_test(NAME conform_${name}
        COMMAND ${KOSEI_FLATC} -I "${directory}" -I "${CMAKE_SOURCE_DIR}/base/schema"
                --conform-includes "${directory}/released" --conform "${directory}/released/${name}.fbs" "${path}")
    endif()
  endforeach()
  add_custom_target(${target}_schemas DEPENDS ${generated})
  add_dependencies(${target} ${target}_schemas)
  target_include_directories(${target} SYSTEM PUBLIC $<BUILD_INTERFACE:${CMAKE_BINARY_DIR}/generated>)
endfunction()

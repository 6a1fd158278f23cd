# Installs the client into a folder of its own, checks what is there, and builds the example against
# it as a user would. Arguments: BUILD (the build tree), SOURCE (client/examples), OUT, COMPILER,
# CONFIG.
include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")

file(REMOVE_RECURSE "${OUT}")
run(${CMAKE_COMMAND} --install "${BUILD}" --prefix "${OUT}/installed" --component client)

file(GLOB_RECURSE headers "${OUT}/installed/include/*")
list(LENGTH headers count)
if(count LESS 10)
  message(FATAL_ERROR "only ${count} headers were installed")
endif()
foreach(header IN LISTS headers)
  if(header MATCHES "/(protocol|storage|server|query)/")
    message(FATAL_ERROR "${header} is a private header; the client's public headers stand alone")
  endif()
  file(STRINGS "${header}" forbidden REGEX "#include.*(boost/|flatbuffers|_generated|kosei/protocol)")
  if(forbidden)
    message(FATAL_ERROR "${header} shows what is private to the client: ${forbidden}")
  endif()
endforeach()

run(${CMAKE_COMMAND} -S "${SOURCE}" -B "${OUT}/build" -G Ninja
  "-DCMAKE_PREFIX_PATH=${OUT}/installed" "-DCMAKE_CXX_COMPILER=${COMPILER}"
  "-DCMAKE_BUILD_TYPE=${CONFIG}")
run(${CMAKE_COMMAND} --build "${OUT}/build")

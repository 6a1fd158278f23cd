# Installs the client into a folder of its own, checks what is there, and builds the example against
# it as a user would. Arguments: BUILD (the build tree), SOURCE (client/examples), OUT, COMPILER,
# CONFIG.
function(run)
  execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
  if(NOT result EQUAL 0)
    list(JOIN ARGN " " command)
    message(FATAL_ERROR "${command}\nended with ${result}:\n${said}")
  endif()
endfunction()

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

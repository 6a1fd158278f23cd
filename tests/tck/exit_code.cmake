# cmake -DRUNNER=kosei_tck -DFOLDER=KIT -DONLY=TEXT -DCODE=N -P exit_code.cmake
# Fails unless a strict run of the scenarios with TEXT ends with exactly this exit code.
execute_process(
  COMMAND "${RUNNER}" --strict --list --engine --only "${ONLY}" "${FOLDER}"
  RESULT_VARIABLE code OUTPUT_VARIABLE output ERROR_VARIABLE output)
if(NOT code STREQUAL CODE)
  message(FATAL_ERROR "kosei_tck --strict --only '${ONLY}' ended with ${code}, not with ${CODE}:\n${output}")
endif()

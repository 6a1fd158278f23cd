# Installs everything into a folder of its own, checks what is there, and that the programs run from there.
# Arguments: BUILD (the build tree), SOURCE (the source tree), OUT.
include("${CMAKE_CURRENT_LIST_DIR}/run.cmake")

file(REMOVE_RECURSE "${OUT}")
set(prefix "${OUT}/installed")
run(${CMAKE_COMMAND} --install "${BUILD}" --prefix "${prefix}")

foreach(file
    bin/kosei bin/koseid
    share/man/man1/kosei.1.gz share/man/man8/koseid.8.gz
    share/kosei/model/00_configuration_item.yaml share/kosei/model/90_relationships.yaml
    share/doc/kosei/LICENSE share/doc/kosei/README.md share/doc/kosei/CHANGELOG.md
    share/doc/kosei/docs/cli.md share/doc/kosei/docs/impact.svg share/doc/kosei/docs/decisions/README.md
    include/kosei/client/client.h)
  if(NOT EXISTS "${prefix}/${file}")
    message(FATAL_ERROR "${file} was not installed")
  endif()
endforeach()

# Manual pages: whole, and of the section that their names say.
foreach(page kosei.1 koseid.8)
  string(REGEX MATCH "[0-9]$" section "${page}")
  run(gzip -dc "${prefix}/share/man/man${section}/${page}.gz")
  get_filename_component(name "${page}" NAME_WE)
  if(NOT said MATCHES "\\.TH \"${name}\" \"${section}\"" OR NOT said MATCHES "EXIT")
    message(FATAL_ERROR "${page} is not the page it should be:\n${said}")
  endif()
endforeach()

# What the program prints is what is installed.
foreach(place bash:share/bash-completion/completions/kosei zsh:share/zsh/site-functions/_kosei
    fish:share/fish/vendor_completions.d/kosei.fish)
  string(REPLACE ":" ";" place "${place}")
  list(GET place 0 shell)
  list(GET place 1 file)
  run("${prefix}/bin/kosei" completion ${shell})
  file(READ "${prefix}/${file}" installed)
  if(NOT said STREQUAL installed OR said STREQUAL "")
    message(FATAL_ERROR "${file} differs from what 'kosei completion ${shell}' prints")
  endif()
endforeach()
run(bash -n "${prefix}/share/bash-completion/completions/kosei")

# bash itself, with the installed script, completes through the installed program.
run(bash -c "source '${prefix}/share/bash-completion/completions/kosei'
  COMP_WORDS=('${prefix}/bin/kosei' admin token '') COMP_CWORD=3
  _kosei '${prefix}/bin/kosei' '' token
  echo \${COMPREPLY[*]}")
if(NOT said STREQUAL "create list revoke\n")
  message(FATAL_ERROR "completion in bash offers '${said}', expected create, list and revoke")
endif()

# koseid reads the model beside it, not the one in the source tree.
run("${prefix}/bin/koseid" --check-config)
file(WRITE "${prefix}/share/kosei/model/99_wrong.yaml" "nonsense: true\n")
execute_process(COMMAND "${prefix}/bin/koseid" --check-config
  RESULT_VARIABLE result OUTPUT_VARIABLE said ERROR_VARIABLE said)
if(result EQUAL 0 OR NOT said MATCHES "installed/share/kosei/model/99_wrong.yaml")
  message(FATAL_ERROR "the installed koseid does not read the installed model: ${result}\n${said}")
endif()

# cmake --install BUILD --prefix PREFIX: everything. With --component program: the two programs, the model that
# koseid reads, manual pages, completions and documents; with --component client: the C++ library
# (client/install.cmake).
include(GNUInstallDirs)

install(TARGETS kosei koseid RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}" COMPONENT program)
# koseid finds it from where it lies itself: PREFIX/bin/koseid, PREFIX/share/kosei/model.
install(DIRECTORY "${CMAKE_SOURCE_DIR}/model/default/" DESTINATION share/kosei/model
  COMPONENT program FILES_MATCHING PATTERN "*.yaml")
install(DIRECTORY "${CMAKE_SOURCE_DIR}/model/process/" DESTINATION share/kosei/process
  COMPONENT program FILES_MATCHING PATTERN "*.yaml")

set(pages "")
foreach(page kosei.1 koseid.8)
  set(source "${CMAKE_SOURCE_DIR}/docs/man/${page}.scd")
  set(target "${CMAKE_BINARY_DIR}/man/${page}.gz")
  file(MAKE_DIRECTORY "${CMAKE_BINARY_DIR}/man")
  # gzip -n: the same page gives the same bytes.
  add_custom_command(OUTPUT "${target}"
    COMMAND sh -c "'${KOSEI_SCDOC}' < '${source}' > '${target}.roff' && gzip -9nc '${target}.roff' > '${target}'"
    DEPENDS "${source}" COMMENT "scdoc ${page}" VERBATIM)
  list(APPEND pages "${target}")
  string(REGEX REPLACE ".*\\." "" section "${page}")
  install(FILES "${target}" DESTINATION "${CMAKE_INSTALL_MANDIR}/man${section}" COMPONENT program)
endforeach()
add_custom_target(manual ALL DEPENDS ${pages})

# Where each shell looks below /usr/local and /usr.
set(completions "${CMAKE_SOURCE_DIR}/client/cli/completion")
install(FILES "${completions}/kosei.bash" RENAME kosei
  DESTINATION "${CMAKE_INSTALL_DATADIR}/bash-completion/completions" COMPONENT program)
install(FILES "${completions}/kosei.zsh" RENAME _kosei
  DESTINATION "${CMAKE_INSTALL_DATADIR}/zsh/site-functions" COMPONENT program)
install(FILES "${completions}/kosei.fish"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d" COMPONENT program)

install(FILES LICENSE README.md CHANGELOG.md DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT program)
install(DIRECTORY docs DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT program
  FILES_MATCHING PATTERN "*.md" PATTERN "*.svg" PATTERN man EXCLUDE)

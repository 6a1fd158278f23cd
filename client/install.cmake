# What `cmake --install BUILD --component client` installs: the static libraries, the public headers
# of client, language and base, and the package that gives users the target kosei::client. The protocol's
# headers stay here: nothing of it shows in the client's.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

# Our headers are C++20, whatever a user's project begins with.
target_compile_features(kosei_client PUBLIC cxx_std_20)

set(package_folder "${CMAKE_INSTALL_LIBDIR}/cmake/kosei")
foreach(library client language base)
  install(TARGETS kosei_${library} EXPORT kosei
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT client
    FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT client)
endforeach()
# CMake wants every file set of an exported target to have a place; this one is in no component that
# anybody installs.
install(TARGETS kosei_protocol EXPORT kosei
  ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT client
  FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT never EXCLUDE_FROM_ALL)
install(EXPORT kosei NAMESPACE kosei:: FILE kosei-targets.cmake
  DESTINATION "${package_folder}" COMPONENT client)
configure_package_config_file(kosei-config.cmake.in "${CMAKE_CURRENT_BINARY_DIR}/kosei-config.cmake"
  INSTALL_DESTINATION "${package_folder}")
write_basic_package_version_file("${CMAKE_CURRENT_BINARY_DIR}/kosei-config-version.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${CMAKE_CURRENT_BINARY_DIR}/kosei-config.cmake"
  "${CMAKE_CURRENT_BINARY_DIR}/kosei-config-version.cmake"
  DESTINATION "${package_folder}" COMPONENT client)

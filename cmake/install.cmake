# SPDX-License-Identifier: Apache-2.0
# cmake --install gives bin/teranga, lib/teranga/plugins, share/teranga/recipes, and what a plugin author needs:
# include/teranga/sdk and the CMake package Teranga (Teranga::sdk, teranga_add_plugin). Plugins install themselves.
include(CMakePackageConfigHelpers)

install(DIRECTORY framework/sdk/include/teranga/sdk DESTINATION include/teranga)
install(TARGETS teranga_sdk EXPORT TerangaTargets)
set_target_properties(teranga_sdk PROPERTIES EXPORT_NAME sdk)
install(EXPORT TerangaTargets NAMESPACE Teranga:: DESTINATION lib/cmake/Teranga)
configure_package_config_file(cmake/TerangaConfig.cmake.in ${PROJECT_BINARY_DIR}/TerangaConfig.cmake
  INSTALL_DESTINATION lib/cmake/Teranga NO_SET_AND_CHECK_MACRO)
# The border promises more than the version does, but a plugin may want a header of a newer minor.
write_basic_package_version_file(${PROJECT_BINARY_DIR}/TerangaConfigVersion.cmake COMPATIBILITY SameMajorVersion)
install(FILES ${PROJECT_BINARY_DIR}/TerangaConfig.cmake ${PROJECT_BINARY_DIR}/TerangaConfigVersion.cmake cmake/plugins.cmake
  DESTINATION lib/cmake/Teranga)
if(TARGET teranga)
  install(TARGETS teranga RUNTIME DESTINATION bin)
endif()
if(EXISTS ${PROJECT_SOURCE_DIR}/launcher/recipes)
  install(DIRECTORY launcher/recipes DESTINATION share/teranga)
endif()
install(FILES LICENSE DESTINATION share/doc/teranga)

# SPDX-License-Identifier: Apache-2.0
# cmake --install gives bin/teranga, lib/teranga/plugins, share/teranga/recipes and benchmarks, guides, manual pages and completions, and what a plugin author needs:
# include/teranga/sdk, the CMake package Teranga (Teranga::sdk, Teranga::program, teranga_add_plugin), teranga-sdk.pc for other builds, and share/teranga/fortran and
# share/teranga/rust. Plugins install themselves.
include(CMakePackageConfigHelpers)

install(DIRECTORY framework/sdk/include/teranga/sdk DESTINATION include/teranga COMPONENT development)
install(TARGETS teranga_sdk EXPORT TerangaTargets COMPONENT development)
set_target_properties(teranga_sdk PROPERTIES EXPORT_NAME sdk)
install(EXPORT TerangaTargets NAMESPACE Teranga:: DESTINATION lib/cmake/Teranga COMPONENT development)
# What goes into lib/cmake/Teranga lies in the build tree likewise, which so serves as an installed one does: -DCMAKE_PREFIX_PATH=build/release.
set(package ${PROJECT_BINARY_DIR}/lib/cmake/Teranga)
file(REMOVE ${PROJECT_BINARY_DIR}/TerangaConfig.cmake ${PROJECT_BINARY_DIR}/TerangaConfigVersion.cmake) # of a build before they lay there
configure_package_config_file(cmake/TerangaConfig.cmake.in ${package}/TerangaConfig.cmake
  INSTALL_DESTINATION lib/cmake/Teranga NO_SET_AND_CHECK_MACRO)
# The border promises more than the version does, but a plugin may want a header of a newer minor.
write_basic_package_version_file(${package}/TerangaConfigVersion.cmake COMPATIBILITY SameMajorVersion)
configure_file(cmake/plugins.cmake ${package}/plugins.cmake COPYONLY)
install(FILES ${package}/TerangaConfig.cmake ${package}/TerangaConfigVersion.cmake ${package}/plugins.cmake
  DESTINATION lib/cmake/Teranga COMPONENT development)
export(EXPORT TerangaTargets NAMESPACE Teranga:: FILE ${package}/TerangaTargets.cmake)
file(MAKE_DIRECTORY ${PROJECT_BINARY_DIR}/share/teranga)
foreach(language fortran rust)
  file(CREATE_LINK ${PROJECT_SOURCE_DIR}/framework/sdk/${language} ${PROJECT_BINARY_DIR}/share/teranga/${language} SYMBOLIC)
endforeach()
install(DIRECTORY framework/sdk/fortran framework/sdk/rust DESTINATION share/teranga COMPONENT development)
file(STRINGS framework/sdk/include/teranga/sdk/c/types.h border REGEX "^#define TRG_BORDER_M(AJ|IN)OR ")
string(REGEX REPLACE ".*MAJOR ([0-9]+).*MINOR ([0-9]+).*" "\\1.\\2" TERANGA_BORDER "${border}")
configure_file(cmake/teranga-sdk.pc.in ${PROJECT_BINARY_DIR}/teranga-sdk.pc @ONLY)
install(FILES ${PROJECT_BINARY_DIR}/teranga-sdk.pc DESTINATION lib/pkgconfig COMPONENT development)
if(TARGET teranga)
  install(TARGETS teranga RUNTIME DESTINATION bin)
endif()
# Recipes name tables and texts as they lie in the source tree; installed, they lie side by side in share/teranga.
file(GLOB recipes CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/launcher/recipes/*.toml)
foreach(recipe IN LISTS recipes)
  get_filename_component(name ${recipe} NAME)
  file(READ ${recipe} text)
  string(REPLACE "\"../../datasets/" "\"../datasets/" text "${text}")
  file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/recipes/${name} CONTENT "${text}" @ONLY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${recipe})
  install(FILES ${PROJECT_BINARY_DIR}/recipes/${name} DESTINATION share/teranga/recipes)
endforeach()
install(DIRECTORY launcher/benchmarks DESTINATION share/teranga FILES_MATCHING PATTERN *.toml)
install(CODE "set(SOURCE \"${PROJECT_SOURCE_DIR}\")")
install(SCRIPT cmake/install_guides.cmake)
# The built-in plugins are the examples that the pages for authors name.
install(DIRECTORY plugins datasets DESTINATION share/doc/teranga/sources COMPONENT development FILES_MATCHING PATTERN *.hpp PATTERN *.cpp PATTERN *.h)
install(FILES LICENSE DESTINATION share/doc/teranga COMPONENT licence) # Debian packages name theirs otherwise
if(TARGET teranga_manual)
  set(written ${PROJECT_BINARY_DIR}/share)
  install(DIRECTORY ${written}/man ${written}/bash-completion ${written}/fish DESTINATION share)
  # Debian's zsh looks elsewhere than others for what packages bring.
  install(DIRECTORY ${written}/zsh DESTINATION share COMPONENT zsh)
  install(FILES ${written}/zsh/site-functions/_teranga DESTINATION share/zsh/vendor-completions COMPONENT teranga EXCLUDE_FROM_ALL)
endif()

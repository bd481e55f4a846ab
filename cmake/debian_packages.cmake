# SPDX-License-Identifier: Apache-2.0
# cpack makes two Debian packages in the build folder: teranga, and libteranga-dev for authors of plugins. What only such packages hold (their licence and
# changes where Debian looks for them) is made here; `cmake --install` leaves it out.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME teranga)
set(CPACK_PACKAGE_VENDOR Teranga)
set(TERANGA_MAINTAINER "Teranga maintainers <maintainers@teranga.invalid>" CACHE STRING "Who answers for the packages: name and address")
set(CPACK_PACKAGE_CONTACT "${TERANGA_MAINTAINER}")
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL teranga development)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)

set(CPACK_DEBIAN_TERANGA_PACKAGE_NAME teranga)
set(CPACK_DEBIAN_TERANGA_PACKAGE_SECTION science)
set(CPACK_DEBIAN_TERANGA_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_TERANGA_PACKAGE_RECOMMENDS "openmpi-bin")
set(CPACK_DEBIAN_TERANGA_PACKAGE_SUGGESTS "dataset-fashion-mnist, libteranga-dev")
set(CPACK_COMPONENT_TERANGA_DESCRIPTION "training of neural networks on CPUs and CPU clusters
Teranga trains neural networks on the processors of one machine, or of many
machines of a cluster. A recipe, which is a TOML file, names the data, the
layers, the loss and the optimizer. Names, defaults and numbers follow Keras 3.

This package holds the command teranga, its plugins, recipes, small data sets,
guides and manual pages.")
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_NAME libteranga-dev)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEVELOPMENT_PACKAGE_RECOMMENDS "cmake, g++, teranga")
set(CPACK_COMPONENT_DEVELOPMENT_DESCRIPTION "headers and CMake files for plugins of Teranga
Layers, losses, optimizers and data sets of Teranga are plugins. This package
holds what the author of a plugin needs: the headers of the plugin border, its
modules for Fortran and Rust, and the CMake package Teranga with
teranga_add_plugin.")

find_program(GZIP gzip REQUIRED)
set(folder ${PROJECT_BINARY_DIR}/debian)
file(MAKE_DIRECTORY ${folder})
string(TIMESTAMP day "%a, %d %b %Y 00:00:00 +0000" UTC)
foreach(component teranga development)
  string(TOUPPER ${component} COMPONENT)
  set(package ${CPACK_DEBIAN_${COMPONENT}_PACKAGE_NAME})
  file(CONFIGURE OUTPUT ${folder}/${package}.changes @ONLY CONTENT
"@package@ (@PROJECT_VERSION@-@CPACK_DEBIAN_PACKAGE_RELEASE@) bookworm; urgency=medium

  * Packaged by cpack from the source of Teranga @PROJECT_VERSION@.

 -- @TERANGA_MAINTAINER@  @day@
")
  install(FILES cmake/packaging/debian/copyright DESTINATION share/doc/${package} COMPONENT ${component} EXCLUDE_FROM_ALL)
  execute_process(COMMAND ${GZIP} -9nc ${folder}/${package}.changes OUTPUT_FILE ${folder}/${package}.changes.gz)
  install(FILES ${folder}/${package}.changes.gz RENAME changelog.Debian.gz DESTINATION share/doc/${package} COMPONENT ${component} EXCLUDE_FROM_ALL)
endforeach()
include(CPack)

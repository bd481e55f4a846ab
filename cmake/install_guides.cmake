# SPDX-License-Identifier: Apache-2.0
# A script of cmake --install: puts the pages for people from SOURCE into share/doc/teranga. Paths of the source tree become those of the installed one.
set(share "${CMAKE_INSTALL_PREFIX}/share")
file(GLOB pages ${SOURCE}/launcher/guides/*.md)
foreach(page IN LISTS pages ITEMS ${SOURCE}/launcher/reference.md ${SOURCE}/launcher/LIMITS.md ${SOURCE}/launcher/recipes/README.md)
  cmake_path(RELATIVE_PATH page BASE_DIRECTORY ${SOURCE}/launcher OUTPUT_VARIABLE name)
  file(READ ${page} text)
  string(REPLACE "launcher/recipes/README.md" "${share}/doc/teranga/recipes/README.md" text "${text}")
  string(REPLACE "launcher/recipes/" "${share}/teranga/recipes/" text "${text}")
  string(REPLACE "launcher/benchmarks" "${share}/teranga/benchmarks" text "${text}")
  string(REPLACE "launcher/guides/" "${share}/doc/teranga/guides/" text "${text}")
  string(REGEX REPLACE "launcher/(reference|LIMITS)" "${share}/doc/teranga/\\1" text "${text}")
  file(WRITE "$ENV{DESTDIR}${share}/doc/teranga/${name}" "${text}")
endforeach()

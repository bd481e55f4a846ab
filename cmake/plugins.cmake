# SPDX-License-Identifier: Apache-2.0
# teranga_add_plugin(NAME SOURCES ... [LIBRARIES ...] [FOLDER ...] [BASE_ONLY]): builds one plugin into <build>/lib/teranga/plugins and installs it into
# lib/teranga/plugins; with FOLDER it goes there instead and is not installed. Each plugin is built once for the base instruction set and once
# for each wider one (in a subfolder named after it, as glibc's hwcaps do); the host opens the widest one that the CPU runs. So a plugin author
# writes plain serial C++ and gets AVX2 and AVX-512 from one source. BASE_ONLY leaves the wider ones out, for plugins that wait for files or run once rather than
# compute (data sets, initializers): the host falls back to the base one. The same file serves a stranger's project after find_package(Teranga), so
# it stands on nothing else of this build: TERANGA_WARNINGS is ours alone, and empty there.
set(TERANGA_PLUGIN_FOLDER ${PROJECT_BINARY_DIR}/lib/teranga/plugins)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(TERANGA_PLUGIN_BASE_ISA x86-64-v2)
  set(TERANGA_PLUGIN_ISAS x86-64-v3 x86-64-v4 CACHE STRING "Wider instruction sets that plugins are built for as well")
else()
  set(TERANGA_PLUGIN_BASE_ISA "")
  set(TERANGA_PLUGIN_ISAS "")
endif()

function(teranga_add_plugin name)
  cmake_parse_arguments(PLUGIN "BASE_ONLY" "FOLDER" "SOURCES;LIBRARIES" ${ARGN})
  if(NOT PLUGIN_SOURCES OR PLUGIN_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "teranga_add_plugin(${name}): wants NAME SOURCES ... [LIBRARIES ...] [FOLDER ...] [BASE_ONLY], found: ${ARGN}")
  endif()
  set(home ${TERANGA_PLUGIN_FOLDER})
  if(PLUGIN_FOLDER)
    set(home ${PLUGIN_FOLDER})
  endif()
  set(isas base ${TERANGA_PLUGIN_ISAS})
  if(PLUGIN_BASE_ONLY)
    set(isas base)
    foreach(isa IN LISTS TERANGA_PLUGIN_ISAS)
      file(REMOVE ${home}/${isa}/${name}.so) # of a build before it was one
    endforeach()
  endif()
  foreach(isa IN LISTS isas)
    if(isa STREQUAL base)
      set(target ${name})
      set(subfolder "")
      set(march ${TERANGA_PLUGIN_BASE_ISA})
    else()
      set(target ${name}_${isa})
      set(subfolder /${isa})
      set(march ${isa})
    endif()
    add_library(${target} MODULE ${PLUGIN_SOURCES})
    # Hidden: the host's table is one variable a library, and must not be merged with that of another plugin.
    set_target_properties(${target} PROPERTIES PREFIX "" OUTPUT_NAME ${name} LIBRARY_OUTPUT_DIRECTORY ${home}${subfolder}
      C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON INSTALL_RPATH "" SKIP_BUILD_RPATH ON
      UNITY_BUILD_BATCH_SIZE 0) # with CMAKE_UNITY_BUILD all sources as one: each header is read once for each instruction set
    if(march)
      target_compile_options(${target} PRIVATE -march=${march})
    endif()
    if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
      target_compile_options(${target} PRIVATE -O3)
    endif()
    target_compile_options(${target} PRIVATE -fno-math-errno -fno-trapping-math ${TERANGA_WARNINGS})
    target_link_options(${target} PRIVATE -Wl,--no-undefined)
    target_link_libraries(${target} PRIVATE Teranga::sdk ${PLUGIN_LIBRARIES})
    if(NOT PLUGIN_FOLDER)
      set_property(GLOBAL APPEND PROPERTY TERANGA_PLUGIN_TARGETS ${target})
      install(TARGETS ${target} LIBRARY DESTINATION lib/teranga/plugins${subfolder})
    endif()
  endforeach()
endfunction()

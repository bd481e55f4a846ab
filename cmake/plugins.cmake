# SPDX-License-Identifier: Apache-2.0
# teranga_add_plugin(NAME SOURCES ... [LIBRARIES ...] [FOLDER ...] [BASE_ONLY] [NO_CHECK] [CHECK ...]): builds one plugin into <build>/lib/teranga/plugins and installs it into
# lib/teranga/plugins; with FOLDER it goes there instead and is not installed. Each plugin is built once for the base instruction set and once
# for each wider one (in a subfolder named after it, as glibc's hwcaps do); the host opens the widest one that the CPU runs. So a plugin author
# writes plain serial C++ and gets AVX2 and AVX-512 from one source. BASE_ONLY leaves the wider ones out, for plugins that wait for files or run once rather than
# compute (data sets, initializers): the host falls back to the base one. Sources are C++, C or Fortran, or Rust (the first source is the crate's root). After
# find_package(Teranga) a test NAME_check is added, unless NO_CHECK is given: `teranga plugin check` of the library, with the options that CHECK gives. The same file serves a stranger's project, so
# it stands on nothing else of this build: TERANGA_WARNINGS is ours alone, and empty there.
set(TERANGA_PLUGIN_FOLDER ${PROJECT_BINARY_DIR}/lib/teranga/plugins)
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  set(TERANGA_PLUGIN_BASE_ISA x86-64-v2)
  set(TERANGA_PLUGIN_ISAS x86-64-v3 x86-64-v4 CACHE STRING "Wider instruction sets that plugins are built for as well")
else()
  set(TERANGA_PLUGIN_BASE_ISA "")
  set(TERANGA_PLUGIN_ISAS "")
endif()
# Nothing but the entry is seen from outside, whatever the language and the libraries that are linked in.
set(TERANGA_PLUGIN_EXPORTS ${PROJECT_BINARY_DIR}/teranga_plugin.exports)
file(CONFIGURE OUTPUT ${TERANGA_PLUGIN_EXPORTS} CONTENT "{ global: teranga_open_library; local: *; };\n")

# The sources that a plugin in Fortran needs beside its own: the module teranga, and the border's note where no source in C or C++ brings it.
function(teranga_detail_fortran name sources)
  get_property(languages GLOBAL PROPERTY ENABLED_LANGUAGES)
  if(NOT "Fortran" IN_LIST languages OR NOT "C" IN_LIST languages)
    message(FATAL_ERROR "teranga_add_plugin(${name}): a plugin in Fortran needs project(... LANGUAGES C Fortran), found the languages: ${languages}")
  endif()
  set(all ${TERANGA_SHARE}/fortran/teranga_border.f90 ${TERANGA_SHARE}/fortran/teranga.f90 ${${sources}})
  if(NOT "${${sources}}" MATCHES "\\.(c|cc|cpp|cxx)(;|$)")
    list(APPEND all ${TERANGA_SHARE}/fortran/border_note.c)
  endif()
  set(${sources} ${all} PARENT_SCOPE)
endfunction()

# A stamp without a time of day, so that equal sources make equal files: readelf -p .teranga.build FILE. command: what puts it into a file, or nothing.
function(teranga_detail_stamp target march compiler file command)
  set(${command} "" PARENT_SCOPE)
  if(CMAKE_OBJCOPY)
    set(stamp ${CMAKE_CURRENT_BINARY_DIR}/${target}_stamp.txt)
    file(CONFIGURE OUTPUT ${stamp} CONTENT "${target} ${PROJECT_VERSION}, for ${march}, by ${compiler}, with the headers of Teranga ${Teranga_VERSION}\n")
    set(${command} COMMAND ${CMAKE_OBJCOPY} --add-section .teranga.build=${stamp} ${file} PARENT_SCOPE)
  endif()
endfunction()

# One library of a crate without Cargo: the crate teranga, then the plugin.
function(teranga_detail_rust target output march)
  find_program(TERANGA_RUSTC rustc DOC "The compiler for plugins in Rust")
  if(NOT TERANGA_RUSTC)
    message(FATAL_ERROR "teranga_add_plugin(${target}): a plugin in Rust needs rustc, which was not found. On Debian: apt-get install rustc; elsewhere: -DTERANGA_RUSTC=FILE")
  endif()
  execute_process(COMMAND ${TERANGA_RUSTC} --version OUTPUT_VARIABLE compiler OUTPUT_STRIP_TRAILING_WHITESPACE)
  list(TRANSFORM ARGN REPLACE "^([^/].*)" "${CMAKE_CURRENT_SOURCE_DIR}/\\1" OUTPUT_VARIABLE sources)
  list(GET sources 0 root)
  string(MAKE_C_IDENTIFIER ${target} crate)
  set(made ${CMAKE_CURRENT_BINARY_DIR}/${target}_crate)
  cmake_path(GET output PARENT_PATH folder)
  set(flags --edition 2021 -C opt-level=3 -C codegen-units=1)
  if(march)
    list(APPEND flags -C target-cpu=${march})
  endif()
  teranga_detail_stamp(${target} "${march}" "${compiler}" ${output} stamping)
  add_custom_command(OUTPUT ${output}
    COMMAND ${CMAKE_COMMAND} -E make_directory ${made} ${folder}
    COMMAND ${TERANGA_RUSTC} ${flags} --crate-type rlib --crate-name teranga -o ${made}/libteranga.rlib ${TERANGA_SHARE}/rust/teranga.rs
    COMMAND ${TERANGA_RUSTC} ${flags} --crate-type cdylib --crate-name ${crate} --extern teranga=${made}/libteranga.rlib -C strip=debuginfo -C link-arg=-Wl,--no-undefined -o ${output} ${root}
    ${stamping}
    DEPENDS ${sources} ${TERANGA_SHARE}/rust/teranga.rs ${TERANGA_SHARE}/rust/border.rs COMMENT "Building Rust library ${output}" VERBATIM)
  add_custom_target(${target} ALL DEPENDS ${output})
endfunction()

function(teranga_add_plugin name)
  cmake_parse_arguments(PLUGIN "BASE_ONLY;NO_CHECK" "FOLDER" "SOURCES;LIBRARIES;CHECK" ${ARGN})
  if(NOT PLUGIN_SOURCES OR PLUGIN_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "teranga_add_plugin(${name}): wants NAME SOURCES ... [LIBRARIES ...] [FOLDER ...] [BASE_ONLY] [NO_CHECK] [CHECK ...], found: ${ARGN}")
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
  if("${PLUGIN_SOURCES}" MATCHES "\\.[fF](90|95|03|08)?(;|$)" AND TERANGA_SHARE)
    teranga_detail_fortran(${name} PLUGIN_SOURCES)
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
    set(file ${home}${subfolder}/${name}.so)
    if("${PLUGIN_SOURCES}" MATCHES "\\.rs(;|$)")
      teranga_detail_rust(${target} ${file} "${march}" ${PLUGIN_SOURCES})
      if(NOT PLUGIN_FOLDER)
        install(PROGRAMS ${file} DESTINATION lib/teranga/plugins${subfolder})
      endif()
      continue()
    endif()
    add_library(${target} MODULE ${PLUGIN_SOURCES})
    # Hidden: the host's table is one variable a library, and must not be merged with that of another plugin. The folder is the same for all configurations of a
    # generator that knows several, and that of Fortran's modules is the target's own, because all of them make the same.
    set_target_properties(${target} PROPERTIES PREFIX "" OUTPUT_NAME ${name} LIBRARY_OUTPUT_DIRECTORY ${home}${subfolder}$<0:>
      C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON INSTALL_RPATH "" SKIP_BUILD_RPATH ON
      Fortran_MODULE_DIRECTORY ${CMAKE_CURRENT_BINARY_DIR}/${target}_modules LINK_DEPENDS ${TERANGA_PLUGIN_EXPORTS}
      UNITY_BUILD_BATCH_SIZE 0) # with CMAKE_UNITY_BUILD all sources as one: each header is read once for each instruction set
    if(march)
      target_compile_options(${target} PRIVATE -march=${march})
    endif()
    if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
      target_compile_options(${target} PRIVATE -O3)
    endif()
    target_compile_options(${target} PRIVATE -fno-math-errno -fno-trapping-math ${TERANGA_WARNINGS})
    target_link_options(${target} PRIVATE -Wl,--no-undefined -Wl,--version-script=${TERANGA_PLUGIN_EXPORTS})
    target_link_libraries(${target} PRIVATE Teranga::sdk ${PLUGIN_LIBRARIES} m) # C does not bring the mathematical functions by itself
    foreach(language C Fortran CXX)
      if(CMAKE_${language}_COMPILER_ID)
        set(compiler "${CMAKE_${language}_COMPILER_ID} ${CMAKE_${language}_COMPILER_VERSION}")
      endif()
    endforeach()
    teranga_detail_stamp(${target} "${march}" "${compiler}" $<TARGET_FILE:${target}> stamping)
    if(stamping)
      add_custom_command(TARGET ${target} POST_BUILD ${stamping} VERBATIM)
    endif()
    if(NOT PLUGIN_FOLDER)
      set_property(GLOBAL APPEND PROPERTY TERANGA_PLUGIN_TARGETS ${target})
      install(TARGETS ${target} LIBRARY DESTINATION lib/teranga/plugins${subfolder})
    endif()
  endforeach()
  if(TARGET Teranga::program AND NOT PLUGIN_NO_CHECK)
    add_test(NAME ${name}_check COMMAND Teranga::program plugin check ${home}/${name}.so --threads 2 ${PLUGIN_CHECK})
    set_tests_properties(${name}_check PROPERTIES TIMEOUT 900 PROCESSORS 2)
  endif()
endfunction()

# teranga_add_training_test(NAME RECIPE): a test that trains a few batches of RECIPE.
function(teranga_add_training_test name recipe)
  if(TARGET Teranga::program)
    cmake_path(ABSOLUTE_PATH recipe BASE_DIRECTORY ${CMAKE_CURRENT_SOURCE_DIR})
    add_test(NAME ${name} COMMAND Teranga::program train ${recipe} --fast-dev-run 3 --threads 2 --progress none)
    set_tests_properties(${name} PROPERTIES TIMEOUT 300)
  endif()
endfunction()

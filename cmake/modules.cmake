# SPDX-License-Identifier: Apache-2.0
# teranga_module(NAME SOURCES ... MODULES ... LIBRARIES ...): one module = one static library with its own include root.
# MODULES are other modules that its public headers or sources use; cmake/modules.txt must list the edge.
# GCC 12 sees a string overflow inside fmt 9 where there is none (-O3, constant format specs).
set(TERANGA_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual -Werror -Wno-stringop-overflow)
if(TERANGA_FUZZ) # warnings are the business of the compiler that builds the product
  set(TERANGA_WARNINGS -Wno-everything)
endif()

function(teranga_module name)
  cmake_parse_arguments(MODULE "" "" "SOURCES;MODULES;LIBRARIES" ${ARGN})
  set(target teranga_${name})
  add_library(${target} STATIC ${MODULE_SOURCES})
  target_include_directories(${target} PUBLIC include PRIVATE src .)
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:${TERANGA_WARNINGS}>)
  foreach(module IN LISTS MODULE_MODULES)
    target_link_libraries(${target} PUBLIC teranga_${module})
  endforeach()
  target_link_libraries(${target} PUBLIC ${MODULE_LIBRARIES})
endfunction()

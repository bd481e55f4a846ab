# SPDX-License-Identifier: Apache-2.0
# teranga_room(NAME SOURCES ... ROOMS ... LIBRARIES ...): one room = one static library with its own include root.
# ROOMS are other rooms that its public headers or sources use; cmake/rooms.txt must list the edge.
# GCC 12 sees a string overflow inside fmt 9 where there is none (-O3, constant format specs).
set(TERANGA_WARNINGS -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual -Werror -Wno-stringop-overflow)

function(teranga_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;ROOMS;LIBRARIES" ${ARGN})
  set(target teranga_${name})
  add_library(${target} STATIC ${ROOM_SOURCES})
  target_include_directories(${target} PUBLIC include PRIVATE src)
  target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:${TERANGA_WARNINGS}>)
  foreach(room IN LISTS ROOM_ROOMS)
    target_link_libraries(${target} PUBLIC teranga_${room})
  endforeach()
  target_link_libraries(${target} PUBLIC ${ROOM_LIBRARIES})
endfunction()

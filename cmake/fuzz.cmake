# SPDX-License-Identifier: Apache-2.0
# TERANGA_FUZZ: the modules and the fuzz targets of tests/fuzz are compiled by clang for libFuzzer, with AddressSanitizer and the sanitizer of undefined
# behaviour; any finding ends the process. The preset "fuzz" sets it. On Debian 12: apt-get install clang-14 libclang-rt-14-dev
option(TERANGA_FUZZ "Build for libFuzzer (clang only)" OFF)
if(NOT TERANGA_FUZZ)
  return()
endif()
if(NOT CMAKE_CXX_COMPILER_ID MATCHES Clang)
  message(FATAL_ERROR "TERANGA_FUZZ wants clang, found ${CMAKE_CXX_COMPILER_ID}: cmake --preset fuzz")
endif()
# vptr compares types of several shared libraries by address, which differ where symbols are hidden.
set(fuzz_options -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all -fno-omit-frame-pointer)
# GCC's macro, by which the sources leave out memory limits that the sanitizer cannot live in.
add_compile_options(${fuzz_options} -D__SANITIZE_ADDRESS__=1)
add_link_options(${fuzz_options})
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")
set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O1 -g1")
# Plugins take the runtime of the sanitizers from the fuzz target that opens them.
set(CMAKE_CXX_STANDARD_LIBRARIES "${CMAKE_CXX_STANDARD_LIBRARIES} -Wl,-z,undefs")

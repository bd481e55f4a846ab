# SPDX-License-Identifier: Apache-2.0
# Compiler options of the whole build. The host code stays at x86-64-v2; kernels choose their instruction set at run time.
set(CMAKE_CXX_FLAGS_RELEASE "-O3 -g1")
set(CMAKE_C_FLAGS_RELEASE "-O3 -g1")
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  add_compile_options(-march=x86-64-v2)
endif()
add_compile_options(-fno-math-errno)
add_compile_definitions(TERANGA_VERSION="${PROJECT_VERSION}")
# The day of this version, which its manual pages and CITATION.cff bear.
set(TERANGA_RELEASED 2026-11-30)
if(TERANGA_SANITIZE)
  add_compile_options(-fsanitize=${TERANGA_SANITIZE} -fno-omit-frame-pointer)
  add_link_options(-fsanitize=${TERANGA_SANITIZE})
  # With asserts; built in 0.4 times the time of the default, -O2 -g -DNDEBUG.
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O1 -g1")
  set(CMAKE_C_FLAGS_RELWITHDEBINFO "-O1 -g1")
endif()
if(TERANGA_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()
# Most of the time to compile a source goes into headers, so the sources of a target are compiled a few at a time, as one. The names in
# their anonymous namespaces lie together then, so each stands once in a module. OFF compiles every source alone, which finds a missing include.
option(CMAKE_UNITY_BUILD "Compile the sources of a target a few at a time" ON)
set(CMAKE_UNITY_BUILD_BATCH_SIZE 6)
find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_C_COMPILER_LAUNCHER ${CCACHE})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# SPDX-License-Identifier: Apache-2.0
# teranga_mpi_test(NAME RANKS 1 2 4 SOURCES ... MODULES ...): one Boost.Test program, run by ctest under mpirun once for each number of ranks, as
# NAME_<ranks>. A rank that hangs is ended by mpirun's own limit, and mpirun by ctest's. Where mpirun is missing the test fails.
function(teranga_mpi_run test ranks)
  cmake_parse_arguments(RUN "" "TIMEOUT" "COMMAND" ${ARGN})
  if(NOT RUN_TIMEOUT)
    set(RUN_TIMEOUT 120)
  endif()
  math(EXPR limit "${RUN_TIMEOUT} * ${TERANGA_TEST_TIME_FACTOR} - 10")
  add_test(NAME ${test} COMMAND mpirun -n ${ranks} --oversubscribe --bind-to none --timeout ${limit} ${RUN_COMMAND})
  teranga_limit(${RUN_TIMEOUT} ${test})
  set_tests_properties(${test} PROPERTIES PROCESSORS ${ranks}
    ENVIRONMENT "OMPI_ALLOW_RUN_AS_ROOT=1;OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1;OMPI_MCA_rmaps_base_oversubscribe=1;OMPI_MCA_mpi_yield_when_idle=1")
endfunction()

function(teranga_mpi_test name)
  cmake_parse_arguments(TEST "" "TIMEOUT" "RANKS;SOURCES;MODULES;LIBRARIES" ${ARGN})
  teranga_test_program(${name} SOURCES ${TEST_SOURCES} MODULES ${TEST_MODULES} LIBRARIES ${TEST_LIBRARIES})
  foreach(ranks IN LISTS TEST_RANKS)
    teranga_mpi_run(${name}_${ranks} ${ranks} TIMEOUT ${TEST_TIMEOUT} COMMAND $<TARGET_FILE:test_${name}> --log_level=test_suite)
  endforeach()
endfunction()

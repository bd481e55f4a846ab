# SPDX-License-Identifier: Apache-2.0
# clang brings no header of the OpenMP that oneDNN runs on (GCC's; two in one process would not know of each other), and does not take GCC's own header.
find_program(TERANGA_GCC NAMES g++ REQUIRED)
execute_process(COMMAND ${TERANGA_GCC} -print-file-name=libgomp.so OUTPUT_VARIABLE openmp_library OUTPUT_STRIP_TRAILING_WHITESPACE)
file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/openmp/omp.h CONTENT "extern \"C\" void omp_set_num_threads(int);\n")
add_library(OpenMP::OpenMP_CXX INTERFACE IMPORTED)
target_include_directories(OpenMP::OpenMP_CXX INTERFACE ${PROJECT_BINARY_DIR}/openmp)
target_link_libraries(OpenMP::OpenMP_CXX INTERFACE ${openmp_library})
set(OpenMP_CXX_FOUND TRUE)

/* SPDX-License-Identifier: Apache-2.0 */
/* Preloaded into a process, it adds a line to the file that MPI_WITNESS names for each start of MPI. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static void note(const char* name) {
  FILE* file = fopen(getenv("MPI_WITNESS"), "a");
  if (!file) abort();
  fprintf(file, "%s\n", name);
  fclose(file);
}

int MPI_Init(int* argc, char*** argv) {
  int (*real)(int*, char***) = (int (*)(int*, char***))dlsym(RTLD_NEXT, "MPI_Init");
  note("MPI_Init");
  return real(argc, argv);
}

int MPI_Init_thread(int* argc, char*** argv, int required, int* provided) {
  int (*real)(int*, char***, int, int*) = (int (*)(int*, char***, int, int*))dlsym(RTLD_NEXT, "MPI_Init_thread");
  note("MPI_Init_thread");
  return real(argc, argv, required, provided);
}

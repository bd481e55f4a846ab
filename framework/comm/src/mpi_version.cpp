// SPDX-License-Identifier: Apache-2.0
#include <teranga/comm/mpi_version.hpp>

#include <algorithm>

#define OMPI_SKIP_MPICXX 1
#include <mpi.h>

namespace teranga {

// "Open MPI v4.1.4, package: ..." or "MPICH Version:      4.0.2\nMPICH Release date: ...".
std::string mpi_version() {
  char text[MPI_MAX_LIBRARY_VERSION_STRING] = "";
  int length = 0;
  if (MPI_Get_library_version(text, &length) != MPI_SUCCESS) return "an MPI that does not tell its version";
  const std::string whole(text, static_cast<std::size_t>(length));
  std::string name;
  for (const char c : whole.substr(0, whole.find_first_of(",\n"))) {
    const char plain = c == '\t' ? ' ' : c;
    if (plain != ' ' || (!name.empty() && name.back() != ' ')) name += plain;
  }
  return name;
}

std::string mpi_thread_level() {
  int begun = 0, ended = 0, level = 0;
  MPI_Initialized(&begun);
  MPI_Finalized(&ended);
  if (!begun || ended || MPI_Query_thread(&level) != MPI_SUCCESS) return {};
  return level == MPI_THREAD_MULTIPLE ? "MPI_THREAD_MULTIPLE" : level == MPI_THREAD_SERIALIZED ? "MPI_THREAD_SERIALIZED" : level == MPI_THREAD_FUNNELED ? "MPI_THREAD_FUNNELED" : "MPI_THREAD_SINGLE";
}

}  // namespace teranga

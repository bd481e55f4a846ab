// SPDX-License-Identifier: Apache-2.0
// The last rank fails while the others wait for it; the launcher must end them all with the failing rank's code.
#include <teranga/comm/communicator.hpp>
#include <teranga/core/error.hpp>

#include <cstdio>
#include <cstdlib>
#include <cstring>

int main(int argc, char** argv) {
  const char* way = argc > 1 ? argv[1] : "";
  try {
    const auto group = teranga::Communicator::connect();
    if (group->rank() == group->size() - 1) {
      if (std::strcmp(way, "abort") == 0) group->abort(6);
      if (std::strcmp(way, "error") == 0) throw teranga::Error(teranga::ExitCode::failure, "as the test wants it");
      if (std::strcmp(way, "silence") == 0) std::_Exit(1);
    }
    group->barrier();
    group->barrier();
  } catch (const teranga::Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return static_cast<int>(error.code());
  }
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// former_checkpoint FOLDER STATE: writes the newest checkpoint of the folder anew, with STATE as what the data set learnt: as a former version of the data set wrote it.
#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/core/error.hpp>

#include <cstdio>

using namespace teranga;

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  try {
    std::optional<checkpoint::Snapshot> snapshot = checkpoint::newest_intact(argv[1]);
    if (!snapshot) return 2;
    snapshot->data_state = argv[2];
    checkpoint::write(argv[1], *snapshot, 2);
  } catch (const Error& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
  return 0;
}

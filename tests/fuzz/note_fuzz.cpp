// SPDX-License-Identifier: Apache-2.0
// The border note of a plugin, read from a file that may be anything.
#include <teranga/host/elf_note.hpp>

#include "target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace teranga;
  const std::string path = fuzz::folder().write("p.so", fuzz::view(data, size));
  fuzz::tried({ExitCode::plugin}, [&] { host::read_border_note(path); });
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// What the process answers that reads HDF5 files: a damaged file may have made it write anything.
#include <vector>

#include "answers.hpp"
#include "target.hpp"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace teranga;
  std::string_view input = fuzz::view(data, size);
  const bool children = fuzz::choice(input) & 1;
  try {
    h5::PacketReader from(input);
    while (from.left() > 0) {
      if (children) {
        h5::Packet again;
        h5::put_child(again, h5::get_child(from));
      } else {
        h5::get_attribute(from);
      }
    }
  } catch (const std::out_of_range&) {  // which the caller takes for a damaged file
  }
  return 0;
}

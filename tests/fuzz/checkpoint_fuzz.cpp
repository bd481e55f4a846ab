// SPDX-License-Identifier: Apache-2.0
// Checkpoints: raw, or sealed anew as a forger would, so that HDF5's part is reached.
#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/checkpoint/weights.hpp>

#include <span>

#include "envelope.hpp"
#include "target.hpp"

namespace {

std::string sealed(std::string bytes) {
  teranga::checkpoint::Seal seal;
  seal.add(std::as_bytes(std::span(bytes)));
  const auto envelope = seal.envelope();
  std::copy(envelope.begin(), envelope.end(), bytes.begin());
  return bytes;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace teranga;
  std::string_view input = fuzz::view(data, size);
  const unsigned chosen = fuzz::choice(input);
  std::string bytes(input);
  if ((chosen & 1) && bytes.size() >= checkpoint::envelope_size) bytes = sealed(std::move(bytes));
  const std::string path = fuzz::folder().write("any.h5", bytes);
  if (fuzz::tried({ExitCode::data}, [&] { checkpoint::read(path); })) checkpoint::show(path);
  if (chosen & 2) fuzz::tried({ExitCode::data}, [&] { checkpoint::read_weights_file(path); });
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "memory_check.hpp"

#include <sys/mman.h>

#include <cerrno>
#include <cstddef>
#include <cstring>

#include <fmt/core.h>

#include <teranga/core/no_memory.hpp>

namespace teranga::h5 {

namespace {

constexpr std::size_t wanted_memory = std::size_t{16} << 20;  // bytes; a limit of addresses (ulimit -v) counts them, though none of them is ever touched

}  // namespace

void require_memory(const std::string& who) {
  void* const memory = ::mmap(nullptr, wanted_memory, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw NoMemory(ExitCode::failure, fmt::format("{}: no memory for it: HDF5 needs {} MiB beside the data ({})", who, wanted_memory >> 20, std::strerror(errno)));
  ::munmap(memory, wanted_memory);
}

}  // namespace teranga::h5

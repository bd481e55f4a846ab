// SPDX-License-Identifier: Apache-2.0
// damage_checkpoint FILE cut COUNT: FILE is made shorter, COUNT times (0: to every length), from its end on. damage_checkpoint FILE flip COUNT SEED: one
// bit at a time is another, COUNT times: first each bit of the first 512 bytes, whose content no hash covers, then any. Prints how many were tried, and how
// many of them reading refused with the name of the file; of the others, what was damaged. FILE is as before in the end, but for a cut.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>

#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/core/error.hpp>

using namespace teranga;

namespace {

constexpr std::uint64_t envelope_bits = 512 * 8;

struct Counts {
  std::uint64_t tried = 0, refused = 0;
};

void read_damaged(const std::string& path, const std::string& what, Counts& counts) {
  ++counts.tried;
  try {
    checkpoint::read(path);
    std::printf("%s: read as if it were whole\n", what.c_str());
  } catch (const Error& error) {
    if (error.code() == ExitCode::data && std::string_view(error.what()).find(path) != std::string_view::npos) ++counts.refused;
    else std::printf("%s: %s\n", what.c_str(), error.what());
  }
}

void cut(const std::string& path, std::uint64_t size, std::uint64_t count, Counts& counts) {
  if (count == 0 || count > size) count = size;
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t length = (count - i) * size / count - 1;
    if (::truncate(path.c_str(), static_cast<off_t>(length)) != 0) std::abort();
    read_damaged(path, "cut to " + std::to_string(length) + " bytes", counts);
  }
}

void flip(int file, std::uint64_t bit) {
  unsigned char byte = 0;
  const auto at = static_cast<off_t>(bit / 8);
  if (::pread(file, &byte, 1, at) != 1) std::abort();
  byte = static_cast<unsigned char>(byte ^ (1U << (bit % 8)));
  if (::pwrite(file, &byte, 1, at) != 1) std::abort();
}

void flip_bits(const std::string& path, std::uint64_t size, std::uint64_t count, std::uint64_t seed, Counts& counts) {
  const int file = ::open(path.c_str(), O_RDWR | O_CLOEXEC);
  if (file < 0) std::abort();
  std::mt19937_64 random(seed);
  std::uniform_int_distribution<std::uint64_t> any(0, size * 8 - 1);
  for (std::uint64_t i = 0; i < count; ++i) {
    const std::uint64_t bit = count > 2 * envelope_bits && i < envelope_bits ? i : any(random);
    flip(file, bit);
    read_damaged(path, "bit " + std::to_string(bit), counts);
    flip(file, bit);
  }
  ::close(file);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return 2;
  const std::string path = argv[1], how = argv[2];
  const std::uint64_t count = std::strtoull(argv[3], nullptr, 10);
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return 2;
  const auto size = static_cast<std::uint64_t>(status.st_size);
  checkpoint::read(path);
  Counts counts;
  if (how == "cut") cut(path, size, count, counts);
  else flip_bits(path, size, count, argc > 4 ? std::strtoull(argv[4], nullptr, 10) : 1, counts);
  std::printf("tried %llu refused %llu\n", static_cast<unsigned long long>(counts.tried), static_cast<unsigned long long>(counts.refused));
  return 0;
}

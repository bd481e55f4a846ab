// SPDX-License-Identifier: Apache-2.0
#include <teranga/core/hash.hpp>

#include <teranga/core/error.hpp>

#include <fstream>
#include <memory>
#include <vector>

#include <fmt/format.h>
#include <xxhash.h>

namespace teranga {
namespace {

std::string hex(XXH128_hash_t hash) { return fmt::format("{:016x}{:016x}", hash.high64, hash.low64); }

}  // namespace

std::string content_hash(const void* bytes, std::size_t size) { return hex(XXH3_128bits(bytes, size)); }

std::string file_hash(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(ExitCode::failure, fmt::format("cannot read {}", path));
  const std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> state(XXH3_createState(), &XXH3_freeState);
  XXH3_128bits_reset(state.get());
  std::vector<char> block(1 << 16);  // stays in the nearest cache
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0)
    XXH3_128bits_update(state.get(), block.data(), static_cast<std::size_t>(in.gcount()));
  if (in.bad()) throw Error(ExitCode::failure, fmt::format("cannot read {} to its end", path));
  return hex(XXH3_128bits_digest(state.get()));
}

std::uint64_t hash64(std::string_view text) noexcept { return XXH3_64bits(text.data(), text.size()); }

}  // namespace teranga

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

struct ContentHash::State {
  std::unique_ptr<XXH3_state_t, decltype(&XXH3_freeState)> xxh{XXH3_createState(), &XXH3_freeState};
};

ContentHash::ContentHash() : state_(std::make_unique<State>()) { XXH3_128bits_reset(state_->xxh.get()); }
ContentHash::~ContentHash() = default;

void ContentHash::add(const void* bytes, std::size_t size) { XXH3_128bits_update(state_->xxh.get(), bytes, size); }
std::string ContentHash::text() const { return hex(XXH3_128bits_digest(state_->xxh.get())); }

std::string file_hash(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(ExitCode::failure, fmt::format("cannot read {}", path));
  ContentHash hash;
  std::vector<char> block(1 << 16);  // stays in the nearest cache
  while (in.read(block.data(), static_cast<std::streamsize>(block.size())) || in.gcount() > 0) hash.add(block.data(), static_cast<std::size_t>(in.gcount()));
  if (in.bad()) throw Error(ExitCode::failure, fmt::format("cannot read {} to its end", path));
  return hash.text();
}

std::uint64_t hash64(std::string_view text) noexcept { return XXH3_64bits(text.data(), text.size()); }

}  // namespace teranga

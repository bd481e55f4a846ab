// SPDX-License-Identifier: Apache-2.0
#include "retention.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include <teranga/core/error.hpp>


namespace teranga::checkpoint {
namespace {

constexpr std::string_view step_prefix = "step-";
constexpr std::string_view step_suffix = ".h5";
constexpr std::size_t digits = 12;

}  // namespace

std::string file_name(std::int64_t step) { return fmt::format("{}{:012}{}", step_prefix, step, step_suffix); }

std::int64_t step_of(const std::string& path) {
  const std::string name = std::filesystem::path(path).filename().string();
  if (name.size() != step_prefix.size() + digits + step_suffix.size() || !name.starts_with(step_prefix) || !name.ends_with(step_suffix)) return -1;
  std::int64_t step = 0;
  for (const char digit : std::string_view(name).substr(step_prefix.size(), digits)) {
    if (digit < '0' || digit > '9') return -1;
    step = step * 10 + (digit - '0');
  }
  return step;
}

std::vector<Generation> generations(const std::string& folder) {
  std::vector<Generation> found;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  if (error == std::errc::no_such_file_or_directory || error == std::errc::not_a_directory) return found;  // there is no such folder
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error))
    if (const std::int64_t step = step_of(entry->path().string()); step >= 0) found.push_back({step, entry->path().string()});
  if (error) throw Error(ExitCode::failure, fmt::format("checkpoint folder '{}': cannot be listed: {}", folder, error.message()));
  std::sort(found.begin(), found.end(), [](const Generation& a, const Generation& b) { return a.step < b.step; });
  return found;
}

bool Proven::Identity::operator==(const Identity& other) const noexcept {
  return device == other.device && number == other.number && bytes == other.bytes && changed.tv_sec == other.changed.tv_sec && changed.tv_nsec == other.changed.tv_nsec;
}

std::optional<Proven::Identity> Proven::identity_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return Identity{status.st_dev, status.st_ino, status.st_size, status.st_ctim};
}

void Proven::add(const std::string& path) {
  if (const auto identity = identity_of(path)) known_.insert_or_assign(path, *identity);
}

bool Proven::intact(const std::string& path) {
  const auto identity = identity_of(path);
  if (const auto known = known_.find(path); identity && known != known_.end() && known->second == *identity) return true;
  known_.erase(path);
  try {
    verify(path);
  } catch (const Error&) {
    return false;
  }
  if (identity) known_.emplace(path, *identity);
  return true;
}

void apply_retention(const std::string& folder, std::int64_t written, int keep, Proven& proven) {
  std::vector<Generation> found = generations(folder);
  std::erase_if(found, [&](const Generation& one) { return one.step > written; });
  std::reverse(found.begin(), found.end());
  const auto kept = static_cast<std::size_t>(std::max(keep, 2));
  if (found.size() <= kept) return;
  // The first has just been written; a second one has to be proven before anything older goes.
  if (std::none_of(found.begin() + 1, found.begin() + static_cast<std::ptrdiff_t>(kept), [&](const Generation& one) { return proven.intact(one.path); })) return;
  for (std::size_t index = kept; index < found.size(); ++index) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(found[index].path, ignored)) std::filesystem::remove(found[index].path, ignored);
  }
}

}  // namespace teranga::checkpoint

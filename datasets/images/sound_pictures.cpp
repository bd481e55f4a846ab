// SPDX-License-Identifier: Apache-2.0
#include "sound_pictures.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

#include <fmt/format.h>

#include <teranga/datasets/log.hpp>
#include <teranga/sdk/error.hpp>
#include <teranga/sdk/node_memory.hpp>

#include "picture_file.hpp"

namespace teranga::datasets {

namespace {

constexpr std::size_t most_told = 20;

// A byte for each picture: 1 where it cannot be read.
void mark_broken(const std::vector<ListedPicture>& pictures, RowWorkers& workers, std::uint8_t* broken) {
  std::vector<std::string> faults(pictures.size());
  workers.each(std::ssize(pictures), [&](std::int64_t i) {
    const auto at = static_cast<std::size_t>(i);
    broken[at] = 0;
    try {
      read_picture(pictures[at].path);
    } catch (const sdk::DataError& e) {
      broken[at] = 1, faults[at] = e.what();
    }
  });
  const auto count = static_cast<std::size_t>(std::count(broken, broken + pictures.size(), 1));
  if (count == 0) return;
  log(TRG_LOG_WARNING, fmt::format("{} of {} pictures cannot be read and are left out", count, pictures.size()));
  for (std::size_t i = 0, told = 0; i < pictures.size() && told < most_told; ++i)
    if (broken[i] != 0) ++told, log(TRG_LOG_WARNING, fmt::format("{}: {}", pictures[i].path, faults[i]));
  if (count > most_told) log(TRG_LOG_WARNING, fmt::format("and {} more", count - most_told));
}

}  // namespace

void keep_sound(std::vector<ListedPicture>& pictures, RowWorkers& workers) {
  if (pictures.empty()) return;
  const sdk::NodeBlock block("whether " + pictures[0].path + " and others can be read", pictures.size(), [&](void* to) { mark_broken(pictures, workers, static_cast<std::uint8_t*>(to)); });
  const auto* broken = static_cast<const std::uint8_t*>(block.data());
  const std::string first = pictures[0].path;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < pictures.size(); ++i)
    if (broken[i] == 0) {
      if (kept != i) pictures[kept] = std::move(pictures[i]);
      ++kept;
    }
  pictures.resize(kept);
  if (pictures.empty()) throw sdk::DataError(first, "expected a picture that can be read, found that none of this part can", -1, "look at one: on_error = \"fail\" tells what is wrong with each");
}

}  // namespace teranga::datasets

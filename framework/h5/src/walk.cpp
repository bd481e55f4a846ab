// SPDX-License-Identifier: Apache-2.0
#include "teranga/h5/walk.hpp"

#include <fmt/core.h>

#include <algorithm>

#include <teranga/core/error.hpp>

#include "object.hpp"

namespace teranga::h5 {

void Walk::meet(const std::string& path, const Child& child) {
  const auto refuse = [&](const std::string& why) { throw Error(ExitCode::data, fmt::format("{}: '{}': {}", file_.name(), path, why)); };
  if (child.kind == Kind::refused) refuse(child.reason);
  if (std::count(path.begin(), path.end(), '/') > deepest) refuse(fmt::format("wanted at most {} groups in groups", deepest));
  const auto [met, is_new] = met_.emplace(child.address, path);
  if (!is_new) refuse(fmt::format("wanted each group and data set under one name, found the same one as '{}'", met->second));
  if (child.kind == Kind::group) return;
  if (child.packed && packed_ == Packed::refused) refuse("wanted a data set in one piece, found chunks or none of its elements");
  std::uint64_t bytes = 0;
  if (!checked_bytes(child.shape, size_of(child.type), &bytes)) refuse("its shape overflows");
  std::uint64_t& sum = child.packed ? packed_bytes_ : plain_bytes_;
  // Elements of one byte in the file may take four in memory.
  const std::uint64_t most = (child.packed ? most_packed : 4) * std::min(file_.bytes(), UINT64_MAX / most_packed);
  if (__builtin_add_overflow(sum, bytes, &sum) || sum > most)
    refuse(fmt::format("all data sets up to here claim {} bytes, more than a file of {} can hold", sum, file_.bytes()));
}

}  // namespace teranga::h5

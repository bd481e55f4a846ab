// SPDX-License-Identifier: Apache-2.0
// A file of np.savez or np.savez_compressed: a zip archive (64-bit sizes too) of arrays, stored or deflated.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/datasets/npy_array.hpp>
#include <teranga/zip/archive.hpp>

namespace teranga::datasets {

class NpzFile {
 public:
  NpzFile(const NpzFile&) = delete;
  NpzFile& operator=(const NpzFile&) = delete;
  explicit NpzFile(const std::string& path);  // maps it, or unpacks it where it is in gzip; throws DataError

  // Names as np.load gives them: without the ".npy" of the member. An array may be named with it too; a member of exactly that name comes first.
  std::vector<std::string> names() const;
  bool has(const std::string& array) const { return find(array).has_value(); }
  // Throws DataError where there is no such array.
  HeldArray read(const std::string& array) const;
  PickledArray read_pickled(const std::string& array) const;

 private:
  std::optional<std::size_t> find(const std::string& array) const;  // its number in the archive
  template <class F>
  auto open(const std::string& array, F&& use) const;
  [[noreturn]] void damaged(const std::string& what) const;

  std::string path_;
  std::shared_ptr<const MappedFile> file_;  // or
  std::string unpacked_;
  std::string_view bytes_;                  // of either
  std::optional<zip::Archive> archive_;
};

}  // namespace teranga::datasets

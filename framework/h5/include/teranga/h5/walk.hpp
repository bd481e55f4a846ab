// SPDX-License-Identifier: Apache-2.0
// A walk over all groups and data sets of an opened file, bounded by the size of the file. Names are cheap in HDF5: with two names for each of 40 groups
// in one another, a file of some kilobytes has a million million paths, and many data sets can lie in the same bytes.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include <teranga/h5/file.hpp>

namespace teranga::h5 {

class Walk {
 public:
  // `packed`: whether data sets in chunks, or never written, are taken.
  enum class Packed { taken, refused };
  Walk(const File& file, Packed packed) : file_(file), packed_(packed) {}

  // Before the walk goes into a group, or reads a data set. Throws Error(data) where the object is refused, where it was met before, where it lies deeper
  // than `deepest` groups, and where all data sets so far claim more than the file holds, or can hold packed.
  void meet(const std::string& path, const Child& child);

  static constexpr int deepest = 64;  // groups in groups

 private:
  const File& file_;
  Packed packed_;
  std::map<std::uint64_t, std::string> met_;  // paths by address
  std::uint64_t plain_bytes_ = 0, packed_bytes_ = 0;
};

}  // namespace teranga::h5

// SPDX-License-Identifier: Apache-2.0
// Pictures that cannot be read: reading goes on behind each of them, so that all are told at once, with a command that leaves them out.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <teranga/sdk/error.hpp>

namespace teranga::datasets {

// Whether people gave the folder that the pictures lie in, or named each picture.
enum class GivenBy { folder, name };

class BrokenPictures {
 public:
  template <class F>
  void reading(F&& read) {
    try {
      read();
    } catch (const sdk::DataError& e) {
      broken_.push_back(e);
    }
  }
  bool none() const { return broken_.empty(); }
  // Throws DataError where there are any, of so many pictures in all.
  void refuse(std::size_t pictures, GivenBy given) const;

 private:
  std::vector<sdk::DataError> broken_;
};

}  // namespace teranga::datasets

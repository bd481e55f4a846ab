// SPDX-License-Identifier: Apache-2.0
// Sounds that cannot be taken: looking goes on behind each of them, so that all are told at once. The option "on_error" says whether they end the work or are left out.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <teranga/sdk/error.hpp>
#include <teranga/sdk/options.hpp>

namespace teranga::datasets {

class BrokenSounds {
 public:
  static sdk::OptionSpec option();
  explicit BrokenSounds(bool skips) : skips_(skips) {}

  // Whether it went well.
  template <class F>
  bool looking(F&& look) {
    try {
      look();
      return true;
    } catch (const sdk::DataError& e) {
      broken_.push_back(e);
      return false;
    }
  }
  bool skips() const { return skips_; }
  bool none() const { return broken_.empty(); }
  std::size_t count() const { return broken_.size(); }
  // Of so many sounds in all: tells of them, or throws DataError; nothing where there are none. Throws, too, where they are all sounds.
  void settle(std::size_t sounds) const;

 private:
  std::string lines(std::size_t most) const;

  bool skips_;
  std::vector<sdk::DataError> broken_;
};

}  // namespace teranga::datasets

// SPDX-License-Identifier: Apache-2.0
// keras.utils.pad_sequences for one sequence.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <teranga/sdk/options.hpp>

namespace teranga::datasets {

struct Padding {
  bool pad_front = true, cut_front = true;

  static Padding of(const sdk::Options& options) { return {options.text("padding") == "pre", options.text("truncating") == "pre"}; }

  // Writes exactly `length` values.
  template <class T>
  void write(std::span<const T> values, std::int64_t length, T pad, T* to) const {
    const auto kept = std::min(values.size(), static_cast<std::size_t>(length));
    const auto from = cut_front ? values.end() - static_cast<std::ptrdiff_t>(kept) : values.begin();
    const std::int64_t blank = length - static_cast<std::int64_t>(kept);
    if (pad_front) to = std::fill_n(to, blank, pad);
    to = std::copy_n(from, kept, to);
    if (!pad_front) std::fill_n(to, blank, pad);
  }
};

// "maxlen", "padding" and "truncating".
inline std::vector<sdk::OptionSpec> padding_options(const std::string& side, const std::string& left_out) {
  return {sdk::integer("maxlen").optional().in(1, 1e6).says("steps of a sample; left out: " + left_out),
          sdk::text("padding", side).choices({"pre", "post"}).says("where a shorter sample is filled up with 0"),
          sdk::text("truncating", side).choices({"pre", "post"}).says("where a longer sample is cut")};
}

}  // namespace teranga::datasets

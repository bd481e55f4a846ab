// SPDX-License-Identifier: Apache-2.0
// A header of words: P and a digit, width, height, the largest value; '#' begins a comment up to the end of its line. One blank, then the rows: a byte a value, or
// two (big-endian) where the largest is above 255; or words again.
#include "pnm_picture.hpp"

#include <cctype>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

namespace teranga::datasets {

namespace {

constexpr std::int64_t most_value = 65535;

class PnmReading {
 public:
  PnmReading(const std::string& path, std::FILE* file) : path_(path), file_(file) {}

  PictureFacts facts() {
    std::fgetc(file_);  // the P
    const int kind = std::fgetc(file_);
    words_ = kind == '2' || kind == '3';
    channels_ = kind == '3' || kind == '6' ? 3 : 1;
    PictureFacts facts;
    facts.width = number("the width");
    facts.height = number("the height");
    largest_ = number("the largest value");
    check_size(path_, facts.height, facts.width);
    if (largest_ < 1 || largest_ > most_value) damaged(path_, fmt::format("its largest value is to be from 1 to {}, and is {}", most_value, largest_));
    facts.colour = channels_ == 3;
    return facts;
  }

  Picture picture() {
    const PictureFacts header = facts();
    Pixels out{header.height, header.width, channels_};
    const std::int64_t count = out.height * out.width * out.channels;
    check_promise(count);
    out.values.reserve(static_cast<std::size_t>(count));
    for (std::int64_t i = 0; i < count; ++i) {
      const std::int64_t value = words_ ? number("a value") : largest_ > 255 ? 256 * byte() + byte() : byte();
      if (value > largest_) damaged(path_, fmt::format("value {} is {}, and the largest is to be {}", i, value, largest_));
      out.values.push_back(static_cast<std::uint8_t>((value * 255 + largest_ / 2) / largest_));
    }
    return {header, std::move(out)};
  }

 private:
  std::int64_t byte() {
    const int found = std::fgetc(file_);
    if (found == EOF) damaged(path_, "it ends early");
    return found;
  }

  // The next word, and the one blank behind it.
  std::int64_t number(const char* what) {
    int c = std::fgetc(file_);
    for (bool comment = false; c != EOF && (comment || c == '#' || std::isspace(c) != 0); c = std::fgetc(file_)) comment = (comment || c == '#') && c != '\n';
    if (c == EOF) damaged(path_, "it ends early");
    if (std::isdigit(c) == 0) damaged(path_, fmt::format("{} is no number", what));
    std::int64_t value = 0;
    for (; c != EOF && std::isdigit(c) != 0; c = std::fgetc(file_))
      if ((value = value * 10 + (c - '0')) > 10 * most_pixels) damaged(path_, fmt::format("{} is too large", what));
    if (c != EOF && std::isspace(c) == 0) damaged(path_, fmt::format("{} is no number", what));
    return value;
  }

  void check_promise(std::int64_t count) const {
    std::error_code failed;
    const auto held = static_cast<std::int64_t>(std::filesystem::file_size(path_, failed));
    const std::int64_t least = largest_ > 255 && !words_ ? 2 * count : count;
    if (!failed && least > held) damaged(path_, fmt::format("its header promises {} values, more than its {} bytes hold", count, held));
  }

  const std::string& path_;
  std::FILE* file_;
  bool words_ = false;
  std::int64_t channels_ = 1, largest_ = 255;
};

}  // namespace

PictureFacts pnm_facts(const std::string& path, std::FILE* file) { return PnmReading(path, file).facts(); }
Picture pnm_picture(const std::string& path, std::FILE* file) { return PnmReading(path, file).picture(); }

}  // namespace teranga::datasets

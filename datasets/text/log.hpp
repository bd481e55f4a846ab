// SPDX-License-Identifier: Apache-2.0
// What data sets of texts tell in the host's log.
#pragma once

#include <cstdint>
#include <string>

#include <fmt/format.h>

#include <teranga/datasets/log.hpp>
#include <teranga/datasets/path_hints.hpp>

namespace teranga::datasets {

// What repair_utf8 said of all texts.
class BrokenTexts {
 public:
  // `places` of the next text; where it stands: "file:line", or the file.
  void add(std::int64_t places, const std::string& where) {
    if (places > 0 && broken_++ == 0) first_ = where;
    places_ += places, ++texts_;
  }
  // Where many texts are broken, or one has many places, they have most likely another encoding.
  void warn() const {
    if (places_ == 0) return;
    const bool other = texts_ > 1 ? broken_ * 100 > texts_ : places_ >= 10;
    std::string file = first_;
    if (const std::size_t line = file.find_last_not_of("0123456789"); line != file.npos && file[line] == ':' && line + 1 < file.size()) file.resize(line);
    const std::string cure = other && file.starts_with('/') ? fmt::format("; where the text was written in Latin-1: {}", filter_command(file, "iconv -f LATIN1 -t UTF-8", "utf8")) : "";
    log(TRG_LOG_WARNING, fmt::format("{} places{} are no UTF-8; each became U+FFFD{}", places_, texts_ > 1 ? fmt::format(" in {} of {} texts", broken_, texts_) : "", cure));
  }

 private:
  std::int64_t places_ = 0, broken_ = 0, texts_ = 0;
  std::string first_;
};

// New samples without anything that the training knows: `knows` tells of each of the `count` whether it has any. What they are called: "texts", "words".
template <class Knows>
void warn_of_unknown(std::int64_t count, const char* samples, const char* words, Knows&& knows) {
  std::int64_t strange = 0, first = 0;
  for (std::int64_t sample = 0; sample < count; ++sample) {
    if (knows(sample)) continue;
    if (strange++ == 0) first = sample;
  }
  if (strange > 0) log(TRG_LOG_WARNING, fmt::format("{} of {} {} have none of the {} that the training knows, the first one is number {}: their predictions are meaningless", strange, count, samples, words, first + 1));
}

}  // namespace teranga::datasets

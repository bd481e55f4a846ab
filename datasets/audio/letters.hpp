// SPDX-License-Identifier: Apache-2.0
// Transcripts as numbers of letters, as the loss `ctc` takes them: 0 is the blank and fills up short transcripts, 1 is a letter that no training transcript has, and the letters of those
// follow in the order of their code points.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/sdk/options.hpp>

#include "../text/tokenizer.hpp"

namespace teranga::datasets {

// By the rule, with one blank between words and none at the ends.
std::string clean_transcript(std::string text, const TokenRules& rules);

class Letters {
 public:
  Letters() = default;
  explicit Letters(std::vector<std::string> letters) : letters_(std::move(letters)) {}
  // Those of the transcripts.
  static Letters of(const std::vector<std::string_view>& transcripts);

  const std::vector<std::string>& letters() const { return letters_; }
  std::vector<std::string> names() const;  // of each number
  std::int64_t count() const { return 2 + static_cast<std::int64_t>(letters_.size()); }
  // One number a letter; as many as letters_in().
  void write(std::string_view transcript, std::int32_t* to) const;

 private:
  std::vector<std::string> letters_;  // sorted
};

std::int64_t letters_in(std::string_view transcript);

}  // namespace teranga::datasets

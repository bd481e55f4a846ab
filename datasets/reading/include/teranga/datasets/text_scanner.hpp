// SPDX-License-Identifier: Apache-2.0
// Walks through a text of known form, piece by piece, and leaves out blanks; says at which byte something else was found.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace teranga::datasets {

class TextScanner {
 public:
  // `who` has the text, `form` is what is expected of it; all must outlive the scanner.
  TextScanner(std::string_view text, const std::string& who, std::string_view form) : text_(text), who_(who), form_(form) {}

  // Throws DataError: form was expected, `found` was found here.
  [[noreturn]] void fail(std::string_view found) const;

  bool at_end();           // but for blanks
  bool next_is(char c);
  bool accept(char c);     // goes on behind it, if it comes next
  bool accept(std::string_view word);
  void expect(char c);
  // Digits, as the number of a `what`.
  std::int64_t whole(std::string_view what, std::int64_t least, std::int64_t most);

  // Blanks count from here on. The next byte, 0 at the end; a word, if it comes next; all up to `end`, which is passed over.
  bool all_taken() const { return at_ == text_.size(); }
  char take() { return all_taken() ? '\0' : text_[at_++]; }
  bool take(std::string_view exactly);
  std::string_view take_until(char end);

 private:
  void skip_blanks();

  std::string_view text_;
  const std::string& who_;
  std::string_view form_;
  std::size_t at_ = 0;
};

}  // namespace teranga::datasets

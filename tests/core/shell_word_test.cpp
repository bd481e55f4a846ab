// SPDX-License-Identifier: Apache-2.0
// Words of hinted commands: a shell must read each of them as it was meant.
#include <boost/test/unit_test.hpp>

#include <teranga/core/shell_word.hpp>

#include <array>
#include <cstdio>
#include <string>

namespace {

std::string read_by_shell(const std::string& words) {
  std::FILE* const pipe = ::popen(("printf '%s|' " + words).c_str(), "r");
  BOOST_TEST_REQUIRE(pipe);
  std::string out;
  std::array<char, 256> piece{};
  while (const std::size_t got = std::fread(piece.data(), 1, piece.size(), pipe)) out.append(piece.data(), got);
  ::pclose(pipe);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(plain_words_stay_as_they_are) {
  for (const char* word : {"runs/mlp-iris", "data.csv", "a_b:c@d+e%f,g", "h\xc3\xa9"}) BOOST_TEST(teranga::shell_word(word) == word);
}

BOOST_AUTO_TEST_CASE(a_shell_reads_back_every_word) {
  for (const char* word : {"my run", "it's", "", "$HOME", "a\"b", "`date`", "x;y", "a\nb", "*", "~"}) BOOST_TEST(read_by_shell(teranga::shell_word(word)) == std::string(word) + "|");
  BOOST_TEST(read_by_shell(teranga::shell_word("-rf")) == "./-rf|");
  BOOST_TEST(read_by_shell(teranga::shell_text("-5 degrees")) == "-5 degrees|");
  BOOST_TEST(teranga::shell_text("-5") == "-5");
}

BOOST_AUTO_TEST_CASE(words_stand_one_behind_another) {
  BOOST_TEST(teranga::shell_words({"a b", "c"}) == "'a b' c");
  BOOST_TEST(teranga::shell_words({"a", "b c"}, " --input ") == "a --input 'b c'");
  BOOST_TEST(teranga::shell_words({}) == "");
}

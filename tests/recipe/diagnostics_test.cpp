// SPDX-License-Identifier: Apache-2.0
#include <teranga/core/error.hpp>
#include <teranga/recipe/recipe.hpp>

#include <boost/test/unit_test.hpp>

namespace teranga::recipe {

BOOST_AUTO_TEST_CASE(an_error_shows_its_place_the_line_a_caret_and_a_hint) {
  Diagnostics found("net.toml", "schema = 1\n\tunit = 3\n");
  found.add({"net.toml", 2, 2}, "unknown option \"unit\"", "did you mean \"units\"?");
  BOOST_TEST(found.report() ==
             "net.toml:2:2: error: unknown option \"unit\"\n"
             "    2 | \tunit = 3\n"
             "      | \t^\n"
             "      hint: did you mean \"units\"?\n"
             "1 error in net.toml");
}

BOOST_AUTO_TEST_CASE(errors_are_sorted_by_position_and_overrides_come_last) {
  Diagnostics found("net.toml", "one\ntwo\nthree");
  found.add({"--set a.b=5", 1, 3}, "of the override");
  found.add({"net.toml", 3, 1}, "third");
  found.add({"net.toml", 1, 2}, "second");
  found.add({"net.toml", 0, 0}, "first");
  BOOST_TEST(found.report() ==
             "net.toml: error: first\n"
             "net.toml:1:2: error: second\n"
             "    1 | one\n"
             "      |  ^\n"
             "net.toml:3:1: error: third\n"
             "    3 | three\n"
             "      | ^\n"
             "--set a.b=5: error: of the override\n"
             "      | --set a.b=5\n"
             "      |         ^\n"
             "4 errors in net.toml");
}

BOOST_AUTO_TEST_CASE(of_very_many_errors_the_first_hundred_are_shown_and_the_rest_counted) {
  Diagnostics found("n", "");
  for (std::uint32_t line = 150; line > 0; --line) found.add({"n", line, 1}, "bad");
  const std::string report = found.report();
  BOOST_TEST(report.find("n:100:1: error: bad\n... and 50 more\n150 errors in n") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_same_fault_at_the_same_place_counts_once) {
  Diagnostics found("net.toml", "");
  for (int i = 0; i < 2; ++i) found.add({}, "the recipe has no optimizer");
  found.add({"net.toml", 3, 1}, "the recipe has no optimizer");
  BOOST_TEST(found.size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_caret_counts_characters_and_not_bytes) {
  Diagnostics found("n", "name = \"é\" # x\r\n");
  found.add({"n", 1, 12}, "here");
  BOOST_TEST(found.report() == "n:1:12: error: here\n    1 | name = \"é\" # x\n      |            ^\n1 error in n");
}

BOOST_AUTO_TEST_CASE(errors_throw_with_exit_code_two_and_none_throw_nothing) {
  Diagnostics found("n", "");
  found.throw_if_any();
  found.add({}, "bad");
  BOOST_CHECK_EXCEPTION(found.throw_if_any(), Error, [](const Error& e) {
    return e.code() == ExitCode::usage && std::string(e.what()) == "n: error: bad\n1 error in n";
  });
}

}  // namespace teranga::recipe

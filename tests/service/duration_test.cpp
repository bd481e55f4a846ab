// SPDX-License-Identifier: Apache-2.0
// Every written form of a time span, and the refusal of everything else.
#include <boost/test/unit_test.hpp>

#include <teranga/core/error.hpp>
#include <teranga/service/duration.hpp>

#include <string>

using teranga::duration_text;
using teranga::parse_duration;

BOOST_AUTO_TEST_CASE(clock_forms_are_read) {
  BOOST_TEST(parse_duration("01:30:00", "--max-time") == 5400.0);
  BOOST_TEST(parse_duration("1:02:03", "--max-time") == 3723.0);
  BOOST_TEST(parse_duration("90:00", "--max-time") == 5400.0);
  BOOST_TEST(parse_duration("00:05", "--max-time") == 5.0);
  BOOST_TEST(parse_duration("100:00:01", "--max-time") == 360001.0);
  BOOST_TEST(parse_duration("2-03:00:00", "--max-time") == 183600.0);
}

BOOST_AUTO_TEST_CASE(numbers_with_and_without_unit_are_read) {
  BOOST_TEST(parse_duration("90s", "--max-time") == 90.0);
  BOOST_TEST(parse_duration("10m", "--max-time") == 600.0);
  BOOST_TEST(parse_duration("2h", "--max-time") == 7200.0);
  BOOST_TEST(parse_duration("1.5h", "--max-time") == 5400.0);
  BOOST_TEST(parse_duration("1d", "--max-time") == 86400.0);
  BOOST_TEST(parse_duration("45", "--max-time") == 45.0);
  BOOST_TEST(parse_duration("0.25", "--max-time") == 0.25);
}

BOOST_AUTO_TEST_CASE(everything_else_is_a_usage_error_that_names_option_and_text) {
  for (const char* wrong :
       {"",        " ",   "0",   "0s",   "00:00", "-5",  "-1:00", "5x",   "m",      "1h30m",   "1:60",       "1:99:00",
        "1:2:3:4", ":30", "30:", "1::2", "1e9",   "inf", "nan",   "0x10", "1.5:00", "1-00:00", "1-24:00:00", "99999999999999:00",
        "10 m",    "+5"})
    BOOST_CHECK_EXCEPTION(parse_duration(wrong, "--max-time"), teranga::Error, [&](const teranga::Error& error) {
      const std::string text = error.what();
      return error.code() == teranga::ExitCode::usage && text.find("--max-time") != std::string::npos &&
             text.find('"' + std::string(wrong) + '"') != std::string::npos && !error.hint().empty();
    });
}

BOOST_AUTO_TEST_CASE(spans_are_written_as_clocks_show_them) {
  BOOST_TEST(duration_text(9) == "0:09");
  BOOST_TEST(duration_text(600) == "10:00");
  BOOST_TEST(duration_text(7500) == "2:05:00");
  BOOST_TEST(duration_text(-1) == "0:00");
  BOOST_TEST(parse_duration(duration_text(7500), "x") == 7500.0);
}

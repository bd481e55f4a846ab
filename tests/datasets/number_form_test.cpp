// SPDX-License-Identifier: Apache-2.0
// What single cells say: how a number is written, what it is in which form, and dates.
#include <boost/test/unit_test.hpp>

#include <array>
#include <string>
#include <utility>
#include <vector>

#include <teranga/datasets/dates.hpp>
#include <teranga/datasets/number_form.hpp>

using namespace teranga::datasets;

namespace {

double number(const std::string& text, NumberForm form) {
  double value = -12345;
  return parse_number(text, form, value) ? value : -12345;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_number_tells_its_decimal_mark_or_leaves_it_open) {
  const std::vector<std::pair<Written, std::vector<std::string>>> table = {
      {Written::plain, {"0", "-7", "+12", "1234567", "1e5", "2E-3"}},
      {Written::point, {"1.5", ".5", "5.", "0.123", "1234.567", "1.2345", "1,234.5", "1,234,567", "12 345.6", "1'234.5", "1.5e3", "-0.001"}},
      {Written::comma, {"1,5", ",5", "0,123", "1234,567", "1,2345", "1.234,5", "1.234.567", "12 345,6", "1,5e3", "-2,25"}},
      {Written::either_point, {"1.234", "-12.000", "999.999"}},
      {Written::either_comma, {"1,234", "+12,000"}},
      {Written::grouped, {"1 234", "12'345'678", "1\xc2\xa0" "000", "1\xe2\x80\xaf" "000"}},
      {Written::no_number, {"", "-", "+", ".", ",", "e5", "1e", "1,", "1.2.3", "1,23,456", "1 23", "12 3456", "1,234,56", "1.234.5", "1,2.3,4", "--1", "+-1", "0x10", "inf", "nan", "1_000", "1 2 3", "2024-01-31", "5%", "01 234", "1'234 567"}}};
  for (const auto& [written, texts] : table)
    for (const std::string& text : texts) BOOST_TEST_CONTEXT(text) BOOST_TEST((how_written(text) == written));
}

BOOST_AUTO_TEST_CASE(a_number_is_read_by_its_form) {
  const NumberForm point{'.', '*'}, comma{',', '*'}, bare{'.', 0}, dots{',', '.'};
  for (const auto& [text, by_point, by_comma] : {std::tuple{"1.234", 1.234, 1234.0}, {"1,234", 1234.0, 1.234}, {"1,234,567.5", 1234567.5, -12345.0}, {"1.234.567,5", -12345.0, 1234567.5}, {"1 234,5", -12345.0, 1234.5},
                                                  {"12'345.5", 12345.5, -12345.0}, {"-2,5e2", -12345.0, -250.0}, {"+3", 3.0, 3.0}, {"-1 000", -1000.0, -1000.0}, {",25", -12345.0, 0.25}, {"1e39", -12345.0, -12345.0}})
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST(number(text, point) == by_point);
      BOOST_TEST(number(text, comma) == by_comma);
    }
  BOOST_TEST(number("1,234", bare) == -12345);
  BOOST_TEST(number("1 234", bare) == -12345);
  BOOST_TEST(number("1.234", bare) == 1.234);
  BOOST_TEST(number("1.234,5", dots) == 1234.5);
  BOOST_TEST(number("1 234,5", dots) == -12345);
}

BOOST_AUTO_TEST_CASE(dates_are_told_from_what_looks_like_them) {
  double moment = 0;
  for (const auto& [text, order, seconds] : {std::tuple{"1970-01-02", DateOrder::year_first, 86400.0}, {"1970/1/2", DateOrder::year_first, 86400.0}, {"02.01.1970", DateOrder::day_first, 86400.0},
                                             {"1/2/1970", DateOrder::month_first, 86400.0}, {"1969-12-31T23:59:59.5", DateOrder::year_first, -0.5}, {"1970-01-01 01:30", DateOrder::year_first, 5400.0},
                                             {"1970-01-01T00:00:01Z", DateOrder::year_first, 1.0}, {"1970-01-01T00:00:01+05:30", DateOrder::year_first, 1.0}, {"1970-01-01T00:00:01-0500", DateOrder::year_first, 1.0}})
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST(parse_date(text, order, moment));
      BOOST_TEST(moment == seconds);
    }
  for (const char* text : {"2024-02-30", "2023-02-29", "2024-13-01", "31/04/2024", "2024-01", "24-01-31", "2024-01-31T", "2024-01-31T25:00", "2024-01-31T10:60", "2024-01-31x", "2024-01/31", "1.5", "192.168.1.1", "", "2024-01-31T10:00+:000"})
    BOOST_TEST_CONTEXT(text) BOOST_TEST(!see_date(text).any());
  const DateSeen open = see_date("03/04/2024"), day = see_date("31/01/2024");
  BOOST_TEST((open.day_first && open.month_first && !open.year_first));
  BOOST_TEST((day.day_first && !day.month_first));
  const std::array<double, 5> parts = date_parts(951782400 + 6 * 3600.0);  // 29 February 2000, a Tuesday, 6 in the morning
  BOOST_TEST(parts == (std::array<double, 5>{2000, 2, 29, 1, 6}), boost::test_tools::per_element());
}

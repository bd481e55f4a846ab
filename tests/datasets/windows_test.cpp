// SPDX-License-Identifier: Apache-2.0
// The data set `windows`: pieces of a time series and what comes after, by hand.
#include <boost/test/unit_test.hpp>

#include <cmath>

#include "plugin_under_test.hpp"

namespace {

using namespace teranga::test;
using Words = std::vector<std::string>;
using Floats = std::vector<float>;
using Text = std::string;
using Shape = std::vector<std::int64_t>;

struct Windows : Dataset {
  explicit Windows(const GivenOptions& options) : Dataset("datasets_windows", "teranga.windows", options) {}
  Floats x(std::int32_t part, const std::vector<std::int64_t>& samples) { return fill<float>(part, samples, 0); }
  Floats y(std::int32_t part, const std::vector<std::int64_t>& samples) { return fill<float>(part, samples, 1); }
};

const Folder& folder() {
  static const Folder folder;
  return folder;
}

Windows series(const std::string& csv, std::int64_t window, GivenOptions more = {}) {
  more["train"] = folder().write("series.csv", csv);
  more["window"] = window;
  if (!more.contains("columns")) more["columns"] = Words{"t", "h"};
  return Windows(more);
}

// Rows (day, t, h) with t = 0, 1, ... and h = 10 t.
std::string rows(int count) {
  std::string csv = "day,t,h\n";
  for (int i = 0; i < count; ++i) csv.append("d,").append(std::to_string(i)).append(",").append(std::to_string(10 * i)).append("\n");
  return csv;
}

bool says(const Refused& e, const std::string& said) { return std::string(e.what()).find(said) != std::string::npos; }

#define SAME(found, ...) BOOST_TEST(found == (__VA_ARGS__), boost::test_tools::per_element())

}  // namespace

BOOST_AUTO_TEST_CASE(a_window_is_followed_by_its_target) {
  Windows data = series(rows(6), 2);
  BOOST_TEST(data.count(TRG_TRAIN) == 4);
  SAME(data.fields()[0].shape, Shape{2, 2});
  SAME(data.fields()[1].shape, Shape{2});
  SAME(data.x(TRG_TRAIN, {0, 3}), Floats{0, 0, 1, 10, 3, 30, 4, 40});
  SAME(data.y(TRG_TRAIN, {0, 3}), Floats{2, 20, 5, 50});
}

BOOST_AUTO_TEST_CASE(horizon_stride_and_targets_are_chosen) {
  Windows data = series(rows(10), 3, {{"columns", Words{"2"}}, {"target", Words{"h"}}, {"horizon", std::int64_t{2}}, {"stride", std::int64_t{2}}, {"header", Text("true")}});
  BOOST_TEST(data.count(TRG_TRAIN) == 3);
  SAME(data.x(TRG_TRAIN, {2}), Floats{4, 5, 6});
  SAME(data.y(TRG_TRAIN, {0, 2}), Floats{40, 80});
  Windows every = series(rows(6), 2, {{"columns", Words{"t"}}, {"target", Words{"h", "t"}}, {"horizon", std::int64_t{3}}, {"predict", Text("every")}});
  BOOST_TEST(every.count(TRG_TRAIN) == 2);
  SAME(every.fields()[1].shape, Shape{3, 2});
  SAME(every.y(TRG_TRAIN, {1}), Floats{30, 3, 40, 4, 50, 5});
}

BOOST_AUTO_TEST_CASE(a_constant_column_becomes_0_and_a_large_test_share_leaves_what_it_says) {
  Windows data = series("t,c\n1,0.1\n2,0.1\n3,0.1\n", 1, {{"columns", Words{"t", "c"}}, {"normalize", Text("standard")}});
  const Floats x = data.x(TRG_TRAIN, {0, 1});
  BOOST_TEST(x[1] == 0);
  BOOST_TEST(x[3] == 0);
  // 20 * (1 - 0.8) is 3.9999999999999991 in doubles; 4 rows are meant, which are 3 windows of 1 with their targets.
  BOOST_TEST(series(rows(20), 1, {{"columns", Words{"t"}}, {"test_split", 0.8}}).count(TRG_TRAIN) == 3);
}

BOOST_AUTO_TEST_CASE(numbers_are_read_in_the_form_of_their_table) {
  const GivenOptions column{{"columns", Words{"t"}}};
  SAME(series("t;h\n1,5;7\n2,5;8\n1.003,5;9\n", 2, column).x(TRG_TRAIN, {0}), Floats{1.5, 2.5});
  SAME(series("t;h\n1,5;7\n2,5;8\n1.003,5;9\n", 2, column).y(TRG_TRAIN, {0}), Floats{1003.5});
  const std::string doubtful = "t,h\n\"1,500\",7\n\"2,500\",8\n\"3,500\",9\n";
  const Refused e = refused([&] { series(doubtful, 2, column); });
  BOOST_TEST(e.where == "decimal");
  GivenOptions answered = column;
  answered["decimal"] = Text(".");
  SAME(series(doubtful, 2, answered).x(TRG_TRAIN, {0}), Floats{1500, 2500});
  GivenOptions both = column;
  both["test"] = folder().write("later.csv", doubtful);
  SAME(series("t;h\n1,5;7\n2,5;8\n3,5;9\n", 2, both).x(TRG_TEST, {0}), Floats{1.5, 2.5});
  const Refused wrong = refused([&] { series("t;h\n1,5;7\n2,5;8\n3,5;9\n", 2, answered); });
  BOOST_TEST(says(wrong, "expected a number with a decimal point in the column \"t\", found \"1,5\""));
  BOOST_TEST(wrong.hint == "decimal = \",\"");
}

BOOST_AUTO_TEST_CASE(all_lines_tell_the_separator_and_numbers_of_columns_are_no_names) {
  const GivenOptions first{{"columns", Words{"1"}}}, both{{"columns", Words{"1", "2"}}};
  const std::string semicolons = "2,6;1,5;7,1\n2,7;1,6;3,4\n2,8;2,5;1,2\n2,9;3,0;1,1\n";
  SAME(series(semicolons, 2, first).x(TRG_TRAIN, {0}), Floats{2.6f, 2.7f});
  SAME(series(semicolons, 2, first).y(TRG_TRAIN, {0}), Floats{2.8f});
  SAME(series(semicolons, 2, both).x(TRG_TRAIN, {1}), Floats{2.7f, 1.6f, 2.8f, 2.5f});
  const std::string blanks = "2,6  1,5\n2,7  1,6\n2,8  2,5\n";
  SAME(series(blanks, 2, first).y(TRG_TRAIN, {0}), Floats{2.8f});
  const std::string groups = "1 200,5\n1 300,6\n1 400,7\n";  // decimal commas between blanks, or thousands between commas
  const Refused e = refused([&] { series(groups, 2, first); });
  BOOST_TEST(e.where == "separator");
  BOOST_TEST(e.hint == "separator = \",\", or separator = \"space\"");
  GivenOptions spaces = both, commas = both;
  spaces["separator"] = Text("space"), commas["separator"] = Text(",");
  SAME(series(groups, 2, spaces).x(TRG_TRAIN, {0}), Floats{1, 200.5f, 1, 300.6f});
  SAME(series(groups, 2, commas).x(TRG_TRAIN, {0}), Floats{1200, 5, 1300, 6});
}

BOOST_AUTO_TEST_CASE(parts_are_pieces_of_time_without_a_window_over_their_border) {
  Windows data = series(rows(20), 2, {{"columns", Words{"t"}}, {"validation_share", 0.2}, {"test_split", 0.2}});
  BOOST_TEST(data.count(TRG_TRAIN) == 10);
  BOOST_TEST(data.count(TRG_VALIDATION) == 2);
  BOOST_TEST(data.count(TRG_TEST) == 2);
  SAME(data.y(TRG_TRAIN, {9}), Floats{11});
  SAME(data.x(TRG_VALIDATION, {0}), Floats{12, 13});
  SAME(data.y(TRG_VALIDATION, {1}), Floats{15});
  SAME(data.x(TRG_TEST, {0}), Floats{16, 17});
  Windows own = series(rows(5), 2, {{"test", folder().write("later.csv", rows(4))}});
  BOOST_TEST(own.count(TRG_TEST) == 2);
}

BOOST_AUTO_TEST_CASE(scales_are_learnt_from_the_rows_of_training_samples_alone_and_travel) {
  Windows data = series(rows(6), 1, {{"normalize", Text("standard")}});
  logged().clear();
  const std::string learnt = data.fit({0, 1});  // rows 0 to 2: mean 1, deviation sqrt(2 / 3)
  BOOST_TEST(logged().back().find("validation_share") != Text::npos);  // samples 0 and 1 share rows with those that are left out
  const float one = static_cast<float>(1 / std::sqrt(2 / 3.0)), three = static_cast<float>(3 / std::sqrt(2 / 3.0));
  SAME(data.x(TRG_TRAIN, {0, 1, 4}), Floats{-one, -one, 0, 0, three, three});
  SAME(data.y(TRG_TRAIN, {0}), Floats{0, 0});
  const auto target = data.fields()[1];
  SAME(target.columns, Words{"t", "h"});
  SAME(target.offsets, std::vector<double>{1, 10});
  for (std::size_t i = 0; i < 2; ++i) BOOST_TEST(target.offsets[i] + target.scales[i] * static_cast<double>(data.y(TRG_TRAIN, {4})[i]) == (i == 0 ? 5.0 : 50.0), boost::test_tools::tolerance(1e-6));
  Windows other = series(rows(3), 1, {{"normalize", Text("standard")}, {"normalize_target", false}});
  other.restore(learnt);
  SAME(other.x(TRG_TRAIN, {0}), Floats{-one, -one});
  SAME(other.y(TRG_TRAIN, {0}), Floats{1, 10});
  BOOST_TEST(other.fields()[1].scales.empty());  // they are the data's own
  for (std::size_t cut = 0; cut < learnt.size(); ++cut) BOOST_TEST(refused([&] { other.restore(learnt.substr(0, cut)); }).code == TRG_BAD_DATA);
  Windows renamed = series(rows(3), 1, {{"columns", Words{"h", "t"}}});
  BOOST_TEST(says(refused([&] { renamed.restore(learnt); }), "columns that the checkpoint learnt from"));
  Windows least = series(rows(5), 1, {{"normalize", Text("minmax")}});
  SAME(least.x(TRG_TRAIN, {0, 2}), Floats{0, 0, 0.5f, 0.5f});
  SAME(series("t,h\n5,1\n5,2\n5,3\n", 1, {{"normalize", Text("standard")}, {"columns", Words{"t"}}}).x(TRG_TRAIN, {0}), Floats{0});
}

BOOST_AUTO_TEST_CASE(series_that_are_wrong_are_refused_with_their_place) {
  Refused e = refused([] { series(rows(3), 3); });
  BOOST_TEST(e.code == TRG_BAD_DATA);
  BOOST_TEST(says(e, "expected 4 rows or more in the training part (window and horizon), found 3"));
  BOOST_TEST(e.hint == "window = 2");
  BOOST_TEST(says(refused([] { series(rows(20), 5, {{"test_split", 0.1}}); }), "in the test part"));
  e = refused([] { series("t,h\n1,2\n3,?\n", 1); });
  BOOST_TEST(e.where == folder() / "series.csv:3");
  BOOST_TEST(says(e, "expected a number in the column \"h\", found \"?\""));
  BOOST_TEST(refused([] { series(rows(5), 1, {{"columns", Words{"speed"}}}); }).where == "columns");
  BOOST_TEST(refused([] { series(rows(5), 1, {{"target", Words{"speed"}}}); }).where == "target");
  BOOST_TEST(refused([] { series(rows(9), 1, {{"test_split", 0.5}, {"validation_share", 0.5}}); }).where == "validation_share");
  BOOST_TEST(refused([] { series(rows(9), 1, {{"test_split", 0.5}, {"test", folder().write("later.csv", rows(4))}}); }).where == "test_split");
}

BOOST_AUTO_TEST_CASE(new_rows_give_every_window_and_the_last_one_is_followed_by_the_unknown) {
  Windows trained = series(rows(6), 2, {{"normalize", Text("minmax")}, {"columns", Words{"t"}}, {"target", Words{"h"}}});
  const std::string learnt = trained.fit({0, 1, 2, 3});
  const GivenOptions options{{"train", Text("/gone/series.csv")}, {"window", std::int64_t{2}}, {"normalize", Text("minmax")}, {"columns", Words{"t"}}, {"target", Words{"h"}}};
  const auto open = [&](const Text& csv) { return Dataset("datasets_windows", "teranga.windows", options, NewSamples{learnt, {folder().write("new.csv", csv)}, {}}); };
  Dataset data = open("t,day\n5,d\n10,d\n0,d\n");  // no column h
  BOOST_TEST(data.count(TRG_TEST) == 2);
  BOOST_TEST(data.fields()[1].absent);
  SAME(data.fill<float>(TRG_TEST, {0, 1}, 0), Floats{1, 2, 2, 0});  // minmax of the training: 0 to 5
  BOOST_TEST(says(refused([&] { open("t\n1\n"); }), "expected 2 rows or more in the test part (a window), found 1"));
  const auto told = trained.knowledge(learnt);
  BOOST_TEST(told[0].first == "column t");
  BOOST_TEST(told[0].second == "(t - 0) * 0.2");
}

BOOST_AUTO_TEST_CASE(the_decimal_mark_of_the_training_reads_new_rows) {
  Windows commas = series("t;h\n1,5;1\n2,5;2\n3,5;3\n", 1);
  const std::string bytes = commas.fit({0, 1});
  const auto opened = [&](const std::string& text) {
    GivenOptions options{{"train", folder() / "gone"}, {"window", std::int64_t{1}}, {"columns", Words{"t", "h"}}};
    return Dataset("datasets_windows", "teranga.windows", options, {bytes, {folder().write("new.csv", text)}}).fill<float>(TRG_TEST, {0}, 0);
  };
  SAME(opened("t;h\n1,234;2\n"), Floats{1.234f, 2});
  SAME(opened("t|h\n1,234|2\n"), Floats{1.234f, 2});
  SAME(opened("t;h\n1.234;2,5\n"), Floats{1234, 2.5});
  BOOST_TEST(refused([&] { opened("t;h\n1.234;2\n"); }).hint == "decimal = \".\" reads 1.234; for 1234, write the numbers without marks between thousands");
  BOOST_TEST(says(refused([&] { opened("t;h\n1.234;0.5\n"); }), "expected a number with a decimal comma"));
}

BOOST_AUTO_TEST_CASE(the_separator_of_the_training_parts_new_rows_and_edition_2_is_still_read) {
  const auto opened = [&](const std::string& bytes, const Text& column, const std::string& text) {
    const GivenOptions options{{"train", folder() / "gone"}, {"window", std::int64_t{2}}, {"columns", Words{column}}, {"target", Words{column}}};
    return Dataset("datasets_windows", "teranga.windows", options, {bytes, {folder().write("new.csv", text)}}).fill<float>(TRG_TEST, {0}, 0);
  };
  const std::string named = series("t;h\n1,5;1\n2,5;2\n3,5;3\n", 2, {{"columns", Words{"t"}}}).fit({0}), numbered = series("1,5;1\n2,5;2\n3,5;3\n", 2, {{"columns", Words{"1"}}}).fit({0});
  SAME(opened(named, "t", "t\n1,5\n2,5\n"), Floats{1.5, 2.5});
  SAME(opened(numbered, "1", "1,5\n2,5\n"), Floats{1.5, 2.5});
  const std::string signature = "teranga.windows 3\n";
  BOOST_TEST(named.starts_with(signature));
  SAME(opened("teranga.windows 2\n" + named.substr(signature.size() + 2), "t", "t;h\n1,5;1\n2,5;2\n"), Floats{1.5, 2.5});
}

BOOST_AUTO_TEST_CASE(blank_lines_between_rows_are_told_and_in_one_column_refused) {
  logged().clear();
  BOOST_TEST(series("t,h\n0,0\n1,1\n\n2,2\n\n\n3,3\n", 1).count(TRG_TRAIN) == 3);
  BOOST_TEST(std::any_of(logged().begin(), logged().end(), [](const Text& line) { return line.find("line 4 is blank: the row below it is taken as the step after the row above it") != line.npos; }));
  logged().clear();
  for (const char* whole : {"\n\nt,h\n0,0\n1,1\n2,2\n\n\n", "t\n0\n1\n2\n\n", "t\n\n0\n1\n2\n", "t,h\n\n0,0\n1,1\n2,2\n"}) BOOST_TEST(series(whole, 1, {{"columns", Words{"t"}}}).count(TRG_TRAIN) == 2);
  BOOST_TEST(std::none_of(logged().begin(), logged().end(), [](const Text& line) { return line.find("blank") != line.npos; }));
  const Refused gap = refused([] { series("t\n0\n1\n\n2\n", 1, {{"columns", Words{"t"}}}); });
  BOOST_TEST(gap.where == folder() / "series.csv:4");
  BOOST_TEST(says(gap, "expected a number in the column \"t\", found a blank line"));
}

// SPDX-License-Identifier: Apache-2.0
// The data set `csv`: new tables, long after the training, by what it learnt.
#include <boost/test/unit_test.hpp>

#include <cmath>

#include "csv_under_test.hpp"

using namespace teranga::test;
using namespace teranga::test::csv;

namespace {

const std::string trained_on = "age,cabin,note,kind\n22,C85,a,x\n38,77,b,y\n26,E46,c,x\n35,C85,d,y\n35,77,e,x\n27,E46,f,y\n";

GivenOptions options() { return {{"train", folder() / "is gone.csv"}, {"missing", std::string("mean")}, {"ignore", Words{"note"}}, {"unknown", std::string("zeros")}}; }

std::string learnt() {
  GivenOptions more = options();
  more["normalize"] = std::string("standard");
  return table(trained_on, more).fit(first(6));
}

Csv fresh(const std::string& text, GivenOptions more = options()) { return Csv(more, {learnt(), {folder().write("new.csv", text)}}); }
Refused refused_fresh(const std::string& text, const GivenOptions& more = options()) {
  return refused([&] { fresh(text, more); });
}

// age: mean 30.5, squares of what is apart from it 201.5; cabin: 77, C85, E46.
const double deviation = std::sqrt(201.5 / 6);
float scaled(double age) { return static_cast<float>((age - 30.5) / deviation); }

void check_row(const Floats& x, const Floats& expected) {
  BOOST_REQUIRE(x.size() == expected.size());
  for (std::size_t i = 0; i < x.size(); ++i) BOOST_TEST(std::abs(x[i] - expected[i]) < 1e-5);
}

}  // namespace

BOOST_AUTO_TEST_CASE(kinds_are_those_of_the_training_whatever_row_comes_first) {
  Csv number_first = fresh("age,cabin,kind\n30,77,x\n31,C85,y\n");
  BOOST_TEST(number_first.count(TRG_TEST) == 2);
  BOOST_TEST(number_first.count(TRG_TRAIN) == -1);
  const auto fields = number_first.fields();
  SAME(fields[0].shape, std::vector<std::int64_t>{4});
  SAME(fields[1].class_names, Words{"x", "y"});
  BOOST_TEST(!fields[1].absent);
  check_row(number_first.x(TRG_TEST, {0, 1}), {scaled(30), 1, 0, 0, scaled(31), 0, 1, 0});
  SAME(number_first.y(TRG_TEST, {0, 1}), Labels{0, 1});
  check_row(fresh("age,cabin\n?,77\n").x(TRG_TEST, {0}), {0, 1, 0, 0});
  check_row(fresh("age,cabin\n30.5,?\n").x(TRG_TEST, {0}), {0, 1 / 3.f, 1 / 3.f, 1 / 3.f});
  check_row(fresh("age,cabin\n30.5,D1\n").x(TRG_TEST, {0}), {0, 0, 0, 0});
}

BOOST_AUTO_TEST_CASE(all_faults_of_new_rows_are_told_at_once) {
  GivenOptions strict = options();
  strict.erase("missing"), strict.erase("unknown");
  const Refused e = refused_fresh("age,cabin\n30,C85\n,D1\n31,D2\n32,\n", strict);
  BOOST_TEST(says(e, "2 columns cannot be used as they are\n  line 3: the column \"age\" has no value here (\"\" means missing)\n  line 5: the column \"cabin\" has no value here"));
  BOOST_TEST(says(e, "\n    hint: missing = \"mean\"") == false);
  BOOST_TEST(says(e, "\n  line 3: expected in the column \"cabin\" one of the words of the training part (\"77\", \"C85\", \"E46\"), found \"D1\"; 1 more of its cells has such words"));
  const Refused alone = refused_fresh("age,cabin\n30,C85\n31,D1\n", strict);
  BOOST_TEST(alone.where == folder() / "new.csv:3");
  BOOST_TEST(alone.hint == "unknown = \"zeros\"");
}

BOOST_AUTO_TEST_CASE(words_that_the_training_took_as_values_are_none_that_are_missing) {
  const std::string arff = "@relation r\n@attribute country {NA,DE}\n@attribute kind {NA,x}\n@data\nNA,x\nDE,NA\nNA,NA\n";
  const std::string learnt_of_arff = Csv({{"train", folder().write("train.arff", arff)}, {"missing", std::string("mean")}}).fit(first(3));
  const GivenOptions later = {{"train", folder() / "is gone.arff"}, {"missing", std::string("mean")}};
  for (const char* text : {"country,kind\nNA,NA\nDE,x\n", "@relation r\n@attribute country {DE,NA}\n@attribute kind {x,NA}\n@data\nNA,NA\nDE,x\n"}) {
    Csv one(later, {learnt_of_arff, {folder().write("new.data", text)}});
    const auto fields = one.fields();
    SAME(fields[1].class_names, Words{"NA", "x"});
    BOOST_TEST(!fields[1].absent);
    const Floats x = one.x(TRG_TEST, {0, 1});
    BOOST_TEST(x[0] + x[3] + x[1] + x[2] == 2);
    for (const float value : x) BOOST_TEST((value == 0 || value == 1));  // no shares, as of what is missing
    SAME(one.y(TRG_TEST, {0, 1}), Labels{0, 1});
  }
}

BOOST_AUTO_TEST_CASE(columns_are_found_by_name_in_any_order_and_form) {
  const Floats row = {scaled(30.25), 0, 1, 0};
  for (const char* text : {"age,cabin\n30.25,C85\n", "cabin,age\nC85,30.25\n", "cabin;more;age\nC85;5;30,25\n", "# cabin,age\nC85,30.25\n", "\"cabin\"\t\"age\"\n\"C85\"\t\"30.25\"\n", "kind,cabin,note,age\nx,C85,?,30.25\n",
                           "@relation r\n@attribute cabin {C85}\n@attribute age numeric\n@data\nC85,30.25\n"})
    BOOST_TEST_CONTEXT(text) check_row(fresh(text).x(TRG_TEST, {0}), row);
  const Refused e = refused_fresh("Age,kabin\n30,C85\n");
  BOOST_TEST(e.code == TRG_BAD_DATA);
  BOOST_TEST(e.where == folder() / "new.csv:1");
  BOOST_TEST(says(e, "found none called \"age\", \"cabin\"; there are \"Age\", \"kabin\""));
}

BOOST_AUTO_TEST_CASE(a_table_without_header_is_told_by_its_place_with_or_without_targets_and_ignored_columns) {
  const Floats row = {scaled(30), 1, 0, 0};
  for (const char* text : {"30,77,a,x\n", "30,77\n", "30,77\n31,C85\n"}) BOOST_TEST_CONTEXT(text) check_row(fresh(text).x(TRG_TEST, {0}), row);
  BOOST_TEST(says(refused_fresh("30,77,x\n"), "cannot tell which columns of the training these 3 are"));
  const Refused e = refused_fresh("30\n");
  BOOST_TEST(e.code == TRG_BAD_DATA);
  // Columns that the training told by their place, under a header.
  const std::string bytes = table("1,5,0\n3,6,1\n").fit({0, 1});
  SAME(Csv({{"train", folder() / "gone"}}, {bytes, {folder().write("new.csv", "a,b\n7,8\n")}}).x(TRG_TEST, {0}), Floats{7, 8});
}

BOOST_AUTO_TEST_CASE(targets_may_be_absent) {
  for (const char* text : {"age,cabin\n30,77\n", "age,cabin,kind\n30,77,?\n31,C85,\n", "30,77\n", "age,cabin,kind\n30,77,x\n31,C85,\n", "age,cabin,kind\n30,77,z\n31,C85,x\n"}) {
    Csv data = fresh(text);
    BOOST_TEST_CONTEXT(text) {
      BOOST_TEST(data.fields().size() == 2u);
      BOOST_TEST(data.fields()[1].absent);
      BOOST_TEST(data.fields()[1].classes == 2);
      BOOST_TEST(data.x(TRG_TEST, {0}).size() == 4u);
    }
  }
  // A class may be called by a usual word for a missing value.
  const std::string bytes = table("a,y\n1,none\n2,mild\n3,none\n").fit({0, 1, 2});
  Csv none({{"train", folder() / "gone"}}, {bytes, {folder().write("new.csv", "a,y\n4,none\n5,none\n")}});
  BOOST_TEST(!none.fields()[1].absent);
  SAME(none.y(TRG_TEST, {0, 1}), Labels{1, 1});
}

BOOST_AUTO_TEST_CASE(what_the_recipe_forbids_is_forbidden_in_new_tables) {
  GivenOptions strict = options();
  strict["missing"] = std::string("error");
  strict["unknown"] = std::string("error");
  BOOST_TEST(refused_fresh("age,cabin\n?,77\n", strict).where == folder() / "new.csv:2:1");
  BOOST_TEST(refused_fresh("age,cabin\n30,D1\n", strict).hint == "unknown = \"zeros\"");
  BOOST_TEST(says(refused_fresh("age,cabin\nthirty,77\n"), "expected a number in the column \"age\", found \"thirty\""));
}

BOOST_AUTO_TEST_CASE(typed_lines_are_a_table) {
  Csv data(options(), {learnt(), {}, {"cabin,age", "C85,30", "77,31"}});
  check_row(data.x(TRG_TEST, {0, 1}), {scaled(30), 0, 1, 0, scaled(31), 1, 0, 0});
  BOOST_TEST(refused([] { Csv(options(), {learnt(), {}, {"cabin,age", "C85,old"}}); }).where == "--text:2:5");
}

BOOST_AUTO_TEST_CASE(a_doubt_about_decimals_goes_to_the_form_and_the_values_of_the_training) {
  const std::string commas = table("a;b\n1,5;2,25\n3;4\n").fit({0, 1}), points = table("a,b\n1.5,2.25\n3,4\n").fit({0, 1});
  const std::string great_commas = table("a;b\n1,5;2,25\n3000;4\n").fit({0, 1}), great_points = table("a,b\n900.5,2.25\n3000,4\n").fit({0, 1});
  const std::string doubtful = folder().write("new.csv", "a;b\n\"1,234\";1\n"), points_only = folder().write("points.csv", "a;b\n1.234;1\n");
  const auto x = [](const std::string& bytes, const std::string& path) { return Csv({{"train", folder() / "gone"}}, {bytes, {path}}).x(TRG_TEST, {0})[0]; };
  BOOST_TEST(x(commas, doubtful) == 1.234f);
  BOOST_TEST(x(points, doubtful) == 1.234f);
  BOOST_TEST(x(commas, points_only) == 1.234f);
  BOOST_TEST(x(points, points_only) == 1.234f);
  // The training has both.
  const auto given = [&](const std::string& bytes, const std::string& path, GivenOptions more) { return more["train"] = folder() / "gone", Csv(more, {bytes, {path}}).x(TRG_TEST, {0})[0]; };
  const Refused e = refused([&] { x(great_commas, points_only); });
  BOOST_TEST(says(e, "\"1.234\" may be 1.234 or 1234: the training table has a decimal comma"));
  BOOST_TEST(e.hint == "decimal = \".\" (reads 1.234), or thousands = \".\" (reads 1234)");
  BOOST_TEST(given(great_commas, points_only, {{"decimal", std::string(".")}}) == 1.234f);
  BOOST_TEST(given(great_commas, points_only, {{"thousands", std::string(".")}}) == 1234);
  BOOST_TEST(refused([&] { x(great_points, doubtful); }).hint == "decimal = \",\" (reads 1.234), or thousands = \",\" (reads 1234)");
  // Another number tells the mark.
  BOOST_TEST(x(great_commas, folder().write("told.csv", "a;b\n1.234;1,5\n")) == 1234);
  // A test table of the recipe.
  const auto with_test = [&](const std::string& text, const std::string& test, GivenOptions more = {}) { return more["test"] = folder().write("test.csv", test), table(text, more).x(TRG_TEST, {0})[0]; };
  BOOST_TEST(with_test("a;b\n1,5;2\n3;4\n", "a;b\n1.234;1\n") == 1.234f);
  BOOST_TEST(with_test("a;b\n1200,5;2\n1300;4\n", "a;b\n1.234;1\n") == 1234);
  BOOST_TEST(refused([&] { with_test("a;b\n1,5;2\n3000;4\n", "a;b\n1.234;1\n"); }).hint == "decimal = \",\" reads 1234; for 1.234, write the numbers of all tables with one decimal mark");
  BOOST_TEST(with_test("a;b\n1,5;2\n3000;4\n", "a;b\n1.234;1\n", {{"decimal", std::string(",")}}) == 1234);
}

BOOST_AUTO_TEST_CASE(the_separator_of_the_training_parts_new_tables_where_it_makes_columns_of_the_training) {
  const auto opened = [](const std::string& bytes, const std::string& text, GivenOptions more = {}) {
    more["train"] = folder() / "gone";
    return Csv(more, {bytes, {folder().write("new.csv", text)}});
  };
  const std::string commas = table("a;y\n1,5;1\n2,5;2\n3,5;3\n").fit({0, 1, 2});
  for (const char* text : {"1,5\n2,5\n", "a\n1,5\n2,5\n", "a;y\n1,5;7\n2,5;8\n", "a,y\n1.5,7\n2.5,8\n", "sep=|\na|y\n1,5|7\n2,5|8\n"}) BOOST_TEST_CONTEXT(text) SAME(opened(commas, text).x(TRG_TEST, {0, 1}), Floats{1.5, 2.5});
  SAME(Csv({{"train", folder() / "gone"}}, {commas, {}, {"1,5"}}).x(TRG_TEST, {0}), Floats{1.5});
  // The recipe's word for this table.
  BOOST_TEST(opened(commas, "1,5\n2,5\n", {{"separator", std::string(",")}}).fields()[1].absent == false);
  BOOST_TEST(says(refused([&] { opened(commas, "a;y\n1,5;7\n", {{"separator", std::string(",")}}); }), "expected 1 cells as in line 1, found 2"));

  const std::string cities = table("city,y\nNew York,1\nBerlin,2\nSan Jose,3\n").fit({0, 1, 2});
  for (const char* text : {"city\nSan Jose\nNew York\n", "city;y\nSan Jose;1\nNew York;2\n"}) BOOST_TEST_CONTEXT(text) SAME(opened(cities, text).x(TRG_TEST, {0, 1}), Floats{0, 0, 1, 0, 1, 0});
  SAME(Csv({{"train", folder() / "gone"}}, {cities, {}, {"New York"}}).x(TRG_TEST, {0}), Floats{0, 1, 0});
}

BOOST_AUTO_TEST_CASE(quotes_of_the_training_hold_for_new_tables_and_edition_3_is_still_read) {
  const std::string text = "size\tkind\n1\t5\" pipe\n2\t\"flat\"\n3\t\"a\n4\tb\"\n";
  Csv data = table(text);
  BOOST_TEST(data.count(TRG_TRAIN) == 4);
  SAME(data.fields()[1].class_names, Words{"\"a", "\"flat\"", "5\" pipe", "b\""});
  const std::string letters = data.fit({0, 1, 2, 3}), enclosing = table("size\tkind\n1\t\"flat\"\n2\t\"a\tb\"\n").fit({0, 1}), none = table("size\tkind\n1\tflat\n2\tround\n").fit({0, 1});
  const auto opened = [](const std::string& bytes, const std::string& fresh) { return Csv({{"train", folder() / "gone"}}, {bytes, {folder().write("new.tsv", fresh)}}); };
  const std::string flat = "size\tkind\n1\t\"flat\"\n";
  SAME(opened(letters, flat).y(TRG_TEST, {0}), Labels{1});
  SAME(opened(enclosing, flat).y(TRG_TEST, {0}), Labels{1});
  SAME(opened(none, flat).y(TRG_TEST, {0}), Labels{0});
  BOOST_TEST(says(refused([&] { opened(enclosing, "size\tkind\n1\t\"flat\n"); }), "never closed"));
  const std::string signature = "teranga.csv 4\n", former = "teranga.csv 3\n" + none.substr(signature.size(), 2) + none.substr(signature.size() + 3);
  BOOST_TEST(none.starts_with(signature));
  SAME(opened(former, flat).y(TRG_TEST, {0}), Labels{0});
}

BOOST_AUTO_TEST_CASE(the_decimal_mark_of_the_training_reads_new_tables_and_what_is_against_it_is_refused) {
  const std::string commas = table("a;b;y\n1,5;2,25;1\n3;4;2\n").fit({0, 1}), points = table("a;b;y\n1.5;2.25;1\n3;4;2\n").fit({0, 1}), whole = table("a;b;y\n1;2;1\n3;4;2\n").fit({0, 1});
  const auto opened = [](const std::string& bytes, const std::string& text, GivenOptions more = {}) {
    more["train"] = folder() / "gone";
    return Csv(more, {bytes, {folder().write("new.csv", text)}}).x(TRG_TEST, {0});
  };
  const Refused e = refused([&] { opened(commas, "a;b\n1,234;0.5\n"); });
  BOOST_TEST(e.where == folder() / "new.csv:2:7");
  BOOST_TEST(says(e, "expected a number with a decimal comma in the column \"b\", found \"0.5\""));
  BOOST_TEST(e.hint == "decimal = \".\"");
  SAME(opened(commas, "a;b\n1,234;0.5\n", {{"decimal", std::string(".")}}), Floats{1234, 0.5});
  BOOST_TEST(refused([&] { opened(points, "a;b\n1,234;0,5\n"); }).hint == "decimal = \",\"");
  SAME(opened(points, "a;b\n1,5;0,5\n"), Floats{1.5, 0.5});  // no other reading
  SAME(opened(commas, "a;b\n1.5;0.5\n"), Floats{1.5, 0.5});
  // Nothing was learnt of decimals.
  BOOST_TEST(refused([&] { opened(whole, "a;b\n1,234;5\n"); }).hint == "decimal = \".\", or decimal = \",\"");
  SAME(opened(whole, "a;b\n1,234;5\n", {{"decimal", std::string(",")}}), Floats{1.234f, 5});
  SAME(opened(whole, "a;b\n1,25;5\n"), Floats{1.25, 5});
}

BOOST_AUTO_TEST_CASE(the_order_of_dates_is_that_of_the_training) {
  const std::string bytes = table("when,y\n31/01/2024,0\n03/04/2024,1\n", {{"dates", std::string("split")}}).fit({0, 1});
  const auto opened = [&](const std::string& text, GivenOptions more = {}) {
    more["train"] = folder() / "gone", more["dates"] = std::string("split");
    return Csv(more, {bytes, {folder().write("new.csv", text)}}).x(TRG_TEST, {0});
  };
  SAME(opened("when\n05/06/2024\n"), Floats{2024, 6, 5, 2});
  SAME(opened("when\n2024-06-05\n"), Floats{2024, 6, 5, 2});
  const Refused e = refused([&] { opened("when\n05/06/2024\n02/13/2024\n"); });
  BOOST_TEST(e.where == folder() / "new.csv:3:1");
  BOOST_TEST(says(e, "expected dates with the day first in the column \"when\", as in the training table, found \"02/13/2024\""));
  BOOST_TEST(e.hint == "date_order = \"mdy\"");
  SAME(opened("when\n02/13/2024\n", {{"date_order", std::string("mdy")}}), Floats{2024, 2, 13, 1});
}

BOOST_AUTO_TEST_CASE(a_column_without_a_name_is_found_again) {
  const std::string text = ",a,b,y\n1,2,3,1\n2,3,4,0\n", bytes = table(text).fit({0, 1});
  SAME(Csv({{"train", folder() / "gone"}}, {bytes, {folder().write("new.csv", text)}}).x(TRG_TEST, {1}), Floats{2, 3, 4});
  SAME(table(text, {{"test", folder().write("test.csv", text)}}).x(TRG_TEST, {0}), Floats{1, 2, 3});
}

BOOST_AUTO_TEST_CASE(bytes_that_are_damaged_or_of_another_data_set_are_refused) {
  const std::string bytes = learnt(), path = folder().write("new.csv", "age,cabin\n30,77\n");
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) BOOST_TEST(refused([&] { Csv(options(), {bytes.substr(0, cut), {path}}); }).code == TRG_BAD_DATA);
  BOOST_TEST(refused([&] { Csv(options(), {bytes + "x", {path}}); }).code == TRG_BAD_DATA);
  for (const char* former : {"teranga.csv 1\nand more", "teranga.csv 2\nand more"}) BOOST_TEST(says(refused([&] { Csv(options(), {former, {path}}); }), "a former version"));
  for (std::size_t at = 0; at < bytes.size(); ++at)
    for (const int bit : {0, 3, 7}) {
      std::string damaged = bytes;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      try {
        Csv data(options(), {damaged, {path}});
        data.x(TRG_TEST, {0});
      } catch (const Refused& e) {
        BOOST_TEST((e.code == TRG_BAD_DATA || e.code == TRG_BAD_OPTION));
      }
    }
}

BOOST_AUTO_TEST_CASE(what_was_learnt_is_told_column_by_column) {
  Csv data = table("age,kind,when,id\n20,cat,2024-01-31,1\n?,dog,2024-01-29,2\n40,cat,2024-01-30,3\n",
                   {{"missing", std::string("mean")}, {"dates", std::string("split")}, {"target", Words{"kind"}}, {"ignore", Words{"id"}}});
  const Words lines = data.told(data.fit({0, 1, 2}));
  BOOST_REQUIRE(lines.size() == 5u);
  BOOST_TEST(lines[0] == "table: the separator is \",\": 4 of the first 4 lines have 4 cells; the first line names the columns: \"kind\" is one");
  BOOST_TEST(lines[1] == "column age: number, 20 to 40, mean 30, deviation 10 [1 of 3 are missing]");
  BOOST_TEST(lines[2] == "column kind: target, 2 classes: cat (2), dog (1)");
  BOOST_TEST(lines[3].starts_with("column when: date; year 2024 to 2024, mean 2024, deviation 0; month 1 to 1"));
  BOOST_TEST(lines[4] == "column id: left out");
  // Other rows, other words: what differs is told.
  const Words others = data.told(data.fit({0, 2}));
  BOOST_TEST(others[1] == lines[1]);
  BOOST_TEST(others[2] == "column kind: target, 1 classes: cat (2)");
}

BOOST_AUTO_TEST_CASE(rows_without_a_target_are_left_out_of_what_is_judged) {
  const std::string text = "age,cabin,kind\n30,77,x\n31,C85,\n32,77,y\n", path = folder().write("judged.csv", text);
  const auto judged = [&](const GivenOptions& more) { return Csv(more, {.learnt = learnt(), .paths = {path}, .judged = true}); };
  GivenOptions asked = options();
  asked["missing_target"] = std::string("leave out");
  logged().clear();
  Csv data = judged(asked);
  BOOST_TEST(data.count(TRG_TEST) == 2);
  SAME(data.y(TRG_TEST, {0, 1}), Labels{0, 1});
  BOOST_TEST(std::any_of(logged().begin(), logged().end(), [](const std::string& line) { return line.find("1 of 3 rows have no target and are left out, the first in line 3") != line.npos; }));
  const Refused e = refused([&] { judged(options()); });
  BOOST_TEST(e.where == path + ":3:8");
  BOOST_TEST(e.hint == "missing_target = \"leave out\"");
  // A prediction has all rows.
  for (const GivenOptions& more : {asked, options()}) {
    Csv all(more, {learnt(), {path}});
    BOOST_TEST(all.count(TRG_TEST) == 3);
    BOOST_TEST(all.fields()[1].absent);
  }
}

BOOST_AUTO_TEST_CASE(numbers_far_outside_of_the_training_are_told_once) {
  const auto warned = [](const std::string& text) {
    logged().clear();
    fresh(text);
    std::string told;
    for (const std::string& line : logged())
      if (line.find("outside the range") != line.npos) told += line;
    return told;
  };
  // The training has ages from 22 to 38.
  BOOST_TEST(warned("age,cabin\n60,77\n61,77\n30,77\n").find("column \"age\": 2 of 3 values lie outside the range of the training (22 to 38)") != std::string::npos);
  BOOST_TEST(warned("age,cabin\n60,77\n30,77\n31,77\n").empty());
  BOOST_TEST(warned("age,cabin\n?,77\n50,77\n54,77\n").empty());  // apart from it by its width
  BOOST_TEST(warned("age,cabin\n199,77\n30,77\n31,77\n").find("1 of 3 values") != std::string::npos);
  BOOST_TEST(warned("age,cabin\n198,77\n30,77\n31,77\n").empty());
}

BOOST_AUTO_TEST_CASE(what_was_learnt_is_not_changed_by_options_and_that_is_told) {
  const auto warned = [](GivenOptions more) {
    logged().clear();
    more["normalize"] = more.contains("normalize") ? more["normalize"] : std::string("standard");
    fresh("age,cabin\n30,77\n", more);
    std::string told;
    for (const std::string& line : logged())
      if (const std::size_t at = line.find(" has no effect on new tables, for the training has learnt it"); at != line.npos) told += line.substr(0, at) + ";";
    return told;
  };
  const auto with = [](const char* option, const Given& value) {
    GivenOptions more = options();
    more[option] = value;
    return more;
  };
  BOOST_TEST(warned(options()).empty());
  BOOST_TEST(warned(with("normalize", std::string("none"))).find("normalize;") != std::string::npos);
  BOOST_TEST(warned(with("normalize", std::string("minmax"))).find("normalize;") != std::string::npos);
  BOOST_TEST(warned(with("ignore", Words{"age"})).find("ignore;") != std::string::npos);
  BOOST_TEST(warned(with("ignore", Words{"3"})).empty());  // the column "note"
  BOOST_TEST(warned(with("target", Words{"age"})).find("target;") != std::string::npos);
  BOOST_TEST(warned(with("target", Words{"-1"})).empty());
}

BOOST_AUTO_TEST_CASE(names_that_are_near_are_told_as_what_is_to_be_renamed) {
  const auto refused_names = [](const std::string& text) { return refused_fresh(text); };
  BOOST_TEST(refused_names("Age,cabin\n30,C85\n").hint == "rename the column \"Age\" to \"age\"");
  BOOST_TEST(refused_names("AGE,Cabin,agent,more\n30,C85,1,2\n").hint == "rename the columns \"AGE\" to \"age\", \"Cabin\" to \"cabin\"");
  const Refused e = refused_names("30,x,y,z,5\n31,x,y,z,6\n");
  BOOST_TEST(says(e, "the first line holds no name of a column of the training (\"age\", \"cabin\", \"kind\"), and is no row: it has 5 values (\"30\", \"x\", \"y\", \"z\", \"5\"), and a row has 4 cells as in the training table, 3 without the target, 3 without the column that the training ignores, or 2 without both"));
}

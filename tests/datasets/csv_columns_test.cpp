// SPDX-License-Identifier: Apache-2.0
// The data set `csv`: what its columns are. Kinds over all rows whatever their order, missing values, categories that are none, dates.
#include <boost/test/unit_test.hpp>

#include "csv_under_test.hpp"

using namespace teranga::test;
using namespace teranga::test::csv;

namespace {

Given text(const char* value) { return std::string(value); }

}  // namespace

BOOST_AUTO_TEST_CASE(words_that_mean_missing_do_so_among_numbers_wherever_they_stand) {
  const GivenOptions mean{{"missing", text("mean")}};
  for (const std::string& word : Words{"null", "NULL", "nan", "NaN", "NA", "N/A", "n/a", "None", "?", "-", "", "#N/A", "."}) {
    const std::string odd = "31," + word + ",x\n", rows = "30,1000,x\n31,1200,y\n";
    for (const std::string& lines : {odd + rows, rows + odd}) {
      Csv data = table("age,income,kind\n" + lines, mean);
      SAME(data.fields()[0].shape, std::vector<std::int64_t>{2});
      const Floats x = data.x(TRG_TRAIN, first(3));
      BOOST_TEST((lines.starts_with(odd) ? x[1] : x[5]) == 1100);
      const Refused e = refused_table("age,income,kind\n" + lines);
      BOOST_TEST(at(e, lines.starts_with(odd) ? ":2:4" : ":4:4"));
      BOOST_TEST(e.hint == "missing = \"mean\"");
    }
  }
  // Among words they are words, but for those that have always been none.
  SAME(table("a,k\n-,x\nNone,y\nb,x\n", {{"header", text("true")}}).fields()[0].shape, std::vector<std::int64_t>{3});
  BOOST_TEST(says(refused_table("a,k\nb,x\nNA,y\nb,x\n", {{"header", text("true")}}), "\"a\" has no value here"));
}

BOOST_AUTO_TEST_CASE(a_country_that_is_called_as_a_missing_value_is_told) {
  const std::string lines = "a,country,y\n1,DE,1\n2,NA,2\n3,US,2\n";
  BOOST_TEST(refused_table(lines).hint == "missing_words = [\"\", \"?\", \"NaN\"] where \"NA\" is a word of its own, or missing = \"mean\"");
  logged().clear();
  BOOST_TEST(table(lines, {{"missing", text("mean")}}).fields()[0].shape[0] == 3);
  BOOST_TEST(logged().back().find("\"NA\" in the column \"country\" of two-letter words stands for a missing value; where it is a word of its own: missing_words = [\"\", \"?\", \"NaN\"]") != std::string::npos);
  logged().clear();
  BOOST_TEST(table(lines, {{"missing_words", Words{"", "?", "NaN"}}}).fields()[0].shape[0] == 4);
  BOOST_TEST(logged().empty());
  // Where other words are no codes, or another column has it as well, it is what it usually is.
  for (const char* other : {"a,country,y\n1,DE,1\n2,NA,2\n3,Peru,2\n", "a,country,y\nNA,DE,1\n2,NA,2\n3,US,2\n"}) {
    logged().clear();
    table(other, {{"missing", text("mean")}});
    BOOST_TEST(logged().empty());
  }
}

BOOST_AUTO_TEST_CASE(a_number_that_is_too_small_is_0) { SAME(table("a,b\n1e-400,1\n-1e-5000,2\n0.5,3\n").x(TRG_TRAIN, {0, 1, 2}), Floats{0, 0, 0.5}); }

BOOST_AUTO_TEST_CASE(a_code_for_missing_is_meant_by_its_value) {
  const GivenOptions coded{{"missing", text("mean")}, {"missing_words", Words{"-999"}}};
  SAME(table("a,b\n-999,0\n-999.0,1\n-999.00,0\n5,1\n7,1\n", coded).x(TRG_TRAIN, first(5)), Floats{6, 6, 6, 5, 7});
  SAME(table("a;b\n-999,0;0\n5,5;1\n", coded).x(TRG_TRAIN, first(2)), Floats{5.5, 5.5});
}

BOOST_AUTO_TEST_CASE(some_words_among_numbers_are_refused_with_both_answers_in_any_order) {
  const Words rows = {"30,1000,x\n", "31,lots,y\n", "32,1200,x\n", "33,1300,y\n", "34,few,x\n"};
  for (const std::vector<int>& order : {std::vector<int>{0, 1, 2, 3, 4}, {1, 0, 2, 4, 3}, {4, 3, 2, 1, 0}}) {
    std::string lines = "age,income,kind\n";
    for (const int i : order) lines += rows[static_cast<std::size_t>(i)];
    const Refused e = refused_table(lines);
    BOOST_TEST(e.code == TRG_BAD_DATA);
    BOOST_TEST(says(e, "expected a number in the column \"income\", as in 3 of its 5 cells, found \""));
    BOOST_TEST(says(e, order[0] == 4 ? "found \"few\"; also \"lots\" in line 5" : order[0] == 1 ? "found \"lots\"; also \"few\" in line 5" : "found \"lots\"; also \"few\" in line 6"));
    BOOST_TEST(at(e, order[0] == 0 ? ":3:4" : ":2:4"));
    BOOST_TEST(e.hint.ends_with("with missing = \"mean\", or categorical = [\"income\"], or ignore = [\"income\"]"));
  }
  const std::string lines = "age,income,kind\n30,1000,x\n31,lots,y\n?,1200,x\n33,-,y\n";
  BOOST_TEST(refused_table(lines, {{"missing", text("mean")}}).hint == "missing_words = [\"\", \"?\", \"NA\", \"NaN\", \"-\", \"lots\"], or categorical = [\"income\"], or ignore = [\"income\"]");
  // The answers work.
  SAME(table(lines, {{"missing", text("mean")}, {"missing_words", Words{"", "?", "NA", "NaN", "-", "lots"}}}).x(TRG_TRAIN, {1, 2}), Floats{31, 1100, 94 / 3.f, 1200});
  BOOST_TEST(table(lines, {{"missing", text("mean")}, {"categorical", Words{"income"}}}).fields()[0].shape[0] == 5);
  BOOST_TEST(table(lines, {{"missing", text("mean")}, {"ignore", Words{"income"}}}).fields()[0].shape[0] == 1);
  // Numbers among words are words.
  SAME(table("cabin,k\nC85,x\n77,y\nE46,x\nC85,y\n77,y\n", {{"header", text("true")}}).fields()[0].shape, std::vector<std::int64_t>{3});
  // The target.
  const Refused target = refused_table("a,b\n1,10\n2,12\n3,ten\n");
  BOOST_TEST(at(target, ":4:3"));
  BOOST_TEST(target.hint.starts_with("target_is = \"classes\", or missing_words = [\"\", \"?\", \"NA\", \"NaN\", \"ten\"] with missing_target = \"leave out\", or sed '4,$d' < "));
  SAME(table("a,b\n1,10\n2,12\n3,ten\n", {{"missing_words", Words{"ten"}}, {"missing_target", text("leave out")}}).fill<float>(TRG_TRAIN, {0, 1}, 1), Floats{10, 12});
  BOOST_TEST(table("a,b\n1,10\n2,12\n3,ten\n", {{"target_is", text("classes")}}).fields()[1].classes == 3);
}

BOOST_AUTO_TEST_CASE(cells_that_look_like_numbers_ask) {
  SAME(table("a,b\n\" 5\",1\n\" 6 \",2\n\xe2\x88\x92" "5,3\n").x(TRG_TRAIN, {0, 1, 2}), Floats{5, 6, -5});
  for (const char* cell : {"5%", "$5", "(5)", "\"1,23,456\"", "- 5", "12:30", "02/13/24", "2024-01", "\xe2\x82\xac" "5"})
    BOOST_TEST_CONTEXT(cell) {
      const std::string lines = std::string("a,b\n").append(cell).append(",1\n").append(cell).append(",2\n");
      const Refused e = refused_table(lines);
      BOOST_TEST(e.where == "categorical");
      BOOST_TEST(e.hint == "categorical = [\"a\"], or ignore = [\"a\"], or write them as numbers");
      BOOST_TEST(table(lines, {{"categorical", Words{"a"}}}).fields()[0].shape[0] == 1);
    }
  const Refused target = refused_table("a,b\n1,\"$1,200\"\n2,$5\n3,$6\n");
  BOOST_TEST(target.where == "target_is");
  BOOST_TEST(table("a,b\n1,\"$1,200\"\n2,$5\n3,$6\n", {{"target_is", text("classes")}}).fields()[1].classes == 3);
  for (const char* cell : {"10-19", "<=50K", "R2"}) BOOST_TEST_CONTEXT(cell) BOOST_TEST(table(std::string("a,b\n").append(cell).append(",1\n")).fields()[0].shape[0] == 1);
}

BOOST_AUTO_TEST_CASE(words_that_are_one_number_are_one_class_in_all_tables) {
  logged().clear();
  Csv data = table("a,b\n1,1.0\n2,1\n3,2\n4,2.00\n5,1.00\n", {{"target_is", text("classes")}});
  SAME(data.fields()[1].class_names, Words{"1", "2"});
  SAME(data.y(TRG_TRAIN, first(5)), Labels{0, 0, 1, 1, 0});
  BOOST_TEST(logged().size() == 1u);
  BOOST_TEST(logged().back().find("\"1.0\" in the column \"b\" is taken as \"1\", for both are one number, and so are 2 other words there") != std::string::npos);
  BOOST_TEST(data.told(data.fit(first(5)))[2] == "column b: target, 2 classes: 1 (3), 2 (2) [target_is = \"classes\"]");
  SAME(table("a,b\n0.0,1\n0,2\n", {{"categorical", Words{"a"}}}).fields()[0].columns, Words{"a=0"});
  // Codes are themselves, and so are numbers beside words.
  SAME(table("a,b\n01,1\n1,2\n1.0,2\n", {{"categorical", Words{"a"}}}).fields()[0].shape, std::vector<std::int64_t>{3});
  SAME(table("a,b\nx,1\n1,2\n1.0,2\n", {{"categorical", Words{"a"}}}).fields()[0].shape, std::vector<std::int64_t>{3});
  SAME(table("a,b\n1,1\n2,3\n", {{"target_is", text("classes")}, {"test", folder().write("test.csv", "a,b\n4,3.0\n")}}).y(TRG_TEST, {0}), Labels{1});
}

BOOST_AUTO_TEST_CASE(sentences_are_for_another_data_set) {
  std::string rows;
  for (int i = 0; i < 40; ++i) rows += "film number " + std::to_string(i) + " was fine," + (i % 2 ? "happy" : "sad") + "\n";
  const std::string text = "for sentences type = \"text\" with text_column";
  BOOST_TEST(refused_table("review,mood\n" + rows, {{"target", Words{"mood"}}}).hint == text + " = \"review\" and label_column = \"mood\"; otherwise ignore = [\"review\"], or categorical = [\"review\"]");
  BOOST_TEST(refused_table("review,mood\n" + rows).hint == "header = \"true\", or header = \"false\"; " + text + " = \"1\" and label_column = \"2\"");
}

BOOST_AUTO_TEST_CASE(names_of_the_rows_are_no_categories) {
  std::string lines = "name,x,kind\n";
  for (int i = 0; i < 40; ++i) lines += "person" + std::to_string(i % 30) + ",1,a\n";
  const Refused e = refused_table(lines);
  BOOST_TEST(says(e, "the column \"name\" has 30 different words in 40 cells: names of the rows rather than categories"));
  BOOST_TEST(e.hint == "ignore = [\"name\"], or categorical = [\"name\"]");
  BOOST_TEST(table(lines, {{"categorical", Words{"name"}}}).fields()[0].shape[0] == 31);
  BOOST_TEST(table(lines, {{"ignore", Words{"name"}}}).fields()[0].shape[0] == 1);
  // All such columns at once, beside those that are ignored already.
  std::string two = "id,name,ticket,x,y\n";
  for (int i = 0; i < 30; ++i) two.append(std::to_string(i)).append(",p").append(std::to_string(i)).append(",t").append(std::to_string(i)).append(",1,2\n");
  const Refused both = refused_table(two, {{"ignore", Words{"id"}}});
  BOOST_TEST(says(both, "the column \"name\" has 30 different words in 30 cells"));
  BOOST_TEST(says(both, "the column \"ticket\" has 30"));
  BOOST_TEST(both.hint == "ignore = [\"id\", \"name\", \"ticket\"], or categorical = [\"name\", \"ticket\"]");
  logged().clear();
  table(two, {{"ignore", Words{"name", "ticket"}}});
  BOOST_TEST(logged().back().find("the column \"id\" counts the rows; where it is no feature: ignore = [\"name\", \"ticket\", \"id\"]") != std::string::npos);
  std::string texts = "x,kind\n";
  for (int i = 0; i < 40; ++i) texts += "1,person" + std::to_string(i) + "\n";
  BOOST_TEST(refused_table(texts).hint == "target_is = \"classes\"");
  BOOST_TEST(table(texts, {{"target_is", text("classes")}}).fields()[1].classes == 40);
  std::string numbers = "x,y\n";
  for (int i = 0; i < 1100; ++i) numbers += "1," + std::to_string(i) + "\n";
  BOOST_TEST(says(refused_table(numbers, {{"target_is", text("classes")}}), "1100 different words, more than 1000 make no classes"));
  BOOST_TEST(table(numbers, {{"target_is", text("classes")}, {"most_categories", std::int64_t{1100}}}).fields()[1].classes == 1100);
}

BOOST_AUTO_TEST_CASE(faults_of_columns_are_told_at_once_with_their_answers) {
  std::string lines = "sown,length,garden,colour,kind\n";
  for (int i = 0; i < 24; ++i) lines += "2024-03-" + std::to_string(10 + i % 9) + "," + (i == 5 ? "" : std::to_string(i * 3 % 7)) + ",garden" + std::to_string(i) + "," + (i % 2 ? "red" : "blue") + "," + (i % 3 ? "rose" : "tulip") + "\n";
  const Refused e = refused_table(lines, {{"ignore", Words{"colour"}}});
  BOOST_TEST(e.code == TRG_BAD_DATA);
  BOOST_TEST(e.where == folder() / "table.csv");
  BOOST_TEST(std::string(e.what()) == "3 columns cannot be used as they are\n"
                                      "  the column \"sown\" holds dates (\"2024-03-10\")\n  hint: dates = \"split\" (year, month, day and weekday as numbers), or dates = \"ignore\"\n"
                                      "  line 7: the column \"length\" has no value here (\"\" means missing)\n  hint: missing = \"mean\"\n"
                                      "  the column \"garden\" has 24 different words in 24 cells: names of the rows rather than categories");
  BOOST_TEST(e.hint == "besides the hints above, columns can be left out or taken as words: ignore = [\"colour\", \"sown\", \"garden\"], or categorical = [\"garden\"]");
  BOOST_TEST(table(lines, {{"dates", text("split")}, {"missing", text("mean")}, {"ignore", Words{"colour", "garden"}}}).fields()[0].shape[0] == 5);
  BOOST_TEST(table(lines, {{"missing", text("mean")}, {"ignore", Words{"colour", "sown", "garden"}}}).fields()[0].shape[0] == 1);
  // A column may have two faults.
  std::string gaps = "garden,x,y\n,,1\n";
  for (int i = 0; i < 24; ++i) gaps.append(i == 9 ? "" : "g").append(i == 9 ? "" : std::to_string(i)).append(",5,2\n");
  const Refused twice = refused_table(gaps, {{"ignore", Words{"x"}}});
  BOOST_TEST(std::string(twice.what()) == "the column \"garden\" cannot be used as it is\n  line 2: the column \"garden\" has no value here (\"\" means missing); 1 more of its cells have none\n  hint: missing = \"mean\"\n"
                                          "  the column \"garden\" has 23 different words in 23 cells: names of the rows rather than categories");
  BOOST_TEST(twice.hint == "besides the hints above, columns can be left out or taken as words: ignore = [\"x\", \"garden\"], or categorical = [\"garden\"]");
  // Columns whose values are all in the test rows.
  const Refused late = refused_table("a,b,c,y\n1,,,1\n2,,,2\n3,4,5,6\n", {{"missing", text("mean")}, {"test_split", 0.4}});
  BOOST_TEST(says(late, "the columns \"b\", \"c\" have no value in any training row"));
  BOOST_TEST(late.hint == "ignore = [\"b\", \"c\"]");
  // Questions alone are one question. A list that is too long is cut short.
  const Refused asked = refused_table("a,b,c,d\n5%,6%,2024-01-02,1\n7%,8%,2024-01-03,2\n");
  BOOST_TEST(asked.code == TRG_BAD_OPTION);
  BOOST_TEST(asked.hint == "besides the hints above, columns can be left out or taken as words: ignore = [\"a\", \"b\", \"c\"], or categorical = [\"a\", \"b\"]");
  std::string first = "y", second = "\n1", third = "\n2";
  for (int i = 0; i < 50; ++i) first += ",column" + std::to_string(i), second += ",5%", third += ",6%";
  const Refused many = refused_table(first + second + third, {{"target", Words{"y"}}});
  BOOST_TEST(says(many, "50 columns cannot be used as they are"));
  BOOST_TEST(says(many, "\n  and 4"));
  BOOST_TEST(many.hint.starts_with("write them as numbers, or ignore = [\"column0\", \"column1\","));
  BOOST_TEST(many.hint.ends_with("] and 34 more"));
}

BOOST_AUTO_TEST_CASE(a_line_of_units_or_of_sums_is_told_with_what_removes_it) {
  const std::string path = folder() / "table.csv", to = " < " + path + " > " + (folder() / "table.rows.csv") + " makes a table without line ";
  const Refused units = refused_table("a,b,y\nkg,cm,EUR\n1,2,3\n4,5,6\n");
  BOOST_TEST(says(units, "3 columns cannot be used as they are"));
  BOOST_TEST(says(units, "\n  hint: sed 2d" + to + "2, or missing_words = [\"\", \"?\", \"NA\", \"NaN\", \"kg\", \"cm\"] with missing = \"mean\"\n"));
  BOOST_TEST(says(units, "\n  hint: sed 2d" + to + "2, or target_is = \"classes\""));
  BOOST_TEST(refused_table("a,b,y\n1,2,3\n\n4,5,6\n\nTotal,7,9\n\n").hint.ends_with(", or sed '6,$d'" + to + "6"));
  BOOST_TEST(refused_table("a,b,y\nkg,7,9\n\n\n4,5,6\n2,3,4\n").hint.ends_with(", or sed 2,4d" + to + "2"));
  for (const char* lines : {"a,b,y\n1,2,3\nx,2,3\n4,5,6\n", "a,b,y\nkg,2,3\n1,2,3\n1,cm,3\n4,5,6\n"}) {
    const Refused e = refused_table(lines);
    BOOST_TEST(!says(e, " makes a table without line "));
    BOOST_TEST(e.hint.find(" makes a table without line ") == std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_row_of_sums_among_words_is_a_warning) {
  const std::string path = folder() / "table.csv";
  logged().clear();
  table("fruit,x,y\napple,1,2\npear,3,4\napple,2,2\nTotal,6,8\n");
  BOOST_TEST(logged().size() == 1u);
  BOOST_TEST(logged().back().ends_with("\"Total\" in the column \"fruit\" stands in the last row alone; where that is a row of sums: sed '5,$d' < " + path + " > " + (folder() / "table.rows.csv") + " makes a table without line 5"));
  logged().clear();
  table("fruit,x,y\nTotal,1,2\npear,3,4\napple,2,2\nTotal,6,8\n");
  table("fruit,x,y\nTotal,1,2\npear,3,4\napple,2,2\n");
  table("fruit,x,y\nTotal,1,2\npear,3,4\nTotal,2,\n", {{"missing_target", text("leave out")}});
  BOOST_TEST(std::none_of(logged().begin(), logged().end(), [](const std::string& line) { return line.find("sums") != std::string::npos; }));
}

BOOST_AUTO_TEST_CASE(rows_without_a_target_are_left_out_where_that_is_asked_for) {
  const std::string lines = "a,b,y\n1,x,5\n2,x,\n3,y,7\n4,z,NULL\nsum,,\n6,y,9\n";
  const GivenOptions out{{"missing_target", text("leave out")}};
  BOOST_TEST(refused_table("a,y\n1,5\n2,\n").hint == "missing_target = \"leave out\"");
  logged().clear();
  Csv data = table(lines, out);
  BOOST_TEST(logged().back().ends_with("3 of 6 rows have no target and are left out, the first in line 3"));
  BOOST_TEST(data.count(TRG_TRAIN) == 3);
  SAME(data.x(TRG_TRAIN, first(3)), Floats{1, 1, 0, 3, 0, 1, 6, 0, 1});  // "z" is no category
  SAME(data.fill<float>(TRG_TRAIN, first(3), 1), Floats{5, 7, 9});
  BOOST_TEST(data.told(data.fit(first(3))).back().ends_with("[3 rows have none and are left out]"));
  // A split shares the rows that are left.
  GivenOptions split = out;
  split["test_split"] = 0.33;
  Csv halves = table(lines, split);
  BOOST_TEST(halves.count(TRG_TRAIN) == 2);
  SAME(halves.fill<float>(TRG_TEST, {0}, 1), Floats{9});
  // Parts of their own, and tables without a line of names.
  GivenOptions parts = out;
  parts["validation"] = folder().write("validation.csv", "y,b,a\n,x,1\n4,y,2\n");
  parts["test"] = folder().write("test.csv", "7,x,1\n8,y,\n9,x,3\n");
  Csv all = table(lines, parts);
  BOOST_TEST(all.count(TRG_VALIDATION) == 1);
  SAME(all.x(TRG_VALIDATION, {0}), Floats{2, 0, 1});
  BOOST_TEST(all.count(TRG_TEST) == 2);
  SAME(all.fill<float>(TRG_TEST, {0, 1}, 1), Floats{1, 3});
  BOOST_TEST(table("5,?\n6,1\n7,2\n", out).count(TRG_TRAIN) == 2);
  SAME(table("5,?\n6,1\n7,2\n", out).x(TRG_TRAIN, {0, 1}), Floats{6, 7});
  // Classes, and several targets: all of them must be there.
  SAME(table("a,y\n1,p\n2,\n3,q\n", out).y(TRG_TRAIN, {0, 1}), Labels{0, 1});
  GivenOptions two = out;
  two["target"] = Words{"a", "y"};
  BOOST_TEST(table("a,b,y\n1,2,3\n,5,6\n7,8,\n", two).count(TRG_TRAIN) == 1);
  // None is left; new tables keep all rows.
  BOOST_TEST(says(refused_table("a,y\n1,5\n", {{"missing_target", text("leave out")}, {"test", folder().write("test.csv", "a,y\n1,\n")}}), "no row has one"));
  const std::string learnt = table("a,y\n1,5\n2,\n3,6\n", out).fit({0, 1});
  GivenOptions gone = out;
  gone["train"] = folder() / "gone";
  Csv fresh(gone, {learnt, {folder().write("new.csv", "a,y\n4,\n5,6\n7,8\n")}});
  BOOST_TEST(fresh.count(TRG_TEST) == 3);
  SAME(fresh.x(TRG_TEST, first(3)), Floats{4, 5, 7});
}

BOOST_AUTO_TEST_CASE(normalisation_without_a_number_is_told) {
  logged().clear();
  table("a,k\nx,0\ny,1\n", {{"normalize", text("standard")}});
  BOOST_TEST(logged().front().find("normalize changes nothing, for no feature column holds numbers") != std::string::npos);
  logged().clear();
  table("a,k\n1,0\n2,1\n", {{"normalize", text("standard")}});
  BOOST_TEST(logged().empty());
}

BOOST_AUTO_TEST_CASE(dates_ask_are_left_out_or_become_numbers) {
  const std::string lines = "when,x,y\n2024-01-31,1,0\n2023-12-04,2,1\n";
  const Refused e = refused_table(lines);
  BOOST_TEST(e.where == "dates");
  BOOST_TEST(says(e, "the column \"when\" holds dates (\"2024-01-31\")"));
  SAME(table(lines, {{"dates", text("ignore")}}).x(TRG_TRAIN, {0, 1}), Floats{1, 2});
  // 31 January 2024 was a Wednesday, 4 December 2023 a Monday.
  SAME(table(lines, {{"dates", text("split")}}).x(TRG_TRAIN, {0, 1}), Floats{2024, 1, 31, 2, 1, 2023, 12, 4, 0, 2});
  SAME(table(lines, {{"dates", text("split")}, {"normalize", text("minmax")}}).x(TRG_TRAIN, {0}), Floats{1, 0, 1, 1, 0});
  SAME(table("when,y\n2024-02-29T18:30:00Z,0\n1969-12-31 00:15,1\n", {{"dates", text("split")}}).x(TRG_TRAIN, {0, 1}), Floats{2024, 2, 29, 3, 18.5, 1969, 12, 31, 2, 0.25});
  SAME(table("when,y\n?,0\n2024-01-01,1\n2026-03-03,1\n", {{"dates", text("split")}, {"missing", text("mean")}}).x(TRG_TRAIN, {0}), Floats{2025, 2, 2, 0.5});
  BOOST_TEST(refused_table("x,when\n1,2024-01-31\n2,2024-01-30\n").where == "target");
  const Refused mixed = refused_table("when,y\n2024-01-31,0\nsoon,1\n2024-02-30,1\n2024-02-01,0\n", {{"dates", text("split")}});
  BOOST_TEST(at(mixed, ":3:1"));
  BOOST_TEST(says(mixed, "expected a date in the column \"when\", as in 2 of its 4 cells, found \"soon\"; also \"2024-02-30\" in line 4"));
}

BOOST_AUTO_TEST_CASE(the_order_of_day_and_month_is_told_by_all_dates) {
  const GivenOptions split{{"dates", text("split")}};
  SAME(table("when,y\n03/04/2024,0\n31/01/2024,1\n", split).x(TRG_TRAIN, {0}), Floats{2024, 4, 3, 2});
  SAME(table("when,y\n03/04/2024,0\n01/31/2024,1\n", split).x(TRG_TRAIN, {0}), Floats{2024, 3, 4, 0});
  SAME(table("when,y\n3.4.2024,0\n31.1.2024,1\n", split).x(TRG_TRAIN, {0}), Floats{2024, 4, 3, 2});
  const std::string doubtful = "when,y\n03/04/2024,0\n05/06/2024,1\n";
  const Refused e = refused_table(doubtful, split);
  BOOST_TEST(e.where == "date_order");
  BOOST_TEST(e.hint == "date_order = \"dmy\", or date_order = \"mdy\"");
  SAME(table(doubtful, {{"dates", text("split")}, {"date_order", text("mdy")}}).x(TRG_TRAIN, {0}), Floats{2024, 3, 4, 0});
  BOOST_TEST(says(refused_table("when,y\n31/01/2024,0\n01/31/2024,1\n", split), "dates of one order"));
  const Refused other = refused_table("when,y\n02/03/2024,0\n02/13/2024,1\n", {{"dates", text("split")}, {"date_order", text("dmy")}});
  BOOST_TEST(at(other, ":3:1"));
  BOOST_TEST(says(other, "expected dates with the day first in the column \"when\", as date_order says, found \"02/13/2024\""));
  BOOST_TEST(other.hint == "date_order = \"mdy\"");
}

BOOST_AUTO_TEST_CASE(labels_that_end_in_a_point_are_those_of_the_training) {
  const std::string train = "x,income\n1,>50K\n2,<=50K\n";
  logged().clear();
  Csv data = table(train, {{"test", folder().write("test.csv", "|1x3 Cross validator\n3, >50K.\n4, <=50K.\n")}});
  SAME(data.y(TRG_TEST, {0, 1}), Labels{1, 0});
  BOOST_TEST(logged().back().find("each label of the column \"income\" ends in a point") != std::string::npos);
  BOOST_TEST(says(refused([&] { table(train, {{"test", folder().write("test.csv", "3,>50K.\n4,<=50K\n")}}); }), "found \">50K.\""));
}

BOOST_AUTO_TEST_CASE(a_column_that_is_left_out_may_hold_anything_and_still_tells_of_the_header) {
  std::string lines = "id,note,mood,kind\n";
  for (int i = 0; i < 3000; ++i) lines.append(std::to_string(i)).append(i < 2500 ? ",\"long, long\",fine," : ",5,bad,").append(i % 2 ? "x\n" : "y\n");
  for (const Words& ignored : {Words{"id", "note"}, Words{"1", "2"}, Words{"-4", "note"}}) {
    Csv data = table(lines, {{"ignore", ignored}});
    BOOST_TEST(data.count(TRG_TRAIN) == 3000);
    SAME(data.x(TRG_TRAIN, {0, 2999}), Floats{0, 1, 1, 0});
    // The other tables too.
    Csv fresh({{"train", folder() / "gone"}, {"ignore", ignored}}, {data.fit(first(3000)), {folder().write("new.csv", lines)}});
    SAME(fresh.x(TRG_TEST, {0, 2999}), Floats{0, 1, 1, 0});
    SAME(fresh.y(TRG_TEST, {2999}), Labels{0});
  }
}

BOOST_AUTO_TEST_CASE(a_column_of_codes_with_leading_zeros_is_told) {
  const auto told = [](const std::string& lines, const GivenOptions& more = {}) {
    logged().clear();
    table(lines, more);
    return std::any_of(logged().begin(), logged().end(), [](const std::string& line) { return line.find("has leading zeros") != std::string::npos; });
  };
  BOOST_TEST(told("place,y\n01067,1\n10115,2\n"));
  BOOST_TEST(logged().back().find("the column \"place\" has leading zeros (\"01067\") and is read as numbers; categorical = [\"place\"] takes it as words") != std::string::npos);
  for (const char* none : {"place,y\n1067,1\n10115,2\n", "place,y\n0,1\n1,2\n", "place,y\n0.5,1\n0.7,2\n", "place,y\n001,1\n10115,2\n", "place,y\n10115,1\n10117,2\n"}) BOOST_TEST_CONTEXT(none) BOOST_TEST(!told(none));
  BOOST_TEST(!told("place,y\n01067,1\n10115,2\n", {{"categorical", Words{"place"}}}));
  BOOST_TEST(told("01067,1\n10115,2\n", {{"header", text("false")}}));
}

BOOST_AUTO_TEST_CASE(dates_whose_day_and_month_are_one_number_ask_for_no_order) {
  SAME(table("when,y\n05.05.2024,0\n06.06.2024,1\n", {{"dates", text("split")}}).x(TRG_TRAIN, {0, 1}), Floats{2024, 5, 5, 6, 2024, 6, 6, 3});
  BOOST_TEST(refused_table("when,y\n05.05.2024,0\n05.06.2024,1\n", {{"dates", text("split")}}).where == "date_order");
}

BOOST_AUTO_TEST_CASE(numbers_of_another_decimal_mark_are_called_so) {
  const Refused e = refused_table("a;b\n1.5;1\n2.5;2\n3.5;1\n", {{"decimal", text(",")}});
  BOOST_TEST(says(e, "expected a number with a decimal comma in the column \"a\", found \"1.5\""));
}

BOOST_AUTO_TEST_CASE(years_and_a_word_above_numbers_may_be_names) {
  const std::string lines = "2019,2020,country\n1.5,2.5,DE\n3.5,4.5,FR\n5.5,6.5,DE\n";
  const Refused e = refused_table(lines);
  BOOST_TEST(e.where == "header");
  BOOST_TEST(says(e, "\"2019\", \"2020\", \"country\" may be names or values"));
  BOOST_TEST(table(lines, {{"header", text("true")}}).count(TRG_TRAIN) == 3);
  BOOST_TEST(table(lines, {{"header", text("false")}}).count(TRG_TRAIN) == 4);
  // A word that occurs again, and numbers that are no years.
  BOOST_TEST(table("2019,2020,DE\n1.5,2.5,DE\n3.5,4.5,FR\n").count(TRG_TRAIN) == 3);
  BOOST_TEST(table("5,7,DE\n1.5,2.5,FR\n3.5,4.5,FR\n").count(TRG_TRAIN) == 3);
}

BOOST_AUTO_TEST_CASE(spellings_of_one_word_are_told_for_each_is_a_class_of_its_own) {
  logged().clear();
  BOOST_TEST(table("a,y\n1,yes\n2,Yes\n3,no\n4,No\n5,NO\n6,\"no \"\n").fields()[1].classes == 6);
  BOOST_TEST(std::any_of(logged().begin(), logged().end(), [](const std::string& line) {
    return line.find("the column \"y\" has classes that differ only in letter case or in blanks around them: \"NO\" and \"No\" and \"no\" and \"no \", \"Yes\" and \"yes\"; each spelling is one of its own") != line.npos;
  }));
  logged().clear();
  table("a,y\n1,yes\n2,no\n");
  table("a,y\n1,a\n2,A\n");  // letters
  BOOST_TEST(std::none_of(logged().begin(), logged().end(), [](const std::string& line) { return line.find("letter case") != line.npos; }));
}

BOOST_AUTO_TEST_CASE(numbers_with_a_unit_are_no_names_of_rows) {
  std::string lines = "price,y\n";
  for (int i = 0; i < 40; ++i) lines += std::to_string(30 + i) + ".56 EUR," + std::to_string(i % 3) + "\n";
  const Refused e = refused_table(lines);
  BOOST_TEST(says(e, "40 of 40 cells of the column \"price\" look like numbers that are not read (\"30.56 EUR\"), for \"EUR\" stands with them: are they categories?"));
  BOOST_TEST(e.hint == "categorical = [\"price\"], or ignore = [\"price\"], or write them as numbers without \"EUR\"");
  for (const char* one : {"a,y\nEUR 5,1\nEUR 7,2\n", "a,y\n5kg,1\n7kg,2\n", "a,y\n\"1,5 km/h\",1\n\"2,5 km/h\",2\n"}) BOOST_TEST_CONTEXT(one) BOOST_TEST(says(refused_table(one), "look like numbers that are not read"));
  // Different words behind numbers, codes and ordinals are words.
  for (const char* one : {"a,y\n1st,1\n2nd,2\n3rd,1\n", "a,y\n5 kg,1\n7 lb,2\n", "a,y\n5A,1\n7A,2\n", "a,y\nC85,1\nC77,2\n", "a,y\n12 Jan 2024,1\n13 Feb 2024,2\n"}) BOOST_TEST_CONTEXT(one) BOOST_TEST(table(one).fields()[0].shape[0] >= 2);
}

BOOST_AUTO_TEST_CASE(a_country_code_among_mostly_two_letter_words_is_told) {
  const Refused e = refused_table("a,country,y\n1,DE,1\n2,NA,2\n3,FR,1\n4,US,2\n5,World,2\n");
  BOOST_TEST(e.hint == "missing_words = [\"\", \"?\", \"NaN\"] where \"NA\" is a word of its own, or missing = \"mean\"");
}

BOOST_AUTO_TEST_CASE(a_title_above_the_names_and_decimal_commas_between_commas_are_told_with_what_helps) {
  const std::string path = folder() / "table.csv", to = " < " + path + " > " + (folder() / "table.rows.csv");
  BOOST_TEST(refused_table("Sales of 2024\na,b,y\n1,2,3\n4,5,6\n").hint == "remove the lines above the line of column names: sed 1d" + to + " makes a table that begins with line 2, which looks like that line");
  BOOST_TEST(refused_table("Sales\n\nof all\na,b,y\n1,2,3\n4,5,6\n").hint == "remove the lines above the line of column names: sed 1,3d" + to + " makes a table that begins with line 4, which looks like that line");
  const Refused commas = refused_table("a,b,y\n1,5,2,5,3\n4,5,5,5,6\n");
  BOOST_TEST(says(commas, "expected 3 cells as in line 1, found 5"));
  BOOST_TEST(commas.hint == "where numbers have a decimal comma, part the cells by semicolons, or write decimal points");
  BOOST_TEST(refused_table("a,b,y\n1,2,3\n4,5\n").hint.empty());
  BOOST_TEST(refused_table("a,b,y\nx,y,3,z\n4,5,1\n").hint.empty());
}

BOOST_AUTO_TEST_CASE(workbooks_are_no_text_tables) {
  using namespace std::string_literals;
  for (const std::string& bytes : {"PK\x03\x04\x14\0\0"s, "\xd0\xcf\x11\xe0\xa1\xb1"s}) {
    const Refused e = refused_table(bytes);
    BOOST_TEST(says(e, "expected a text table, found an Excel workbook"));
    BOOST_TEST(e.hint == "open it in a spreadsheet program and save it as CSV");
  }
}

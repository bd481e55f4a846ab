// SPDX-License-Identifier: Apache-2.0
// The data set `csv`: how tables are written. Separators, headers, decimal marks, quotes, comments, ARFF; every doubt asks, with its answers.
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "csv_under_test.hpp"

using namespace teranga::test;
using namespace teranga::test::csv;

namespace {

Given text(const char* value) { return std::string(value); }
bool told(const std::string& words) {
  for (const std::string& line : logged())
    if (line.find(words) != std::string::npos) return true;
  return false;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_separator_is_judged_by_all_lines_and_decimal_commas_are_no_cells) {
  // As many commas as semicolons in each line; between commas the cells would be "5", "1;3", "5;1".
  Csv iris = table("5,1;3,5;1,4;0,2;setosa\n4,9;3,0;1,4;0,2;setosa\n7,0;3,2;4,7;1,4;versicolor\n");
  SAME(iris.fields()[0].shape, std::vector<std::int64_t>{4});
  SAME(iris.fields()[1].class_names, Words{"setosa", "versicolor"});
  SAME(iris.x(TRG_TRAIN, {2}), Floats{7.0f, 3.2f, 4.7f, 1.4f});
  SAME(table("name;x\nSmith, John;1\nMiller, Ann, jun.;2\n", {{"target", Words{"x"}}}).fields()[0].shape, std::vector<std::int64_t>{2});
  SAME(table("a\tb\n1 2\t5\n1 3\t6\n", {{"categorical", Words{"a"}}}).fields()[0].shape, std::vector<std::int64_t>{2});
  SAME(table("18.0   8   307.0\t\"a car\"\n15.0   8   350.0\t\"other car\"\n").x(TRG_TRAIN, {1}), Floats{15, 8, 350});
  SAME(table("a,b\n1,x;y\n2,z\n").y(TRG_TRAIN, {1}), Labels{1});
}

BOOST_AUTO_TEST_CASE(two_separators_that_part_all_lines_evenly_are_a_doubt_that_asks) {
  const std::string words = "a,b;c,d\ne,f;g,h\n";
  const Refused e = refused_table(words, {{"header", text("false")}});
  BOOST_TEST(e.code == TRG_BAD_OPTION);
  BOOST_TEST(e.where == "separator");
  BOOST_TEST(says(e, folder() / "table.csv: cannot tell what separates the cells: there are 3 cells in each line between \",\", and 2 cells in each line between \";\""));
  BOOST_TEST(e.hint == "separator = \",\", or separator = \";\"");
  BOOST_TEST(table(words, {{"header", text("false")}, {"separator", text(",")}}).fields()[1].classes == 2);
  SAME(table(words, {{"header", text("false")}, {"separator", text(";")}}).fields()[1].class_names, Words{"c,d", "g,h"});
  // The recipe names a column that one of them finds.
  BOOST_TEST(table(words, {{"target", Words{"c,d"}}}).count(TRG_TRAIN) == 1);
}

BOOST_AUTO_TEST_CASE(lines_above_and_separators_behind_the_table_are_told_and_left_out) {
  BOOST_TEST(table("\xef\xbb\xbfsep=;\r\na;b\r\n1,5;2\r\n").count(TRG_TRAIN) == 1);
  BOOST_TEST(table("|1x3 Cross validator\n1,2,x\n3,4,y\n").count(TRG_TRAIN) == 2);
  BOOST_TEST(told("line 1 is a comment: \"|1x3 Cross validator\""));
  BOOST_TEST(table("# made by hand, in 1987, by us\n# twice\na,b\n1,2\n").count(TRG_TRAIN) == 1);
  SAME(table("# a,b\n1,2\n", {{"target", Words{"a"}}}).x(TRG_TRAIN, {0}), Floats{2});  // as numpy.savetxt writes names
  SAME(table("a,b,\n1,2,\n3,4,\n").x(TRG_TRAIN, {0, 1}), Floats{1, 3});
  SAME(table("a,b\n1,2,\n3,4,\n").x(TRG_TRAIN, {0, 1}), Floats{1, 3});
  BOOST_TEST(told("every line ends with a separator"));
  BOOST_TEST(at(refused_table("a,b\n1,2,\n3,4\n"), ":2:1"));
  BOOST_TEST(at(refused_table("a,b\n1,2\n3,4,\n"), ":3:1"));
  BOOST_TEST(at(refused_table("1,2\n3,4,\n"), ":2:1"));
}

BOOST_AUTO_TEST_CASE(decimal_commas_between_blanks_or_thousands_between_commas_are_a_doubt) {
  const std::string lines = "1,5 200,5 300,5\n2,5 210,5 310,5\n";
  const Refused e = refused_table(lines);
  BOOST_TEST(e.where == "separator");
  BOOST_TEST(e.hint == "separator = \",\", or separator = \"space\"");
  SAME(table(lines, {{"separator", text("space")}}).x(TRG_TRAIN, {0}), Floats{1.5, 200.5});
  SAME(table(lines, {{"separator", text(",")}}).x(TRG_TRAIN, {0}), Floats{1, 5200, 5300});
}

BOOST_AUTO_TEST_CASE(a_first_line_of_numbers_that_may_be_names_is_a_doubt) {
  for (const char* lines : {"0,1,2\n0.5,0.6,1\n0.7,0.8,0\n", ",0,1,2\n0,0.5,0.6,1\n1,0.7,0.8,0\n", "country,2019,2020\nDE,5,6\nFR,7,8\n", "2019,2020,2021\n5,6,7\n", "1,2\n0.5,1.5\n", "product,10,20\napple,5,6\npear,7,8\n", "product,10,20,mark\napple,5,6,good\npear,7,8,bad\n"})
    BOOST_TEST_CONTEXT(lines) {
      const Refused e = refused_table(lines, {{"missing", text("mean")}});
      BOOST_TEST(e.where == "header");
      BOOST_TEST(e.hint == "header = \"true\", or header = \"false\"");
      BOOST_TEST(table(lines, {{"missing", text("mean")}, {"header", text("true")}}).count(TRG_TRAIN) + 1 == table(lines, {{"missing", text("mean")}, {"header", text("false")}}).count(TRG_TRAIN));
    }
  for (const char* lines : {"0,1,1\n0.5,0.6,1\n", "x,1,2\nx,5,6\n", "1,2\n2,1\n", "2019,5\n2020,6\n", "x,10,20\nx,5,6\n", "x,20,10\ny,5,6\n", "x,10,20,p\ny,5,6,p\n", "x,1.5,2.5\ny,5,6\n", "x,10\ny,5\n"}) BOOST_TEST_CONTEXT(lines) BOOST_TEST(table(lines).count(TRG_TRAIN) == 2);
}

BOOST_AUTO_TEST_CASE(a_tab_behind_a_quoted_cell_is_a_blank) { SAME(table("\"x\"\t1\tp\n\"y\" 2 q\n", {{"separator", text("space")}}).x(TRG_TRAIN, {0, 1}), Floats{1, 0, 1, 0, 1, 2}); }

BOOST_AUTO_TEST_CASE(a_table_in_latin_1_is_refused_at_its_place) {
  const Refused e = refused_table("a,b\n1,Z\xfcrich\n2,Bern\n");
  BOOST_TEST(at(e, ":2:3"));
  BOOST_TEST(says(e, "expected UTF-8 text, found a byte of value 252"));
  BOOST_TEST(e.hint.starts_with("iconv -f LATIN1 -t UTF-8"));
  BOOST_TEST(table("a,b\n1,Z\xc3\xbcrich\n2,Bern\n").fields()[1].class_names[1] == "Z\xc3\xbcrich");
}

BOOST_AUTO_TEST_CASE(a_header_is_told_by_all_rows) {
  const auto rows = [](const std::string& lines, const GivenOptions& more = {}) { return table(lines, more).count(TRG_TRAIN); };
  BOOST_TEST(rows("a,b\nx,?\ny,?\nz,5\n", {{"missing", text("mean")}, {"target", Words{"1"}}}) == 3);  // the number stands far below
  BOOST_TEST(rows("?,x\n1,y\n2,x\n", {{"missing", text("mean")}, {"header", text("false")}}) == 3);
  BOOST_TEST(rows("a,b,kind\nc,d,e\n", {{"target", Words{"kind"}}}) == 1);  // the recipe names a column
  const Refused words = refused_table("a,b\nc,d\ne,f\n");
  BOOST_TEST(words.where == "header");
  BOOST_TEST(words.hint == "header = \"true\", or header = \"false\"");
  const Refused both = refused_table("abc,2019\n4,5\n6,7\n");
  BOOST_TEST(says(both, "\"abc\" stands over numbers, as a name does, and \"2019\" is a value itself"));
  BOOST_TEST(rows("abc,2019\n4,5\n6,7\n", {{"header", text("true")}}) == 2);
}

BOOST_AUTO_TEST_CASE(decimal_commas_are_read_where_all_numbers_agree) {
  Csv air = table("temp;humidity;no2;kind\n2,6;48,9;113;low\n2,0;47,7;92;low\n-2,2e1;1.254,5;1.000.000;high\n");
  SAME(air.x(TRG_TRAIN, {0, 2}), Floats{2.6f, 48.9f, 113, -22, 1254.5f, 1000000});
  SAME(table("a;b\n3;4,5\n1,25;2\n").x(TRG_TRAIN, {0, 1}), Floats{3, 1.25f});
  SAME(table("a;b\n0,123;4\n0,250;2\n").x(TRG_TRAIN, {0, 1}), Floats{0.123f, 0.25f});  // no thousand begins with 0
  SAME(table("1.5;2\n3.5;4\n", {{"decimal", text(".")}}).x(TRG_TRAIN, {0}), Floats{1.5});
  const Refused e = refused_table("1,5;2\n3,5;4\n", {{"decimal", text(".")}});
  BOOST_TEST(at(e, ":1:1"));
  BOOST_TEST(e.hint.starts_with("decimal = \",\""));
}

BOOST_AUTO_TEST_CASE(thousands_are_read_where_the_decimal_mark_is_certain) {
  SAME(table("a,b\n\"1,234.5\",1\n\"12,345\",2\n7.25,3\n").x(TRG_TRAIN, {0, 1, 2}), Floats{1234.5, 12345, 7.25});
  SAME(table("a,b\n\"1,234,567\",1\n12,2\n").x(TRG_TRAIN, {0, 1}), Floats{1234567, 12});
  SAME(table("a;b\n12 345,5;1\n1\xc2\xa0" "000;2\n").x(TRG_TRAIN, {0, 1}), Floats{12345.5, 1000});
  SAME(table("a;b\n12'345.5;1\n").x(TRG_TRAIN, {0}), Floats{12345.5});
  const std::string either = "a,b\n\"1,234\",1\n\"5,678\",2\n";
  const Refused e = refused_table(either);
  BOOST_TEST(e.where == "decimal");
  BOOST_TEST(says(e, "\"1,234\" may be 1.234 (decimal = \",\") or 1234 (decimal = \".\")"));
  BOOST_TEST(e.hint == "decimal = \".\", or decimal = \",\"");
  SAME(table(either, {{"decimal", text(".")}}).x(TRG_TRAIN, {0}), Floats{1234});
  SAME(table(either, {{"decimal", text(",")}}).x(TRG_TRAIN, {0}), Floats{1.234f});
  SAME(table(either, {{"thousands", text(",")}}).x(TRG_TRAIN, {0}), Floats{1234});
  BOOST_TEST(refused_table("a,b\n\"1,234\",1.5\n", {{"thousands", text("none")}}).code == TRG_BAD_DATA);
  const Refused both = refused_table("a;b\n1,5;2.25\n3,5;4.75\n");
  BOOST_TEST(says(both, "found \"2.25\" and \"1,5\" in columns of numbers"));
  BOOST_TEST(refused_table("a;b\n1,5;2.250\n").where == "decimal");  // 2.25 or 2250
  SAME(table("a;b;c\n1,5;2.250;1\n", {{"decimal", text(",")}}).x(TRG_TRAIN, {0}), Floats{1.5, 2250});
  BOOST_TEST(refused_table("1,2\n", {{"decimal", text(",")}, {"thousands", text(",")}}).where == "thousands");
}

BOOST_AUTO_TEST_CASE(another_table_of_the_recipe_has_a_form_of_its_own_and_a_doubt_goes_to_the_values_of_the_first) {
  const auto test = [](const std::string& lines) { return GivenOptions{{"test", folder().write("test.csv", lines)}}; };
  SAME(table("a;b\n1,5;2\n", test("a\tb\n2.25\t3\n")).x(TRG_TEST, {0}), Floats{2.25});
  SAME(table("a;b\n1500,5;2\n2500;3\n", test("a;b\n2.250;3\n")).x(TRG_TEST, {0}), Floats{2250});
  logged().clear();
  SAME(table("a,b\n1.5,2\n2.5,3\n", test("a;b\n2,250;3\n")).x(TRG_TEST, {0}), Floats{2.25});
  BOOST_TEST(std::any_of(logged().begin(), logged().end(), [](const std::string& line) { return line.find("\"2,250\" in the column \"a\" is read as 2.25, for the training table has such numbers there; if it is not, give decimal = \".\"") != line.npos; }));
  BOOST_TEST(refused_table("a,b\n1.5,2\n", test("a;b\n2,250;3\n")).where == "decimal");
  SAME(table("a,b\n1.5,2\n", test("a;b\n2,25;3\n")).x(TRG_TEST, {0}), Floats{2.25});
}

BOOST_AUTO_TEST_CASE(arff_files_declare_their_columns) {
  const std::string head = "% the iris of a test\n\n@RELATION iris\n@attribute 'sepal length' NUMERIC\n@attribute code {1, 2,'a b'}\n@attribute note string\n@attribute class {x, y}\n@DATA\n";
  Csv data = table(head + "5.1, 1, 'it\\'s', x\n% between\n?, 'a b', \"two, words\", y\n4,2,'it\\'s',x\n", {{"missing", text("mean")}});
  BOOST_TEST(data.count(TRG_TRAIN) == 3);
  SAME(data.fields()[1].class_names, Words{"x", "y"});
  SAME(data.x(TRG_TRAIN, {0, 1}), Floats{5.1f, 1, 0, 0, 1, 0, 4.55f, 0, 0, 1, 0, 1});
  BOOST_TEST(says(refused_table(head + "{0 5.1, 3 x}\n"), "found a sparse row"));
  const Refused word = refused_table(head + "5,1,a,x\nmany,2,b,y\n");
  BOOST_TEST(at(word, ":10:1"));
  BOOST_TEST(says(word, "expected a number in the column \"sepal length\""));
  BOOST_TEST(says(refused_table("@relation r\n@attribute a relational\n@data\n1\n"), "found \"relational\": attributes that hold tables of their own are not read"));
  BOOST_TEST(says(refused_table("@relation r\n@attribute a numeric\n"), "expected \"@data\""));
  BOOST_TEST(says(refused_table("@relation r\n@data\n1\n"), "above \"@data\", found none"));
  SAME(data.fields()[0].shape, std::vector<std::int64_t>{6});
}

BOOST_AUTO_TEST_CASE(the_values_that_an_arff_file_declares_are_the_classes_in_their_order) {
  const std::string head = "@relation r\n@attribute a numeric\n@attribute size { small,'very, \\'very\\' large' , medium}\n@data\n";
  Csv data = table(head + "1,medium\n2,small\n3,medium\n");
  SAME(data.fields()[1].class_names, Words{"small", "very, 'very' large", "medium"});
  SAME(data.y(TRG_TRAIN, {0, 1, 2}), Labels{2, 0, 2});
  // What was learnt keeps them, the one that no row has as well.
  const std::string bytes = data.fit({0, 2});
  BOOST_TEST(data.told(bytes)[2] == "column size: target, 3 classes: small (0), very, 'very' large (0), medium (2) [as declared]");
  data.restore(bytes);
  SAME(data.y(TRG_TRAIN, {0, 1, 2}), Labels{2, 0, 2});
  SAME(table(head + "1,medium\n", {{"test", folder().write("test.csv", "a,size\n5,small\n")}}).y(TRG_TEST, {0}), Labels{0});
  const Refused e = refused_table(head + "1,medium\n2,tiny\n");
  BOOST_TEST(at(e, ":6:3"));
  BOOST_TEST(says(e, "one of its declared values (\"small\", \"very, 'very' large\", \"medium\"), found \"tiny\""));
  BOOST_TEST(says(refused_table("@relation r\n@attribute a numeric\n@attribute b {x, y\n@data\n1,x\n"), "expected \"}\" behind the values of \"b\""));
  // A declared value is no missing one.
  Csv country = table("@relation r\n@attribute a {NA,DE}\n@attribute b {yes,NA}\n@data\nNA,yes\nDE,NA\nDE,?\n", {{"missing_target", text("leave out")}});
  SAME(country.x(TRG_TRAIN, {0, 1}), Floats{0, 1, 1, 0});
  SAME(country.y(TRG_TRAIN, {0, 1}), Labels{0, 1});
  // Numbers that are declared as classes.
  SAME(table("@relation r\n@attribute a numeric\n@attribute b {10,9,1}\n@data\n1,9\n2,1\n3,10\n").y(TRG_TRAIN, {0, 1, 2}), Labels{1, 2, 0});
}

BOOST_AUTO_TEST_CASE(the_order_of_dates_is_what_an_arff_file_declares) {
  const auto dates = [](const std::string& format) { return "@relation r\n@attribute when date " + format + "\n@attribute y numeric\n@data\n"; };
  const GivenOptions split{{"dates", text("split")}};
  SAME(table(dates("\"dd/MM/yyyy\"") + "03/04/2024,0\n", split).x(TRG_TRAIN, {0}), Floats{2024, 4, 3, 2});
  SAME(table(dates("'MM/dd/yyyy'") + "03/04/2024,0\n", split).x(TRG_TRAIN, {0}), Floats{2024, 3, 4, 0});
  SAME(table(dates("") + "2024-03-04T06:30:00,0\n", split).x(TRG_TRAIN, {0}), Floats{2024, 3, 4, 0, 6.5});
  Csv told = table(dates("\"dd/MM/yyyy\"") + "03/04/2024,0\n", split);
  BOOST_TEST(told.told(told.fit({0}))[1].ends_with("[dates as \"03/04/2024\", declared as dd/MM/yyyy]"));
  const Refused e = refused_table(dates("yyyyMMdd") + "20240304,0\n", split);
  BOOST_TEST(says(e, "the column \"when\" is declared as dates of the format \"yyyyMMdd\", which is not read (\"20240304\")"));
  BOOST_TEST(e.hint == "write the dates as 2024-01-31, or categorical = [\"when\"], or ignore = [\"when\"]");
  BOOST_TEST(table(dates("yyyyMMdd") + "20240304,0\n", {{"categorical", Words{"when"}}}).fields()[0].shape[0] == 1);
}

BOOST_AUTO_TEST_CASE(a_hundred_thousand_columns_are_read) {
  std::string lines;
  for (int i = 0; i < 100000; ++i) lines.append(i ? ",g" : "g").append(std::to_string(i));
  for (int row = 0; row < 3; ++row) {
    lines += "\n";
    for (int i = 0; i < 100000; ++i) lines.append(i ? "," : "").append(std::to_string((i + row) % 1000)).append(".123456");
  }
  Csv data = table(lines + "\n", {{"normalize", text("standard")}});
  SAME(data.fields()[0].shape, std::vector<std::int64_t>{99999});
  BOOST_TEST(data.x(TRG_TRAIN, {0, 1, 2}).size() == 3u * 99999);
  const std::string learnt = data.fit({0, 1, 2});
  data.restore(learnt);
  std::string reversed;
  for (int i = 99999; i >= 0; --i) reversed.append(std::to_string(i)).append(i ? "," : "\n");
  std::string names;
  for (int i = 99999; i >= 0; --i) names.append("g").append(std::to_string(i)).append(i ? "," : "\n");
  Csv fresh({{"train", folder() / "gone"}}, {learnt, {folder().write("wide.csv", std::string(names).append(reversed))}});
  BOOST_TEST(fresh.fill<float>(TRG_TEST, {0}, 1)[0] == 99999);
  names[names.size() - 3] = 'x';
  BOOST_TEST(says(refused([&] { Csv({{"train", folder() / "gone"}}, {learnt, {folder().write("wide.csv", names.append(reversed))}}); }), "found none called \"g0\""));
  BOOST_TEST(says(refused_table(std::string(600000, ',').append("\n1\n")), "has more than 524288 cells"));
}

BOOST_AUTO_TEST_CASE(faults_below_comments_are_told_at_their_own_lines) {
  for (const std::string end : {"\n", "\r\n"}) {
    const std::string comments = "# made by hand" + end + "# in 2024, with care" + end, names = "size,kind" + end;
    BOOST_TEST(at(refused_table(comments + names + "1,red" + end + "big,blue" + end + "3,red" + end, {{"target", Words{"kind"}}}), ":5:1"));
    BOOST_TEST(at(refused_table(comments + names + "1,red" + end + "2" + end, {{"target", Words{"kind"}}}), ":5:1"));
    BOOST_TEST(at(refused_table(comments + end + names + "1,red" + end + "2," + end, {{"target", Words{"kind"}}}), ":6:3"));
    BOOST_TEST(at(refused_table(comments + names + "1,\"re" + end + "d\"" + end + "2,\"blue\"x" + end, {{"target", Words{"kind"}}}), ":6:9"));
    // Without names, and between tabs, where the file is read through before.
    BOOST_TEST(at(refused_table(comments + "1\tred" + end + "2\t5\"blue" + end + "\tred" + end, {{"target", Words{"2"}}, {"header", std::string("false")}}), ":5:1"));
  }
}

BOOST_AUTO_TEST_CASE(comments_may_be_longer_than_what_the_reader_looks_at_first_and_rows_that_begin_like_them_are_told) {
  std::string comments;
  while (comments.size() < 700000) comments += "# a line of comment, with words\n";
  logged().clear();
  Csv data = table(comments + "size,kind\n1,red\n2,blue\n", {{"target", Words{"kind"}}});
  BOOST_TEST(data.count(TRG_TRAIN) == 2);
  BOOST_TEST(logged().size() < 30);
  BOOST_TEST(!told("as the comments above the table do"));
  SAME(table("# made by A, B\n# in 2024\n# size,kind\n1,red\n2,blue\n", {{"target", Words{"kind"}}}).fields()[0].columns, Words{"size"});
  BOOST_TEST(table("# tags of today\ntag,kind\n#a,red\nb,blue\n#b,red\n", {{"target", Words{"kind"}}, {"categorical", Words{"tag"}}}).count(TRG_TRAIN) == 3);
  BOOST_TEST(told("2 of the rows begin with #, as the comments above the table do, the first one in line 3: they are read as rows"));
  logged().clear();
  table("tag,kind\n#a,red\nb,blue\n", {{"target", Words{"kind"}}, {"categorical", Words{"tag"}}});
  BOOST_TEST(!told("as the comments above the table do"));
}

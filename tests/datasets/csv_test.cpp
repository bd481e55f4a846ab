// SPDX-License-Identifier: Apache-2.0
// The data set `csv`: what tables become, and what it says about tables that are wrong.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <set>

#include "csv_under_test.hpp"

using namespace std::string_literals;
using namespace teranga::test;
using namespace teranga::test::csv;

BOOST_AUTO_TEST_CASE(numbers_are_features_and_the_last_column_of_words_is_the_class) {
  Csv data = table("a,b,kind\n1,2.5,pear\n-3,4e1,apple\n+5,.5,pear\n");
  BOOST_TEST(data.count(TRG_TRAIN) == 3);
  const auto fields = data.fields();
  SAME(fields[0].shape, std::vector<std::int64_t>{2});
  BOOST_TEST(fields[1].classes == 2);
  SAME(fields[1].class_names, Words{"apple", "pear"});
  SAME(fields[0].columns, Words{"a", "b"});
  SAME(fields[1].columns, Words{"kind"});
  SAME(data.x(TRG_TRAIN, {0, 1, 2}), Floats{1, 2.5, -3, 40, 5, .5});
  SAME(data.y(TRG_TRAIN, {2, 1, 0}), Labels{1, 0, 1});
}

BOOST_AUTO_TEST_CASE(a_header_is_told_from_data_or_stated) {
  BOOST_TEST(table("1,2,0\n3,4,1\n").count(TRG_TRAIN) == 2);
  BOOST_TEST(table("a,b,c\n3,4,1\n").count(TRG_TRAIN) == 1);
  BOOST_TEST(table("a,b,c\nd,e,f\n", {{"header", std::string("false")}}).count(TRG_TRAIN) == 2);
  BOOST_TEST(table("1,2,0\n3,4,1\n", {{"header", std::string("true")}}).count(TRG_TRAIN) == 1);
  const Refused e = refused_table("a,b,c\nd,e,f\n");
  BOOST_TEST(e.code == TRG_BAD_OPTION);
  BOOST_TEST(e.where == "header");
}

BOOST_AUTO_TEST_CASE(separators_are_guessed_or_given) {
  for (const char* text : {"1,2,0\n3,4,1\n", "1;2;0\n3;4;1\n", "1\t2\t0\n3\t4\t1\n", "1|2|0\n3|4|1\n", "  1   2  0\n3 4 \t 1  \n", "1 , 2 ,0\n3,4 , 1\n"})
    SAME(table(text).x(TRG_TRAIN, {0, 1}), Floats{1, 2, 3, 4});
  SAME(table("1:2:0\n3:4:1\n", {{"separator", std::string(":")}}).x(TRG_TRAIN, {1}), Floats{3, 4});
  SAME(table("1\t2\n", {{"separator", std::string("tab")}}).x(TRG_TRAIN, {0}), Floats{1});
  BOOST_TEST(refused_table("1,2\n", {{"separator", std::string("ab")}}).where == "separator");
}

BOOST_AUTO_TEST_CASE(quotes_line_ends_and_a_byte_order_mark) {
  Csv data = table("\xef\xbb\xbf\"a, really\",b,c\r\n1,\"x \"\"y\"\"\nz\",yes\r\n\r\n2, \"x\" ,no\r\n");
  BOOST_TEST(data.count(TRG_TRAIN) == 2);
  SAME(data.fields()[0].shape, std::vector<std::int64_t>{3});  // 1 number, 2 words
  SAME(data.x(TRG_TRAIN, {0, 1}), Floats{1, 0, 1, 2, 1, 0});
  BOOST_TEST(table("1,2,0\r3,4,1").count(TRG_TRAIN) == 2);
  BOOST_TEST(table("\n\n1,2,0\n\n3,4,1\n\n\n").count(TRG_TRAIN) == 2);
  // A quoted number is a number, as everywhere else.
  Csv quoted = table("\"a\",\"b\"\n\"1\",\"7\"\n\"2\",\"5\"\n");
  SAME(quoted.x(TRG_TRAIN, {0, 1}), Floats{1, 2});
  SAME(quoted.fill<float>(TRG_TRAIN, {0, 1}, 1), Floats{7, 5});
  BOOST_TEST(Csv({{"train", folder().write("t.gz", gzip("1,2,0\n3,4,1\n"))}}).count(TRG_TRAIN) == 2);
}

BOOST_AUTO_TEST_CASE(targets_are_named_by_name_or_number_and_may_be_several_or_none) {
  const std::string text = "a,b,c\n1,2,3\n4,5,6\n";
  const auto y = [&](const Words& names) { return table(text, {{"target", names}}).fill<float>(TRG_TRAIN, {1}, 1); };
  SAME(y({"b"}), Floats{5});
  SAME(y({"1"}), Floats{4});
  SAME(y({"-2"}), Floats{5});
  SAME(y({"a", "c"}), Floats{4, 6});
  SAME(table(text, {{"target", Words{"a", "c"}}}).fields()[1].columns, Words{"a", "c"});
  BOOST_TEST(table(text, {{"target", Words{}}}).fields().size() == 1u);
  SAME(table(text, {{"target", Words{"a"}}, {"ignore", Words{"b"}}}).x(TRG_TRAIN, {0, 1}), Floats{3, 6});
  const Refused e = refused_table(text, {{"target", Words{"d"}}});
  BOOST_TEST(e.code == TRG_BAD_OPTION);
  BOOST_TEST(says(e, folder() / "table.csv: expected one of its columns \"a\", \"b\", \"c\", or a number from 1 to 3, found \"d\""));
  const Refused near = refused_table("price,width,length\n1,2,3\n", {{"target", Words{"Lenght"}}});
  BOOST_TEST(near.hint == "target = \"length\"");
  BOOST_TEST(says(refused_table("1,2,4\n4,5,6\n", {{"target", Words{"species"}}}), "from 1 to 3, since its first line names none, found \"species\""));
  BOOST_TEST(refused_table(text, {{"target", Words{"4"}}}).code == TRG_BAD_OPTION);
  BOOST_TEST(refused_table(text, {{"ignore", Words{"c"}}}).where == "ignore");
  BOOST_TEST(says(refused_table(text, {{"target", Words{"a", "b", "c"}}}), "no column is left"));
  BOOST_TEST(says(refused_table("a,a,b\n1,2,3\n", {{"target", Words{"a"}}}), "two columns"));
}

BOOST_AUTO_TEST_CASE(whole_numbers_are_classes_where_that_is_asked_for_and_sort_as_numbers) {
  Csv data = table("1,10\n2,9\n3,100\n", {{"target_is", std::string("classes")}});
  SAME(data.fields()[1].class_names, Words{"9", "10", "100"});
  SAME(data.y(TRG_TRAIN, {0, 1, 2}), Labels{1, 0, 2});
  BOOST_TEST(table("1,10\n2,9\n").fields()[1].type == TRG_F32);
  const Refused e = refused_table("1,10\n2,ten\n", {{"target_is", std::string("numbers")}});
  BOOST_TEST(at(e, ":2:3"));
}

BOOST_AUTO_TEST_CASE(classes_may_be_rows_of_zeros_and_a_one) {
  Csv data = table("1,b\n2,a\n3,c\n", {{"one_hot", true}});
  SAME(data.fields()[1].shape, std::vector<std::int64_t>{3});
  SAME(table("a,kind\n1,b\n2,a\n3,c\n", {{"one_hot", true}}).fields()[1].columns, Words{"kind"});
  SAME(data.fill<float>(TRG_TRAIN, {0, 2}, 1), Floats{0, 1, 0, 0, 0, 1});
  BOOST_TEST(refused_table("1,2\n3,4\n", {{"one_hot", true}}).where == "one_hot");
}

BOOST_AUTO_TEST_CASE(words_among_the_features_become_one_hot) {
  Csv data = table("1,red,7,0\n2,blue,8,1\n3,red,7,1\n", {{"categorical", Words{"3"}}});
  SAME(data.fields()[0].shape, std::vector<std::int64_t>{5});
  SAME(data.x(TRG_TRAIN, {0, 1}), Floats{1, 0, 1, 1, 0, 2, 1, 0, 0, 1});
  SAME(data.fields()[0].columns, Words{"1", "2=blue", "2=red", "3=7", "3=8"});
  BOOST_TEST(data.fields()[1].columns.empty());  // the table does not name them
}

BOOST_AUTO_TEST_CASE(missing_values_are_refused_with_their_place_or_become_the_mean) {
  const std::string text = "a,b,c\n1,red,0\n?,red,1\n3,NA,1\n4,blue,0\n";
  const Refused e = refused_table("a,b,c\n1,red,0\n?,red,1\n4,blue,0\n");
  BOOST_TEST(e.code == TRG_BAD_DATA);
  BOOST_TEST(at(e, ":3:1"));
  BOOST_TEST(says(e, "\"a\" has no value"));
  BOOST_TEST(e.hint == "missing = \"mean\"");
  const Refused both = refused_table(text);
  BOOST_TEST(both.what() == "2 columns cannot be used as they are\n  line 3: the column \"a\" has no value here (\"?\" means missing)\n  line 4: the column \"b\" has no value here (\"NA\" means missing)"s);
  BOOST_TEST(both.hint == "missing = \"mean\"");
  Csv data = table(text, {{"missing", std::string("mean")}});
  SAME(data.x(TRG_TRAIN, {1, 2}), Floats{8 / 3.f, 0, 1, 3, 1 / 3.f, 2 / 3.f});
  // Missing in the first rows, before the column's kind is known.
  SAME(table("?,0\n?,1\n5,1\n", {{"missing", std::string("mean")}, {"header", std::string("false")}}).x(TRG_TRAIN, {0, 1, 2}), Floats{5, 5, 5});
  SAME(table("none,0\n5,1\n", {{"missing", std::string("mean")}, {"missing_words", Words{"none"}}}).x(TRG_TRAIN, {0}), Floats{5});
  BOOST_TEST(at(refused_table("1,0\n2,\n", {{"missing", std::string("mean")}}), ":2:3"));  // a target
  BOOST_TEST(says(refused_table("?,0\n?,1\n", {{"missing", std::string("mean")}, {"header", std::string("false")}}), "no value in any row"));
}

BOOST_AUTO_TEST_CASE(normalisation_is_learnt_from_the_training_rows_alone) {
  const std::string test = folder().write("test.csv", "a,b,c\n10,5,0\n");
  Csv data = table("a,b,c\n1,5,0\n3,5,1\n100,5,1\n", {{"normalize", std::string("standard")}, {"test", test}});
  const std::string learnt = data.fit({0, 1});  // row 2 is somebody's validation part
  SAME(data.x(TRG_TRAIN, {0, 1, 2}), Floats{-1, 0, 1, 0, 98, 0});  // mean 2, deviation 1; a constant column becomes 0
  SAME(data.x(TRG_TEST, {0}), Floats{8, 0});
  Csv other = table("a,b,c\n7,5,0\n8,6,1\n", {{"normalize", std::string("standard")}, {"test", test}});
  other.restore(learnt);
  SAME(other.x(TRG_TEST, {0}), Floats{8, 0});
  Csv scaled = table("a,b,c\n1,5,0\n3,5,1\n", {{"normalize", std::string("minmax")}});
  SAME(scaled.x(TRG_TRAIN, {0, 1}), Floats{0, 0, 1, 0});
}

BOOST_AUTO_TEST_CASE(a_target_of_numbers_is_normalised_where_that_is_asked_for) {
  const std::string lines = "a,price\n1,1000\n3,3000\n5,9000\n";
  const GivenOptions asked{{"normalize", std::string("standard")}, {"normalize_target", true}};
  Csv data = table(lines, asked);
  const std::string learnt = data.fit({0, 1});  // mean 2000, deviation 1000
  SAME(data.fill<float>(TRG_TRAIN, {0, 1, 2}, 1), Floats{-1, 1, 7});
  SAME(data.fields()[1].offsets, std::vector<double>{2000});
  SAME(data.fields()[1].scales, std::vector<double>{1000});
  BOOST_TEST(data.told(learnt).back() == "column price: target, number, 1000 to 3000, mean 2000, deviation 1000, scaled as (x - 2000) * 0.001");
  // In a training that goes on, and in a new table long after.
  Csv other = table("a,price\n0,0\n1,1\n", asked);
  other.restore(learnt);
  SAME(other.fill<float>(TRG_TRAIN, {0}, 1), Floats{-2});
  GivenOptions gone = asked;
  gone["train"] = folder() / "gone";
  Csv fresh(gone, {learnt, {folder().write("new.csv", "a,price\n2,4000\n")}});
  SAME(fresh.fill<float>(TRG_TEST, {0}, 1), Floats{2});
  SAME(fresh.fields()[1].scales, std::vector<double>{1000});
  Csv nameless(gone, {learnt, {folder().write("new.csv", "a\n2\n")}});
  SAME(nameless.fields()[1].offsets, std::vector<double>{2000});
  // Each of several targets has its own scale.
  Csv two = table("a,b,c\n1,10,100\n3,30,500\n", {{"normalize", std::string("minmax")}, {"normalize_target", true}, {"target", Words{"b", "c"}}});
  SAME(two.fill<float>(TRG_TRAIN, {0, 1}, 1), Floats{0, 0, 1, 1});
  SAME(two.fields()[1].scales, std::vector<double>{20, 400});
  // Without the option nothing changes, and what a former version learnt is of that kind.
  Csv plain = table(lines, {{"normalize", std::string("standard")}});
  SAME(plain.fill<float>(TRG_TRAIN, {0, 2}, 1), Floats{1000, 9000});
  BOOST_TEST(plain.fields()[1].scales.empty());
  other.restore(plain.fit({0, 1}));
  SAME(other.fill<float>(TRG_TRAIN, {1}, 1), Floats{1});
  BOOST_TEST(refused_table(lines, {{"normalize_target", true}}).hint == "normalize = \"standard\"");
  GivenOptions classes = asked;
  classes["target_is"] = std::string("classes");
  BOOST_TEST(says(refused_table(lines, classes), "the target \"price\" holds classes, and numbers alone are normalized"));
}

BOOST_AUTO_TEST_CASE(a_constant_column_is_0_and_no_rounding_error_blown_up) {
  const std::string test = folder().write("test.csv", "a,b,c,kind\n1,0.1,98.6,x\n1,0.2,98.7,y\n");
  for (const char* normalize : {"standard", "minmax"}) {
    Csv data = table("a,b,c,kind\n0,0.1,98.6,y\n1,0.1,98.6,x\n2,0.1,98.6,y\n", {{"normalize", std::string(normalize)}, {"test", test}});
    const Floats x = data.x(TRG_TRAIN, {0, 1, 2});
    for (const std::size_t at : {1u, 2u, 4u, 5u, 7u, 8u}) BOOST_TEST(x[at] == 0);
    const Floats other = data.x(TRG_TEST, {1});
    BOOST_TEST(other[1] == 0.1f, boost::test_tools::tolerance(1e-6f));
    BOOST_TEST(other[2] == 0.1f, boost::test_tools::tolerance(1e-6f));
  }
}

BOOST_AUTO_TEST_CASE(what_was_learnt_elsewhere_or_is_damaged_is_refused) {
  Csv data = table("a,b,kind\n1,red,x\n2,blue,y\n");
  const std::string learnt = data.fit({0, 1});
  BOOST_TEST(learnt == table("a,b,kind\n1,red,x\n2,blue,y\n").fit({0, 1}));
  for (std::size_t cut = 0; cut < learnt.size(); ++cut) BOOST_TEST(refused([&] { data.restore(learnt.substr(0, cut)); }).code == TRG_BAD_DATA);
  Csv renamed = table("a,z,kind\n1,red,x\n2,blue,y\n"), narrow = table("a,kind\n1,x\n2,y\n"), numbers = table("a,b,kind\n1,3,x\n2,4,y\n");
  for (Csv* other : {&renamed, &narrow, &numbers}) BOOST_TEST(refused([&] { other->restore(learnt); }).code == TRG_BAD_DATA);
}

BOOST_AUTO_TEST_CASE(labels_and_words_that_training_rows_do_not_have_are_named_by_line) {
  const auto with_test = [&](const std::string& test, GivenOptions more = {}) {
    more["test"] = folder().write("test.csv", test);
    return table("a,b,kind\n1,red,x\n2,blue,y\n", more);
  };
  Refused e = refused([&] { with_test("a,b,kind\n1,red,x\n2,blue,z\n"); });
  BOOST_TEST(e.code == TRG_BAD_DATA);
  BOOST_TEST(e.where == folder() / "test.csv:3");
  BOOST_TEST(says(e, "\"kind\" one of the labels of the training part (\"x\", \"y\"), found \"z\""));
  e = refused([&] { with_test("a,b,kind\n1,green,x\n"); });
  BOOST_TEST(says(e, "found \"green\""));
  SAME(with_test("a,b,kind\n1,green,x\n", {{"unknown", std::string("zeros")}}).x(TRG_TEST, {0}), Floats{1, 0, 0});
  Csv split = table("1,x\n2,x\n3,y\n");
  split.fit({0, 1});
  BOOST_TEST(says(refused([&] { split.y(TRG_TRAIN, {2}); }), "found \"y\""));
}

BOOST_AUTO_TEST_CASE(a_test_part_may_be_the_last_rows_after_a_seeded_shuffle) {
  std::string text;
  for (int i = 0; i < 10; ++i) text += std::to_string(i) + ",0\n";
  Csv data = table(text, {{"test_split", 0.25}});
  BOOST_TEST(data.count(TRG_TRAIN) == 7);
  SAME(data.x(TRG_TEST, {0, 1, 2}), Floats{7, 8, 9});
  for (const auto& [share, kept] : {std::pair{0.7, 3}, {0.8, 2}, {0.9, 1}}) {  // as scikit-learn's train_test_split
    BOOST_TEST(table(text, {{"test_split", share}}).count(TRG_TRAIN) == kept);
    BOOST_TEST(table(text, {{"test_split", share}}).count(TRG_TEST) == 10 - kept);
  }
  Csv mixed = table(text, {{"test_split", 0.25}, {"shuffle_seed", std::int64_t{1}}});
  Floats all = mixed.x(TRG_TRAIN, first(7));
  for (const float value : mixed.x(TRG_TEST, {0, 1, 2})) all.push_back(value);
  BOOST_TEST(!std::is_sorted(all.begin(), all.end()));
  BOOST_TEST(std::set<float>(all.begin(), all.end()).size() == 10u);
  BOOST_TEST((table(text, {{"shuffle_seed", std::int64_t{2}}}).x(TRG_TRAIN, first(10)) != all));
  BOOST_TEST(refused_table(text, {{"test_split", 0.5}, {"test", folder().write("t.csv", text)}}).where == "test_split");
  BOOST_TEST(refused_table("1,0\n", {{"test_split", 0.5}}).where == "test_split");
}

BOOST_AUTO_TEST_CASE(every_fault_in_a_table_has_its_place) {
  const auto fault = [](const std::string& text, const std::string& place, const std::string& said) {
    const Refused e = refused_table(text);
    BOOST_TEST(e.code == TRG_BAD_DATA);
    BOOST_TEST_CONTEXT(e.where << ": " << e.what()) {
      BOOST_TEST(at(e, place));
      BOOST_TEST(says(e, said));
    }
    return e;
  };
  fault("1,2,0\n3,4\n", ":2:1", "expected 3 cells as in line 1, found 2");
  fault("1,2,0\n3,4,1,\n", ":2:1", "expected 3 cells as in line 1, found 4");
  fault("1,2,0\n3,4,1\n5,6\n", ":3:1", "expected 3 cells as in line 1, found 2");
  fault("1,2,0\n3,4x,1\n", ":2:3", "expected a number in the column \"2\", as in 1 of its 2 cells, found \"4x\"");
}

BOOST_AUTO_TEST_CASE(numbers_that_are_not_finite_or_too_large_are_refused) {
  for (const std::string& word : Words{"inf", "-inf", "1e39", "1e999", "0x10", "1.2.3", "--1", "+-1", "1_000"}) {
    const Refused e = refused_table("1,0\n" + word + ",1\n");
    BOOST_TEST(at(e, ":2:1"));
    BOOST_TEST_CONTEXT(word << ": " << e.what()) BOOST_TEST(says(e, "expected a number"));
  }
}

BOOST_AUTO_TEST_CASE(what_is_no_text_table_is_refused) {
  BOOST_TEST(says(refused_table(""), "empty file"));
  BOOST_TEST(says(refused_table("\n\n\n"), "blank lines only"));
  BOOST_TEST(says(refused_table("a,b\n", {{"header", std::string("true")}}), "expected rows"));
  BOOST_TEST(says(refused_table("1,2\n3,\"4\n5,6\n"), "never closed"));
  BOOST_TEST(at(refused_table("1,2\n3,\"4\n5,6\n"), ":2:3"));
  BOOST_TEST(at(refused_table("1,\"2\"x\n"), ":1:6"));
  BOOST_TEST(says(refused_table({"1,2\n3,\0\n", 8}), "value 0"));
  BOOST_TEST(says(refused_table({"\xff\xfe\x31\0", 4}), "UTF-16"));
  BOOST_TEST(says(refused_table("1,2\n" + std::string(1 << 21, 'a') + ",3\n"), "longer than 1 MiB"));
  BOOST_TEST(says(refused_table("1,2\n3,\"" + std::string(1 << 21, '\n')), "longer than 1 MiB"));
  const Refused e = refused([] { Csv({{"train", folder() / "nothing"}}); });
  BOOST_TEST(says(e, "no such file"));
}

BOOST_AUTO_TEST_CASE(a_test_table_is_matched_by_names_and_what_it_lacks_is_named) {
  const auto test = [](const std::string& text) { return folder().write("test.csv", text); };
  const std::string train = "a,b,kind\n1,2,x\n3,4,y\n";
  const auto with_test = [&](const std::string& text) { return refused([&] { table(train, {{"test", test(text)}}); }); };
  Csv shuffled = table(train, {{"test", test("kind;more;b;a\ny;5;7,5;8\n")}});  // other order, other separator, a decimal comma, a column more
  SAME(shuffled.x(TRG_TEST, {0}), Floats{8, 7.5});
  SAME(shuffled.y(TRG_TEST, {0}), Labels{1});
  BOOST_TEST(logged().back().find("passed over: \"more\"") != std::string::npos);
  SAME(table(train, {{"test", test("5,6,y\n")}}).x(TRG_TEST, {0}), Floats{5, 6});  // no header
  BOOST_TEST(says(with_test("a,c,kind\n1,2,x\n"), "expected the columns of the training, found none called \"b\"; there are \"a\", \"c\", \"kind\""));
  BOOST_TEST(says(with_test("c,d,e\n1,2,x\n"), "the first line holds no name of a column of the training (\"a\", \"b\", \"kind\"), and is no row: it has 3 values (\"c\", \"d\", \"e\"), and a row has 3 cells as in the training table; 3 cells are those of \"a\", \"b\", \"kind\", in this order"));
  BOOST_TEST(says(with_test("a,b\n1,2\n"), "none called \"kind\""));
  BOOST_TEST(says(with_test("5,6\n"), "and is no row: it has 2 values (\"5\", \"6\"), and a row has 3 cells as in the training table"));
  BOOST_TEST(says(with_test("a,b,a,kind\n1,2,3,x\n"), "two columns are called \"a\""));
  const Refused red = with_test("a,b,kind\n1,red,x\n");
  BOOST_TEST(says(red, "expected a number in the column \"b\", found \"red\""));
  BOOST_TEST(red.where == folder() / "test.csv:2:3");
}

BOOST_AUTO_TEST_CASE(a_column_of_too_many_words_is_no_category) {
  std::string text = "name,x,kind\n";
  for (int i = 0; i < 1200; ++i) text += "person" + std::to_string(i) + ",1,a\n";
  const Refused e = refused_table(text);
  BOOST_TEST(says(e, "1200 different words"));
  BOOST_TEST(e.hint == "ignore = [\"name\"], or categorical = [\"name\"] with most_categories = 1200");
  BOOST_TEST(at(e, ""));
  BOOST_TEST(table(text, {{"ignore", Words{"name"}}}).fields()[0].shape[0] == 1);
  BOOST_TEST(table(text, {{"categorical", Words{"name"}}, {"most_categories", std::int64_t{1200}}}).fields()[0].shape[0] == 1201);
}

BOOST_AUTO_TEST_CASE(the_shipped_tables_are_read) {
  Csv iris({{"train", shipped("iris.csv")}, {"test_split", 0.2}, {"normalize", std::string("standard")}});
  BOOST_TEST(iris.count(TRG_TRAIN) == 120);
  BOOST_TEST(iris.count(TRG_TEST) == 30);
  SAME(iris.fields()[1].class_names, Words{"setosa", "versicolor", "virginica"});
  std::set<std::int32_t> tested;
  for (const std::int32_t label : iris.y(TRG_TEST, first(30))) tested.insert(label);
  BOOST_TEST(tested.size() == 3u);
  double sum = 0, squares = 0;
  for (const float value : iris.x(TRG_TRAIN, first(120))) sum += value, squares += value * value;
  BOOST_TEST(std::abs(sum) < 1e-3);
  BOOST_TEST(std::abs(squares - 480) < 1e-2);
  Csv wine({{"train", shipped("wine.csv")}, {"target_is", std::string("classes")}});
  BOOST_TEST(wine.count(TRG_TRAIN) == 178);
  BOOST_TEST(wine.fields()[1].classes == 3);
  Csv diabetes({{"train", shipped("diabetes.csv")}});
  BOOST_TEST(diabetes.count(TRG_TRAIN) == 442);
  SAME(diabetes.fields()[0].shape, std::vector<std::int64_t>{10});
  BOOST_TEST(diabetes.fields()[1].type == TRG_F32);
}

BOOST_AUTO_TEST_CASE(random_cuts_flips_and_noise_are_refused_or_read_but_never_crash) {
  std::mt19937 random(2);
  const Words wholes = {"a,b,kind\n1,\"re\"\"d\",x\r\n?,blue,\"y\n\"\n3,red,x\n", "sep=;\na;when;b\n1,5;2024-01-31;1.234,5\n2,5;31/01/2024 12:30;-\n",
                        "% c\n@relation r\n@attribute a numeric\n@attribute 'b c' {x, 'y z'}\n@data\n1.5,'y z'\n?, x\n", "# a b c\n1 2.5 x\n3 4e1 y\n"};
  for (int round = 0; round < 600; ++round) {
    const std::string& whole = wholes[random() % wholes.size()];
    std::string bytes = whole.substr(0, random() % (whole.size() + 1));
    for (unsigned flips = random() % 4; flips > 0 && !bytes.empty(); --flips) bytes[random() % bytes.size()] = "\",;\n\r?x1 \t\0\xff.-'{%@|"[random() % 19];
    try {
      Csv data = table(bytes, {{"missing", std::string("mean")}, {"header", std::string(round % 2 ? "true" : "auto")}, {"dates", std::string("split")}});
      const std::string learnt = data.fit(first(data.count(TRG_TRAIN)));
      data.x(TRG_TRAIN, first(data.count(TRG_TRAIN)));
      std::string damaged = learnt;
      damaged[random() % damaged.size()] ^= static_cast<char>(1 << random() % 8);
      data.restore(damaged);
    } catch (const Refused& e) {
      BOOST_TEST((e.code == TRG_BAD_DATA || e.code == TRG_BAD_OPTION));
    }
  }
}

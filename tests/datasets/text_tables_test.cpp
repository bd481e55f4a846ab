// SPDX-License-Identifier: Apache-2.0
// The data set `text`: how trees of folders and tables are written, and what is learnt of that for those that come later.
#include <boost/test/unit_test.hpp>

#include <algorithm>

#include "text_under_test.hpp"

using namespace teranga::test;
using namespace teranga::test::texts;

BOOST_AUTO_TEST_CASE(folders_of_parts_and_texts_may_have_names_in_capitals) {
  const std::string path = tree("Capitals", {{"Train/pos/1.txt", "fine"}, {"Train/pos/2.TXT", "good"}, {"Train/neg/3.Txt", "bad"}, {"Val/neg/4.txt", "bad"}, {"TEST/pos/5.txt", "good"}, {"TEST/neg/6.txt", "bad"}, {"notes/7.txt", "no text"}});
  logged().clear();
  Texts data({{"folder", path}});
  BOOST_TEST(data.count(TRG_TRAIN) == 3);
  BOOST_TEST(data.count(TRG_VALIDATION) == 1);
  BOOST_TEST(data.count(TRG_TEST) == 2);
  SAME(data.fields()[1].class_names, Words{"neg", "pos"});
  BOOST_TEST(std::any_of(logged().begin(), logged().end(), [](const Text& line) { return line.ends_with("these folders are not read: notes"); }));
  BOOST_TEST(Texts({{"folder", tree("val", {{"train/a/1.txt", "x"}, {"train/b/2.txt", "y"}, {"val/a/3.txt", "x"}})}}).count(TRG_VALIDATION) == 1);
  const std::string twice = tree("twice", {{"train/a/1.txt", "x"}, {"val/a/2.txt", "x"}, {"validation/a/3.txt", "x"}});
  BOOST_TEST(says(refused([&] { Texts({{"folder", twice}}); }), "val and validation could each be the validation part"));
  // The class of trains, and that of planes.
  SAME(Texts({{"folder", tree("vehicles", {{"train/1.txt", "rails"}, {"plane/2.txt", "wings"}})}}).fields()[1].class_names, Words{"plane", "train"});
}

BOOST_AUTO_TEST_CASE(quotes_between_tabs_are_letters_where_they_enclose_no_cells) {
  const GivenOptions by_number = {{"text_column", Text("2")}, {"label_column", Text("1")}, {"ids", Text("text_vectorization")}};
  std::string lone, closed;
  for (int i = 0; i < 40; ++i) {
    const std::string label = i % 3 ? "ham\t" : "spam\t", number = std::to_string(i);
    lone += label + (i == 4 ? "He said \"hi" : i == 7 ? "\"so it begins" : i == 11 ? "\"and again" : i == 20 ? "\"whole\"" : i == 25 ? "\"half\" of it" : "plain, words; here") + " " + number + "\n";
    closed += label + (i == 4 ? "\"a\tcell\"" : i == 7 ? "\"two\nlines\"" : "words") + "\n";
  }
  for (const std::string& csv : {lone, std::string("spam\t\"begins\nham\twords\nspam\twords\nham\tends\"\n"), std::string("spam\t\"begins\nham\t\"goes on\nham\twords\n")}) {
    logged().clear();
    Texts data = table(csv, by_number);
    BOOST_TEST(data.count(TRG_TRAIN) == std::count(csv.begin(), csv.end(), '\n'));
    SAME(data.fields()[1].class_names, Words{"ham", "spam"});
    BOOST_TEST(std::any_of(logged().begin(), logged().end(), [](const Text& line) { return line.find("quotes are letters like others") != line.npos; }));
  }
  Texts data = table(lone, by_number);
  for (int i = 0; i < 40; ++i) BOOST_TEST(data.y(TRG_TRAIN, {i})[0] == (i % 3 ? 0 : 1));
  Texts enclosed = table(closed, by_number);
  BOOST_TEST(enclosed.count(TRG_TRAIN) == 40);
  BOOST_TEST(says(refused_table("ham\t\"a\tb\"\nham\t\"c\nspam\td e\n", by_number), "never closed"));  // neither way
  const Refused named = refused_table("\"review\"\t\"sentiment\"\n\"5\" pipe\"\t\"poor\"\n\"fine\"\t\"good\"\n");  // the names are in quotes
  BOOST_TEST(named.where == folder() / "table.csv:2:5");
  BOOST_TEST(says(named, "after a closing quote"));
  std::string large;  // the only quote lies behind what the reader looks at first
  while (large.size() < 300000) large += "ham\twords that fill a line\nspam\tother words\n";
  BOOST_TEST(table(large + "ham\t\"lone\nspam\tend\n", by_number).count(TRG_TRAIN) == std::count(large.begin(), large.end(), '\n') + 2);
  // What was learnt holds for new tables: with quotes as letters two lines, as marks around cells one.
  GivenOptions options = by_number;
  options["train"] = folder() / "gone";
  const std::string fresh = folder().write("new.tsv", "ham\t\"one\nspam two\"\n"), two = folder().write("new2.tsv", "ham\t\"one\nspam\ttwo\"\n");
  Texts unquoted = table("ham\twords\nspam\twords\nham\twords\n", by_number);
  const auto open = [&](Texts& trained, const std::string& path) { return Dataset("datasets_text", "teranga.text", options, NewSamples{trained.fit({0, 1, 2}), {path}, {}}).count(TRG_TEST); };
  BOOST_TEST(open(unquoted, fresh) == 1);
  BOOST_TEST(open(enclosed, fresh) == 1);
  BOOST_TEST(open(enclosed, two) == 1);
  BOOST_TEST(open(unquoted, two) == 2);
  BOOST_TEST(open(data, two) == 2);
  BOOST_TEST(says(refused([&] { open(data, fresh); }), "expected 2 cells as in the first line, found 1"));
}

BOOST_AUTO_TEST_CASE(the_separator_of_the_training_parts_new_tables_and_edition_2_is_still_read) {
  const std::string csv = "review;sentiment\ngood, fine;positive\nbad, poor;negative\nbad;negative\n";
  const GivenOptions options = {{"train", folder() / "gone"}, {"text_column", Text("review")}, {"label_column", Text("sentiment")}};
  const std::string learnt = table(csv).fit({0, 1, 2});
  const auto open = [&](const std::string& bytes, const std::string& text, GivenOptions more = {}) {
    more.insert(options.begin(), options.end());
    return Dataset("datasets_text", "teranga.text", more, NewSamples{bytes, {folder().write("new.csv", text)}, {}});
  };
  const auto first_ids = [&](const std::string& text) { return open(learnt, text).fill<std::int32_t>(TRG_TEST, {0}, 0); };
  const Ids expected = first_ids("review;sentiment\ngood, fine;positive\n");
  SAME(first_ids("review\ngood, fine\nbad, poor\n"), expected);
  SAME(first_ids("review\tsentiment\ngood, fine\tpositive\n"), expected);
  SAME(first_ids("sep=|\nreview|sentiment\ngood, fine|positive\n"), expected);
  // By number.
  const GivenOptions numbers = {{"text_column", Text("1")}, {"label_column", Text("2")}};
  const std::string by_number = table("good, fine;positive\nbad, poor;negative\nbad;negative\n", numbers).fit({0, 1, 2});
  SAME(open(by_number, "good, fine;positive\nbad;negative\n", numbers).fill<std::int32_t>(TRG_TEST, {0}, 0), expected);
  SAME(open(by_number, "good, fine\nbad\n", numbers).fill<std::int32_t>(TRG_TEST, {0}, 0), expected);
  const Refused doubt = refused([&] { open(by_number, "good, fine\nbad, poor\n", numbers); });
  BOOST_TEST(doubt.hint == "separator = \";\", or separator = \",\"");
  GivenOptions semicolon = numbers, comma = numbers;
  semicolon["separator"] = Text(";"), comma["separator"] = Text(",");
  SAME(open(by_number, "good, fine\nbad, poor\n", semicolon).fill<std::int32_t>(TRG_TEST, {0}, 0), expected);
  BOOST_TEST((open(by_number, "good, fine\nbad, poor\n", comma).fill<std::int32_t>(TRG_TEST, {0}, 0) != expected));
  // Edition 2 kept nothing of the marks.
  const std::string signature = "teranga.text 3\n", former = "teranga.text 2\n" + learnt.substr(signature.size() + 2);
  BOOST_TEST(learnt.starts_with(signature));
  SAME(open(former, "review;sentiment\ngood, fine;positive\n").fill<std::int32_t>(TRG_TEST, {0}, 0), expected);
}

BOOST_AUTO_TEST_CASE(a_cell_that_holds_the_number_of_a_column_does_not_choose_the_separator) {
  Texts data = table("2,5;1,2;fine\n3,5;1,2;poor\n4,5;3,2;fine\n", {{"text_column", Text("2")}, {"label_column", Text("3")}});
  SAME(data.fields()[1].class_names, Words{"fine", "poor"});
}

BOOST_AUTO_TEST_CASE(a_rare_label_does_not_make_a_line_of_names_a_text) {
  const auto asks = [](const std::string& csv) {
    const Refused e = refused_table(csv, {{"text_column", Text("1")}, {"label_column", Text("2")}});
    return e.where == "header" && e.hint == "header = \"true\", or header = \"false\"";
  };
  const std::string rows = "so good,fine\nso bad,poor\nall good,fine\nall bad,poor\n";
  BOOST_TEST(asks("review,mood\n" + rows));
  BOOST_TEST(asks("review,mood\n" + rows + "it was so so,odd\n"));
  BOOST_TEST(asks("review,mood\n" + rows + "it was so so,odd\nno word,none\n"));
  for (const char* header : {"true", "false"}) BOOST_TEST(table("review,mood\n" + rows + "it was so so,odd\n", {{"text_column", Text("1")}, {"label_column", Text("2")}, {"header", Text(header)}}).count(TRG_TRAIN) == (header == Text("true") ? 5 : 6));
  BOOST_TEST(table(rows + "it was so so,odd\n", {{"text_column", Text("1")}, {"label_column", Text("2")}}).count(TRG_TRAIN) == 5);
}

BOOST_AUTO_TEST_CASE(all_columns_that_may_be_labels_are_hinted) {
  std::string csv = "number,review,mood,part\n";
  for (int i = 0; i < 12; ++i) csv += std::to_string(i) + ",the film was number " + std::to_string(i) + (i == 5 ? ",odd" : i % 2 ? ",sad" : ",happy") + (i % 3 ? ",train\n" : ",test\n");
  const std::string path = folder().write("t.csv", csv);
  BOOST_TEST(refused([&] { Texts({{"train", path}}); }).hint == "text_column = \"review\" and label_column = \"part\", or label_column = \"mood\"");
}

BOOST_AUTO_TEST_CASE(what_is_no_text_is_told_by_its_first_bytes) {
  for (const auto& [bytes, kind] : {std::pair<Text, Text>{"\x89PNG\r\n", "a PNG picture"}, {"%PDF-1.7", "a PDF document"}, {"PK\x03\x04 and more", "a zip archive"}}) {
    const std::string path = tree("odd " + kind, {{"a/1.txt", bytes}, {"b/2.txt", "x"}});
    const Refused e = refused([&] { Texts({{"folder", path}}); });
    BOOST_TEST(e.where == path + "/a/1.txt");
    BOOST_TEST(says(e, "expected a text, found " + kind));
  }
}

// SPDX-License-Identifier: Apache-2.0
// The data set `text`: what texts become, against Keras (golden/make_texts.py) and by hand, and what it says about files that are wrong.
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <random>

#include "golden/texts.hpp"
#include "text_under_test.hpp"

namespace {

using namespace teranga::test;
using namespace teranga::test::texts;
const std::string golden_folder = std::string(TERANGA_SOURCE_FOLDER) + "/tests/datasets/golden/";

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + "\"";
}

// The documents as a table whose labels take turns.
std::string csv_of(const Words& documents) {
  std::string csv = "review,sentiment\n";
  for (std::size_t i = 0; i < documents.size(); ++i) csv += quoted(documents[i]) + (i % 2 ? ",negative\n" : ",positive\n");
  return csv;
}

}  // namespace

BOOST_AUTO_TEST_CASE(ids_are_those_of_keras_with_all_ways_to_pad_and_cut) {
  const std::map<std::string, const Ids*> expected = {
      {"keras_imdb pre pre", &golden::keras_imdb_pre_pre}, {"keras_imdb pre post", &golden::keras_imdb_pre_post},
      {"keras_imdb post pre", &golden::keras_imdb_post_pre}, {"keras_imdb post post", &golden::keras_imdb_post_post},
      {"text_vectorization pre pre", &golden::text_vectorization_pre_pre}, {"text_vectorization pre post", &golden::text_vectorization_pre_post},
      {"text_vectorization post pre", &golden::text_vectorization_post_pre}, {"text_vectorization post post", &golden::text_vectorization_post_post}};
  for (const Text scheme : {"keras_imdb", "text_vectorization"})
    for (const Text padding : {"pre", "post"})
      for (const Text truncating : {"pre", "post"}) {
        Texts data = table(csv_of(golden::documents), {{"num_words", std::int64_t{16}}, {"maxlen", std::int64_t{7}}, {"ids", scheme}, {"padding", padding}, {"truncating", truncating}});
        BOOST_TEST_CONTEXT(scheme << " " << padding << " " << truncating) SAME(data.ids(TRG_TRAIN, first(8)), *expected.at(scheme + " " + padding + " " + truncating));
      }
}

BOOST_AUTO_TEST_CASE(bags_of_words_are_those_of_text_vectorization) {
  const std::map<Text, const Floats*> expected = {{"binary", &golden::bag_binary}, {"count", &golden::bag_count}, {"tf_idf", &golden::bag_tf_idf}};
  for (const auto& [encoding, values] : expected) {
    Texts data = table(csv_of(golden::documents), {{"num_words", std::int64_t{16}}, {"ids", Text("text_vectorization")}, {"encoding", encoding}});
    SAME(data.fields()[0].shape, std::vector<std::int64_t>{16});
    BOOST_TEST(data.fields()[0].classes == 0);
    const Floats found = data.bag(TRG_TRAIN, first(8));
    BOOST_TEST_REQUIRE(found.size() == values->size());
    for (std::size_t i = 0; i < found.size(); ++i) BOOST_TEST(found[i] == (*values)[i], boost::test_tools::tolerance(3e-7f));
  }
}

BOOST_AUTO_TEST_CASE(opposite_sentences_have_one_bag_and_two_rows_of_ids) {
  const std::string csv = csv_of({"good not bad", "bad not good"});
  Texts bags = table(csv, {{"encoding", Text("count")}});
  const Floats both = bags.bag(TRG_TRAIN, {0, 1});
  BOOST_TEST(Floats(both.begin(), both.begin() + 6) == Floats(both.begin() + 6, both.end()));
  SAME(both, Floats{0, 1, 0, 1, 1, 1, 0, 1, 0, 1, 1, 1});
  SAME(table(csv).ids(TRG_TRAIN, {0, 1}), Ids{1, 4, 3, 5, 1, 5, 3, 4});  // ties: not, good, bad
}

BOOST_AUTO_TEST_CASE(one_hot_is_a_row_a_step_and_zeros_where_padded) {
  Texts data = table(csv_of({"b a a", "a"}), {{"encoding", Text("one_hot")}, {"ids", Text("text_vectorization")}});
  SAME(data.fields()[0].shape, std::vector<std::int64_t>{3, 4});
  SAME(data.bag(TRG_TRAIN, {0, 1}), Floats{0, 0, 0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0});
}

BOOST_AUTO_TEST_CASE(keras_files_are_read_in_every_protocol_with_the_meaning_of_load_data) {
  for (const char* protocol : {"2", "3", "4", "5"}) {
    const std::string file = golden_folder + "imdb_" + protocol + ".npz";
    Texts data({{"train", file}, {"num_words", std::int64_t{20}}, {"maxlen", std::int64_t{6}}});
    BOOST_TEST(data.count(TRG_TRAIN) == 5);
    SAME(data.ids(TRG_TRAIN, first(5)), golden::imdb_20_train);
    SAME(data.y(TRG_TRAIN, first(5)), Ids{1, 0, 1, 0, 1});
    SAME(data.y(TRG_TEST, first(2)), Ids{0, 1});
    Texts post({{"train", file}, {"num_words", std::int64_t{20}}, {"maxlen", std::int64_t{6}}, {"padding", Text("post")}});
    SAME(post.ids(TRG_TEST, first(2)), golden::imdb_20_test);
    Texts all({{"train", file}, {"maxlen", std::int64_t{6}}, {"truncating", Text("post")}});
    SAME(all.ids(TRG_TRAIN, first(4)), golden::imdb_all_train);
    Texts bare({{"train", file}, {"maxlen", std::int64_t{6}}, {"num_words", std::int64_t{20}}, {"start_char", std::int64_t{-1}}, {"oov_char", std::int64_t{-1}}, {"index_from", std::int64_t{0}}});
    SAME(bare.ids(TRG_TRAIN, first(5)), golden::imdb_bare_train);
  }
  const std::string words = folder().write("words.json", "{\"caf\\u00e9\": 2, \"the\": 1, \"\\ud83d\\ude00\\n\": 3}");
  Texts spelled({{"train", golden_folder + "imdb_4.npz"}, {"num_words", std::int64_t{20}}, {"word_index", words}});
  BOOST_TEST(spelled.fit(first(5)).find("caf\xc3\xa9") != std::string::npos);
  BOOST_TEST(logged().back().find("[START] the [8] [12] [UNK] caf\xc3\xa9") != std::string::npos);
  for (const auto& [text, found] : {std::pair{"[1]", "one JSON object {\"word\": rank, ...}, found no '{' at byte 0"}, {"{\"a\": 0}", "no rank from 1 to 100000000"},
                                    {"{\"a\": 99999999999999999999}", "no rank from 1 to"}, {"{\"a\": }", "no rank from 1 to"}, {"{\"a\": 1 \"b\": 2}", "no ','"}, {"{\"a\": 1", "no ','"},
                                    {"{\"a", "a text without end"}, {"{\"\\q\": 1}", "an unknown escape"}, {"{\"\\u12\": 1}", "a broken \\u"}, {"{} ", "no word"}, {"{\"a\": 100000000}", "1 words and the rank 100000000"}, {"{\"a\": 1} 2", "something after the last '}'"}})
    BOOST_TEST(says(refused([&] { Texts({{"train", golden_folder + "imdb_4.npz"}, {"word_index", folder().write("w.json", text)}}); }), found));
  for (const char* option : {"start_char", "oov_char"})
    for (const char* encoding : {"ids", "one_hot", "count"}) BOOST_TEST(refused([&] { Texts({{"train", golden_folder + "imdb_4.npz"}, {"encoding", Text(encoding)}, {option, std::int64_t{100000}}}); }).where == option);
}

BOOST_AUTO_TEST_CASE(a_folder_tree_is_read_in_the_order_of_names_and_numbers) {
  const std::string path = tree("aclImdb", {{"train/pos/10_7.txt", "ten"}, {"train/pos/2_9.txt", "two"}, {"train/neg/0_1.txt", "none"}, {"train/unsup/0_0.txt", "hidden"},
                                            {"train/neg/notes.md", "no text"}, {"test/neg/0_2.txt", "two"}, {"test/pos/0_8.txt", "strange"}});
  Texts data({{"folder", path}, {"maxlen", std::int64_t{2}}});
  BOOST_TEST(data.count(TRG_TRAIN) == 3);
  BOOST_TEST(data.count(TRG_TEST) == 2);
  SAME(data.fields()[1].class_names, Words{"neg", "pos"});
  SAME(data.y(TRG_TRAIN, first(3)), Ids{0, 1, 1});
  SAME(data.y(TRG_TEST, first(2)), Ids{0, 1});
  SAME(data.ids(TRG_TRAIN, first(3)), Ids{1, 5, 1, 3, 1, 4});  // none; two; ten: equally frequent, two before ten before none
  SAME(data.ids(TRG_TEST, first(2)), Ids{1, 3, 1, 2});
}

BOOST_AUTO_TEST_CASE(folders_without_texts_or_classes_are_refused) {
  std::filesystem::create_directories(folder() / "hollow/train");
  BOOST_TEST(says(refused([] { Texts({{"folder", folder() / "hollow"}}); }), "a folder for each class"));
  std::filesystem::create_directories(folder() / "hollow/train/pos");
  const Refused e = refused([] { Texts({{"folder", folder() / "hollow"}}); });
  BOOST_TEST(e.code == TRG_BAD_DATA);
  BOOST_TEST(e.where == folder() / "hollow/train/pos");
  BOOST_TEST(says(e, "expected texts (*.txt)"));
  BOOST_TEST(says(refused([] { Texts({{"folder", folder() / "nowhere"}}); }), "no such folder"));
  BOOST_TEST(refused([] { Texts({}); }).where == "train");
  const std::string odd = tree("odd", {{"train/a/1.txt", "x"}, {"test/b/1.txt", "y"}});
  const Refused label = refused([&] { Texts({{"folder", odd}}); });
  BOOST_TEST(label.where == odd + "/test/b/1.txt");
  BOOST_TEST(says(label, "one of the 1 labels of the training part, found \"b\""));
}

BOOST_AUTO_TEST_CASE(tables_keep_quoted_separators_line_ends_and_markup) {
  const std::string csv = "review,sentiment\n\"One, two<br /><br />\n\"\"three\"\" < four\",positive\nfive,negative\n";
  Texts data = table(csv, {{"ids", Text("text_vectorization")}});
  SAME(data.fields()[0].shape, std::vector<std::int64_t>{5});  // one twobr br three four
  SAME(data.fields()[1].class_names, Words{"negative", "positive"});
  SAME(data.y(TRG_TRAIN, {0, 1}), Ids{1, 0});
  Texts stripped = table(csv, {{"ids", Text("text_vectorization")}, {"strip_html", true}});
  SAME(stripped.fields()[0].shape, std::vector<std::int64_t>{4});
  SAME(table("1;so good\n-1;so bad\n", {{"text_column", Text("2")}, {"label_column", Text("1")}}).y(TRG_TRAIN, {0, 1}), Ids{1, 0});
  BOOST_TEST(table("a b\tx\nc d\ty\n", {{"text_column", Text("1")}, {"label_column", Text("-1")}, {"separator", Text("tab")}}).count(TRG_TRAIN) == 2);
  BOOST_TEST(table("a,b\nc,d\n", {{"text_column", Text("1")}, {"label_column", Text("2")}, {"header", Text("true")}}).count(TRG_TRAIN) == 1);
}

BOOST_AUTO_TEST_CASE(columns_that_are_not_told_are_hinted_by_the_names_of_the_first_line) {
  const auto hint = [](const std::string& csv, GivenOptions options) {
    options["train"] = folder().write("t.csv", csv);
    return refused([&] { Texts{options}; }).hint;
  };
  const std::string rows = "7,the film was bad,sad\n8,a fine meal,happy\n9,a fine song,happy\n6,no fine song,sad\n", named = "number,review,mood\n" + rows;
  BOOST_TEST(hint(named, {}) == "text_column = \"review\" and label_column = \"mood\"");
  BOOST_TEST(hint(named, {{"text_column", Text("review")}}) == "label_column = \"mood\"");
  BOOST_TEST(hint(named, {{"text_column", Text("2")}}) == "label_column = \"mood\"");
  BOOST_TEST(hint(named, {{"label_column", Text("-1")}}) == "text_column = \"review\"");
  BOOST_TEST(hint(named, {{"text_column", Text("reviews")}, {"label_column", Text("label")}}) == "text_column = \"review\"");
  BOOST_TEST(hint(named, {{"text_column", Text("2")}, {"label_column", Text("moods")}}) == "label_column = \"mood\"");
  BOOST_TEST(hint(named, {{"text_column", Text("2")}, {"label_column", Text("-1")}}) == "header = \"true\", or header = \"false\"");
  BOOST_TEST(hint(rows, {}) == "text_column = \"2\" and label_column = \"3\"");
  BOOST_TEST(hint("a fine text\nand another\n", {{"separator", Text(",")}}) == "");
}

BOOST_AUTO_TEST_CASE(tables_that_are_wrong_are_refused_with_their_place) {
  const std::string good = "review,sentiment\na,x\n";
  Refused e = refused_table(good, {{"text_column", Text("text")}});
  BOOST_TEST(e.code == TRG_BAD_OPTION);
  BOOST_TEST(e.where == "text_column");
  BOOST_TEST(says(e, "columns \"review\", \"sentiment\""));
  e = refused_table("review,sentiment\na,x\nb,\n");
  BOOST_TEST(e.where == folder() / "table.csv:3");
  BOOST_TEST(says(e, "expected a label"));
  e = refused_table("review,sentiment\nsome, text,x\n");
  BOOST_TEST(e.where == folder() / "table.csv:2:1");
  BOOST_TEST(says(e, "expected 2 cells as in the first line, found 3"));
  BOOST_TEST(says(refused_table("review,sentiment\n"), "expected rows"));
  BOOST_TEST(refused([&] { Texts({{"train", folder().write("t.csv", good)}}); }).where == "text_column");
  BOOST_TEST(says(refused([&] { Texts({{"train", folder() / "nothing.csv"}, {"text_column", Text("a")}, {"label_column", Text("b")}}); }), "no such file"));
  BOOST_TEST(says(refused_table("review,sentiment\n...,x\n!,y\n"), "all are empty"));
  BOOST_TEST(refused_table(good, {{"encoding", Text("count")}, {"maxlen", std::int64_t{3}}}).where == "maxlen");
  BOOST_TEST(refused_table(good, {{"start_char", std::int64_t{4}}}).where == "index_from");
}

BOOST_AUTO_TEST_CASE(letters_of_french_and_wolof_are_kept_whole) {
  const auto bag = [](const Text& standardize) {
    return table(csv_of({"L'\xc3\x89" "COLE \xc3\xa9" "cole e\xcc\x81" "cole \xc3\x87" "a", "\xc3\x91" "aawal \xc3\xb1" "aawal \xc5\x8a" "\xc3\x80" "ngi \xc5\x8b" "\xc3\xa0ngi, b\xc3\xab" "gg\xe2\x80\xa6"}),
                 {{"encoding", Text("count")}, {"ids", Text("text_vectorization")}, {"standardize", standardize}});
  };
  // école 3, ŋàngi 2, ñaawal 2; then ça, l, bëgg
  Texts unicode = bag("unicode");
  SAME(unicode.fields()[0].shape, std::vector<std::int64_t>{7});
  SAME(unicode.bag(TRG_TRAIN, {0, 1}), Floats{0, 3, 0, 0, 1, 1, 0, 0, 0, 2, 2, 0, 0, 1});
  // Keras's own rule changes A-Z only: lÉcole, école, école (two code points), Ça, Ñaawal, ñaawal, ŊÀngi, ŋàngi, bëgg…
  SAME(bag("keras").fields()[0].shape, std::vector<std::int64_t>{10});
  Texts characters = table(csv_of({"\xc3\xa9" "a\xc5\x8b", "a"}), {{"split", Text("character")}});
  SAME(characters.ids(TRG_TRAIN, {0, 1}), Ids{1, 5, 3, 4, 0, 0, 1, 3});
}

BOOST_AUTO_TEST_CASE(broken_utf8_is_replaced_and_empty_texts_are_padding_and_both_are_counted) {
  logged().clear();
  Texts data = table(csv_of({"a\xff" "b \xe2\x82 \xc0\xaf", "", "..."}), {{"ids", Text("text_vectorization")}, {"split", Text("character")}, {"maxlen", std::int64_t{4}}});
  // U+FFFD 4 times, blank 2, then b, a.
  SAME(data.ids(TRG_TRAIN, first(3)), Ids{2, 3, 2, 2, 0, 0, 0, 0, 0, 0, 0, 0});
  BOOST_TEST_REQUIRE(logged().size() == 3u);
  BOOST_TEST(logged()[1] == "2 texts have no word; they become padding alone");
  BOOST_TEST(logged()[2].starts_with("4 places in 1 of 3 texts are no UTF-8; each became U+FFFD; where the text was written in Latin-1: iconv -f LATIN1 -t UTF-8 < "));
  logged().clear();
  std::vector<std::string> many(200, "fine");
  many[7] = "a\xff";
  table(csv_of(many));
  BOOST_TEST(logged().back() == "1 places in 1 of 200 texts are no UTF-8; each became U+FFFD");
}

BOOST_AUTO_TEST_CASE(the_vocabulary_is_learnt_from_training_samples_alone_and_travels) {
  const std::string test = folder().write("test.csv", csv_of({"new old", "rare rare"}));
  const GivenOptions options = {{"ids", Text("text_vectorization")}, {"test", test}};
  Texts data = table(csv_of({"old old", "old rest", "rare rare rare"}), options);
  const std::string learnt = data.fit({0, 1});  // sample 2 is somebody's validation part
  SAME(data.ids(TRG_TEST, {0, 1}), Ids{1, 2, 1, 1});
  BOOST_TEST(data.fields()[0].classes == 4);  // of padding, what is unknown, old and rest
  SAME(data.ids(TRG_TRAIN, {2}), Ids{1, 1});
  Texts other = table(csv_of({"something else", "entirely"}), options);
  other.restore(learnt);
  SAME(other.ids(TRG_TEST, {0, 1}), Ids{1, 2, 1, 1});
  BOOST_TEST(other.fields()[1].classes == 2);
  for (std::size_t cut = 0; cut < learnt.size(); ++cut) BOOST_TEST(refused([&] { other.restore(learnt.substr(0, cut)); }).code == TRG_BAD_DATA);
  BOOST_TEST(refused([&] { other.restore(learnt + "x"); }).code == TRG_BAD_DATA);
  GivenOptions bags = options;
  bags["encoding"] = Text("tf_idf");
  Texts weighted = table(csv_of({"a", "b"}), bags);
  BOOST_TEST(says(refused([&] { weighted.restore(learnt); }), "another encoding"));
}

BOOST_AUTO_TEST_CASE(an_arff_file_is_a_table_of_texts) {
  Texts data = table("@relation films\n@attribute review string\n@attribute mood {good,bad}\n@data\n'a fine film, it\\'s good',good\n\"dull\",bad\n", {{"text_column", Text("review")}, {"label_column", Text("mood")}});
  BOOST_TEST(data.count(TRG_TRAIN) == 2);
  SAME(data.fields()[1].class_names, Words{"bad", "good"});
  SAME(data.y(TRG_TRAIN, {0, 1}), Ids{1, 0});
}

BOOST_AUTO_TEST_CASE(a_test_part_may_be_the_last_texts_after_a_seeded_shuffle) {
  Words documents;
  for (int i = 0; i < 10; ++i) documents.push_back(std::string("w").append(std::to_string(i)));
  Texts data = table(csv_of(documents), {{"test_split", 0.25}});
  BOOST_TEST(data.count(TRG_TRAIN) == 7);
  BOOST_TEST(data.count(TRG_TEST) == 3);
  SAME(data.y(TRG_TEST, first(3)), Ids{0, 1, 0});
  BOOST_TEST(table(csv_of(documents), {{"test_split", 0.25}, {"shuffle_seed", std::int64_t{3}}}).count(TRG_TEST) == 3);
  BOOST_TEST(refused_table(csv_of(documents), {{"test_split", 0.5}, {"test", folder().write("t.csv", csv_of(documents))}}).where == "test_split");
}

BOOST_AUTO_TEST_CASE(a_pickle_may_hold_lists_of_whole_numbers_and_nothing_else) {
  // An array of one object whose pickle is given, in an archive as np.savez makes it.
  const auto with_pickle = [](const std::string& pickle) {
    std::string header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }";
    header.resize(117, ' ');
    header += '\n';
    const std::string x = std::string("\x93NUMPY\x01\x00\x76\x00", 10) + header + pickle;
    std::string y = "{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }";
    y.resize(117, ' ');
    y = std::string("\x93NUMPY\x01\x00\x76\x00", 10) + y + "\n" + std::string(1, '\0');
    const std::string archive = zip({{"x_train.npy", x}, {"y_train.npy", y}, {"x_test.npy", x}, {"y_test.npy", y}});
    return refused([&] { Texts({{"train", folder().write("evil.npz", pickle.size() > 1000 ? gzip(archive) : archive)}}); });
  };
  Refused e = with_pickle("\x80\x03" "cos\nsystem\nX\x04\0\0\0trueR.");
  BOOST_TEST(e.code == TRG_BAD_DATA);
  BOOST_TEST(e.where == folder() / "evil.npz:x_train");
  BOOST_TEST(says(e, "the name os.system is refused"));
  BOOST_TEST(says(with_pickle("\x80\x04\x8c\x08" "builtins\x8c\x04" "eval\x93."), "builtins.eval is refused"));
  BOOST_TEST(says(with_pickle("\x80\x02}."), "opcode EMPTY_DICT (0x7d) is refused"));
  BOOST_TEST(says(with_pickle("\x80\x02ios\nsystem\n."), "opcode INST (0x69) is refused"));
  BOOST_TEST(says(with_pickle("\x80\x04)\x81."), "opcode NEWOBJ"));
  BOOST_TEST(says(with_pickle("\x80\x02G\x3f\xf0...."), "opcode BINFLOAT"));
  BOOST_TEST(says(with_pickle("\x80\x02\x82\x01."), "opcode EXT1"));
  BOOST_TEST(says(with_pickle("Papple\n."), "opcode PERSID"));
  BOOST_TEST(says(with_pickle("\x80\x02]."), "holds no array"));
  BOOST_TEST(says(with_pickle("\x80\x02]q\x01]q\x02K\x07" "ah\x01h\x02" "ah\x02" "a."), "one list in two places"));
  BOOST_TEST(says(with_pickle("\x80\x02]K\x01"), "ends early"));
  BOOST_TEST(says(with_pickle("\x80\x02h\x07."), "never remembered"));
  // Two million empty lists pack into some kilobytes, and take some hundred times as much memory.
  BOOST_TEST(says(with_pickle("\x80\x02" + std::string(2'000'000, ']')), "lists and other values"));
  BOOST_TEST(says(with_pickle("\x80\x02" + std::string(2'000'000, ')')), "lists and other values"));
  BOOST_TEST(says(with_pickle("\x80\x02K\1q\1" + [] { std::string recalls; for (int i = 0; i < 1'500'000; ++i) recalls += "h\1"; return recalls; }()), "lists and other values"));
}

BOOST_AUTO_TEST_CASE(many_labels_are_matched_each_at_once) {
  std::string csv = "review,sentiment\n";
  for (int i = 0; i < 60'000; ++i) csv += "a," + std::to_string(i) + "\n";
  Texts data = table(csv);
  SAME(data.y(TRG_TRAIN, {0, 59'999}), Ids{0, 59'999});
}

BOOST_AUTO_TEST_CASE(random_cuts_and_flips_of_a_keras_file_are_refused_or_read_but_never_crash) {
  std::ifstream file(golden_folder + "imdb_4.npz", std::ios::binary);
  const std::string whole((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    std::string bytes = round % 3 ? whole : whole.substr(0, random() % whole.size());
    for (int flips = 0; flips < 2 && !bytes.empty(); ++flips) bytes[random() % bytes.size()] = static_cast<char>(random());
    try {
      Texts({{"train", folder().write("noise.npz", bytes)}, {"num_words", std::int64_t{50}}, {"maxlen", std::int64_t{4}}}).ids(TRG_TRAIN, {0});
    } catch (const Refused&) {
    }
  }
}

BOOST_AUTO_TEST_CASE(reviews_of_a_debian_package_are_read_in_place) {
  const std::string corpora = debian_folder("usr/share/doc/python3-pattern/test/corpora", "python3-pattern");
  if (corpora.empty()) return;
  for (const auto& [file, count] : {std::pair<const char*, std::int64_t>{"polarity-en-pang&lee1.csv", 1500}, {"polarity-en-pang&lee2.csv", 4000}}) {
    Texts data({{"train", corpora + file}, {"text_column", Text("2")}, {"label_column", Text("1")}, {"num_words", std::int64_t{5000}}, {"maxlen", std::int64_t{64}}});
    BOOST_TEST(data.count(TRG_TRAIN) == count);
    SAME(data.fields()[1].class_names, Words{"-1", "1"});
  }
}

BOOST_AUTO_TEST_CASE(texts_of_a_bucket_are_padded_and_cut_to_its_length) {
  const std::vector<std::int64_t> buckets = {2, 4};
  const GivenOptions options = {{"buckets", buckets}, {"padding", Text("post")}, {"truncating", Text("post")}};
  Texts data = table(csv_of({"a", "b a b", "c a b b a"}), options);
  BOOST_TEST(data.buckets() == buckets, boost::test_tools::per_element());
  BOOST_TEST(data.fields()[0].shape == (std::vector<std::int64_t>{-1}), boost::test_tools::per_element());
  BOOST_TEST(data.measure(TRG_TRAIN, {0, 1, 2}) == (std::vector<std::int64_t>{2, 4, 6}), boost::test_tools::per_element());  // with the start
  data.pad_to(2);
  BOOST_TEST(data.ids(TRG_TRAIN, {0}) == (Ids{1, 4}), boost::test_tools::per_element());  // b, a: equally frequent
  data.pad_to(4);
  BOOST_TEST(data.ids(TRG_TRAIN, {0, 1, 2}) == (Ids{1, 4, 0, 0, 1, 3, 4, 3, 1, 5, 4, 3}), boost::test_tools::per_element());
  const std::string learnt = data.fit({0, 1, 2});
  data.restore(learnt);
  BOOST_TEST(data.buckets() == buckets, boost::test_tools::per_element());

  GivenOptions one_hot = options;
  one_hot["encoding"] = Text("one_hot");
  Texts rows = table(csv_of({"a", "b a b", "c a b b a"}), one_hot);
  BOOST_TEST(rows.fields()[0].shape == (std::vector<std::int64_t>{-1, 6}), boost::test_tools::per_element());
  rows.pad_to(2);
  BOOST_TEST(rows.bag(TRG_TRAIN, {0}) == (Floats{0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(buckets_that_make_no_sense_are_refused) {
  const std::string csv = csv_of({"a", "b"});
  const auto with = [&](std::vector<std::int64_t> buckets, GivenOptions more = {}) {
    more["buckets"] = std::move(buckets);
    return refused_table(csv, more);
  };
  BOOST_TEST(says(with({4, 2}), "expected ascending lengths from 1"));
  BOOST_TEST(says(with({0, 2}), "expected ascending lengths from 1"));
  BOOST_TEST(says(with({2, 4}, {{"maxlen", std::int64_t{4}}}), "the longest of the buckets, 4, is the most steps of a sample"));
  BOOST_TEST(says(with({2, 4}, {{"encoding", Text("binary")}}), "has no length"));
}

BOOST_AUTO_TEST_CASE(new_texts_are_encoded_by_the_vocabulary_of_the_training_and_need_no_file_of_it) {
  const std::string csv = csv_of({"a b c", "b a b d", "c a"});
  GivenOptions options{{"text_column", Text("review")}, {"label_column", Text("sentiment")}, {"maxlen", std::int64_t{5}}};
  Texts trained = table(csv, options);
  const std::string learnt = trained.fit({0, 1, 2});
  const Ids known = trained.ids(TRG_TRAIN, {1});
  options["train"] = Text("/gone/table.csv");
  const auto open = [&](std::vector<std::string> paths, std::vector<std::string> texts) { return Dataset("datasets_text", "teranga.text", options, NewSamples{learnt, std::move(paths), std::move(texts)}); };
  const auto first_ids = [](Dataset data) { return data.fill<std::int32_t>(TRG_TEST, {0}, 0); };

  Dataset typed = open({}, {"B a b, d!", "e", ""});
  BOOST_TEST(typed.count(TRG_TEST) == 3);
  BOOST_TEST(typed.count(TRG_TRAIN) == -1);
  BOOST_TEST(typed.fill<std::int32_t>(TRG_TEST, {0}, 0) == known, boost::test_tools::per_element());
  BOOST_TEST(typed.fill<std::int32_t>(TRG_TEST, {1, 2}, 0) == (Ids{0, 0, 0, 1, 2, 0, 0, 0, 0, 1}), boost::test_tools::per_element());  // unknown; nothing
  BOOST_TEST(typed.fields()[1].absent);
  BOOST_TEST(typed.fields()[1].class_names == (Words{"negative", "positive"}), boost::test_tools::per_element());

  BOOST_TEST(first_ids(open({folder().write("lines.txt", "b a b d\nc\n")}, {})) == known, boost::test_tools::per_element());
  BOOST_TEST(first_ids(open({folder().write("no_label.csv", "id,review\n7,b a b d\n")}, {})) == known, boost::test_tools::per_element());
  Dataset tabs = open({folder().write("tabs.txt", "sentiment\treview\npositive\tb a b d\nnegative\tc\n")}, {});
  BOOST_TEST(!tabs.fields()[1].absent);
  BOOST_TEST(tabs.count(TRG_TEST) == 2);
  BOOST_TEST((tabs.fill<std::int32_t>(TRG_TEST, {0}, 0)) == known, boost::test_tools::per_element());
  BOOST_TEST(logged().back().find("it is read as a table") != std::string::npos);
  Dataset labelled = open({folder().write("labels.csv", "sentiment,review\npositive,b a b d\nnegative,c\n")}, {});
  BOOST_TEST(!labelled.fields()[1].absent);
  BOOST_TEST(labelled.fill<std::int32_t>(TRG_TEST, {0}, 0) == known, boost::test_tools::per_element());
  BOOST_TEST(labelled.fill<std::int32_t>(TRG_TEST, {0, 1}, 1) == (Ids{1, 0}), boost::test_tools::per_element());
  for (const char* label : {"neutral", ""}) BOOST_TEST(open({folder().write("other.csv", "sentiment,review\npositive,a\n" + Text(label) + ",b a b d\n")}, {}).fields()[1].absent);
  std::filesystem::create_directories(folder() / "flat");
  std::ofstream(folder() / "flat/2.txt") << "c";
  std::ofstream(folder() / "flat/1.txt") << "b a b d";
  BOOST_TEST(first_ids(open({folder() / "flat"}, {})) == known, boost::test_tools::per_element());

  BOOST_TEST(says(refused([&] { open({folder().write("no_text.csv", "id,words\n7,b\n")}, {}); }), "expected one of the 2 columns"));
  BOOST_TEST(says(refused([&] { open({folder().write("none.txt", "")}, {}); }), "expected texts, one a line, found none"));
  BOOST_TEST(refused([&] { open({folder() / "absent.txt"}, {}); }).code == TRG_BAD_DATA);
}

BOOST_AUTO_TEST_CASE(new_words_are_numbered_as_the_numbers_of_the_training_were) {
  const std::string words = folder().write("index.json", R"({"the": 1, "a": 2, "film": 3})");
  GivenOptions options{{"train", golden_folder + "imdb_4.npz"}, {"num_words", std::int64_t{20}}, {"maxlen", std::int64_t{4}}, {"word_index", words}};
  Texts trained(options);
  const std::string learnt = trained.fit({0});
  Dataset typed("datasets_text", "teranga.text", options, NewSamples{learnt, {}, {"A film, the"}});
  BOOST_TEST(typed.fill<std::int32_t>(TRG_TEST, {0}, 0) == (Ids{1, 5, 6, 4}), boost::test_tools::per_element());  // Keras: rank + 3 behind the start
  options.erase("word_index");
  const std::string without = Texts(options).fit({0});
  BOOST_TEST(says(refused([&] { Dataset("datasets_text", "teranga.text", options, NewSamples{without, {}, {"a"}}); }), "nobody told it the words"));
}

BOOST_AUTO_TEST_CASE(what_was_learnt_of_texts_is_told) {
  Texts data = table(csv_of({"a b c", "b a b d"}));
  const auto told = data.knowledge(data.fit({0, 1}));
  BOOST_TEST(told[0].first == "classes");
  BOOST_TEST(told[0].second == "negative, positive");
  BOOST_TEST(told[1].second.starts_with("4 words: b, a, d, c (content "));
  Texts other = table(csv_of({"a b c", "b a b e"}));
  BOOST_TEST(other.knowledge(other.fit({0, 1}))[1].second != told[1].second);
}

// SPDX-License-Identifier: Apache-2.0
// WordPiece in the data set `text`: learning and using a vocabulary, against HuggingFace's tokenizers (golden/make_word_pieces.py) and by hand.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <map>

#include <zlib.h>

#include "golden/word_pieces.hpp"
#include "text_under_test.hpp"

namespace {

using namespace teranga::test;
using namespace teranga::test::texts;
using Number = std::int64_t;
const std::string vocabulary_file = std::string(TERANGA_SOURCE_FOLDER) + "/tests/datasets/golden/word_pieces.txt";

// A table whose rows are one label after the other.
std::string table_of(const Words& documents) {
  std::string csv = "review,sentiment\n";
  for (std::size_t i = 0; i < documents.size(); ++i) {
    csv += "\"";
    for (const char c : documents[i]) csv += c == '"' ? Text("\"\"") : Text(1, c);
    csv += i % 2 ? "\",negative\n" : "\",positive\n";
  }
  return csv;
}

Words lines_of_novel() {
  const std::string path = std::string(TERANGA_SOURCE_FOLDER) + "/datasets/texts/northanger-abbey.txt.gz";
  const gzFile file = gzopen(path.c_str(), "rb");
  BOOST_REQUIRE(file);
  Words lines(1);
  char piece[4096];
  for (int count; (count = gzread(file, piece, sizeof(piece))) > 0;)
    for (int i = 0; i < count; ++i) piece[i] == '\n' ? static_cast<void>(lines.emplace_back()) : lines.back().push_back(piece[i]);
  gzclose(file);
  return lines;
}

GivenOptions pieces(GivenOptions more = {}) {
  more.emplace("standardize", Text("bert")), more.emplace("split", Text("word_piece"));
  more.emplace("padding", Text("post")), more.emplace("truncating", Text("post"));
  return more;
}

std::string vocabulary(const std::string& lines) { return folder().write("vocab.txt", lines); }
const std::string marks = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";

}  // namespace

BOOST_AUTO_TEST_CASE(pieces_are_learnt_as_tokenizers_learns_them) {
  Words documents = lines_of_novel();
  documents.insert(documents.end(), golden::piece_documents.end() - 4, golden::piece_documents.end());
  Words found = table(table_of(documents), pieces({{"num_words", Number{600}}})).fields()[0].class_names;
  BOOST_TEST_REQUIRE(found.size() == 600u);
  SAME(Words(found.begin(), found.begin() + 6), Words{"[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "!"});
  std::sort(found.begin(), found.end());
  SAME(found, golden::learnt_pieces);
}

BOOST_AUTO_TEST_CASE(ids_of_pieces_are_those_of_tokenizers_also_where_they_are_cut) {
  Words documents = golden::piece_documents;
  documents.insert(documents.end(), golden::piece_probes.begin(), golden::piece_probes.end());
  for (const auto& [way, expected] : {std::pair{"bert", &golden::ids_bert}, {"bert_lower", &golden::ids_bert_lower}, {"bert_cased", &golden::ids_bert_cased}}) {
    Texts data = table(table_of(documents), pieces({{"vocabulary", vocabulary_file}, {"maxlen", Number{24}}, {"standardize", Text(way)}}));
    for (std::size_t i = 0; i < documents.size(); ++i)
      BOOST_TEST_CONTEXT(way << ": " << documents[i]) SAME(data.ids(TRG_TRAIN, {static_cast<Number>(i)}), Ids(expected->begin() + static_cast<std::ptrdiff_t>(24 * i), expected->begin() + static_cast<std::ptrdiff_t>(24 * i + 24)));
  }
}

BOOST_AUTO_TEST_CASE(the_longest_piece_is_taken_and_a_word_without_pieces_is_unknown) {
  const std::string file = vocabulary(marks + "un\n##aff\n##able\nunaff\n##a\n\xc3\xa9\n");  // ids from 5
  Texts data = table(table_of({"unaffable una unx \xc3\xa9 unaff", "x"}), pieces({{"vocabulary", file}, {"standardize", Text("bert_lower")}}));
  SAME(data.ids(TRG_TRAIN, {0, 1}), Ids{2, 8, 7, 5, 9, 1, 10, 8, 3, 2, 1, 3, 0, 0, 0, 0, 0, 0});
  BOOST_TEST(data.fields()[0].classes == 11);
  Texts front = table(table_of({"un unaff un"}), pieces({{"vocabulary", file}, {"maxlen", Number{4}}, {"truncating", Text("pre")}}));
  SAME(front.ids(TRG_TRAIN, {0}), Ids{2, 8, 5, 3});
  Texts bag = table(table_of({"un unaff un"}), pieces({{"vocabulary", file}, {"encoding", Text("count")}}));
  SAME(bag.bag(TRG_TRAIN, {0}), Floats{0, 0, 0, 0, 0, 2, 0, 0, 1, 0, 0});
}

BOOST_AUTO_TEST_CASE(pieces_travel_and_new_texts_need_no_vocabulary_file) {
  const GivenOptions options = pieces({{"vocabulary", vocabulary(marks + "good\nbad\n##ly\n")}, {"maxlen", Number{5}}, {"segments", true}});
  Texts data = table(table_of({"goodly", "bad"}), options);
  const std::string learnt = data.fit({0, 1});
  BOOST_TEST(logged().end()[-2].find("8 pieces of words are kept, 100.0 %") != std::string::npos);
  BOOST_TEST(logged().back().find("\"[CLS] good ##ly [SEP] ...\"") != std::string::npos);
  data.restore(learnt);
  for (std::size_t cut = 0; cut < learnt.size(); ++cut) BOOST_TEST(refused([&] { data.restore(learnt.substr(0, cut)); }).code == TRG_BAD_DATA);
  GivenOptions without = options;
  without["train"] = folder() / "gone.csv", without["vocabulary"] = folder() / "gone.txt", without["text_column"] = Text("review"), without["label_column"] = Text("sentiment");
  Dataset fresh("datasets_text", "teranga.text", without, NewSamples{learnt, {}, {"Badly? good", "\xe2\x82\xac"}});
  SAME(fresh.fill<std::int32_t>(TRG_TEST, {0, 1}, 0), Ids{2, 6, 7, 1, 3, 2, 1, 3, 0, 0});
  SAME(fresh.fill<std::int32_t>(TRG_TEST, {0, 1}, 1), Ids{0, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  BOOST_TEST(fresh.fields()[1].name == "segments");
  BOOST_TEST(logged().back().find("1 of 2 texts have none of the words") != std::string::npos);
  Texts words = table(table_of({"goodly", "bad"}));
  BOOST_TEST(refused([&] { data.restore(words.fit({0, 1})); }).code == TRG_BAD_DATA);
}

BOOST_AUTO_TEST_CASE(a_vocabulary_that_does_not_fit_is_named_with_its_line) {
  const auto refuses = [](const std::string& lines, const std::string& where, const std::string& text) {
    const std::string file = vocabulary(lines);
    const Refused found = refused_table(table_of({"a"}), pieces({{"vocabulary", file}}));
    BOOST_TEST(found.code == TRG_BAD_DATA);
    BOOST_TEST(found.where == file + where);
    BOOST_TEST(says(found, text), found.what());
  };
  refuses("", "", "found an empty file");
  refuses("a\n", ":1", "expected [PAD] as the first piece, which pads texts, found \"a\"");
  refuses(marks + "a\n\nb\n", ":7", "found an empty line");
  refuses(marks + "a\nb\na\n", ":8", "expected each piece once, found \"a\" also in line 6");
  refuses("[PAD]\n[CLS]\n[SEP]\na\n", "", "expected [UNK] among the 4 pieces, found none");
  refuses("[PAD]\n[UNK]\n[CLS]\n", "", "expected [SEP] among the 3 pieces");
  refuses(marks + "\xff\n", ":6", "expected UTF-8");
  BOOST_TEST(refused_table(table_of({"a"}), pieces({{"vocabulary", folder() / "none.txt"}})).code == TRG_BAD_DATA);
  BOOST_TEST(refused_table(table_of({"a"}), pieces({{"vocabulary", vocabulary(marks)}, {"num_words", Number{4}}})).hint == "num_words = 5");
  BOOST_TEST(refused_table(table_of({"abcdef"}), pieces({{"num_words", Number{12}}})).hint == "num_words = 32");
  BOOST_TEST(refused_table(table_of({"a"}), {{"vocabulary", vocabulary(marks)}}).where == "vocabulary");
  BOOST_TEST(refused_table(table_of({"a"}), pieces({{"ids", Text("text_vectorization")}})).where == "ids");
  BOOST_TEST(refused_table(table_of({"a"}), pieces({{"encoding", Text("count")}, {"segments", true}})).where == "segments");
}

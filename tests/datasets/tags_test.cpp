// SPDX-License-Identifier: Apache-2.0
// The data set `tags`: sentences with a tag for each token, by hand, and the tagged sentences of a Debian package where they are installed.
#include <boost/test/unit_test.hpp>

#include <filesystem>

#include "plugin_under_test.hpp"

namespace {

using namespace teranga::test;
using Words = std::vector<std::string>;
using Ids = std::vector<std::int32_t>;
using Text = std::string;

struct Tags : Dataset {
  explicit Tags(const GivenOptions& options) : Dataset("datasets_tags", "teranga.tags", options) {}
  Ids x(std::int32_t part, const std::vector<std::int64_t>& samples) { return fill<std::int32_t>(part, samples, 0); }
  Ids y(std::int32_t part, const std::vector<std::int64_t>& samples) { return fill<std::int32_t>(part, samples, 1); }
};

const Folder& folder() {
  static const Folder folder;
  return folder;
}

Tags tagged(const std::string& text, GivenOptions more = {}) {
  more["train"] = folder().write("tagged.txt", text);
  return Tags(more);
}

const GivenOptions in_line = {{"form", Text("inline")}};
bool says(const Refused& e, const std::string& said) { return std::string(e.what()).find(said) != std::string::npos; }

#define SAME(found, ...) BOOST_TEST(found == (__VA_ARGS__), boost::test_tools::per_element())

}  // namespace

BOOST_AUTO_TEST_CASE(each_token_has_its_tag_and_padding_has_none) {
  for (const bool lines : {true, false}) {
    Tags data = lines ? tagged("# sent_id = 1\nthe\tDT\ncat\tNN\nate\tVB\n\n\nthe\tDT\ndog\tNN\n") : tagged("the/DT cat/NN ate/VB\n\nthe/DT dog/NN", in_line);
    BOOST_TEST(data.count(TRG_TRAIN) == 2);
    SAME(data.fields()[1].class_names, Words{"", "DT", "NN", "VB"});
    SAME(data.x(TRG_TRAIN, {0, 1}), Ids{2, 4, 5, 2, 3, 0});  // the; dog, cat, ate
    BOOST_TEST(data.fields()[0].classes == 6);
    SAME(data.y(TRG_TRAIN, {0, 1}), Ids{1, 2, 3, 1, 2, 0});
  }
}

BOOST_AUTO_TEST_CASE(tokens_and_tags_are_padded_and_cut_alike) {
  GivenOptions options = in_line;
  options["maxlen"] = std::int64_t{2};
  Tags post = tagged("c/X b/Y a/Z\na/Z", options);
  SAME(post.x(TRG_TRAIN, {0, 1}), Ids{3, 4, 2, 0});
  SAME(post.y(TRG_TRAIN, {0, 1}), Ids{1, 2, 3, 0});
  options["padding"] = options["truncating"] = Text("pre");
  Tags pre = tagged("c/X b/Y a/Z\na/Z", options);
  SAME(pre.x(TRG_TRAIN, {0, 1}), Ids{4, 2, 0, 2});
  SAME(pre.y(TRG_TRAIN, {0, 1}), Ids{2, 3, 0, 3});
}

BOOST_AUTO_TEST_CASE(fields_are_chosen_and_tokens_may_hold_slashes) {
  Tags conll = tagged("EU NNP B-NP B-ORG\nrejects VBZ B-VP O\n", {{"tag_column", std::int64_t{2}}});
  SAME(conll.fields()[1].class_names, Words{"", "NNP", "VBZ"});
  SAME(tagged("1\tEU\tNNP\n2\t's\tPOS\n", {{"token_column", std::int64_t{2}}}).x(TRG_TRAIN, {0}), Ids{2, 3});
  SAME(tagged("1/2/CD \"/\" ,/,", in_line).fields()[1].class_names, Words{"", "\"", ",", "CD"});
}

BOOST_AUTO_TEST_CASE(a_pound_sign_is_a_token_where_the_line_is_made_like_the_others) {
  Tags chunks = tagged("The DT\nprice NN\nis VBZ\n# #\n1.5 CD\n\n# #\n200 CD\n");
  SAME(chunks.fields()[1].class_names, Words{"", "#", "CD", "DT", "NN", "VBZ"});
  SAME(chunks.measure(TRG_TRAIN, {0, 1}), std::vector<std::int64_t>{5, 2});
  SAME(tagged("# one sentence follows\n# #\n200 CD\n").fields()[1].class_names, Words{"", "#", "CD"});
  SAME(tagged("# # B-NP O\n# sent_id = 1\n200 CD I-NP O\n", {{"tag_column", std::int64_t{2}}}).fields()[1].class_names, Words{"", "#", "CD"});
  SAME(tagged("# #\n").measure(TRG_TRAIN, {0}), std::vector<std::int64_t>{1});
  SAME(tagged("#\tSYM\n#2\tCD\n# a b\n#newdoc\n").fields()[1].class_names, Words{"", "CD", "SYM"});
  SAME(tagged("#sport NN\n#1 CD\n").fields()[1].class_names, Words{"", "CD", "NN"});
}

BOOST_AUTO_TEST_CASE(ranges_of_words_and_nodes_that_are_not_in_the_text_are_no_words_of_conll_u) {
  const std::string text = "# text = Don't go\r\n1-2\tDon't\t_\t_\r\n1\tDo\tdo\tAUX\r\n2\tn't\tnot\tPART\r\n3\tgo\tgo\tVERB\r\n3.1\twent\tgo\tVERB\r\n \t\r\n0.1\tit\tit\tPRON\r\n1\tgo\tgo\tVERB\r\n";
  Tags data = tagged(text, {{"token_column", std::int64_t{2}}, {"tag_column", std::int64_t{4}}});
  SAME(data.fields()[1].class_names, Words{"", "AUX", "PART", "VERB"});
  SAME(data.measure(TRG_TRAIN, {0, 1}), std::vector<std::int64_t>{3, 1});
  SAME(data.y(TRG_TRAIN, {0, 1}), Ids{1, 2, 3, 3, 0, 0});
  // The first field is the token, or does not number the words.
  SAME(tagged("1-2\tCD\n3.1\tCD\n").measure(TRG_TRAIN, {0}), std::vector<std::int64_t>{2});
  for (const char* other : {"1-2\ta\tX\n5\tb\tX\n", "3.1\ta\tX\n1\tb\tX\n", "1\ta\tX\n1.\tb\tX\n", "2-1\ta\tX\n1\tb\tX\n", "1-2\ta\tX\nx\tb\tX\n"})
    BOOST_TEST_CONTEXT(other) SAME(tagged(other, {{"token_column", std::int64_t{2}}}).measure(TRG_TRAIN, {0}), std::vector<std::int64_t>{2});
}

BOOST_AUTO_TEST_CASE(marks_of_documents_are_no_sentences) {
  Tags data = tagged("-DOCSTART- -X- O O\n\nEU NNP B-NP B-ORG\n\n-DOCSTART- -X- O O\n\n", {{"tag_column", std::int64_t{2}}});
  BOOST_TEST(data.count(TRG_TRAIN) == 1);
  SAME(data.fields()[1].class_names, Words{"", "NNP"});
  BOOST_TEST(says(refused([] { tagged("-DOCSTART- O\n\n"); }), "expected sentences, found none"));
}

BOOST_AUTO_TEST_CASE(small_letters_are_asked_for_and_keep_punctuation) {
  GivenOptions options = in_line;
  options["lower_case"] = true;
  Tags data = tagged("\xc3\x89t\xc3\xa9/NN \xc3\xa9t\xc3\xa9/NN ,/, \xc5\x8a\xc3\x80/NN \xc5\x8b\xc3\xa0/NN", options);
  SAME(data.x(TRG_TRAIN, {0}), Ids{3, 3, 4, 2, 2});
}

BOOST_AUTO_TEST_CASE(tags_and_tokens_come_from_training_sentences_and_travel) {
  GivenOptions options = in_line;
  options["test"] = folder().write("test.txt", "a/X new/Y");
  Tags data = tagged("a/X b/Y\nc/X", options);
  const std::string learnt = data.fit({0});
  SAME(data.x(TRG_TRAIN, {1}), Ids{1, 0});
  SAME(data.x(TRG_TEST, {0}), Ids{3, 1});
  Tags other = tagged("z/Y z/X", options);
  other.restore(learnt);
  SAME(other.x(TRG_TEST, {0}), Ids{3, 1});
  SAME(other.y(TRG_TRAIN, {0}), Ids{2, 1});
  for (std::size_t cut = 0; cut < learnt.size(); ++cut) BOOST_TEST(refused([&] { other.restore(learnt.substr(0, cut)); }).code == TRG_BAD_DATA);
  options["test"] = folder().write("odd.txt", "a/X\nb/Q");
  const Refused e = refused([&] { tagged("a/X", options); });
  BOOST_TEST(e.where == folder() / "odd.txt:2");
  BOOST_TEST(says(e, "one of the 1 tags of the training file in this sentence, found \"Q\""));
}

BOOST_AUTO_TEST_CASE(files_that_are_wrong_are_refused_with_their_place) {
  Refused e = refused([] { tagged("a\tX\nb\n"); });
  BOOST_TEST(e.code == TRG_BAD_DATA);
  BOOST_TEST(e.where == folder() / "tagged.txt:2");
  BOOST_TEST(says(e, "expected a token and its tag (fields 1 and -1), found \"b\""));
  BOOST_TEST(refused([] { tagged("the/DT\n"); }).hint == "form = \"inline\"");
  e = refused([] { tagged("a/X\nb/ c/Y\n", in_line); });
  BOOST_TEST(e.where == folder() / "tagged.txt:2");
  BOOST_TEST(says(e, "expected token/tag, found \"b/\""));
  BOOST_TEST(says(refused([] { tagged("\n\n"); }), "expected sentences, found none"));
  BOOST_TEST(says(refused([] { Tags({{"train", folder() / "no.txt"}}); }), "no such file"));
  BOOST_TEST(refused([] { tagged("a b\n", {{"tag_column", std::int64_t{0}}}); }).where == "tag_column");
}

BOOST_AUTO_TEST_CASE(tagged_sentences_of_a_debian_package_are_read_in_place) {
  const std::string corpora = debian_folder("usr/share/doc/python3-pattern/test/corpora", "python3-pattern");
  if (corpora.empty()) return;
  for (const char* file : {"tagged-en-wsj.txt", "tagged-en-oanc.txt", "tagged-fr-wikinews.txt", "tagged-de-tiger.txt", "tagged-es-wikicorpus.txt", "tagged-it-wacky.txt"}) {
    Tags data({{"train", corpora + file}, {"form", Text("inline")}, {"maxlen", std::int64_t{40}}});
    BOOST_TEST_CONTEXT(file) BOOST_TEST(data.count(TRG_TRAIN) > 100);
  }
}

BOOST_AUTO_TEST_CASE(sentences_of_a_bucket_are_padded_and_cut_to_its_length) {
  const std::vector<std::int64_t> buckets = {2, 3};
  GivenOptions options = in_line;
  options["buckets"] = buckets;
  Tags data = tagged("a/A b/B\na/A\na/A b/B c/C d/D\n", options);
  BOOST_TEST(data.buckets() == buckets, boost::test_tools::per_element());
  BOOST_TEST(data.fields()[0].shape == (std::vector<std::int64_t>{-1}), boost::test_tools::per_element());
  BOOST_TEST(data.fields()[1].shape == (std::vector<std::int64_t>{-1}), boost::test_tools::per_element());
  BOOST_TEST(data.measure(TRG_TRAIN, {2, 0, 1}) == (std::vector<std::int64_t>{4, 2, 1}), boost::test_tools::per_element());
  data.pad_to(2);
  SAME(data.y(TRG_TRAIN, {0, 1}), Ids{1, 2, 1, 0});
  data.pad_to(3);
  SAME(data.y(TRG_TRAIN, {2, 1}), Ids{1, 2, 3, 1, 0, 0});
  BOOST_TEST(data.x(TRG_TRAIN, {1})[1] == 0);
}

BOOST_AUTO_TEST_CASE(new_sentences_need_no_tags_and_no_training_file) {
  Tags trained = tagged("the/DT cat/NN ate/VB\nthe/DT dog/NN", in_line);
  const std::string learnt = trained.fit({0, 1});
  GivenOptions options = in_line;
  options["train"] = Text("/gone/tagged.txt");
  const auto open = [&](Words paths, Words texts) { return Dataset("datasets_tags", "teranga.tags", options, NewSamples{learnt, std::move(paths), std::move(texts)}); };
  Dataset typed = open({}, {"the dog", "a cat ate the dog"});
  BOOST_TEST(typed.fields()[1].absent);
  SAME(typed.fields()[1].class_names, Words{"", "DT", "NN", "VB"});
  SAME(typed.fill<std::int32_t>(TRG_TEST, {0, 1}, 0), Ids{2, 3, 0, 1, 4, 5});
  Dataset lines = open({folder().write("lines.txt", "the dog\n")}, {});
  SAME(lines.fill<std::int32_t>(TRG_TEST, {0}, 0), Ids{2, 3, 0});
  Dataset with_tags = open({folder().write("new.tagged", "the/DT dog/NN\n")}, {});
  BOOST_TEST(!with_tags.fields()[1].absent);
  SAME(with_tags.fill<std::int32_t>(TRG_TEST, {0}, 1), Ids{1, 2, 0});
  Dataset tags_in_text = open({folder().write("new.txt", "the/DT dog/NN\n")}, {});
  BOOST_TEST(!tags_in_text.fields()[1].absent);
  SAME(tags_in_text.fill<std::int32_t>(TRG_TEST, {0}, 1), Ids{1, 2, 0});
  BOOST_TEST(open({folder().write("other.tagged", "the/ART dog/NN\n")}, {}).fields()[1].absent);
  BOOST_TEST(trained.knowledge(learnt)[1].second == ", DT, NN, VB");
}

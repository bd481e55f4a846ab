// SPDX-License-Identifier: Apache-2.0
// The data set `pairs`: sentences and their translations, by hand.
#include <boost/test/unit_test.hpp>

#include "plugin_under_test.hpp"

namespace {

using namespace teranga::test;
using Words = std::vector<std::string>;
using Ids = std::vector<std::int32_t>;
using Text = std::string;
using Shape = std::vector<std::int64_t>;

struct Pairs : Dataset {
  explicit Pairs(const GivenOptions& options) : Dataset("datasets_pairs", "teranga.pairs", options) {}
  Ids source(std::int32_t part, const std::vector<std::int64_t>& samples) { return fill<std::int32_t>(part, samples, 0); }
  Ids input(std::int32_t part, const std::vector<std::int64_t>& samples) { return fill<std::int32_t>(part, samples, 1); }
  Ids y(std::int32_t part, const std::vector<std::int64_t>& samples) { return fill<std::int32_t>(part, samples, 2); }
};

const Folder& folder() {
  static const Folder folder;
  return folder;
}

Pairs table(const std::string& tsv, GivenOptions more = {}) {
  more["train"] = folder().write("pairs.tsv", tsv);
  return Pairs(more);
}

bool says(const Refused& e, const std::string& said) { return std::string(e.what()).find(said) != std::string::npos; }

#define SAME(found, ...) BOOST_TEST(found == (__VA_ARGS__), boost::test_tools::per_element())

}  // namespace

BOOST_AUTO_TEST_CASE(the_decoder_is_fed_the_target_one_step_late) {
  Pairs data = table("Go.\tVa !\nI go.\tJe vais, va !\n");
  const auto fields = data.fields();
  SAME(fields[0].shape, Shape{2});
  SAME(fields[1].shape, Shape{4});
  BOOST_TEST(fields[1].role == TRG_FEATURE);
  BOOST_TEST(fields[0].classes == 6);  // ids: the four that are reserved, go, i
  BOOST_TEST(fields[1].classes == 7);
  SAME(fields[2].class_names, Words{"", "[START]", "[END]", "[UNK]", "va", "vais", "je"});
  SAME(data.source(TRG_TRAIN, {0, 1}), Ids{4, 0, 5, 4});
  SAME(data.input(TRG_TRAIN, {0, 1}), Ids{1, 4, 0, 0, 1, 6, 5, 4});
  SAME(data.y(TRG_TRAIN, {0, 1}), Ids{4, 2, 0, 0, 6, 5, 4, 2});
}

BOOST_AUTO_TEST_CASE(lengths_cut_the_end_of_sentences_and_never_the_end_token) {
  Pairs data = table("a b c\td e f\n", {{"source_length", std::int64_t{2}}, {"target_length", std::int64_t{3}}});
  SAME(data.source(TRG_TRAIN, {0}), Ids{6, 5});  // c, b, a: equally frequent
  SAME(data.input(TRG_TRAIN, {0}), Ids{1, 6, 5});
  SAME(data.y(TRG_TRAIN, {0}), Ids{6, 5, 2});
  Pairs front = table("a b\tx\n", {{"source_length", std::int64_t{4}}, {"source_padding", Text("pre")}});
  SAME(front.source(TRG_TRAIN, {0}), Ids{0, 0, 5, 4});
}

BOOST_AUTO_TEST_CASE(two_files_are_read_line_by_line) {
  const std::string wolof = folder().write("wo.txt", "Nanga def ?\r\nJ\xc3\xab" "r\xc3\xab" "j\xc3\xab" "f\r\n"), french = folder().write("fr.txt", "Comment vas-tu ?\nMerci");
  Pairs data({{"train", wolof}, {"train_target", french}});
  BOOST_TEST(data.count(TRG_TRAIN) == 2);
  SAME(data.fields()[2].class_names, Words{"", "[START]", "[END]", "[UNK]", "vas", "tu", "merci", "comment"});
  SAME(data.y(TRG_TRAIN, {1}), Ids{6, 2, 0, 0});
  const std::string three = folder().write("three.txt", "a\nb\nc\n");
  const Refused e = refused([&] { Pairs({{"train", wolof}, {"train_target", three}}); });
  BOOST_TEST(e.where == three);
  BOOST_TEST(says(e, "expected 2 lines"));
  BOOST_TEST(refused([&] { Pairs({{"train", wolof}, {"train_target", french}, {"test_target", french}}); }).where == "test_target");
}

BOOST_AUTO_TEST_CASE(equal_and_empty_pairs_are_left_out_and_counted) {
  const std::string tsv = "Taxi!\ttaxi\nyes\toui\n...\tvide\nno\tnon\n";
  logged().clear();
  Pairs data = table(tsv, {{"drop_equal", true}});
  BOOST_TEST(data.count(TRG_TRAIN) == 2);
  SAME(logged(), Words{"before validation_split: 2 training and 0 test pairs", "1 pairs of equal sides were left out", "1 pairs with a side without words were left out"});
  BOOST_TEST(table(tsv).count(TRG_TRAIN) == 3);
}

BOOST_AUTO_TEST_CASE(tables_may_have_names_quotes_and_more_columns) {
  Pairs data = table("id\tfr\ten\n1\t\"Oui\", dit-il.\t\"Yes\", he said.\n2\tnon\tno\n", {{"source_column", Text("en")}, {"target_column", Text("fr")}});
  BOOST_TEST(data.count(TRG_TRAIN) == 2);
  SAME(data.fields()[0].shape, Shape{3});
  BOOST_TEST(table("\"a, b\",c\nd,\"e \"\"f\"\"\"\n", {{"separator", Text(",")}}).count(TRG_TRAIN) == 2);
  Refused e = refused([] { table("a\tb\nc\n"); });
  BOOST_TEST(e.where == folder() / "pairs.tsv:2");
  BOOST_TEST(says(e, "expected 2 cells or more between tabs, found 1"));
  BOOST_TEST(refused([] { table("a b\n"); }).where == "target_column");
  BOOST_TEST(says(refused([] { table("...\t!\n"); }), "none that is kept"));
  BOOST_TEST(says(refused([] { Pairs({{"train", folder() / "no.tsv"}}); }), "no such file"));
}

BOOST_AUTO_TEST_CASE(a_cell_that_holds_the_number_of_a_column_does_not_part_pairs_otherwise) {
  Pairs data = table("2,5;1,2;fine\n3,5;1,2;poor\n", {{"separator", Text("auto")}, {"source_column", Text("2")}, {"target_column", Text("3")}});
  BOOST_TEST(data.count(TRG_TRAIN) == 2);
  SAME(data.fields()[2].class_names, Words{"", "[START]", "[END]", "[UNK]", "poor", "fine"});
}

BOOST_AUTO_TEST_CASE(vocabularies_are_learnt_from_training_samples_alone_and_travel) {
  Pairs data = table("a\tx\nb\ty\nc c c\tz z\n", {{"test_split", 0.34}});
  BOOST_TEST(data.count(TRG_TEST) == 2);
  Pairs whole = table("a\tx\nb\ty\nc c c\tz z\n");
  const std::string learnt = whole.fit({0, 1});
  SAME(whole.source(TRG_TRAIN, {2}), Ids{3});
  SAME(whole.y(TRG_TRAIN, {2}), Ids{3, 2});
  Pairs other = table("b\tz y\n");
  other.restore(learnt);
  SAME(other.source(TRG_TRAIN, {0}), Ids{4});
  SAME(other.y(TRG_TRAIN, {0}), Ids{3, 2});
  for (std::size_t cut = 0; cut < learnt.size(); ++cut) BOOST_TEST(refused([&] { other.restore(learnt.substr(0, cut)); }).code == TRG_BAD_DATA);
}

BOOST_AUTO_TEST_CASE(both_sides_offer_their_vocabulary) {
  Pairs data = table("Go.\tVa !\nI go.\tJe vais, va !\n");
  const auto fields = data.token_fields();
  BOOST_REQUIRE(fields.size() == 2);
  BOOST_TEST((fields[0].role == TRG_TEXT_SOURCE && fields[0].ids == 6 && fields[0].steps == 2 && fields[0].unknown == 3 && fields[0].start == -1));
  BOOST_TEST((fields[1].role == TRG_TEXT_SO_FAR && fields[1].ids == 7 && fields[1].steps == 4 && fields[1].start == 1 && fields[1].end == 2 && fields[1].padding == 0));
  SAME(data.encode(0, "We go!"), Ids{3, 4});
  SAME(data.encode(1, "Va, va"), Ids{4, 4});
  BOOST_TEST(data.decode(1, {1, 6, 5, 4, 2, 0}) == "[START] je vais va [END]");
  auto laid = data.lay<std::int32_t>(0, {4, 5, 4}, 2);
  SAME(laid.first, Ids{4, 5});  // of a source the begin is kept
  laid = data.lay<std::int32_t>(1, {1, 6}, 4);
  SAME(laid.first, Ids{1, 6, 0, 0});
  BOOST_TEST(laid.second == 1);
  Pairs front = table("Go.\tVa !\nI go.\tJe vais, va !\n", {{"source_padding", Text("pre")}});
  SAME(front.lay<std::int32_t>(0, {4}, 2).first, Ids{0, 4});
}

BOOST_AUTO_TEST_CASE(pairs_of_a_bucket_have_both_sides_padded_and_cut_to_its_length) {
  const std::vector<std::int64_t> buckets = {2, 3};
  Pairs data = table("a\tx\na b c\tx\na\tx y z\n", {{"buckets", buckets}});
  BOOST_TEST(data.buckets() == buckets, boost::test_tools::per_element());
  for (const auto& field : data.fields()) SAME(field.shape, Shape{-1});
  BOOST_TEST(data.measure(TRG_TRAIN, {0, 1, 2}) == (std::vector<std::int64_t>{2, 3, 4}), boost::test_tools::per_element());
  data.pad_to(2);
  SAME(data.source(TRG_TRAIN, {0}), Ids{4, 0});
  SAME(data.input(TRG_TRAIN, {0}), Ids{1, 4});
  SAME(data.y(TRG_TRAIN, {0}), Ids{4, 2});
  data.pad_to(3);
  SAME(data.source(TRG_TRAIN, {1}), Ids{4, 6, 5});  // c, b: equally frequent
  SAME(data.input(TRG_TRAIN, {2}), Ids{1, 4, 6});
  SAME(data.y(TRG_TRAIN, {2}), Ids{4, 6, 2});
  for (const auto& field : data.token_fields()) BOOST_TEST(field.steps == 3);  // a text that is written has room for the longest
  for (const char* length : {"source_length", "target_length"})
    BOOST_TEST(says(refused([&] { table("a\tx\n", {{"buckets", buckets}, {length, std::int64_t{3}}}); }), "the longest of the buckets, 3"));
}

BOOST_AUTO_TEST_CASE(new_pairs_and_sources_alone_need_no_training_file) {
  Pairs trained = table("Go.\tVa !\nI go.\tJe vais, va !\n");
  const std::string learnt = trained.fit({0, 1});
  const GivenOptions options = {{"train", Text("/gone/pairs.tsv")}};
  const auto open = [&](Words paths, Words texts) { return Dataset("datasets_pairs", "teranga.pairs", options, NewSamples{learnt, std::move(paths), std::move(texts)}); };
  Dataset typed = open({}, {"I go", "", "you go"});
  BOOST_TEST(typed.count(TRG_TEST) == 3);
  BOOST_TEST(typed.fields()[2].absent);
  SAME(typed.fill<std::int32_t>(TRG_TEST, {0, 1, 2}, 0), Ids{5, 4, 0, 0, 3, 4});
  SAME(typed.fill<std::int32_t>(TRG_TEST, {0}, 1), Ids{1, 0, 0, 0});
  SAME(open({folder().write("sources.txt", "I go\n")}, {}).fill<std::int32_t>(TRG_TEST, {0}, 0), Ids{5, 4});
  Dataset both = open({folder().write("new.tsv", "I go.\tJe vais, va !\n")}, {});
  BOOST_TEST(!both.fields()[2].absent);
  SAME(both.fill<std::int32_t>(TRG_TEST, {0}, 2), Ids{6, 5, 4, 2});
  Dataset tabs = open({folder().write("new.txt", "I go.\tJe vais, va !\n")}, {});
  SAME(tabs.fill<std::int32_t>(TRG_TEST, {0}, 0), Ids{5, 4});
  SAME(tabs.fill<std::int32_t>(TRG_TEST, {0}, 2), Ids{6, 5, 4, 2});
  Dataset files = open({folder().write("s.txt", "I go\n"), folder().write("t.txt", "va\n")}, {});
  SAME(files.fill<std::int32_t>(TRG_TEST, {0}, 2), Ids{4, 2, 0, 0});
  BOOST_TEST(trained.knowledge(learnt).size() == 4U);
}

BOOST_AUTO_TEST_CASE(the_separator_of_the_training_parts_new_pairs_and_edition_1_is_still_read) {
  const GivenOptions judged = {{"separator", Text("auto")}, {"source_column", Text("english")}, {"target_column", Text("french")}};
  const std::string text = "english;french\nGo, you.;Va !\nI go.;Je vais, va !\n", learnt = table(text, judged).fit({0, 1});
  const auto open = [&](const std::string& bytes, const std::string& fresh) {
    GivenOptions options = judged;
    options["train"] = Text("/gone/pairs.csv");
    return Dataset("datasets_pairs", "teranga.pairs", options, NewSamples{bytes, {folder().write("new.csv", fresh)}, {}}).fill<std::int32_t>(TRG_TEST, {0}, 2);
  };
  const Ids expected = open(learnt, text);
  SAME(open(learnt, "english;french\nGo, you;Va, !\nI, go;Va\n"), expected);  // commas part these lines as well
  SAME(open(learnt, "english|french\nGo|Va\n"), expected);
  const std::string signature = "teranga.pairs 2\n";
  BOOST_TEST(learnt.starts_with(signature));
  SAME(open("teranga.pairs 1\n" + learnt.substr(signature.size() + 2), text), expected);
}

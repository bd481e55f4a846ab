// SPDX-License-Identifier: Apache-2.0
// The data set `language`: steps of a text and what comes next, by hand.
#include <boost/test/unit_test.hpp>

#include <tuple>

#include "plugin_under_test.hpp"

namespace {

using namespace teranga::test;
using Words = std::vector<std::string>;
using Floats = std::vector<float>;
using Ids = std::vector<std::int32_t>;
using Text = std::string;

struct Language : Dataset {
  explicit Language(const GivenOptions& options) : Dataset("datasets_language", "teranga.language", options) {}
  Ids x(std::int32_t part, const std::vector<std::int64_t>& samples) { return fill<std::int32_t>(part, samples, 0); }
  Ids y(std::int32_t part, const std::vector<std::int64_t>& samples) { return fill<std::int32_t>(part, samples, 1); }
};

const Folder& folder() {
  static const Folder folder;
  return folder;
}

Language text(const std::string& content, std::int64_t length, GivenOptions more = {}) {
  more["train"] = Words{folder().write("a.txt", content)};
  more["length"] = length;
  return Language(more);
}

bool says(const Refused& e, const std::string& said) { return std::string(e.what()).find(said) != std::string::npos; }

#define SAME(found, ...) BOOST_TEST(found == (__VA_ARGS__), boost::test_tools::per_element())

}  // namespace

BOOST_AUTO_TEST_CASE(the_target_of_a_step_is_the_next_one) {
  Language data = text("abcabcab", 3);  // its samples hold seven: a 3 times, b and c twice; equally frequent ones by bytes, descending
  BOOST_TEST(data.count(TRG_TRAIN) == 2);
  SAME(data.fields()[1].class_names, Words{"", "[UNK]", "a", "c", "b"});
  SAME(data.x(TRG_TRAIN, {0, 1}), Ids{2, 4, 3, 2, 4, 3});
  SAME(data.y(TRG_TRAIN, {0, 1}), Ids{4, 3, 2, 4, 3, 2});
  Language overlapping = text("abcabcab", 3, {{"stride", std::int64_t{1}}});
  BOOST_TEST(overlapping.count(TRG_TRAIN) == 5);
  SAME(overlapping.fields()[1].class_names, Words{"", "[UNK]", "b", "a", "c"});  // all eight now; equally frequent: b before a
  SAME(overlapping.x(TRG_TRAIN, {4}), Ids{2, 4, 3});
  SAME(overlapping.y(TRG_TRAIN, {4}), Ids{4, 3, 2});
}

BOOST_AUTO_TEST_CASE(words_tell_the_last_step_only_where_that_is_asked_for) {
  Language data = text("This morning I took my cat for a walk\n", 8, {{"level", Text("word")}, {"predict", Text("last")}, {"standardize", Text("unicode")}});
  BOOST_TEST(data.count(TRG_TRAIN) == 1);
  const auto fields = data.fields();
  BOOST_TEST(fields[1].shape.empty());
  const Ids y = data.y(TRG_TRAIN, {0});
  BOOST_TEST(fields[1].class_names[static_cast<std::size_t>(y[0])] == "walk");
  const Ids x = data.x(TRG_TRAIN, {0});
  BOOST_TEST(fields[1].class_names[static_cast<std::size_t>(x[5])] == "cat");
}

BOOST_AUTO_TEST_CASE(rows_of_a_one_may_stand_for_ids) {
  Language data = text("aba", 2, {{"encoding", Text("one_hot")}});
  SAME(data.fields()[0].shape, std::vector<std::int64_t>{2, 4});
  BOOST_TEST(data.fields()[0].classes == 0);  // they are no ids
  SAME(data.fill<float>(TRG_TRAIN, {0}, 0), Floats{0, 0, 1, 0, 0, 0, 0, 1});
}

BOOST_AUTO_TEST_CASE(the_end_of_the_text_is_the_test_part_and_unknown_to_the_vocabulary) {
  Language data = text("aabbaabbaabbcczz", 1, {{"validation_share", 0.125}, {"test_split", 0.125}});
  BOOST_TEST(data.count(TRG_TRAIN) == 11);
  BOOST_TEST(data.count(TRG_VALIDATION) == 1);
  BOOST_TEST(data.count(TRG_TEST) == 1);
  for (const auto& field : data.fields()) BOOST_TEST(field.classes == 4);
  SAME(data.x(TRG_VALIDATION, {0}), Ids{1});
  SAME(data.y(TRG_TEST, {0}), Ids{1});
}

BOOST_AUTO_TEST_CASE(a_sample_never_reaches_over_the_end_of_a_file) {
  Language data({{"train", Words{folder().write("1.txt", "abab"), folder().write("2.txt", "cdcd")}}, {"length", std::int64_t{2}}, {"stride", std::int64_t{1}}});
  BOOST_TEST(data.count(TRG_TRAIN) == 4);
  const auto names = data.fields()[1].class_names;
  for (std::int64_t sample = 0; sample < 4; ++sample)
    for (const std::int32_t id : data.y(TRG_TRAIN, {sample})) BOOST_TEST((sample < 2 ? Text("ab") : Text("cd")).find(names[static_cast<std::size_t>(id)]) != Text::npos);
}

BOOST_AUTO_TEST_CASE(letters_are_code_points) {
  Language data = text("\xc3\xab\xc5\x8b\xc3\xab\xff", 3);
  SAME(data.fields()[1].class_names, Words{"", "[UNK]", "\xc3\xab", "\xef\xbf\xbd", "\xc5\x8b"});
  BOOST_TEST(logged().back() == "1 places are no UTF-8; each became U+FFFD");
}

BOOST_AUTO_TEST_CASE(what_was_learnt_travels) {
  Language data = text("abcabcabd", 2, {{"stride", std::int64_t{1}}});
  const std::string learnt = data.fit({0, 1, 2});
  BOOST_TEST(data.fields()[1].classes == 5);
  SAME(data.y(TRG_TRAIN, {6}), Ids{2, 1});  // b, then d, which only the last sample has
  Language other = text("xbca", 2);
  other.restore(learnt);
  SAME(other.x(TRG_TRAIN, {0}), Ids{1, 2});
  for (std::size_t cut = 0; cut < learnt.size(); ++cut) BOOST_TEST(refused([&] { other.restore(learnt.substr(0, cut)); }).code == TRG_BAD_DATA);
}

BOOST_AUTO_TEST_CASE(texts_that_are_too_short_or_missing_are_refused) {
  Refused e = refused([] { text("abc", 3); });
  BOOST_TEST(e.code == TRG_BAD_DATA);
  BOOST_TEST(says(e, "expected a text of 4 characters or more in the training part"));
  BOOST_TEST(e.hint == "length = 2");
  BOOST_TEST(says(refused([] { text("abcdefgh", 3, {{"test_split", 0.1}}); }), "in the test part"));
  BOOST_TEST(says(refused([] { text("", 3); }), "expected characters, found none"));
  BOOST_TEST(says(refused([] { Language({{"train", Words{folder() / "no.txt"}}, {"length", std::int64_t{1}}}); }), "no such file"));
  BOOST_TEST(refused([] { text("abcdef", 1, {{"test_split", 0.5}, {"test", Words{folder().write("t.txt", "xyz")}}}); }).where == "test_split");
  BOOST_TEST(refused([] { text("abcdef", 1, {{"test_split", 0.5}, {"validation_share", 0.5}}); }).where == "validation_share");
}

BOOST_AUTO_TEST_CASE(a_packed_text_is_read_up_to_a_hundred_times_its_size) {
  // The end of a packed megabyte lets the whole be repeated: gzip files may follow one another.
  const std::string packed = gzip(std::string(1 << 20, 'a') + "\n");
  std::string bomb;
  for (int i = 0; i < 300; ++i) bomb += packed;
  const Refused e = refused([&] { text(bomb, 8); });
  BOOST_TEST(e.code == TRG_BAD_DATA);
  BOOST_TEST(e.where == folder() / "a.txt");
  BOOST_TEST(says(e, "unpack to more than 100 times as many"));
  BOOST_TEST(text(packed, 8).count(TRG_TRAIN) > 0);
}

BOOST_AUTO_TEST_CASE(a_typed_text_becomes_ids_and_ids_a_text) {
  Language letters = text("abcab\ncab", 3);  // seven steps are learnt from: c, b and a twice, the line end once
  SAME(letters.encode(0, "ab?c"), Ids{4, 3, 1, 2});
  BOOST_TEST(letters.decode(0, {0, 4, 3, 1, 2}) == "ab[UNK]c");
  const auto field = letters.token_fields().at(0);
  BOOST_TEST((field.field == 0 && field.role == TRG_TEXT_SO_FAR && field.ids == 6 && field.steps == 3));
  BOOST_TEST((field.padding == 0 && field.unknown == 1 && field.start == -1 && field.end == -1 && field.first == 5));  // behind a line end
  Language words = text("The cat. The dog!", 1, {{"level", Text("word")}, {"standardize", Text("unicode")}, {"num_words", std::int64_t{8}}});
  SAME(words.encode(0, "the CAT, a bird"), Ids{2, 4, 1, 1});
  BOOST_TEST(words.decode(0, {2, 4}) == "the cat");
  BOOST_TEST((words.token_fields()[0].first == 1 && words.token_fields()[0].ids == 5));  // ids 5 to 7 stand for nothing
  BOOST_TEST(says(refused([&] { words.decode(0, {8}); }), "expected ids from 0 to 7, found 8"));
  BOOST_TEST(says(refused([&] { words.decode(0, {-1}); }), "found -1"));
}

BOOST_AUTO_TEST_CASE(a_restored_vocabulary_knows_words_that_the_files_have_not) {
  const std::string learnt = text("abcab", 3).fit({0});
  Language other = text("xxxxx", 3);
  other.restore(learnt);
  SAME(other.encode(0, "abx"), Ids{2, 4, 1});
  BOOST_TEST(other.decode(0, {2, 4}) == "ab");
}

BOOST_AUTO_TEST_CASE(a_text_to_go_on_from_is_laid_into_a_sample) {
  Language each = text("abcabcab", 4);  // a 4, b 3, c 2
  auto [x, last] = each.lay<std::int32_t>(0, {2, 3}, 4);
  SAME(x, Ids{2, 3, 0, 0});  // begins where samples begin
  BOOST_TEST(last == 1);
  std::tie(x, last) = each.lay<std::int32_t>(0, {1, 2, 3, 4, 3}, 4);
  SAME(x, Ids{2, 3, 4, 3});  // the window moves on
  BOOST_TEST(last == 3);
  Language after = text("abcabcab", 4, {{"predict", Text("last")}});
  std::tie(x, last) = after.lay<std::int32_t>(0, {2, 3}, 4);
  SAME(x, Ids{0, 0, 2, 3});  // ends where samples end
  BOOST_TEST(last == 3);
  Language rows = text("abab", 2, {{"encoding", Text("one_hot")}});
  const auto [ones, at] = rows.lay<float>(0, {3}, 8);
  SAME(ones, Floats{0, 0, 0, 1, 1, 0, 0, 0});
  BOOST_TEST(at == 0);
}

BOOST_AUTO_TEST_CASE(a_typed_text_is_one_sample_and_a_file_is_cut_as_the_training_is) {
  Language trained = text("abcabcab", 3);
  const std::string learnt = trained.fit({0, 1});
  GivenOptions options{{"train", Words{"/gone/a.txt"}}, {"length", std::int64_t{3}}};
  Dataset typed("datasets_language", "teranga.language", options, NewSamples{learnt, {}, {"ab", "cabc", "x"}});
  BOOST_TEST(typed.count(TRG_TEST) == 3);
  BOOST_TEST(typed.fields()[1].absent);
  SAME(typed.fill<std::int32_t>(TRG_TEST, {0, 1, 2}, 0), Ids{2, 4, 0, 2, 4, 3, 1, 0, 0});
  Dataset file("datasets_language", "teranga.language", options, NewSamples{learnt, {folder().write("new.txt", "abcabcab")}, {}});
  BOOST_TEST(!file.fields()[1].absent);
  SAME(file.fill<std::int32_t>(TRG_TEST, {1}, 1), Ids{4, 3, 2});
  BOOST_TEST(trained.knowledge(learnt)[0].first == "vocabulary");
}

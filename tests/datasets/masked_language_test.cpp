// SPDX-License-Identifier: Apache-2.0
// The data set `masked_language`: how texts become samples, what is hidden and how often, by hand and by counting, and what it says about what is wrong.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "text_under_test.hpp"

namespace {

using namespace teranga::test;
using namespace teranga::test::texts;
using Number = std::int64_t;

const std::string marks = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";
constexpr std::int32_t cls = 2, sep = 3, mask = 4;

struct Masked : Dataset {
  explicit Masked(const GivenOptions& options) : Dataset("datasets_masked_language", "teranga.masked_language", options) {}
  Masked(const GivenOptions& options, const NewSamples& input) : Dataset("datasets_masked_language", "teranga.masked_language", options, input) {}
  Ids get(std::int32_t part, const std::vector<Number>& samples, std::size_t field) { return fill<std::int32_t>(part, samples, field); }
};

GivenOptions given(const std::string& text, GivenOptions more = {}) {
  more["train"] = Words{folder().write("text.txt", text)};
  more.emplace("length", Number{16});
  return more;
}

// Two documents of one-letter words: a to h, each a sentence, and i to p.
GivenOptions letters(GivenOptions more = {}) {
  std::string text, pieces = marks;
  for (char c = 'a'; c <= 'p'; ++c) {
    text += std::string(1, c) + '\n' + (c == 'h' ? "\n" : "");
    pieces += std::string(1, c) + '\n';
  }
  more.emplace("vocabulary", folder().write("letters.txt", pieces));
  more.emplace("sentences", Text("lines"));
  more.emplace("words", Number{8});
  return given(text, more);
}

// The steps of sample 0 with what was hidden.
Ids restored(Masked& data, std::int32_t part, Number sample) {
  Ids x = data.get(part, {sample}, 0);
  const Ids places = data.get(part, {sample}, 2), masked = data.get(part, {sample}, 3);
  for (std::size_t i = 0; i < places.size(); ++i)
    if (masked[i] >= 0) x[static_cast<std::size_t>(places[i])] = masked[i];
  return x;
}

Number samples_of(const std::string& text) {
  Masked data(given(text, {{"next_sentence", false}, {"words", Number{1}}, {"num_words", Number{200}}}));
  return data.count(TRG_TRAIN);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_sample_is_two_stretches_of_which_the_second_follows_or_comes_from_elsewhere) {
  Masked data(letters({{"length", Number{24}}}));
  BOOST_TEST(data.count(TRG_TRAIN) == 2);
  std::array<int, 2> kinds{};
  std::set<std::size_t> cuts;
  for (std::uint64_t key = 1; key <= 400; ++key) {
    data.draw_with(key);
    const Ids x = restored(data, TRG_TRAIN, 0), segments = data.get(TRG_TRAIN, {0}, 1);
    const std::int32_t other = data.get(TRG_TRAIN, {0}, 4)[0];
    ++kinds[static_cast<std::size_t>(other)];
    const std::size_t cut = static_cast<std::size_t>(std::find(x.begin(), x.end(), sep) - x.begin()), end = static_cast<std::size_t>(std::find(x.begin() + static_cast<std::ptrdiff_t>(cut) + 1, x.end(), sep) - x.begin());
    BOOST_TEST_REQUIRE(end < x.size());
    cuts.insert(cut);
    BOOST_TEST(x[0] == cls);
    for (std::size_t t = 1; t < cut; ++t) BOOST_TEST(x[t] == 4 + static_cast<std::int32_t>(t));  // a is 5
    const std::int32_t first = x[cut + 1];
    BOOST_TEST((other ? first >= 13 && first <= 20 : first == 4 + static_cast<std::int32_t>(cut)));
    for (std::size_t t = cut + 1; t < end; ++t) BOOST_TEST(x[t] == first + static_cast<std::int32_t>(t - cut - 1));
    BOOST_TEST(x[end - 1] == (other ? 20 : 12));  // to the end of its document
    for (std::size_t t = 0; t < x.size(); ++t) BOOST_TEST(segments[t] == (t > cut && t <= end ? 1 : 0));
    BOOST_TEST(std::all_of(x.begin() + static_cast<std::ptrdiff_t>(end) + 1, x.end(), [](std::int32_t id) { return id == 0; }));
  }
  BOOST_TEST(kinds[0] > 150);
  BOOST_TEST(kinds[1] > 150);
  BOOST_TEST(cuts.size() == 7u);  // behind each sentence but the last
}

BOOST_AUTO_TEST_CASE(held_out_samples_are_no_second_stretches) {
  const GivenOptions options = letters({{"words", Number{4}}, {"length", Number{24}}});  // a to d, e to h, i to l, m to p
  Masked trained(options), resumed(options);
  BOOST_TEST(trained.count(TRG_TRAIN) == 4);
  resumed.restore(trained.fit({0, 2}));
  for (Masked* data : {&trained, &resumed}) {
    std::set<std::int32_t> seen;
    for (std::uint64_t key = 1; key <= 300; ++key) {
      data->draw_with(key);
      for (const std::int32_t id : restored(*data, TRG_TRAIN, 0)) seen.insert(id);
    }
    BOOST_TEST((seen == std::set<std::int32_t>{0, cls, sep, 5, 6, 7, 8, 13, 14, 15, 16}));
  }
}

BOOST_AUTO_TEST_CASE(what_does_not_follow_comes_from_another_document_where_there_are_ten) {
  for (const int documents : {9, 10}) {
    std::string text, pieces = marks;
    for (char c = 'a'; c < 'a' + documents; ++c) {
      for (int sample = 0; sample < 3; ++sample) text += std::string(1, c) + '\n' + std::string(1, c) + '\n';
      text += '\n', pieces += std::string(1, c) + '\n';
    }
    Masked data(given(text, {{"vocabulary", folder().write("ten.txt", pieces)}, {"sentences", Text("lines")}, {"words", Number{2}}}));
    BOOST_TEST(data.count(TRG_TRAIN) == 3 * documents);
    int same = 0;
    for (std::uint64_t key = 1; key <= 300; ++key) {
      data.draw_with(key);
      if (data.get(TRG_TRAIN, {1}, 4)[0] == 0) continue;
      const Ids x = restored(data, TRG_TRAIN, 1);  // a, and another
      same += x[3] == x[1];
    }
    BOOST_TEST((same > 0) == (documents < 10));
  }
}

BOOST_AUTO_TEST_CASE(hidden_steps_become_masks_others_or_stay_in_the_shares_of_the_paper) {
  Masked data(letters({{"mask_share", 0.25}, {"next_sentence", false}}));
  BOOST_TEST(data.fields().size() == 4u);
  int hidden = 0, masks = 0, same = 0, places_seen[16] = {};
  constexpr int keys = 3000;
  for (std::uint64_t key = 1; key <= keys; ++key) {
    data.draw_with(key);
    const Ids x = data.get(TRG_TRAIN, {1}, 0), places = data.get(TRG_TRAIN, {1}, 2), masked = data.get(TRG_TRAIN, {1}, 3);
    SAME(places, [&] { Ids sorted = places; std::sort(sorted.begin(), sorted.begin() + 3); return sorted; }());
    BOOST_TEST(masked[3] == -1);  // round(0.25 x 10 steps) of ceil(0.25 x 16) places
    BOOST_TEST(places[3] == 0);
    for (std::size_t i = 0; i < 3; ++i) {
      const auto at = static_cast<std::size_t>(places[i]);
      BOOST_TEST(masked[i] == 12 + places[i]);  // step 1 is i, id 13
      ++hidden, ++places_seen[at];
      masks += x[at] == mask, same += x[at] == masked[i];
      BOOST_TEST((x[at] == mask || x[at] >= 5));
    }
  }
  BOOST_TEST(hidden == 3 * keys);
  BOOST_TEST(std::abs(masks / 9000.0 - 0.8) < 0.02);
  BOOST_TEST(std::abs(same / 9000.0 - (0.1 + 0.1 / 16)) < 0.015);
  BOOST_TEST(places_seen[0] == 0);
  for (int t = 1; t <= 8; ++t) BOOST_TEST(std::abs(places_seen[t] / 3000.0 - 3 / 8.0) < 0.05);
}

BOOST_AUTO_TEST_CASE(draws_belong_to_the_sample_and_the_key_alone_and_an_evaluation_always_hides_the_same) {
  Masked data(letters());
  const auto all = [&](const std::vector<Number>& samples) {
    Ids out;
    for (std::size_t field = 0; field < 5; ++field)
      for (const Number sample : samples) {
        const Ids one = data.get(TRG_TRAIN, {sample}, field);
        out.insert(out.end(), one.begin(), one.end());
      }
    return out;
  };
  const Ids quiet = all({0, 1});
  data.draw_with(7);
  const Ids first = all({0, 1});
  BOOST_TEST(first != quiet);
  for (std::size_t field = 0; field < 5; ++field) {
    const Ids both = data.get(TRG_TRAIN, {1, 0}, field), one = data.get(TRG_TRAIN, {1}, field);
    SAME(Ids(both.begin(), both.begin() + static_cast<std::ptrdiff_t>(one.size())), one);
  }
  data.draw_with(8);
  BOOST_TEST(all({0, 1}) != first);
  data.draw_with(7, 5);
  SAME(all({0, 1}), first);
  data.draw_with(0);
  SAME(all({0, 1}), quiet);
}

BOOST_AUTO_TEST_CASE(whole_words_are_hidden_together) {
  const std::string file = folder().write("halves.txt", marks + "a\n##b\n##c\nd\n");
  Masked data(given("abc d abc d", {{"vocabulary", file}, {"next_sentence", false}, {"whole_words", true}, {"mask_share", 0.3}, {"words", Number{4}}}));
  for (std::uint64_t key = 1; key <= 100; ++key) {
    data.draw_with(key);
    const Ids masked = data.get(TRG_TRAIN, {0}, 3);
    const std::set<std::int32_t> found(masked.begin(), masked.end());
    BOOST_TEST(found.contains(5) == found.contains(6));
    BOOST_TEST(found.contains(5) == found.contains(7));
  }
}

BOOST_AUTO_TEST_CASE(longer_stretches_lose_their_ends_and_long_sentences_are_cut) {
  Masked data(letters({{"length", Number{8}}, {"words", Number{8}}}));
  for (std::uint64_t key = 1; key <= 50; ++key) {
    data.draw_with(key);
    const Ids x = restored(data, TRG_TRAIN, 0);
    BOOST_TEST(x[0] == cls);
    BOOST_TEST(std::count(x.begin(), x.end(), sep) == 2);
    BOOST_TEST(std::count(x.begin(), x.end(), 5) > 0);  // the first stretch keeps its begin
  }
  Masked cut(given("a a a a a a a a a a. b b.", {{"words", Number{4}}, {"num_words", Number{20}}}));
  BOOST_TEST(cut.count(TRG_TRAIN) == 4);  // sentences of 2, 2, 2, 2, 2, 1, 2, 1 words
  const auto is_told = [](const Text& words) { return std::any_of(logged().begin(), logged().end(), [&](const Text& line) { return line.find(words) != line.npos; }); };
  BOOST_TEST(is_told("1 sentence is longer than half of a sample (2 words), and was cut"));  // a point behind a single letter ends none
  Masked two(given("One two three. Four five six. Go.", {{"words", Number{4}}, {"num_words", Number{60}}}));
  BOOST_TEST(is_told("2 sentences are longer than half of a sample (2 words), and were cut"));
}

BOOST_AUTO_TEST_CASE(sentences_end_where_people_see_an_end) {
  BOOST_TEST(samples_of("One. two") == 3);  // one word and a point each: next_sentence = false cuts by words
  const auto sentences = [](const std::string& text) {
    Masked data(given(text, {{"next_sentence", false}, {"length", Number{64}}, {"words", Number{40}}, {"num_words", Number{300}}}));
    const Text line = *std::find_if(logged().rbegin(), logged().rend(), [](const Text& one) { return one.find(" sentences in ") != one.npos; });
    return line.substr(0, line.find(','));
  };
  BOOST_TEST(sentences("He came. She went! Did they? \"Yes.\" No") == "5 sentences in 1 document");
  BOOST_TEST(sentences("Mr. Allen and J. Austen paid 3.50 at 9 a.m. and left. Then e.g. nothing.") == "2 sentences in 1 document");
  BOOST_TEST(sentences("A title\n\nFirst line\nof a sentence... and on. Last") == "3 sentences in 1 document");
  BOOST_TEST(sentences("\xe4\xbd\xa0\xe5\xa5\xbd\xe3\x80\x82\xe4\xbd\xa0\xe5\xa5\xbd\xef\xbc\x81") == "2 sentences in 1 document");
}

BOOST_AUTO_TEST_CASE(pieces_are_learnt_from_training_samples_and_travel_to_new_texts) {
  const GivenOptions options = given("the cat sat. the cat ran.\n\nzebra zebra zebra zebra.", {{"words", Number{8}}, {"num_words", Number{60}}, {"length", Number{12}}, {"most_masked", Number{2}}});
  Masked data(options);
  BOOST_TEST(data.count(TRG_TRAIN) == 2);
  const std::string learnt = data.fit({0});
  const Words names = data.fields()[0].class_names;
  BOOST_TEST((std::find(names.begin(), names.end(), "cat") != names.end()));
  BOOST_TEST((std::find(names.begin(), names.end(), "z") == names.end()));
  const auto id = [&](const Text& piece) { return static_cast<std::int32_t>(std::find(names.begin(), names.end(), piece) - names.begin()); };
  for (std::size_t end = 0; end < learnt.size(); ++end) BOOST_TEST(refused([&] { data.restore(learnt.substr(0, end)); }).code == TRG_BAD_DATA);
  GivenOptions gone = options;
  gone["train"] = Words{folder() / "gone.txt"};
  Masked fresh(gone, NewSamples{learnt, {}, {"The [MASK] sat", "the cat[SEP]the [MASK]", "[MASK] [MASK] [MASK]"}});
  BOOST_TEST(fresh.fields()[3].absent);
  SAME(fresh.get(TRG_TEST, {0}, 0), Ids{cls, id("the"), mask, id("s"), id("##at"), sep, 0, 0, 0, 0, 0, 0});
  SAME(fresh.get(TRG_TEST, {0, 1, 2}, 2), Ids{2, 0, 5, 0, 1, 2});
  SAME(fresh.get(TRG_TEST, {1}, 1), Ids{0, 0, 0, 0, 1, 1, 1, 0, 0, 0, 0, 0});
  const std::string lines = folder().write("new.txt", "the cat sat. the cat ran.\n");
  Masked judged(gone, NewSamples{learnt, {lines}, {}, true});
  BOOST_TEST(!judged.fields()[3].absent);
  BOOST_TEST(restored(judged, TRG_TEST, 0)[1] == id("the"));
  BOOST_TEST(fresh.knowledge(learnt)[0].second.find("[PAD], [UNK], [CLS]") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_does_not_fit_is_named) {
  const std::string without = folder().write("without.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n");
  const Refused mask_missing = refused([&] { Masked(given("a b. c d.", {{"vocabulary", without}})); });
  BOOST_TEST(mask_missing.code == TRG_BAD_DATA);
  BOOST_TEST(mask_missing.where == without);
  BOOST_TEST(says(mask_missing, "expected [MASK] among the 5 pieces, found none"));
  BOOST_TEST(mask_missing.hint == "a line [MASK] at the end of the file");
  const Refused twice = refused([&] { Masked(given("a", {{"vocabulary", folder().write("twice.txt", marks + "a\na\n")}})); });
  BOOST_TEST(twice.where == folder() / "twice.txt:7");
  BOOST_TEST(refused([&] { Masked(given(" \n")); }).where == folder() / "text.txt");
  BOOST_TEST(refused([&] { Masked(given("a", {{"most_masked", Number{17}}})); }).hint == "most_masked = 16");
  BOOST_TEST(refused([&] { Masked(given("a", {{"vocabulary", folder().write("good.txt", marks + "a\nb\n")}, {"num_words", Number{6}}})); }).hint == "num_words = 7");
  BOOST_TEST(refused([&] { Masked(given("abcdefgh", {{"num_words", Number{7}}})); }).where == "num_words");
}

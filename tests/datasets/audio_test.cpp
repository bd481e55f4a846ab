// SPDX-License-Identifier: Apache-2.0
// The data set `audio_folder`: features against librosa (golden/make_sounds.py), waves sample by sample, resampling against the sine itself, targets, padding. What it says about sounds
// that are wrong is in audio_refused_test.cpp.
#include "golden/sounds.hpp"
#include "sound_folder.hpp"

namespace {

using namespace teranga::test;
using namespace teranga::test::sounds;

// One sound without a class.
Tree alone(const Text& file) { return Tree{{file, golden_sound(file)}}; }

Floats wave_of(const Text& file) {
  const Tree tree = alone(file);
  return Sounds({{"train", tree.path()}, {"features", Text("wave")}}).x(TRG_TRAIN, {0});
}

double largest_difference(const Floats& a, const Floats& b) {
  BOOST_TEST_REQUIRE(a.size() == b.size());
  double most = 0;
  for (std::size_t i = 0; i < a.size(); ++i) most = std::max(most, std::abs(static_cast<double>(a[i]) - static_cast<double>(b[i])));
  return most;
}

// Three classes of short waves.
std::map<Text, Text> three_classes(const Text& before = "") {
  return {{before + "low/a.wav", steady(100, 3)}, {before + "low/b.wav", steady(200, 5)}, {before + "high/deeper/c.wav", steady(300, 2)}, {before + "mid/d.wav", steady(400, 4)}};
}

GivenOptions waves(const Text& train, GivenOptions more = {}) {
  more.merge(GivenOptions{{"train", train}, {"features", Text("wave")}, {"shuffle_seed", std::int64_t{-1}}});
  return more;
}

Floats in_steps(const std::vector<int>& values) {
  Floats out;
  for (const int value : values) out.push_back(static_cast<float>(value) / 32768);
  return out;
}

}  // namespace

BOOST_AUTO_TEST_CASE(features_are_those_of_librosa) {
  for (const golden::Features& one : golden::features)
    BOOST_TEST_CONTEXT(one.file << " " << one.kind << " " << one.n_fft) {
      const Tree tree = alone(one.file);
      GivenOptions options = {{"train", tree.path()}, {"features", one.kind}, {"n_fft", one.n_fft}, {"win_length", one.win_length}, {"hop_length", one.hop_length}, {"n_mels", one.n_mels}, {"fmin", one.fmin}, {"top_db", one.top_db}};
      if (one.fmax > 0) options["fmax"] = one.fmax;
      if (one.n_mfcc > 0) options["n_mfcc"] = one.n_mfcc;
      Sounds data(options);
      SAME(data.fields()[0].shape, Extents{one.steps, one.width});
      BOOST_TEST(largest_difference(data.x(TRG_TRAIN, {0}), one.values) < 1e-4);
    }
}

BOOST_AUTO_TEST_CASE(without_options_windows_have_25_ms_and_steps_10) {
  const golden::Features& speech = golden::features[0];
  const Tree tree = alone("speech.wav");
  BOOST_TEST(largest_difference(Sounds({{"train", tree.path()}}).x(TRG_TRAIN, {0}), speech.values) < 1e-4);
}

BOOST_AUTO_TEST_CASE(waves_are_the_samples_of_the_file) {
  SAME(wave_of("speech.wav"), in_steps({golden::speech.begin(), golden::speech.end()}));
  Floats means;
  for (const std::int64_t sum : golden::stereo) means.push_back(static_cast<float>(static_cast<double>(sum) / 16777216));
  SAME(wave_of("stereo.flac"), means);
  BOOST_TEST(largest_difference(wave_of("float.wav"), golden::two_floats) < 1e-6);
  BOOST_TEST(largest_difference(wave_of("speech.ogg"), wave_of("speech.wav")) < 0.1);  // Vorbis keeps what people hear
}

BOOST_AUTO_TEST_CASE(a_class_is_a_folder_and_parts_are_folders_of_them) {
  const Tree tree(three_classes());
  Sounds data(waves(tree.path()));
  BOOST_TEST(data.count(TRG_TRAIN) == 4);
  const FieldSeen y = data.fields()[1];
  SAME(y.class_names, Texts{"high", "low", "mid"});
  BOOST_TEST(y.classes == 3);
  SAME(data.y(TRG_TRAIN, {0, 1, 2, 3}), Ids{0, 1, 1, 2});
  SAME(data.fields()[0].shape, Extents{5, 1});
  SAME(data.x(TRG_TRAIN, {0, 1}), in_steps({300, 300, 0, 0, 0, 100, 100, 100, 0, 0}));

  std::map<Text, Text> parts = three_classes("Train/");
  parts["val/low/v.wav"] = steady(7, 1), parts["test/mid/t.wav"] = steady(8, 9);
  const Tree whole(parts);
  Sounds all({{"folder", whole.path()}, {"features", Text("wave")}});
  BOOST_TEST(all.count(TRG_VALIDATION) == 1);
  SAME(all.y(TRG_VALIDATION, {0}), Ids{1});
  SAME(all.y(TRG_TEST, {0}), Ids{2});
  SAME(all.x(TRG_TEST, {0}), in_steps({8, 8, 8, 8, 8}));  // as long as the longest training sound
  Sounds split(waves(tree.path(), {{"test_split", 0.25}}));
  BOOST_TEST(split.count(TRG_TEST) == 1);
}

BOOST_AUTO_TEST_CASE(sounds_without_classes_have_no_target) {
  const Tree tree{{"a.WAV", steady(1, 2)}, {"b.wav", steady(2, 2)}, {"note.txt", "no sound"}, {".hidden.wav", "no sound"}};
  logged().clear();
  Sounds data(waves(tree.path()));
  BOOST_TEST(data.fields().size() == 1);
  BOOST_TEST(data.count(TRG_TRAIN) == 2);
  BOOST_TEST(!log_line("left out: 1 *.txt").empty());
  const Tree classes(three_classes());
  BOOST_TEST(Sounds(waves(classes.path(), {{"target_is", Text("none")}})).fields().size() == 1);
}

BOOST_AUTO_TEST_CASE(a_table_names_classes) {
  std::map<Text, Text> files = three_classes("sounds/");
  files["train.csv"] = "file,word\nlow/a.wav,no\nmid/d.wav,yes\nlow/b.wav,yes\n";
  files["test.csv"] = "word,file\nno,high/deeper/c.wav\n";
  const Tree tree(files);
  Sounds data(waves(tree / "train.csv", {{"test", tree / "test.csv"}, {"root", tree / "sounds"}, {"file_column", Text("file")}, {"target_column", Text("word")}}));
  const FieldSeen y = data.fields()[1];
  SAME(y.class_names, Texts{"no", "yes"});
  SAME(y.columns, Texts{"word"});
  SAME(data.y(TRG_TRAIN, {0, 1, 2}), Ids{0, 1, 1});
  SAME(data.y(TRG_TEST, {0}), Ids{0});
}

BOOST_AUTO_TEST_CASE(transcripts_become_numbers_of_letters) {
  std::map<Text, Text> files = three_classes();
  files["train.tsv"] = "low/a.wav\tBé, a  cab!\nmid/d.wav\tcab\n";
  files["test.tsv"] = "low/b.wav\tdab\n";
  const Tree tree(files);
  Sounds data(waves(tree / "train.tsv", {{"test", tree / "test.tsv"}, {"target_is", Text("text")}}));
  const FieldSeen y = data.fields()[1];
  SAME(y.class_names, Texts{"", "[UNK]", " ", "a", "b", "c", "é"});
  SAME(y.shape, Extents{8});
  SAME(data.y(TRG_TRAIN, {0, 1}), Ids{4, 6, 2, 3, 2, 5, 3, 4, 5, 3, 4, 0, 0, 0, 0, 0});
  SAME(data.y(TRG_TEST, {0}), Ids{1, 3, 4, 0, 0, 0, 0, 0});
  Sounds longer(waves(tree / "train.tsv", {{"target_is", Text("text")}, {"text_length", std::int64_t{9}}, {"standardize", Text("keras")}}));
  SAME(longer.fields()[1].shape, Extents{9});
}

BOOST_AUTO_TEST_CASE(short_sounds_are_filled_up_and_long_ones_cut) {
  const Tree tree{{"a.wav", wav({1, 2, 3})}, {"b.wav", wav({4, 5, 6, 7, 8})}};
  const auto rows = [&](GivenOptions more) { return Sounds(waves(tree.path(), std::move(more))).x(TRG_TRAIN, {0, 1}); };
  SAME(rows({}), in_steps({1, 2, 3, 0, 0, 4, 5, 6, 7, 8}));
  SAME(rows({{"padding", Text("pre")}}), in_steps({0, 0, 1, 2, 3, 4, 5, 6, 7, 8}));
  SAME(rows({{"maxlen", std::int64_t{2}}}), in_steps({1, 2, 4, 5}));
  SAME(rows({{"maxlen", std::int64_t{2}}, {"truncating", Text("pre")}}), in_steps({2, 3, 7, 8}));
  const Floats filled = rows({{"padding_value", -2.0}});
  BOOST_TEST(filled[3] == -2.0F);
  Sounds data(waves(tree.path(), {{"buckets", Extents{3, 6}}}));
  SAME(data.buckets(), Extents{3, 6});
  SAME(data.fields()[0].shape, Extents{-1, 1});
  SAME(data.measure(TRG_TRAIN, {0, 1}), Extents{3, 5});
  data.pad_to(4);
  SAME(data.x(TRG_TRAIN, {0, 1}), in_steps({1, 2, 3, 0, 4, 5, 6, 7}));
}

BOOST_AUTO_TEST_CASE(normalizing_is_learnt_from_the_samples_of_the_training_or_within_each_sound) {
  const Tree tree{{"a.wav", wav({-8192, 8192})}, {"b.wav", wav({0, 16384, 0, 16384})}, {"c.wav", wav({0, 0})}};
  Sounds data(waves(tree.path(), {{"normalize", Text("standard")}}));
  data.fit({0});
  SAME(data.x(TRG_TRAIN, {0, 1}), Floats{-1, 1, 0, 2});  // as long as sample 0
  data.restore(data.fit({0}));
  SAME(data.x(TRG_TRAIN, {1}), Floats{0, 2});
  Sounds each(waves(tree.path(), {{"normalize", Text("each")}}));
  SAME(each.x(TRG_TRAIN, {0, 1}), Floats{-1, 1, 0, 0, -1, 1, -1, 1});
  SAME(each.x(TRG_TRAIN, {2}), Floats{0, 0, 0, 0});  // no deviation
}

BOOST_AUTO_TEST_CASE(resampled_tones_are_the_same_tones_and_those_above_the_half_vanish) {
  const auto sound = [](double hz, std::uint32_t from, std::int64_t to) {
    const Tree tree{{"a.wav", tone(hz, from, from / 2)}};
    return Sounds(waves(tree.path(), {{"sample_rate", to}})).x(TRG_TRAIN, {0});
  };
  for (const auto& [from, to] : {std::pair<std::uint32_t, std::int64_t>{44100, 16000}, {8000, 16000}, {22050, 8000}, {16000, 8000}, {8000, 7919}}) {
    const double half = std::min<double>(from, static_cast<double>(to)) / 2;
    BOOST_TEST_CONTEXT(from << " to " << to) {
      for (const double share : {0.05, 0.5, 0.88}) {
        const Floats found = sound(share * half, from, to);
        BOOST_TEST(static_cast<std::int64_t>(found.size()) == (to * (from / 2) + from - 1) / from);
        double worst = 0;
        for (std::size_t n = found.size() / 4; n < found.size() * 3 / 4; ++n) worst = std::max(worst, std::abs(static_cast<double>(found[n]) - 16000.0 / 32768 * std::sin(2 * std::numbers::pi * share * half * static_cast<double>(n) / static_cast<double>(to))));
        BOOST_TEST(worst < 5e-4);
      }
      if (static_cast<std::int64_t>(from) <= to + 100) continue;
      double rest = 0;
      const Floats beyond = sound(1.05 * half, from, to);
      for (std::size_t n = beyond.size() / 4; n < beyond.size() * 3 / 4; ++n) rest = std::max(rest, std::abs(static_cast<double>(beyond[n])));
      BOOST_TEST(rest < 1e-4);
    }
  }
}

BOOST_AUTO_TEST_CASE(features_beyond_the_memory_are_made_from_the_file_when_they_are_wanted) {
  std::vector<int> many(120'000);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<int>(i % 1000);
  const Tree tree{{"a.wav", wav(many)}, {"b.wav", wav({5, 6})}, {"c.wav", wav(many)}, {"d.wav", wav(many)}};
  logged().clear();
  Sounds held(waves(tree.path())), read(waves(tree.path(), {{"memory", std::int64_t{1}}}));
  BOOST_TEST(!log_line("more than memory = 1").empty());
  SAME(held.x(TRG_TRAIN, {1}), read.x(TRG_TRAIN, {1}));
  BOOST_TEST((held.x(TRG_TRAIN, {0}) == read.x(TRG_TRAIN, {0})));
}

BOOST_AUTO_TEST_CASE(new_sounds_are_laid_as_those_of_the_training) {
  const Tree tree(three_classes()), fresh{{"x.wav", steady(50, 9)}, {"mid/y.wav", steady(60, 1)}, {"other/z.wav", steady(70, 2)}};
  const GivenOptions options = waves(tree.path());
  const Text learnt = Sounds(options).fit({0, 1, 2, 3});
  Sounds loose(options, NewSamples{learnt, {fresh / "x.wav", fresh / "mid/y.wav"}});
  BOOST_TEST(loose.count(TRG_TEST) == 2);
  BOOST_TEST(loose.fields()[1].absent);
  SAME(loose.x(TRG_TEST, {0, 1}), in_steps({50, 50, 50, 50, 50, 60, 0, 0, 0, 0}));
  Sounds unknown(options, NewSamples{learnt, {fresh / "other"}});
  BOOST_TEST(unknown.fields()[1].absent);
  std::filesystem::remove_all(fresh / "other"), std::filesystem::remove(fresh / "x.wav");
  Sounds judged(options, NewSamples{learnt, {fresh.path()}, {}, true});
  SAME(judged.y(TRG_TEST, {0}), Ids{2});
  Texts told;
  for (const auto& [name, text] : judged.knowledge(learnt)) told.push_back(name + ": " + text);
  SAME(told, Texts{"sample rate: 8000 Hz", "steps of a sound: 5", "numbers of a step: 1", "classes: high, low, mid"});
}

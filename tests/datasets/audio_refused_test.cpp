// SPDX-License-Identifier: Apache-2.0
// What the data set `audio_folder` says about folders, tables and sounds that are wrong, and what it leaves out when it is told to.
#include "sound_folder.hpp"

namespace {

using namespace teranga::test;
using namespace teranga::test::sounds;

Refused refused_sounds(GivenOptions options, std::int32_t code = TRG_BAD_DATA) {
  const Refused e = refused([&] { Sounds data(options); });
  BOOST_TEST(e.code == code, e.what());
  return e;
}

// A good sound and another file, in one class.
Refused refused_file(const Text& name, const Text& bytes) {
  const Tree tree{{"a/good.wav", steady(9, 400)}, {"a/" + name, bytes}};
  const GivenOptions options = {{"train", tree.path()}, {"sample_rate", std::int64_t{8000}}};
  const Refused e = refused_sounds(options);
  BOOST_TEST(e.where == tree / ("a/" + name));
  logged().clear();
  Sounds without({{"train", tree.path()}, {"sample_rate", std::int64_t{8000}}, {"on_error", Text("skip")}});
  BOOST_TEST(without.count(TRG_TRAIN) == 1);
  BOOST_TEST(!log_line("1 of 2 sounds are left out").empty());
  BOOST_TEST(log_line("1 of 2 sounds are left out").find(name) != Text::npos);
  return e;
}

Text cut(const Text& bytes, std::size_t share) { return bytes.substr(0, bytes.size() * share / 100); }

}  // namespace

BOOST_AUTO_TEST_CASE(broken_sounds_are_named_and_left_out_where_that_is_wanted) {
  BOOST_TEST(says(refused_file("empty.wav", ""), "the file is empty"));
  BOOST_TEST(says(refused_file("none.wav", steady(0, 0)), "it has no sound"));
  BOOST_TEST(says(refused_file("text.wav", "this is no sound at all, but a text of some length"), "libsndfile says"));
  BOOST_TEST(says(refused_file("cut.wav", cut(golden_sound("speech.wav"), 60)), "it ends early: its header promises 3520 bytes of sound"));
  BOOST_TEST(says(refused_file("cut.flac", cut(golden_sound("music.flac"), 60)), "it ends early or is damaged: its header promises"));
  BOOST_TEST(says(refused_file("cut.ogg", cut(golden_sound("speech.ogg"), 60)), "file is malformed"));
  Text damaged = golden_sound("music.flac");
  damaged.replace(damaged.size() / 2, 200, Text(200, 'x'));
  BOOST_TEST(says(refused_file("damaged.flac", damaged), "it ends early or is damaged"));
  Text endless = golden_sound("float.wav");
  const std::size_t data = endless.find("data") + 8;
  endless.replace(data + 40, 4, Text("\0\0\x80\x7f", 4));
  BOOST_TEST(says(refused_file("endless.wav", endless), "moment 5 is no finite number"));
  BOOST_TEST(refused_file("empty.wav", "").hint == "on_error = \"skip\" leaves such sounds out");
}

BOOST_AUTO_TEST_CASE(all_broken_sounds_are_told_at_once) {
  const Tree tree{{"a/1.wav", ""}, {"a/2.wav", cut(golden_sound("speech.wav"), 60)}, {"a/3.wav", steady(1, 9)}, {"a/4.flac", cut(golden_sound("music.flac"), 60)}};
  const Refused e = refused_sounds({{"train", tree.path()}, {"sample_rate", std::int64_t{8000}}});
  BOOST_TEST(says(e, "3 of 4 sounds cannot be taken"));
  for (const char* name : {"1.wav: the file is empty", "2.wav: it ends early", "4.flac: it ends early"}) BOOST_TEST(says(e, name));
  const Tree none{{"a/1.wav", ""}, {"a/2.wav", ""}};
  BOOST_TEST(says(refused_sounds({{"train", none.path()}, {"on_error", Text("skip")}}), "2 of 2 sounds cannot be taken"));
}

BOOST_AUTO_TEST_CASE(a_wav_file_that_was_written_into_a_pipe_is_whole) {
  Text bytes = steady(9, 100);
  bytes.replace(bytes.find("data") + 4, 4, Text("\xff\xff\xff\x7f", 4));
  const Tree tree{{"a.wav", bytes}};
  BOOST_TEST(Sounds({{"train", tree.path()}, {"features", Text("wave")}}).fields()[0].shape[0] == 100);
}

BOOST_AUTO_TEST_CASE(a_sound_that_would_take_too_much_memory_is_named) {
  const Tree tree{{"a.wav", wav(std::vector<int>(2000), 100)}};
  const Refused e = refused_sounds({{"train", tree.path()}, {"features", Text("wave")}, {"sample_rate", std::int64_t{384000}}, {"memory", std::int64_t{1}}});
  BOOST_TEST(e.where == tree / "a.wav");
  BOOST_TEST(says(e, "gives 7680000 steps of 1 numbers, too many for memory = 1"));
  const Tree odd{{"a.wav", wav({1, 2}, 5)}};
  BOOST_TEST(says(refused_sounds({{"train", odd.path()}}), "a sample rate from 100 to 1000000 Hz, found 1 channels of 5 Hz"));
}

BOOST_AUTO_TEST_CASE(sample_rates_must_be_one_unless_one_is_asked_for) {
  const Tree tree{{"a/1.wav", steady(1, 80)}, {"a/2.wav", steady(2, 80)}, {"a/3.wav", wav({1, 2, 3}, 16000)}};
  const Refused e = refused_sounds({{"train", tree.path()}});
  BOOST_TEST(e.where == tree / "a/3.wav");
  BOOST_TEST(says(e, "found 16000 Hz here and 8000 Hz in"));
  BOOST_TEST(e.hint == "sample_rate = 8000 resamples them all");
  BOOST_TEST(Sounds({{"train", tree.path()}, {"sample_rate", std::int64_t{8000}}}).count(TRG_TRAIN) == 3);
}

BOOST_AUTO_TEST_CASE(folders_that_are_wrong_are_named) {
  const Tree tree{{"good/1.wav", steady(1, 9)}, {"bad/note.txt", "x"}};
  Refused e = refused_sounds({{"train", tree.path()}});
  BOOST_TEST(e.where == tree / "bad");
  BOOST_TEST(says(e, "of this class, found 1 *.txt"));
  const Tree mixed{{"good/1.wav", steady(1, 9)}, {"2.wav", steady(1, 9)}};
  BOOST_TEST(says(refused_sounds({{"train", mixed.path()}}), "found 1 sounds beside 1 folders"));
  e = refused_sounds({{"train", tree / "bad"}});
  BOOST_TEST(says(e, "expected sounds (*.wav, *.flac, *.ogg, *.oga)"));
  e = refused_sounds({{"train", tree / "missing"}});
  BOOST_TEST(says(e, "there is none"));
  BOOST_TEST(says(refused_sounds({{"train", tree / "good/1.wav"}}), "expected a folder of sounds or a table"));
  const Tree other{{"good/1.wav", steady(1, 9)}, {"new/1.wav", steady(1, 9)}};
  e = refused_sounds({{"train", tree / "good/.."}, {"test", other.path()}, {"on_error", Text("skip")}});
  std::filesystem::remove_all(tree / "bad");
  e = refused_sounds({{"train", tree.path()}, {"test", other.path()}});
  BOOST_TEST(e.where == other / "new/1.wav");
  BOOST_TEST(says(e, "expected one of the 1 classes of the training part, good, found \"new\""));
  BOOST_TEST(says(refused_sounds({{"train", tree.path()}, {"target_is", Text("text")}}), "expected a table with a column of transcripts"));
}

BOOST_AUTO_TEST_CASE(rows_of_tables_that_are_wrong_are_named_by_their_line) {
  const Tree tree{{"1.wav", steady(1, 900)}, {"gone.tsv", "1.wav\tone\n2.wav\ttwo\n"}, {"empty.tsv", "1.wav\tone\n1.wav\t...\n"}, {"long.tsv", "1.wav\tone\n1.wav\tseventeen\n"},
                   {"test.tsv", "1.wav\tone\n1.wav\tthree\n"}, {"one.tsv", "1.wav\tone\n"}};
  Refused e = refused_sounds({{"train", tree / "gone.tsv"}});
  BOOST_TEST(e.where == tree / "gone.tsv:2");
  BOOST_TEST(says(e, "2.wav: there is no such file"));
  BOOST_TEST(Sounds({{"train", tree / "gone.tsv"}, {"on_error", Text("skip")}}).count(TRG_TRAIN) == 1);
  e = refused_sounds({{"train", tree / "empty.tsv"}, {"target_is", Text("text")}});
  BOOST_TEST(e.where == tree / "empty.tsv:2");
  BOOST_TEST(says(e, "found no letter"));
  BOOST_TEST(Sounds({{"train", tree / "empty.tsv"}, {"target_is", Text("text")}, {"on_error", Text("skip")}}).count(TRG_TRAIN) == 1);
  e = refused_sounds({{"train", tree / "long.tsv"}, {"target_is", Text("text")}, {"text_length", std::int64_t{5}}});
  BOOST_TEST(says(e, "at most 5 letters, found 9"));
  BOOST_TEST(e.hint.starts_with("text_length = 9"));
  e = refused_sounds({{"train", tree / "one.tsv"}, {"test", tree / "test.tsv"}});
  BOOST_TEST(e.where == tree / "test.tsv:2");
  e = refused_sounds({{"train", tree / "one.tsv"}, {"file_column", Text("path")}}, TRG_BAD_OPTION);
  BOOST_TEST(e.where == "file_column");
}

BOOST_AUTO_TEST_CASE(options_that_do_not_go_together_are_refused) {
  const Tree tree{{"a/1.wav", steady(1, 900)}};
  for (const auto& [option, more] : std::map<Text, GivenOptions>{{"n_fft", {{"n_fft", std::int64_t{300}}}}, {"fmax", {{"fmax", 5000.0}}}, {"fmin", {{"fmin", 4000.0}}}, {"n_mfcc", {{"features", Text("mfcc")}, {"n_mels", std::int64_t{10}}}}, {"folder", {{"folder", tree.path()}}}}) {
    GivenOptions options = more;
    options["train"] = tree.path();
    BOOST_TEST(refused_sounds(options, TRG_BAD_OPTION).where == option);
  }
  BOOST_TEST(refused_sounds({{"train", tree.path()}, {"n_fft", std::int64_t{128}}, {"win_length", std::int64_t{200}}}, TRG_BAD_OPTION).hint == "n_fft = 256");
}

BOOST_AUTO_TEST_CASE(new_sounds_that_do_not_fit_are_refused) {
  const Tree tree{{"a/1.wav", steady(1, 900)}, {"b/2.wav", steady(1, 900)}, {"c/3.wav", steady(1, 900)}};
  const GivenOptions options = {{"train", tree.path()}};
  const Text learnt = Sounds(options).fit({0, 1, 2});
  const auto fresh = [&](const Texts& paths, bool judged) { return refused([&] { Sounds data(options, NewSamples{learnt, paths, {}, judged}); }); };
  BOOST_TEST(says(fresh({tree / "none.wav"}, false), "there is no such file"));
  BOOST_TEST(says(fresh({tree / "a/1.wav"}, true), "expected a target of each sound to be judged by"));
  BOOST_TEST(says(refused([&] { Sounds data(options, NewSamples{learnt, {}, {"hello"}}); }), "found typed text"));
  BOOST_TEST(says(refused([&] { Sounds data(options, NewSamples{"other", {tree / "a/1.wav"}}); }), "was not learnt from sounds"));
  Sounds(options).restore(learnt);
  BOOST_TEST(says(refused([&] { Sounds({{"train", tree.path()}, {"n_mels", std::int64_t{20}}}).restore(learnt); }), "expected 40 numbers a step, as in the training, found 20"));
}

// SPDX-License-Identifier: Apache-2.0
// The files of a run folder as they are read: whole, cut, hostile and absent.
#include <boost/test/unit_test.hpp>

#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <sys/stat.h>

#include <teranga/core/error.hpp>
#include <teranga/report/page.hpp>
#include <teranga/report/run_record.hpp>

#include <teranga/report/flat_object.hpp>

using namespace teranga::report;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path;

  Folder() {
    char name[] = "/tmp/teranga-report-XXXXXX";
    path = mkdtemp(name);
  }
  ~Folder() { fs::remove_all(path); }
  void write(const char* name, const std::string& text) const { std::ofstream(path / name, std::ios::binary) << text; }
};

std::string epoch_line(int epoch) { return "{\"event\":\"epoch\",\"step\":" + std::to_string(10 * epoch) + ",\"epoch\":" + std::to_string(epoch) + ",\"loss\":0.5}\n"; }

}  // namespace

BOOST_AUTO_TEST_CASE(an_object_of_numbers_and_texts_is_read) {
  const auto object = flat_object(R"({"a":1.5, "b":"x\"\\\u00e9\n","c":null,"d":1e999,"e":-1e999,"f":true,"g":4.9e-330})");
  BOOST_REQUIRE(object.has_value());
  BOOST_TEST(number_in(*object, "a", 0) == 1.5);
  BOOST_TEST(text_in(*object, "b") == "x\"\\\u00e9\n");
  BOOST_TEST(std::isnan(number_in(*object, "c", 0)));
  BOOST_TEST(number_in(*object, "d", 0) == HUGE_VAL);
  BOOST_TEST(number_in(*object, "e", 0) == -HUGE_VAL);
  BOOST_TEST(number_in(*object, "f", 0) == 1);
  BOOST_TEST(number_in(*object, "g", 1) == 0);
  BOOST_TEST(number_in(*object, "absent", 7) == 7);
  BOOST_TEST(number_in(*object, "b", 7) == 7);
}

BOOST_AUTO_TEST_CASE(what_is_no_such_object_is_refused) {
  for (const char* text : {"", "{", "{}x", "[1]", R"({"a":[1]})", R"({"a":{"b":1}})", R"({"a":1,})", R"({"a" 1})", R"({"a":nan})", R"({"a":+1})", R"({"a":"x})", R"({"a":"\u12"})", R"({"a":"\x"})", R"({a:1})"})
    BOOST_TEST(!flat_object(text).has_value(), text);
  BOOST_TEST(flat_object("{}").has_value());
  BOOST_TEST(text_in(*flat_object(R"({"a":"\ud800"})"), "a") == "\ufffd");
}

BOOST_AUTO_TEST_CASE(a_line_that_is_being_written_is_left_for_the_next_time) {
  const Folder folder;
  folder.write("metrics.jsonl", epoch_line(1) + epoch_line(2) + "{\"event\":\"epoch\",\"step\":30,\"epo");
  const RunRecord run = read_run(folder.path);
  BOOST_TEST(run.epochs.size() == 2);
  for (const std::string& note : run.notes) BOOST_TEST(note.find("metrics.jsonl cannot be read") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(lines_that_cannot_be_read_are_counted) {
  const Folder folder;
  folder.write("metrics.jsonl", epoch_line(1) + "rubbish\n" + std::string(3 << 20, 'x') + "\n" + epoch_line(2));
  const RunRecord run = read_run(folder.path.string() + "/");
  BOOST_TEST(run.epochs.size() == 2);
  BOOST_REQUIRE(!run.notes.empty());
  BOOST_TEST(run.notes[0] == "Lines of metrics.jsonl that cannot be read and are left out: 2.");
  BOOST_TEST(run.name == folder.path.filename().string());
}

BOOST_AUTO_TEST_CASE(of_very_many_steps_every_nth_is_kept) {
  const Folder folder;
  std::string text;
  for (int i = 1; i <= 50000; ++i) text += "{\"event\":\"step\",\"step\":" + std::to_string(i) + ",\"epoch\":1,\"loss\":1}\n";
  folder.write("metrics.jsonl", text);
  const RunRecord run = read_run(folder.path);
  BOOST_TEST(run.steps.size() <= 20000);
  BOOST_TEST(run.steps.size() >= 10000);
  BOOST_TEST(run.steps[0].step == 1);
  BOOST_TEST(run.steps[1].step == 5);
  BOOST_TEST(run.steps.back().step > 49990);
}

BOOST_AUTO_TEST_CASE(facts_tell_starts_layers_and_the_end) {
  const Folder folder;
  folder.write("metrics.jsonl", "{\"event\":\"epoch\",\"step\":10,\"epoch\":1,\"loss\":0.5,\"seconds\":2}\n");
  folder.write("recipe.toml", "schema = 1\nname = \"net\"\n\n[training]\nepochs = 9\n");
  folder.write("facts.jsonl", "{\"event\":\"start\",\"machine\":\"a\"}\n{\"event\":\"end\",\"how\":\"stopped\"}\n{\"event\":\"start\",\"machine\":\"b\"}\n"
                              "{\"event\":\"layer\",\"name\":\"sum\",\"type\":\"add\",\"output\":\"4\",\"parameters\":3,\"trainable\":2,\"inputs\":\"a, b.c\"}\n{\"event\":\"measured\",\"name\":\"loss\",\"direction\":-1}\n"
                              "{\"event\":\"time\",\"name\":\"forward\",\"least\":1,\"mean\":2,\"most\":4}\n{\"event\":\"time\",\"name\":\"whole\",\"least\":8,\"mean\":8,\"most\":8}\n{\"event\":\"memory\",\"name\":\"peak\",\"least\":1,\"mean\":2,\"most\":52428800}\n");
  const RunRecord run = read_run(folder.path);
  BOOST_REQUIRE(run.times.size() == 2u);
  BOOST_TEST(run.times[0].name == "forward");
  BOOST_TEST(run.times[0].mean == 2);
  BOOST_TEST(run.times[0].most == 4);
  BOOST_TEST(run.peak_memory == 52428800);
  BOOST_TEST(page({run}).find("<td style=\"text-align: left\">forward</td><td>1 s</td><td>2 s</td><td>4 s</td><td>25.0 %</td>") != std::string::npos);
  BOOST_TEST(run.starts.size() == 2);
  BOOST_TEST(run.starts[1][0].second == "b");
  BOOST_TEST(run.end == "");  // the second start has not ended
  BOOST_REQUIRE(run.layers.size() == 1u);
  BOOST_TEST(run.layers[0].inputs.size() == 2);
  BOOST_TEST(run.layers[0].inputs[1] == "b.c");
  BOOST_TEST(run.layers[0].trainable == 2);
  BOOST_TEST(run.measured[0].direction == -1);
  BOOST_TEST(run.name == "net");
  BOOST_TEST(run.epochs_wanted.value() == 9);
  BOOST_TEST(run.notes.empty());
}

BOOST_AUTO_TEST_CASE(a_folder_without_metrics_is_no_run) {
  const Folder folder;
  BOOST_CHECK_EXCEPTION(read_run(folder.path), teranga::Error, [](const teranga::Error& error) { return error.code() == teranga::ExitCode::data; });
  BOOST_REQUIRE(mkfifo((folder.path / "metrics.jsonl").c_str(), 0600) == 0);
  BOOST_CHECK_THROW(read_run(folder.path), teranga::Error);  // and nobody waits for a writer
}

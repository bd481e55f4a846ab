// SPDX-License-Identifier: Apache-2.0
// The record of a training's data survives the way through a checkpoint, and tells what is different; so do two editions of a recipe.
#include <boost/test/unit_test.hpp>

#include <teranga/core/error.hpp>

#include "session/data_record.hpp"
#include "session/recipe_changes.hpp"

namespace {

using namespace teranga;
using namespace teranga::train;

DataRecord sample() {
  DataRecord record;
  record.fields = {{"x", model::Role::feature, ElementType::f32, {28, 28, 1}, 0, {}}, {"a\tname\nof \\ lines", model::Role::target, ElementType::i32, {}, 2, {"first class", ""}}};
  record.fields[1].columns = {"a\tname", ""};
  record.fields[1].offsets = {0.1, -3}, record.fields[1].scales = {1e-30, 1};
  record.samples = {60, 0, 10};
  record.files = {{"train", "table.csv", 1, 184, "0123456789abcdef"}, {"train 2", "labels", 3, 20, "fedcba"}};
  return record;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_record_reads_back_as_it_was) {
  const DataRecord back = data_record_from(to_text(sample()));
  BOOST_TEST(to_text(back) == to_text(sample()));
  BOOST_TEST(differences(sample(), back).empty());
  BOOST_TEST(back.fields[1].name == "a\tname\nof \\ lines");
  BOOST_TEST(back.fields[1].class_names == (std::vector<std::string>{"first class", ""}), boost::test_tools::per_element());
  BOOST_TEST(back.fields[1].columns == (std::vector<std::string>{"a\tname", ""}), boost::test_tools::per_element());
  BOOST_TEST(back.fields[1].offsets == (std::vector<double>{0.1, -3}), boost::test_tools::per_element());
  BOOST_TEST(back.fields[1].scales == (std::vector<double>{1e-30, 1}), boost::test_tools::per_element());
  BOOST_TEST(data_record_from("").empty());
}

BOOST_AUTO_TEST_CASE(a_damaged_record_is_refused) {
  const std::string text = to_text(sample());
  for (const std::string& damaged : {text.substr(0, text.size() - 1), std::string("other\n"), "x" + text, text + "field\tx\t9\t0\t0\t0\n", text + "samples\t1\n", text + "samples\t99999999999999999999\t0\t0\n", text + "field\tx\t0\t0\t\t0\n"})
    BOOST_CHECK_EXCEPTION(data_record_from(damaged), Error, [](const Error& error) { return error.code() == ExitCode::data; });
}

BOOST_AUTO_TEST_CASE(every_difference_is_a_line) {
  DataRecord now = sample();
  now.samples[0] = 61;
  now.files[0].hash = "1123456789abcdef";
  now.files.pop_back();
  now.fields[1].class_names = {"first class", "b"};
  const std::vector<std::string> lines = differences(sample(), now);
  const std::vector<std::string> expected = {"train: then table.csv of 184 bytes (content 01234567), now table.csv of 184 bytes (content 11234567)",
                                             "train 2: then labels with 3 files of 20 bytes (content fedcba), now none", "training samples: then 60, now 61",
                                             "field a\tname\nof \\ lines: then shape (), classes first class, , now shape (), classes first class, b"};
  BOOST_TEST(lines == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_difference_of_many_classes_is_a_short_line) {
  DataRecord then = sample(), now = sample();
  for (int i = 0; i < 5000; ++i) then.fields[1].class_names.push_back("ä"), now.fields[1].class_names.push_back(std::string(i == 0 ? 1000 : 1, 'b'));
  now.fields[1].class_names.insert(now.fields[1].class_names.begin(), "x" + std::string(40, 'a') + std::string("ääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääääää"));  // byte 120 is within a character
  const std::vector<std::string> lines = differences(then, now);
  BOOST_REQUIRE(lines.size() == 1u);
  BOOST_TEST(lines[0].size() < 400u);
  BOOST_TEST(lines[0].find("5002 classes: first class, , ä, ä") != std::string::npos);
  BOOST_TEST(lines[0].ends_with("ä..."));
}

BOOST_AUTO_TEST_CASE(a_record_that_knows_no_number_of_ids_is_of_an_older_version) {
  DataRecord then = sample(), now = sample();
  now.fields[0].classes = 5000;
  BOOST_TEST(differences(then, now).empty());
  then.fields[0].classes = 4000;
  BOOST_TEST(differences(then, now) == (std::vector<std::string>{"field x: then shape (28, 28, 1), 4000 ids, now shape (28, 28, 1), 5000 ids"}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(changes_of_a_recipe_are_told_by_key) {
  const std::string then = "schema = 1\n\n[[layer]]\ntype = \"dense\"\nname = \"one\"\nunits = 2\n\n[[layer]]\ntype = \"dense\"\nname = \"two\"\nunits = 3\n\n[training]\nepochs = 5\n";
  const std::string now = "schema = 1\n\n[[layer]]\ntype = \"dense\"\nname = \"one\"\nunits = 4\n\n[[layer]]\ntype = \"dense\"\nname = \"three\"\n\n[training]\nepochs = 5\nseed = 1\n";
  std::vector<std::string> told;
  for (const RecipeChange& change : recipe_changes(then, now)) told.push_back(to_text(change));
  const std::vector<std::string> expected = {"layer.one.units: then 2, now 4",          "layer.two: then type = \"dense\", now none", "layer.three: then none, now type = \"dense\"",
                                             "training.seed: then none, now 1"};
  BOOST_TEST(told == expected, boost::test_tools::per_element());
  BOOST_TEST(recipe_changes(then, then).empty());
  // A value that holds the sign between key and value, a key that does, an option of an option, sections of phases, and a plain value that becomes a table.
  const std::string first = "[data]\n\"a = b\" = \"c = d\"\n[[phase]]\nname = \"g\"\n[[phase.loss]]\ntype = \"x\"\n[[phase.loss]]\ntype = \"y\"\n[phase.optimizer]\nlearning_rate = { type = \"t\", rate = 1.0 }\n[optimizer]\nlearning_rate = 0.1\n";
  const std::string second = "[data]\n\"a = b\" = \"c = e\"\n[[phase]]\nname = \"g\"\n[[phase.loss]]\ntype = \"x\"\n[[phase.loss]]\ntype = \"z\"\n[phase.optimizer]\nlearning_rate = { type = \"t\", rate = 2.0 }\n[optimizer]\nlearning_rate = { type = \"t\" }\n";
  told.clear();
  for (const RecipeChange& change : recipe_changes(first, second)) told.push_back(to_text(change));
  const std::vector<std::string> nested = {"data.a = b: then \"c = d\", now \"c = e\"", "phase.g.loss.2.type: then \"y\", now \"z\"", "phase.g.optimizer.learning_rate.rate: then 1.0, now 2.0",
                                           "optimizer.learning_rate: then 0.1, now { type = \"t\" }"};
  BOOST_TEST(told == nested, boost::test_tools::per_element());
  BOOST_TEST(lines_below({"a", "b", "c"}, 2) == "\n  a\n  b\n  ... and 1 more");
}

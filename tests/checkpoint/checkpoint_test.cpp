// SPDX-License-Identifier: Apache-2.0
// What goes in comes out; other tools read it; which generations stay.
#include "sample.hpp"

#include <sys/wait.h>

#include <boost/test/unit_test.hpp>

using namespace sample;

namespace {

std::string output_of(const std::string& command) {
  std::string text;
  FILE* pipe = ::popen(("timeout 30 " + command + " 2>&1").c_str(), "r");
  BOOST_REQUIRE(pipe != nullptr);
  for (int letter = std::fgetc(pipe); letter != EOF; letter = std::fgetc(pipe)) text += static_cast<char>(letter);
  BOOST_TEST(WEXITSTATUS(::pclose(pipe)) == 0, command << ": " << text);
  return text;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_snapshot_comes_back_bit_for_bit_and_in_order) {
  const Folder folder;
  const Snapshot before = snapshot(12);
  const std::string path = checkpoint::write(folder.path + "/new/folder", before, 2);
  BOOST_TEST(path == folder.path + "/new/folder/step-000000000012.h5");
  BOOST_TEST(equal(checkpoint::read(path), before));
  checkpoint::verify(path);
}

BOOST_AUTO_TEST_CASE(an_empty_snapshot_and_a_large_number_of_tensors_come_back) {
  const Folder folder;
  BOOST_TEST(equal(checkpoint::read(checkpoint::write(folder.path, {}, 2)), Snapshot{}));
  Snapshot many;
  many.step = 1;
  for (int index = 0; index < 3000; ++index) many.parameters.push_back(tensor<float>(std::to_string(index) + "/kernel", {index % 3}, 1.0F));
  many.recipe.assign(300'000, 'x');
  BOOST_TEST(equal(checkpoint::read(checkpoint::write(folder.path, many, 2)), many));
}

BOOST_AUTO_TEST_CASE(equal_snapshots_give_equal_bytes_and_provenance_is_in_no_data_set) {
  const Folder one;
  const Folder two;
  Snapshot other = snapshot(5);
  const std::string first = checkpoint::write(one.path, snapshot(5), 2);
  BOOST_TEST((bytes_of(first) == bytes_of(checkpoint::write(two.path, other, 2))));
  other.provenance = {{"host", "elsewhere"}, {"threads", "64"}};
  const std::string second = checkpoint::write(two.path, other, 2);
  BOOST_TEST((bytes_of(first) != bytes_of(second)));
  const auto differ = [&](const std::string& file) {
    return std::system(("timeout 30 h5diff -q --exclude-path=/provenance " + first + " " + file).c_str()) != 0;
  };
  BOOST_TEST(!differ(second));
  ++other.seed;
  BOOST_TEST(differ(checkpoint::write(two.path, other, 2)));
}

BOOST_AUTO_TEST_CASE(h5ls_and_h5dump_read_a_checkpoint) {
  const Folder folder;
  const std::string path = checkpoint::write(folder.path, snapshot(5), 2);
  const std::string tree = output_of("h5ls -r " + path);
  for (const char* part :
       {"/parameters/dense/kernel Dataset {4, 3}", "/progress/step", "/run/learning_rate", "Dataset {SCALAR}", "/states/none"})
    BOOST_TEST(has(tree, part), part << " in\n" << tree);
  BOOST_TEST(has(output_of("h5dump -a /recipe " + path), "epochs = 5"));
  BOOST_TEST(has(output_of("h5dump -d /parameters/dense/bias " + path), "-1, 0, 1"));
}

BOOST_AUTO_TEST_CASE(the_newest_generations_stay_and_never_fewer_than_two) {
  const Folder folder;
  for (std::int64_t step = 1; step <= 5; ++step) checkpoint::write(folder.path, snapshot(step), 3);
  auto entries = checkpoint::list(folder.path);
  BOOST_REQUIRE(entries.size() == 3U);
  BOOST_TEST((entries[0].step == 3 && entries[2].step == 5 && entries[2].intact && entries[2].epoch == 3));
  BOOST_TEST(entries[2].time == "2024-01-02T03:04:05Z");
  BOOST_TEST(entries[2].bytes == std::filesystem::file_size(entries[2].path));
  checkpoint::write(folder.path, snapshot(6), 0);
  BOOST_TEST(checkpoint::list(folder.path).size() == 2U);
  BOOST_TEST(folder.files() == 2U);
}

BOOST_AUTO_TEST_CASE(the_last_intact_generation_is_never_removed) {
  const Folder folder;
  checkpoint::write(folder.path, snapshot(1), 2);
  put(folder.file("step-000000000002.h5"), "torn");
  checkpoint::write(folder.path, snapshot(3), 2);
  BOOST_TEST(checkpoint::list(folder.path).size() == 3U);
  checkpoint::write(folder.path, snapshot(4), 2);
  BOOST_TEST(checkpoint::list(folder.path).size() == 2U);
}

BOOST_AUTO_TEST_CASE(later_steps_of_a_run_that_was_taken_back_stay) {
  const Folder folder;
  for (const std::int64_t step : {1, 2, 3, 9}) checkpoint::write(folder.path, snapshot(step), 9);
  checkpoint::write(folder.path, snapshot(4), 2);
  const auto entries = checkpoint::list(folder.path);
  BOOST_REQUIRE(entries.size() == 3U);
  BOOST_TEST((entries[0].step == 3 && entries[1].step == 4 && entries[2].step == 9));
}

BOOST_AUTO_TEST_CASE(the_newest_intact_one_is_found_and_the_refused_are_named) {
  const Folder folder;
  std::vector<std::string> refused;
  BOOST_TEST(!checkpoint::newest_intact(folder.path + "/missing", &refused));
  BOOST_TEST(!checkpoint::newest_intact(folder.path, &refused));
  checkpoint::write(folder.path, snapshot(7), 2);
  put(folder.file("step-000000000008.h5"), "");
  std::filesystem::create_directory(folder.file("step-000000000009.h5"));
  std::filesystem::copy(folder.file("step-000000000007.h5"), folder.file("step-000000000010.h5"));
  put(folder.file("step-11.h5"), "not a name of ours");
  const auto found = checkpoint::newest_intact(folder.path, &refused);
  BOOST_REQUIRE(found.has_value());
  BOOST_TEST(found->step == 7);
  BOOST_REQUIRE(refused.size() == 3U);
  BOOST_TEST(has(refused[0], "its name says step 10, its content step 7"));
  BOOST_TEST(has(refused[1], "a folder, not a file"));
  BOOST_TEST(has(refused[2], "too few"));
  BOOST_TEST(checkpoint::list(folder.path).size() == 4U);
}

BOOST_AUTO_TEST_CASE(show_tells_counters_tensors_plugins_and_provenance) {
  const Folder folder;
  const std::string text = checkpoint::show(checkpoint::write(folder.path, snapshot(5), 2));
  for (const char* part :
       {"step 5, epoch 3, sample 640", "dense/kernel  f32 (4, 3)", "adam 2.1 abcd", "host: node1", "rank 1", "data state (7 bytes)"})
    BOOST_TEST(has(text, part), part << " in\n" << text);
}

BOOST_AUTO_TEST_CASE(a_name_that_is_no_path_is_refused_before_anything_is_written) {
  const Folder folder;
  for (const char* name : {"", "/a", "a/", "a//b", "a/../b", "."}) {
    Snapshot bad = snapshot(1);
    bad.parameters[0].name = name;
    BOOST_CHECK_THROW(checkpoint::write(folder.path, bad, 2), Error);
  }
  Snapshot twice = snapshot(1);
  twice.parameters[1].name = twice.parameters[0].name;
  BOOST_CHECK_THROW(checkpoint::write(folder.path, twice, 2), Error);
  Snapshot hollow = snapshot(1);
  hollow.parameters[1].tensor = Tensor();
  BOOST_TEST(has(message_of([&] { checkpoint::write(folder.path, hollow, 2); }), "has no value"));
  Snapshot negative = snapshot(-1);
  BOOST_CHECK_THROW(checkpoint::write(folder.path, negative, 2), Error);
  BOOST_TEST(folder.files() == 0U);
}

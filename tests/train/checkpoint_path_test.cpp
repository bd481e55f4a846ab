// SPDX-License-Identifier: Apache-2.0
// What may be named where a checkpoint is wanted.
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/core/error.hpp>
#include <teranga/h5/file.hpp>
#include <teranga/train/checkpoint_path.hpp>

namespace {

using namespace teranga;
namespace fs = std::filesystem;

// runs/one with the checkpoints of steps 1 and 2, of which the newer one is damaged; the working folder holds runs.
struct Runs {
  Runs() : before(fs::current_path()) {
    std::string pattern = (fs::temp_directory_path() / "teranga-paths-XXXXXX").string();
    place = fs::canonical(mkdtemp(pattern.data()));
    fs::current_path(place);
    checkpoint::Snapshot snapshot;
    for (snapshot.step = 1; snapshot.step <= 2; ++snapshot.step) newest = checkpoint::write("runs/one/checkpoints", snapshot, 5);
    std::fstream damage(newest, std::ios::in | std::ios::out | std::ios::binary);
    damage.seekp(600);
    damage << "damaged";
  }
  ~Runs() {
    fs::current_path(before);
    fs::remove_all(place);
  }
  static Error refused(const std::string& path) {
    try {
      train::checkpoint_file(path);
    } catch (const Error& error) {
      BOOST_TEST(static_cast<int>(error.code()) == static_cast<int>(ExitCode::data));
      return error;
    }
    throw std::logic_error("nothing was refused");
  }
  fs::path before, place;
  std::string newest;
};

bool tells(const Error& error, const std::string& text) { return std::string(error.what()).find(text) != std::string::npos; }

}  // namespace

BOOST_FIXTURE_TEST_CASE(a_run_folder_and_its_folder_of_checkpoints_stand_for_the_newest_intact_one, Runs) {
  const std::string first = "runs/one/checkpoints/step-000000000001.h5";
  for (const char* path : {"runs/one", "runs/one/", "runs/one/checkpoints"}) BOOST_TEST(fs::equivalent(train::checkpoint_file(path), first));
  BOOST_TEST(train::checkpoint_file(first) == first);
  BOOST_TEST(train::checkpoint_file(newest) == newest);  // a file is that file: whoever reads it finds the damage
  BOOST_TEST(train::holds_checkpoint("runs/one"));
  BOOST_TEST(train::holds_checkpoint(first));
  BOOST_TEST(!train::holds_checkpoint("recipe.toml"));
  BOOST_TEST(!train::holds_checkpoint("runs"));
}

BOOST_FIXTURE_TEST_CASE(what_is_none_is_told_with_what_may_have_been_meant, Runs) {
  BOOST_TEST(refused("one").hint() == "did you mean runs/one?");
  BOOST_TEST(tells(refused("two"), "two: there is no such file or folder"));
  std::ofstream("one.toml") << "schema = 1\n";
  BOOST_TEST(refused("one.toml").hint() == "did you mean runs/one?");
  std::ofstream("runs/one/recipe.toml") << "schema = 1\n";
  BOOST_TEST(refused("runs/one/recipe.toml").hint() == "did you mean runs/one?");
  BOOST_TEST(tells(refused("runs"), "runs holds no checkpoint"));
  auto weights = h5::File::create_image("weights");
  weights.make_group("layers");
  const auto image = weights.image();
  std::ofstream("model.weights.h5", std::ios::binary).write(reinterpret_cast<const char*>(image.data()), static_cast<std::streamsize>(image.size()));
  const Error alone = refused("model.weights.h5");
  BOOST_TEST(tells(alone, "expected a checkpoint, found an HDF5 file that is none"));
  BOOST_TEST(alone.hint().starts_with("teranga train RECIPE --init-weights model.weights.h5 --dry-run"));
  BOOST_TEST(train::weights_file("model.weights.h5") == "model.weights.h5");
  std::ofstream("m.keras", std::ios::binary) << std::string("PK\x03\x04") + std::string(22, '\0') + '\x0d' + std::string(3, '\0') + "metadata.json" + std::string(50, ' ');
  BOOST_TEST(tells(refused("m.keras"), "a whole model in Keras's format .keras"));
  fs::rename("runs/one/checkpoints/step-000000000001.h5", "aside.h5");
  BOOST_TEST(tells(refused("runs/one"), "runs/one/checkpoints holds 1 checkpoint, and none is intact"));
}

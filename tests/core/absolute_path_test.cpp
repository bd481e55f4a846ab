// SPDX-License-Identifier: Apache-2.0
// Absolute paths name what the system finds at the relative ones.
#include <boost/test/unit_test.hpp>

#include <unistd.h>

#include <filesystem>

#include <teranga/core/absolute_path.hpp>

namespace {

namespace fs = std::filesystem;

// outside/deep, inside/link -> outside/deep, inside/folder; the working folder is `inside`.
struct Folders {
  Folders() : before(fs::current_path()) {
    std::string pattern = (fs::temp_directory_path() / "teranga-core-XXXXXX").string();
    place = fs::canonical(mkdtemp(pattern.data()));
    fs::create_directories(place / "outside/deep");
    fs::create_directories(place / "inside/folder");
    fs::create_directory_symlink(place / "outside/deep", place / "inside/link");
    fs::current_path(place / "inside");
  }
  ~Folders() {
    fs::current_path(before);
    fs::remove_all(place);
  }
  fs::path before, place;
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(dots_and_folders_that_are_left_again_are_taken_out, Folders) {
  BOOST_TEST(teranga::absolute_path("folder/../table.csv") == place / "inside/table.csv");
  BOOST_TEST(teranga::absolute_path("./folder//./") == place / "inside/folder");
  BOOST_TEST(teranga::absolute_path("../inside/../outside") == place / "outside");
  BOOST_TEST(teranga::absolute_path(place / "outside/deep/../..") == place);
  BOOST_TEST(teranga::absolute_path("/..") == "/..");
}

BOOST_FIXTURE_TEST_CASE(going_up_behind_a_link_leads_to_where_the_link_points, Folders) {
  BOOST_TEST(fs::equivalent(teranga::absolute_path("link/.."), place / "outside"));
  BOOST_TEST(teranga::absolute_path("link/../new") == place / "inside/link/../new");
  BOOST_TEST(fs::equivalent(teranga::absolute_path("link/../../inside/folder"), place / "inside/folder"));
  BOOST_TEST(fs::equivalent(teranga::absolute_path("folder/../link/../deep"), place / "outside/deep"));
}

BOOST_FIXTURE_TEST_CASE(what_is_not_there_is_left_as_it_is, Folders) { BOOST_TEST(teranga::absolute_path("nothing/../folder") == place / "inside/nothing/../folder"); }

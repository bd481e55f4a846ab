// SPDX-License-Identifier: Apache-2.0
// The metrics files of a run: whole lines only, none lost to a disk that was full for a while, each value under its column.
#include "run/run_folder.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <limits>

using namespace teranga;
using train::MetricColumns;
using train::RunFolder;
namespace fs = std::filesystem;

namespace {

struct Folder {
  fs::path path = fs::temp_directory_path() / ("teranga-run-folder-" + std::to_string(::getpid()));
  Folder() { fs::remove_all(path); }
  ~Folder() { fs::remove_all(path); }

  std::vector<std::string> lines(const std::string& name) const {
    std::vector<std::string> out;
    std::ifstream in(path / name);
    for (std::string line; std::getline(in, line);) out.push_back(line);
    return out;
  }
};

// No file may grow beyond so many bytes: what a write to a full disk meets, without a disk.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) : handler_(std::signal(SIGXFSZ, SIG_IGN)) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit small{bytes, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &small);
  }
  ~FullDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    std::signal(SIGXFSZ, handler_);
  }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
  void (*handler_)(int);
};

}  // namespace

BOOST_AUTO_TEST_CASE(no_line_is_lost_or_torn_by_a_disk_that_was_full) {
  const Folder place;
  RunFolder folder(place.path.string());
  folder.open_metrics({{"loss"}, {"loss"}}, 0);
  folder.line("step", 1, 1, {{"loss", 0.5}});
  const auto json = place.lines("metrics.jsonl"), csv = place.lines("steps.csv");
  {
    const FullDisk full(fs::file_size(place.path / "metrics.jsonl") + 7);  // room for the beginning of a line
    folder.line("step", 2, 1, {{"loss", 0.25}});
    folder.line("step", 3, 1, {{"loss", 0.125}});
    BOOST_TEST(place.lines("metrics.jsonl") == json, boost::test_tools::per_element());
  }
  folder.line("step", 4, 1, {{"loss", 0.0625}});
  const auto later = place.lines("metrics.jsonl"), table = place.lines("steps.csv");
  BOOST_REQUIRE(later.size() == 4U);
  BOOST_TEST(later[0] == json[0]);
  BOOST_TEST(later[1] == R"({"event":"step","step":2,"epoch":1,"loss":0.25})");
  BOOST_TEST(later[3] == R"({"event":"step","step":4,"epoch":1,"loss":0.0625})");
  BOOST_REQUIRE(table.size() == csv.size() + 3);
  BOOST_TEST(table[4] == "1,4,0.0625");
}

BOOST_AUTO_TEST_CASE(lines_that_wait_are_written_at_the_end) {
  const Folder place;
  {
    RunFolder folder(place.path.string());
    folder.open_metrics({{"loss"}, {"loss"}}, 0);
    {
      const FullDisk full(3);
      folder.line("step", 1, 1, {{"loss", 0.5}});
    }
  }
  BOOST_TEST(place.lines("metrics.jsonl").size() == 1U);
}

BOOST_AUTO_TEST_CASE(values_stand_under_their_columns_when_the_metrics_change) {
  const Folder place;
  {
    RunFolder folder(place.path.string());
    folder.open_metrics({{"loss", "accuracy"}, {"loss"}}, 0);
    folder.line("epoch", 5, 1, {{"loss", 0.5}, {"accuracy", 0.75}});
  }
  {
    RunFolder folder(place.path.string());
    folder.open_metrics({{"loss", "accuracy"}, {"loss"}}, 5);  // the same columns: the same file
    folder.line("epoch", 10, 2, {{"loss", 0.25}, {"accuracy", 0.875}});
  }
  BOOST_TEST(place.lines("metrics.csv").size() == 3U);
  RunFolder folder(place.path.string());
  folder.open_metrics({{"loss", "mae"}, {"loss"}}, 10);
  folder.line("epoch", 15, 3, {{"loss", 0.125}, {"mae", 0.5}});
  const std::vector<std::string> expected{"epoch,step,loss,mae", "3,15,0.125,0.5"};
  BOOST_TEST(place.lines("metrics.csv") == expected, boost::test_tools::per_element());
  BOOST_TEST(place.lines("metrics-to-step-10.csv").size() == 3U);
  BOOST_TEST(place.lines("metrics.jsonl").size() == 3U);
  BOOST_TEST(place.lines("steps.csv").size() == 1U);
}

BOOST_AUTO_TEST_CASE(epochs_and_logged_steps_have_a_table_each_and_later_lines_are_cut_from_both) {
  const Folder place;
  {
    RunFolder folder(place.path.string());
    folder.open_metrics({{"loss", "val_loss", "odd, \"name\""}, {"loss", "learning_rate"}}, 0);
    for (std::int64_t step = 1; step <= 6; ++step) {
      folder.line("step", step, (step + 1) / 2, {{"loss", 1.0 / static_cast<double>(step)}, {"learning_rate", 0.5}});
      if (step % 2 == 0) folder.line("epoch", step, step / 2, {{"odd, \"name\"", 7}, {"loss", 0.25}, {"of no column", 1}});
    }
    folder.line("test", 6, 3, {{"test_loss", 0.5}});
  }
  const std::vector<std::string> epochs{"epoch,step,loss,val_loss,\"odd, \"\"name\"\"\"", "1,2,0.25,,7", "2,4,0.25,,7", "3,6,0.25,,7"};
  BOOST_TEST(place.lines("metrics.csv") == epochs, boost::test_tools::per_element());
  const std::vector<std::string> steps{"epoch,step,loss,learning_rate", "1,1,1,0.5", "1,2,0.5,0.5", "2,3,0.3333333333333333,0.5", "2,4,0.25,0.5", "3,5,0.2,0.5", "3,6,0.16666666666666666,0.5"};
  BOOST_TEST(place.lines("steps.csv") == steps, boost::test_tools::per_element());
  BOOST_TEST(place.lines("metrics.jsonl").size() == 10U);
  RunFolder folder(place.path.string());
  folder.open_metrics({{"loss", "val_loss", "odd, \"name\""}, {"loss", "learning_rate"}}, 3);
  BOOST_TEST(place.lines("metrics.csv") == std::vector(epochs.begin(), epochs.begin() + 2), boost::test_tools::per_element());
  BOOST_TEST(place.lines("steps.csv") == std::vector(steps.begin(), steps.begin() + 4), boost::test_tools::per_element());
  BOOST_TEST(place.lines("metrics.jsonl").size() == 4U);
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_renamed_is_followed) {
  const Folder place;
  const fs::path other = place.path.string() + "-elsewhere";
  fs::remove_all(other);
  RunFolder folder(place.path.string());
  folder.open_metrics({{"loss"}, {"loss"}}, 0);
  BOOST_CHECK(folder.look() == RunFolder::Place::same);
  fs::rename(place.path, other);
  fs::create_directories(place.path);  // something else under its name
  BOOST_CHECK(folder.look() == RunFolder::Place::moved);
  BOOST_TEST(fs::equivalent(folder.path(), other));
  BOOST_CHECK(folder.look() == RunFolder::Place::same);
  BOOST_TEST(folder.still_ours());
  folder.line("step", 1, 1, {{"loss", 0.5}});
  folder.mark_resumable();
  BOOST_TEST(fs::exists(other / "resumable"));
  BOOST_TEST(fs::is_empty(place.path));
  fs::rename(other, place.path);
  BOOST_CHECK(folder.look() == RunFolder::Place::moved);
  BOOST_TEST(place.lines("steps.csv").size() == 2u);
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_removed_is_made_again_and_loses_no_new_line) {
  const Folder place;
  RunFolder folder(place.path.string());
  folder.write_recipe("schema = 1\n");
  folder.open_metrics({{"loss"}, {"loss"}}, 0);
  folder.line("step", 1, 1, {{"loss", 0.5}});
  fs::remove_all(place.path);
  folder.line("step", 2, 1, {{"loss", 0.25}});  // finds no folder, and waits
  BOOST_CHECK(folder.look() == RunFolder::Place::removed);
  folder.make_again();
  BOOST_CHECK(folder.look() == RunFolder::Place::same);
  folder.line("step", 3, 1, {{"loss", 0.125}});
  const std::vector<std::string> steps = {"epoch,step,loss", "1,2,0.25", "1,3,0.125"};
  BOOST_TEST(place.lines("steps.csv") == steps, boost::test_tools::per_element());
  BOOST_TEST(place.lines("metrics.jsonl").size() == 2u);
  BOOST_TEST(place.lines("recipe.toml").size() == 1u);
  BOOST_TEST(fs::exists(place.path / "owner"));
  fs::remove(place.path / "steps.csv");
  folder.line("step", 4, 1, {{"loss", 1}});
  BOOST_TEST(place.lines("steps.csv").size() == 2u);
}

BOOST_AUTO_TEST_CASE(lines_that_a_table_lacks_are_taken_from_the_other_file) {
  const Folder place;
  const MetricColumns columns{{"loss"}, {"loss"}};
  {
    RunFolder folder(place.path.string());
    folder.open_metrics(columns, 0);
    folder.line("step", 1, 1, {{"loss", 0.1}, {"more", 3}});
    folder.line("step", 2, 1, {{"loss", std::numeric_limits<double>::quiet_NaN()}});
    folder.line("step", 3, 1, {{"loss", -std::numeric_limits<double>::infinity()}});
    folder.line("epoch", 3, 1, {{"loss", 0.30000000000000004}});
  }
  const auto steps = place.lines("steps.csv"), epochs = place.lines("metrics.csv");
  fs::resize_file(place.path / "steps.csv", steps[0].size() + steps[1].size() + 5);  // the second line is torn
  fs::remove(place.path / "metrics.csv");
  RunFolder folder(place.path.string());
  folder.open_metrics(columns, 3);
  BOOST_TEST(place.lines("steps.csv") == steps, boost::test_tools::per_element());
  BOOST_TEST(place.lines("metrics.csv") == epochs, boost::test_tools::per_element());
}

// SPDX-License-Identifier: Apache-2.0
// The metrics files of a run: whole lines only, none lost to a disk that was full for a while, each value under its column.
#include "run_folder.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>
#include <csignal>
#include <filesystem>
#include <fstream>

using namespace teranga;
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
  folder.open_metrics({"loss"}, 0);
  folder.line("step", 1, 1, {{"loss", 0.5}});
  const auto json = place.lines("metrics.jsonl"), csv = place.lines("metrics.csv");
  {
    const FullDisk full(fs::file_size(place.path / "metrics.jsonl") + 7);  // room for the beginning of a line
    folder.line("step", 2, 1, {{"loss", 0.25}});
    folder.line("step", 3, 1, {{"loss", 0.125}});
    BOOST_TEST(place.lines("metrics.jsonl") == json, boost::test_tools::per_element());
  }
  folder.line("step", 4, 1, {{"loss", 0.0625}});
  const auto later = place.lines("metrics.jsonl"), table = place.lines("metrics.csv");
  BOOST_REQUIRE(later.size() == 4U);
  BOOST_TEST(later[0] == json[0]);
  BOOST_TEST(later[1] == R"({"event":"step","step":2,"epoch":1,"loss":0.25})");
  BOOST_TEST(later[3] == R"({"event":"step","step":4,"epoch":1,"loss":0.0625})");
  BOOST_REQUIRE(table.size() == csv.size() + 3);
  BOOST_TEST(table[4] == "step,4,1,0.0625");
}

BOOST_AUTO_TEST_CASE(lines_that_wait_are_written_at_the_end) {
  const Folder place;
  {
    RunFolder folder(place.path.string());
    folder.open_metrics({"loss"}, 0);
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
    folder.open_metrics({"loss", "accuracy"}, 0);
    folder.line("epoch", 5, 1, {{"loss", 0.5}, {"accuracy", 0.75}});
  }
  {
    RunFolder folder(place.path.string());
    folder.open_metrics({"loss", "accuracy"}, 5);  // the same columns: the same file
    folder.line("epoch", 10, 2, {{"loss", 0.25}, {"accuracy", 0.875}});
  }
  BOOST_TEST(place.lines("metrics.csv").size() == 3U);
  RunFolder folder(place.path.string());
  folder.open_metrics({"loss", "mae"}, 10);
  folder.line("epoch", 15, 3, {{"loss", 0.125}, {"mae", 0.5}});
  const std::vector<std::string> expected{"event,step,epoch,loss,mae", "epoch,15,3,0.125,0.5"};
  BOOST_TEST(place.lines("metrics.csv") == expected, boost::test_tools::per_element());
  BOOST_TEST(place.lines("metrics-to-step-10.csv").size() == 3U);
  BOOST_TEST(place.lines("metrics.jsonl").size() == 3U);
}

// SPDX-License-Identifier: Apache-2.0
// Which warnings of a plugin each rank tells: those of its own samples. What all ranks find alike is told by rank 0.
#include <boost/test/unit_test.hpp>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <teranga/core/log.hpp>
#include <teranga/host/breadcrumb.hpp>
#include <teranga/host/host_table.hpp>

namespace teranga::host {
namespace {

// What the log of rank 1 has of a warning in that call.
std::string told_in(const char* call) {
  const std::string path = (std::filesystem::temp_directory_path() / ("teranga-warnings-" + std::string(call) + ".txt")).string();
  std::filesystem::remove(path);
  log::set_rank(1, 2);
  log::open_file(path);
  {
    const Breadcrumb crumb("teranga.guest", nullptr, call);
    host_table().log(TRG_LOG_WARNING, "strange words");
  }
  log::close_file();
  log::set_rank(0, 1);
  std::ifstream file(path);
  const std::string told{std::istreambuf_iterator<char>(file), {}};
  std::filesystem::remove(path);
  return told;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_a_rank_warns_of_its_own_samples_is_told) {
  BOOST_TEST(told_in("fill").find("rank 1: guest: strange words") != std::string::npos);
  BOOST_TEST(told_in("evaluate").find("rank 1: guest: strange words") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_all_ranks_find_alike_is_left_to_rank_0) {
  for (const char* call : {"create", "open", "fit", "restore", "plan"}) BOOST_TEST(told_in(call) == "", call);
}

}  // namespace teranga::host

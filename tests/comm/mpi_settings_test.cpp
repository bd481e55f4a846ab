// SPDX-License-Identifier: Apache-2.0
#include <boost/test/unit_test.hpp>

#include "mpi_settings.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace {

namespace fs = std::filesystem;
constexpr const char* variable = "OMPI_MCA_btl_tcp_eager_limit";

// A home folder without files of Open MPI, and an environment without its parameter.
struct Home {
  Home() {
    fs::create_directories(path / ".openmpi");
    setenv("HOME", path.c_str(), 1);
    unsetenv(variable);
  }
  ~Home() { fs::remove_all(path); }
  void write(const char* text) const { std::ofstream(path / ".openmpi/mca-params.conf") << text; }

  fs::path path = fs::temp_directory_path() / ("teranga-home-" + std::to_string(getpid()));
};

}  // namespace

BOOST_FIXTURE_TEST_CASE(what_nobody_has_set_is_set_and_told, Home) {
  BOOST_TEST(teranga::set_eager_limit());
  BOOST_REQUIRE(std::getenv(variable));
  BOOST_TEST(std::getenv(variable) == teranga::wanted_eager_limit);
}

BOOST_FIXTURE_TEST_CASE(what_the_environment_says_stays, Home) {
  setenv(variable, "65536", 1);
  BOOST_TEST(!teranga::set_eager_limit());
  BOOST_TEST(std::getenv(variable) == std::string("65536"));
}

BOOST_FIXTURE_TEST_CASE(what_a_file_of_parameters_says_stays, Home) {
  write("# of this cluster\n  btl_tcp_eager_limit=65536\n");
  BOOST_TEST(!teranga::set_eager_limit());
  BOOST_TEST(!std::getenv(variable));
}

BOOST_FIXTURE_TEST_CASE(what_a_named_file_of_parameters_says_stays, Home) {
  const std::string other = (path / "cluster.conf").string();
  std::ofstream(other) << "btl_tcp_eager_limit = 65536\n";
  for (const std::string& list : {other, "/no/such.conf:" + other, other + ",/no/such.conf"}) {
    setenv("OMPI_MCA_mca_base_param_files", list.c_str(), 1);
    BOOST_TEST(!teranga::set_eager_limit(), list);
  }
  unsetenv("OMPI_MCA_mca_base_param_files");
  fs::create_directories(path / "etc");
  fs::rename(other, path / "etc/openmpi-mca-params.conf");
  setenv("OPAL_PREFIX", path.c_str(), 1);
  BOOST_TEST(!teranga::set_eager_limit());
  unsetenv("OPAL_PREFIX");
}

BOOST_FIXTURE_TEST_CASE(other_lines_of_such_a_file_do_not_count, Home) {
  write("# btl_tcp_eager_limit = 1\nbtl_tcp_eager_limits = 2\nbtl = tcp,self\n\n");
  BOOST_TEST(teranga::set_eager_limit());
}

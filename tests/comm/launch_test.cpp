// SPDX-License-Identifier: Apache-2.0
// Launchers are recognised by the variables that they set, and lone shells inside a batch job are not taken for one.
#include <boost/test/unit_test.hpp>

#include <teranga/comm/communicator.hpp>
#include <teranga/comm/launch.hpp>

#include <cstdlib>
#include <utility>
#include <vector>

namespace {

using Variables = std::vector<std::pair<const char*, const char*>>;

struct Found {
  bool launched;
  int rank;
  int size;
  bool managed = true;
  bool operator==(const Found&) const = default;
};

Found with(const Variables& variables) {
  for (const char* name : {"OMPI_COMM_WORLD_SIZE", "OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "PMI_SIZE", "SLURM_PROCID",
                           "SLURM_NTASKS", "SLURM_STEP_NUM_TASKS"})
    unsetenv(name);
  for (const auto& [name, value] : variables) setenv(name, value, 1);
  const Found found{teranga::launched_by_mpi(), teranga::launched_rank(), teranga::launched_size(), !teranga::launched_without_process_manager()};
  for (const auto& [name, value] : variables) unsetenv(name);
  return found;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_bare_process_was_not_launched) { BOOST_TEST((with({}) == Found{false, 0, 1})); }

BOOST_AUTO_TEST_CASE(mpirun_says_rank_and_size) {
  BOOST_TEST((with({{"OMPI_COMM_WORLD_SIZE", "4"}, {"OMPI_COMM_WORLD_RANK", "3"}}) == Found{true, 3, 4}));
  BOOST_TEST((with({{"OMPI_COMM_WORLD_SIZE", "1"}, {"OMPI_COMM_WORLD_RANK", "0"}}) == Found{true, 0, 1}));
}

BOOST_AUTO_TEST_CASE(srun_with_pmix_or_pmi2_says_rank_and_size) {
  BOOST_TEST(
      (with({{"PMIX_RANK", "2"}, {"SLURM_PROCID", "2"}, {"SLURM_STEP_NUM_TASKS", "8"}, {"SLURM_NTASKS", "16"}}) == Found{true, 2, 8}));
  BOOST_TEST((with({{"PMIX_RANK", "2"}, {"SLURM_NTASKS", "16"}}) == Found{true, 2, 16}));
  BOOST_TEST((with({{"PMI_RANK", "1"}, {"PMI_SIZE", "2"}}) == Found{true, 1, 2}));
}

BOOST_AUTO_TEST_CASE(several_tasks_without_a_process_manager_are_seen) {
  BOOST_TEST((with({{"SLURM_PROCID", "3"}, {"SLURM_STEP_NUM_TASKS", "4"}}) == Found{true, 3, 4, false}));
}

BOOST_AUTO_TEST_CASE(a_shell_or_script_inside_a_batch_job_is_not_a_launch) {
  BOOST_TEST((with({{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "8"}}) == Found{false, 0, 1}));
  BOOST_TEST((with({{"SLURM_PROCID", "0"}, {"SLURM_STEP_NUM_TASKS", "1"}, {"PMIX_RANK", "0"}}) == Found{false, 0, 1}));
}

BOOST_AUTO_TEST_CASE(nonsense_in_the_environment_is_not_a_launch) {
  BOOST_TEST((with({{"OMPI_COMM_WORLD_SIZE", "many"}, {"PMI_RANK", "-1"}, {"PMI_SIZE", ""}}) == Found{false, 0, 1}));
}

BOOST_AUTO_TEST_CASE(a_process_that_nobody_launched_is_a_group_of_one) {
  with({});
  const auto group = teranga::Communicator::connect();
  BOOST_TEST(group->rank() == 0);
  BOOST_TEST(group->size() == 1);
  BOOST_TEST(group->local_size() == 1);
  BOOST_TEST(group->is_root());
}

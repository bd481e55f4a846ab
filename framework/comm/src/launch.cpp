// SPDX-License-Identifier: Apache-2.0
#include <teranga/comm/launch.hpp>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>

#include <unistd.h>

namespace teranga {
namespace {

std::optional<int> number(const char* variable) {
  const char* text = std::getenv(variable);
  if (!text || !*text) return std::nullopt;
  int value = 0;
  const char* end = text + std::strlen(text);
  const auto [last, error] = std::from_chars(text, end, value);
  return error == std::errc{} && last == end && value >= 0 ? std::optional(value) : std::nullopt;
}

struct Launch {
  bool launched = false;
  int rank = 0;
  int size = 1;
  bool managed = true;  // by something that MPI can ask for the others
};

// In the order of trust. Batch systems set some of these for a lone shell too, so all but mpirun's own count only with several tasks.
Launch read_environment() {
  if (const auto size = number("OMPI_COMM_WORLD_SIZE")) return {true, number("OMPI_COMM_WORLD_RANK").value_or(0), *size};
  std::optional<int> tasks = number("SLURM_STEP_NUM_TASKS");
  if (const auto rank = number("PMIX_RANK")) {
    if (!tasks) tasks = number("SLURM_NTASKS");
    if (!tasks) return {true, *rank, 1};
    if (*tasks > 1) return {true, *rank, *tasks};
    return {};
  }
  if (const auto rank = number("PMI_RANK"); rank && number("PMI_SIZE").value_or(1) > 1) return {true, *rank, *number("PMI_SIZE")};
  if (const auto rank = number("SLURM_PROCID"); rank && tasks.value_or(1) > 1) return {true, *rank, *tasks, false};
  return {};
}

}  // namespace

bool launched_by_mpi() { return read_environment().launched; }
int launched_rank() { return read_environment().rank; }
int launched_size() { return read_environment().size; }
bool launched_without_process_manager() { return !read_environment().managed; }

bool end_launcher() noexcept {
  try {
    const pid_t launcher = ::getppid();
    std::ifstream in("/proc/" + std::to_string(launcher) + "/comm");
    std::string name;
    std::getline(in, name);
    if (!number("OMPI_COMM_WORLD_SIZE")) return false;
    if (name == "orted") return ::kill(launcher, SIGKILL) == 0;  // asked to terminate, it would end this process, and then wait for mpirun
    constexpr const char* names[] = {"mpirun", "mpiexec", "orterun"};
    if (std::ranges::find(names, name) == std::end(names)) return false;
    for (int times = 0; times < 2 && ::getppid() == launcher; ++times) {
      ::kill(launcher, SIGTERM);
      ::sleep(1);
    }
    for (int seconds = 0; seconds < 5 && ::getppid() == launcher; ++seconds) ::sleep(1);
    return ::getppid() != launcher;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace teranga

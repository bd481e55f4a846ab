// SPDX-License-Identifier: Apache-2.0
#include "batch_job.hpp"

#include <teranga/core/program_output.hpp>

#include <algorithm>
#include <cstdlib>
#include <sstream>
#include <string_view>

namespace teranga::checkpoint {
namespace {

constexpr double patience = 5;  // s that a program of Slurm may take
constexpr const char* slurm = "slurm";

std::string variable(const char* name) {
  const char* const text = std::getenv(name);
  return text ? text : "";
}

// SLURM_CLUSTER_NAME is set in jobs alone.
std::string cluster_of_here() {
  if (const std::string name = variable("SLURM_CLUSTER_NAME"); !name.empty()) return name;
  const ProgramOutput told = output_of({"scontrol", "show", "config"}, patience);
  std::istringstream lines(told.text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string key, equals, value;
    if (words >> key >> equals >> value && key == "ClusterName") return value;
  }
  return {};
}

bool is_one_of(std::string_view state, std::initializer_list<std::string_view> states) { return std::ranges::find(states, state) != states.end(); }

JobState meaning(const std::string& state) {
  // A job that waits, for the first or another time, has no processes.
  if (is_one_of(state, {"PENDING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "SPECIAL_EXIT", "BOOT_FAIL", "CANCELLED", "COMPLETED", "DEADLINE", "FAILED", "NODE_FAIL", "OUT_OF_MEMORY", "PREEMPTED", "REVOKED", "TIMEOUT"})) return JobState::over;
  if (is_one_of(state, {"SUSPENDED", "STOPPED"})) return JobState::suspended;
  return state.empty() ? JobState::unknown : JobState::running;  // COMPLETING too: its processes are about to end
}

}  // namespace

BatchJob own_job() {
  BatchJob job;
  if (job.id = variable("SLURM_JOB_ID"); !job.id.empty()) {
    job.system = slurm;
    job.cluster = variable("SLURM_CLUSTER_NAME");
    job.restarts = std::atol(variable("SLURM_RESTART_COUNT").c_str());
  } else if (job.id = variable("PBS_JOBID"); !job.id.empty()) {
    job.system = "pbs";
  } else if (job.id = variable("LSB_JOBID"); !job.id.empty()) {
    job.system = "lsf";
    if (const std::string index = variable("LSB_JOBINDEX"); !index.empty() && index != "0") job.id += "[" + index + "]";
  } else if (job.id = variable("FLUX_JOB_ID"); !job.id.empty()) {
    job.system = "flux";
  }
  return job;
}

std::string spoken(const BatchJob& job) {
  if (job.system.empty()) return {};
  const std::string name = job.system == slurm ? "Slurm" : job.system == "flux" ? "Flux" : job.system == "pbs" ? "PBS" : job.system == "lsf" ? "LSF" : job.system;
  return name + " job " + job.id;
}

bool is_former_start(const BatchJob& former, const BatchJob& own) {
  return former.system == slurm && own.system == slurm && former.id == own.id && former.cluster == own.cluster && former.restarts < own.restarts;
}

JobState state_of(const BatchJob& job, bool of_own_user) {
  const bool is_number = !job.id.empty() && std::ranges::all_of(job.id, [](char c) { return c >= '0' && c <= '9'; });
  if (job.system != slurm || !is_number || job.cluster.empty() || job.cluster != cluster_of_here()) return JobState::unknown;
  const ProgramOutput told = output_of({"squeue", "-h", "-t", "all", "-j", job.id, "-o", "%A %T"}, patience);
  std::istringstream lines(told.text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string id, state;
    if (words >> id >> state && id == job.id) return meaning(state);  // other lines: other tasks of its array
  }
  const bool forgotten = told.code == 0 || (told.code > 0 && told.errors.find("Invalid job id") != std::string::npos);
  return forgotten && of_own_user ? JobState::over : JobState::unknown;
}

}  // namespace teranga::checkpoint

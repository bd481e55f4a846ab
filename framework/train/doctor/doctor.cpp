// SPDX-License-Identifier: Apache-2.0
#include "doctor/checks.hpp"

#include <teranga/comm/group_of_one.hpp>
#include <teranga/comm/launch.hpp>
#include <teranga/comm/mpi_version.hpp>
#include <teranga/core/log.hpp>
#include <teranga/math/gemm.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include <fmt/format.h>

namespace teranga::train {
namespace {

// Open MPI ends a process at once that srun started without PMIx.
bool started_without_pmix() { return std::getenv("SLURM_STEP_NUM_TASKS") && launched_size() > 1 && !std::getenv("PMIX_RANK") && !std::getenv("OMPI_COMM_WORLD_SIZE") && mpi_version().starts_with("Open MPI"); }

// The launched group; where it cannot be joined, this process alone, and why.
std::unique_ptr<Communicator> joined(Findings& out) {
  if (started_without_pmix()) {
    out.push_back({"launcher", Verdict::problem, fmt::format("srun started {} processes, and no PMIx by which Open MPI could bring them together", launched_size()), "srun --mpi=pmix ..."});
    return group_of_one();
  }
  try {
    return Communicator::connect();
  } catch (const Error& error) {
    out.push_back({"launcher", Verdict::problem, error.what(), error.hint(), error.code()});
    return group_of_one();
  }
}

std::string run_folder_of(const DoctorOptions& options, const FactSheet& own) {
  if (!options.run.empty()) return options.run;
  const std::string name = own.get("recipe name");
  return name.empty() ? "." : "runs/" + name;
}

ExitCode code_of(const Findings& all) {
  const auto first = std::ranges::find(all, Verdict::problem, &Finding::verdict);
  return first == all.end() ? ExitCode::done : first->code;
}

}  // namespace

std::string rank_words(const FactSheets& ranks, std::size_t rank) { return ranks.size() == 1 ? "this process" : fmt::format("rank {} ({})", rank, ranks[rank].get("host")); }

std::size_t first_other(const FactSheets& ranks, const std::string& name) {
  const std::string first = ranks[0].joined(name);
  for (std::size_t rank = 1; rank < ranks.size(); ++rank)
    if (ranks[rank].joined(name) != first) return rank;
  return 0;
}

ExitCode examine(const DoctorOptions& options, const std::function<void(const std::vector<Finding>&)>& told) {
  math::keep_openmp_single();
  Findings out;
  const std::unique_ptr<Communicator> comm = joined(out);
  log::set_rank(comm->rank(), comm->size());
  const Placement placement = place_threads(options.threads, false, *comm);
  Team team(placement.threads);
  FactSheet own;
  add_program_facts(own);
  add_plugin_facts(own, options);
  add_limit_facts(own);
  add_recipe_facts(own, options, team);
  FactSheets ranks;
  for (const std::string& text : comm->allgather(own.text())) ranks.emplace_back(text);
  const bool alone = comm->size() == 1;
  if (out.empty() && launched_by_mpi()) out.push_back({"launcher", Verdict::ok, alone ? "the launcher started one process" : fmt::format("the launcher started {} processes, and MPI sees them all", comm->size())});
  check_programs(ranks, out);
  check_plugins(ranks, out);
  check_cores(placement, out);
  check_limits(ranks, out);
  check_recipe(ranks, options, out);
  check_disk(*comm, ranks, run_folder_of(options, own), out);
  check_clocks(*comm, ranks, out);
  check_network(*comm, ranks, team, out);
  if (comm->is_root()) check_slurm(out);
  auto code = static_cast<std::int64_t>(code_of(out));
  comm->broadcast(&code, sizeof code, 0);
  if (comm->is_root() && launched_rank() == 0) told(out);
  return static_cast<ExitCode>(code);
}

}  // namespace teranga::train

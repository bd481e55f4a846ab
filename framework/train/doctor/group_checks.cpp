// SPDX-License-Identifier: Apache-2.0
// What the ranks are together: cores, clocks, messages, and the scheduler that started them.
#include "doctor/checks.hpp"

#include <teranga/comm/launch.hpp>
#include <teranga/core/counted.hpp>
#include <teranga/core/program_output.hpp>
#include <teranga/math/machine_speed.hpp>
#include <teranga/service/duration.hpp>
#include <teranga/service/job_end.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <ctime>
#include <map>
#include <set>

#include <fmt/format.h>

namespace teranga::train {
namespace {

using Clock = std::chrono::steady_clock;
constexpr double patience = 10;      // seconds for an answer of Slurm
constexpr double clock_apart = 2.0;  // seconds

double wall_seconds() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// What lost_cores() says is a finding and, behind the last semicolon, its cure.
Finding cores_finding(const std::string& sentence) {
  const std::size_t cut = sentence.rfind("; ");
  if (cut == std::string::npos) return {"cores", Verdict::warning, sentence, "ask the launcher for more cores"};
  std::string cure = sentence.substr(cut + 2);
  if (const std::size_t colon = cure.find(": "); colon != std::string::npos) cure = cure.substr(colon + 2);
  return {"cores", Verdict::warning, sentence.substr(0, cut), cure};
}

// More ranks on a node than cores that they may use.
void add_crowded(const Placement& placement, Findings& out) {
  std::map<std::string, std::pair<std::size_t, std::set<int>>> nodes;
  for (const RankCores& one : placement.ranks) {
    ++nodes[one.node].first;
    nodes[one.node].second.insert(one.cores.begin(), one.cores.end());
  }
  for (const auto& [node, of] : nodes) {
    const auto& [ranks, cores] = of;
    const std::string host = std::ranges::find(placement.ranks, node, &RankCores::node)->host;
    if (!cores.empty() && ranks > cores.size())
      out.push_back({"cores", Verdict::warning, fmt::format("{} on {} share {}, and wait for each other", counted(ranks, "process", "processes"), host, counted(cores.size(), "core")), fmt::format("mpirun -n {} ..., or srun --ntasks-per-node={} ...", cores.size(), cores.size())});
  }
}

// Seconds of the all-reduce of so many numbers: the median of some.
double sum_seconds(Communicator& comm, std::size_t numbers, int times) {
  std::vector<float> values(numbers, 1.0F);
  std::vector<double> seconds;
  for (int i = 0; i < times; ++i) {
    comm.barrier();
    const auto begin = Clock::now();
    comm.sum(values);
    seconds.push_back(std::chrono::duration<double>(Clock::now() - begin).count());
    std::ranges::fill(values, 1.0F);
  }
  std::ranges::sort(seconds);
  return seconds[seconds.size() / 2];
}

}  // namespace

void check_cores(const Placement& placement, Findings& out) {
  const std::size_t before = out.size();
  for (const std::string& sentence : lost_cores(placement.ranks, placement.threads_of_ranks, launcher_of_ranks())) out.push_back(cores_finding(sentence));
  if (out.size() == before) add_crowded(placement, out);
  const RankCores& first = placement.ranks.front();
  const bool limited = first.usable < static_cast<int>(first.cores.size());
  if (out.size() == before && limited && placement.threads > first.usable)
    out.push_back({"cores", Verdict::warning, fmt::format("{} threads share the processor time of {}, which the control group grants", placement.threads, counted(first.usable, "core")), fmt::format("--threads {}", first.usable)});
  if (out.size() > before) return;
  out.push_back({"cores", Verdict::ok, fmt::format("{} for each process, on {} of {} of {}{}", counted(placement.threads, "thread"), first.cores.empty() ? first.usable : first.cores.size(), counted(first.online, "core"), first.host,
                                                   limited ? fmt::format("; the control group grants the time of {}", first.usable) : "")});
}

// The offset of a clock is known as well as all ranks leave a barrier at the same time; the best of some rounds counts.
void check_clocks(Communicator& comm, const FactSheets& ranks, Findings& out) {
  if (comm.size() == 1) return;
  std::vector<double> apart(ranks.size(), HUGE_VAL);
  for (int round = 0; round < 5; ++round) {
    comm.barrier();
    const std::vector<std::string> times = comm.allgather(fmt::format("{:.6f}", wall_seconds()));
    for (std::size_t rank = 0; rank < times.size(); ++rank) {
      const double offset = std::strtod(times[rank].c_str(), nullptr) - std::strtod(times[0].c_str(), nullptr);
      if (std::abs(offset) < std::abs(apart[rank])) apart[rank] = offset;
    }
  }
  if (!comm.is_root()) return;
  const auto most = static_cast<std::size_t>(std::ranges::max_element(apart, {}, [](double offset) { return std::abs(offset); }) - apart.begin());
  if (std::abs(apart[most]) < clock_apart) return out.push_back({"clocks", Verdict::ok, fmt::format("the clocks of all processes differ by at most {:.3f} s", std::abs(apart[most]))});
  out.push_back({"clocks", Verdict::warning, fmt::format("the clock of {} is {:.1f} s {} that of rank 0: times of files and logs mislead", rank_words(ranks, most), std::abs(apart[most]), apart[most] > 0 ? "ahead of" : "behind"),
                 "timedatectl set-ntp true on each host; timedatectl shows whether it is set right"});
}

// With a recipe: what its steps need of the network, beside what they compute.
void check_network(Communicator& comm, const FactSheets& ranks, Team& team, Findings& out) {
  if (comm.size() == 1) return;
  constexpr std::size_t many = std::size_t{1} << 20;
  const double latency = sum_seconds(comm, 1, 21), large = sum_seconds(comm, many, 5), bytes_per_second = many * sizeof(float) / large;
  const double gflops = ranks[0].number("step flops") > 0 ? math::multiply_add_gflops(team) : 0;
  if (!comm.is_root()) return;
  out.push_back({"network", Verdict::ok, fmt::format("the sum over {} takes {:.0f} us for one number, and {:.2f} ms for 4 MiB ({:.2f} GB/s)", counted(ranks.size(), "process", "processes"), latency * 1e6, large * 1e3, bytes_per_second / 1e9)});
  const double sent = ranks[0].number("gradient bytes");
  if (sent == 0 || gflops <= 0) return;
  const double messages = latency + sent / bytes_per_second, computing = ranks[0].number("step flops") / (0.5 * gflops * 1e9 * comm.size());
  out.push_back({"step", Verdict::ok, fmt::format("a step of the recipe sums {} of gradients, about {:.2f} ms, and computes {:.2f} Gflop, about {:.2f} ms at half of the peak; teranga scale predicts it well", bytes_words(sent), messages * 1e3, ranks[0].number("step flops") / 1e9, computing * 1e3)});
}

void check_slurm(Findings& out) {
  const std::string job = slurm_job();
  if (job.empty()) return;
  const ProgramOutput kinds = output_of({"srun", "--mpi=list"}, patience);
  if (kinds.code != 0) out.push_back({"slurm", Verdict::warning, fmt::format("srun --mpi=list does not tell how Slurm starts MPI: {}", kinds.failure), "mpirun in the job script"});
  else if ((kinds.text + kinds.errors).find("pmix") == std::string::npos) out.push_back({"slurm", Verdict::warning, "this Slurm has no plugin pmix, so srun cannot start the processes of Open MPI together", "mpirun in the job script, or install Slurm's plugin pmix"});
  else out.push_back({"slurm", Verdict::ok, fmt::format("job {}: srun --mpi=pmix starts MPI", job)});
  const TimeLeft left = time_left_of(job, patience);
  if (left.kind == TimeLeft::Kind::unknown) out.push_back({"job-end", Verdict::warning, fmt::format("the end of job {} is not known: {}", job, left.why), "teranga train ... --max-time TIME"});
  else out.push_back({"job-end", Verdict::ok, left.kind == TimeLeft::Kind::unlimited ? "the job has no time limit" : fmt::format("the job ends in {}", duration_text(left.seconds))});
}

}  // namespace teranga::train

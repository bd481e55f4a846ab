// SPDX-License-Identifier: Apache-2.0
// The job scripts for PBS, LSF and Flux. They follow the manuals of these schedulers, and have not been tried with them.
#include "batch_script.hpp"

#include <teranga/core/shell_word.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace teranga::launcher {
namespace {

std::string opening(const char* scheduler, const char* submit, const char* words) {
  return fmt::format("#!/bin/bash\n# Trains with Teranga under {} until the training is complete. Submit this script with {}.\n# Words for the training: {}\n# Do not give --fresh or --resume FILE: every start of the job would then begin anew.\n", scheduler, submit, words);
}

// Directives of all of them begin with a word of the scheduler's own.
class Directives {
 public:
  explicit Directives(std::string word) : word_(std::move(word)) {}
  void ask(const std::string& option) { text_ += word_ + " " + option + "\n"; }
  void ask_if(const std::string& option, const std::string& value) {
    if (!value.empty()) ask(option + value);
  }
  const std::string& text() const { return text_; }

 private:
  std::string word_, text_;
};

// What is behind the variables. `number` is the name of the job, and `requeues` how often it was queued again.
std::string opened_log(const BatchJob& job, const std::string& number, const std::string& requeues) {
  std::string out = fmt::format("limit={}  # time limit of the job in seconds; the training stops {} s before it\n", std::llround(job.seconds), job.margin);
  out += "job=" + number + "\nrequeues=" + requeues + "\n";
  out += "log=" + shell_word(job.log + "/" + job.name) + (job.array ? "-\"$index\"" : "") + ".log\n";
  return out + R"(exec >>"$log" 2>&1

say() { echo "=== $(date '+%F %T') job $job: $*"; }
checkpoints() { find "$run/checkpoints" -name '*.h5' 2>/dev/null | sort; }

# Whoever ends the job sends TERM: the job must not come back then.
cancelled=no
trap 'cancelled=yes' TERM
)" + std::string("before=$(checkpoints)\nsay \"on $(hostname), queued again $requeues times\"\n");
}

std::string stop_in_time(const BatchJob& job) { return fmt::format("\"$((limit - SECONDS - {}))\"", job.margin); }
std::string mpirun(const BatchJob& job) { return fmt::format("mpirun -n {} --map-by ppr:{}:node:pe={} --bind-to core", job.ranks(), job.ranks_per_node, job.threads); }
constexpr const char* extra_words = "# Words of the variable TERANGA_WORDS go to the training.\nread -ra words <<<\"${TERANGA_WORDS:-}\"\nset -- ${words[@]+\"${words[@]}\"}\n";

}  // namespace

// PBS has no warning signal and lets operators alone requeue a job: the script stops by the clock, and submits itself once more.
std::string pbs_script(const BatchJob& job) {
  Directives head("#PBS");
  head.ask("-N " + job.name);
  head.ask(fmt::format("-l select={}:ncpus={}:mpiprocs={}:ompthreads={}", job.nodes, job.ranks_per_node * job.threads, job.ranks_per_node, job.threads));
  head.ask("-l place=scatter");
  head.ask(fmt::format("-l walltime={}:{:02}:{:02}", std::llround(job.seconds) / 3600, std::llround(job.seconds) / 60 % 60, std::llround(job.seconds) % 60));
  head.ask("-j oe");
  head.ask_if("-q ", job.partition);
  head.ask_if("-A ", job.account);
  const bool one_job = job.array && job.array->first == job.array->last;  // PBS refuses an array of one job
  if (job.array && !one_job) head.ask("-J " + array_text(*job.array));
  for (const std::string& option : job.options) head.ask(option);
  std::string out = opening("PBS", "qsub", "qsub -v TERANGA_WORDS=\"--set training.epochs=20\" SCRIPT") + head.text() + "\n";
  out += job_variables(job, one_job ? fmt::format("${{TERANGA_INDEX:-{}}}", job.array->first) : "${PBS_ARRAY_INDEX:-${TERANGA_INDEX:-}}", std::to_string(job.threads)) + opened_log(job, "$PBS_JOBID", "${TERANGA_REQUEUES:-0}");
  out += extra_words;
  out += R"(# An Open MPI that was built without PBS finds the nodes in this file.
export OMPI_MCA_orte_default_hostfile=$PBS_NODEFILE
# In PBS, only operators can queue a job again, so this script is submitted anew, without the line that makes an array.
export TERANGA_REQUEUES=$((requeues + 1)) TERANGA_INDEX=${index:-} TERANGA_WORDS=${TERANGA_WORDS:-}
again() { sed '/^#PBS -J/d' "$0" | qsub -v TERANGA_REQUEUES,TERANGA_INDEX,TERANGA_WORDS; }
)";
  return out + training_command(job, mpirun(job), stop_in_time(job)) + ending("again", "\"$code\"");
}

// LSF queues a job again by its exit code (-Q), and does not count: a file in the run folder does.
std::string lsf_script(const BatchJob& job) {
  Directives head("#BSUB");
  head.ask(fmt::format("-J \"{}{}\"", job.name, job.array ? fmt::format("[{}-{}]{}", job.array->first, job.array->last, job.array->at_once > 0 ? fmt::format("%{}", job.array->at_once) : "") : ""));
  head.ask(fmt::format("-n {}", job.ranks()));
  head.ask(fmt::format("-R \"span[ptile={}]\"", job.ranks_per_node));
  head.ask(fmt::format("-R \"affinity[core({})]\"", job.threads));
  const auto minutes = std::llround(std::ceil(job.seconds / 60));
  head.ask(fmt::format("-W {}:{:02}", minutes / 60, minutes % 60));
  head.ask_if("-q ", job.partition);
  head.ask_if("-P ", job.account);
  Directives warning("#BSUB");
  warning.ask(fmt::format("-wa USR2 -wt {}", std::max<std::int64_t>(1, std::llround(std::ceil(job.margin / 60)))));
  warning.ask("-Q 75");
  warning.ask(fmt::format("-o {}.lsf.log", job.name));
  for (const std::string& option : job.options) warning.ask(option);
  std::string out = opening("LSF", "bsub < SCRIPT", "TERANGA_WORDS=\"--set training.epochs=20\" bsub < SCRIPT") + head.text() +
                    "# USR2 comes before the time limit: the processes write a checkpoint and end. LSF queues a job again that ends with 75.\n" + warning.text() + "\n";
  out += job_variables(job, "$LSB_JOBINDEX", std::to_string(job.threads));
  out += "# LSF does not count how often it queued a job again. A file in the run folder does.\ncount=$run/requeues-$LSB_JOBID\n";
  out += opened_log(job, job.array ? "\"${LSB_JOBID}[$index]\"" : "$LSB_JOBID", "$(cat \"$count\" 2>/dev/null || echo 0)") + "trap ':' USR2  # is for the processes, and comes to this script, too\n" + extra_words;
  out += R"(again() { echo $((requeues + 1)) >"$count"; }
)";
  // Any code but 75 keeps LSF from queueing the job again.
  return out + training_command(job, mpirun(job), stop_in_time(job)) + ending("again", "1");
}

// A job of Flux is a small Flux instance of its own. It asks its parent for another job of this script.
std::string flux_script(const BatchJob& job) {
  Directives head("#flux:");
  head.ask("--job-name=" + job.name);
  head.ask(fmt::format("--nodes={}", job.nodes));
  head.ask(fmt::format("--nslots={}", job.ranks()));
  head.ask(fmt::format("--cores-per-slot={}", job.threads));
  head.ask(fmt::format("--time-limit={}m", std::llround(std::ceil(job.seconds / 60))));
  head.ask_if("--queue=", job.partition);
  head.ask_if("--bank=", job.account);
  for (const std::string& option : job.options) head.ask(option);
  std::string out = opening("Flux", "flux batch", "flux batch SCRIPT --set training.epochs=20") + head.text();
  if (job.array) out += fmt::format("# Flux has no arrays of batch scripts. Submit this one once for each number:\n#   for i in $(seq {} {}); do flux batch --env=TERANGA_INDEX=\"$i\" SCRIPT; done\n", job.array->first, job.array->last);
  out += "\n";
  out += job_variables(job, "${TERANGA_INDEX:?is the number of this job}", std::to_string(job.threads)) + opened_log(job, "$(flux getattr jobid)", "${TERANGA_REQUEUES:-0}");
  out += "again() { flux --parent batch --env=TERANGA_REQUEUES=$((requeues + 1)) \"$0\" \"$@\"; }\n";
  const std::string launcher = fmt::format("flux run --nodes={} --ntasks={} --cores-per-task={} -o cpu-affinity=per-task -o pmi=pmix", job.nodes, job.ranks(), job.threads);
  return out + training_command(job, launcher, stop_in_time(job)) + ending("again \"$@\"", "\"$code\"");
}

}  // namespace teranga::launcher

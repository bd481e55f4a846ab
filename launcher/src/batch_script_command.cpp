// SPDX-License-Identifier: Apache-2.0
// teranga batch-script: prints a job script for a scheduler, to be submitted as it is.
#include <teranga/core/absolute_path.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/service/duration.hpp>
#include <teranga/train/recipe_loading.hpp>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <filesystem>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "arguments.hpp"
#include "batch_script.hpp"
#include "command.hpp"
#include "sweep_rows.hpp"

namespace teranga::launcher {
namespace {

struct Scheduler {
  const char* word;
  std::string (*script)(const BatchJob& job);
};
constexpr Scheduler schedulers[] = {{"slurm", slurm_script}, {"pbs", pbs_script}, {"lsf", lsf_script}, {"flux", flux_script}};
constexpr std::int64_t most_of_a_kind = 1'000'000;  // nodes, processes, jobs: more is a slip of the finger

Error batch_error(const std::string& message, std::string hint) { return Error(ExitCode::usage, "batch-script: " + message, std::move(hint)); }

const Scheduler& scheduler_of(const std::string& word) {
  std::vector<std::string> words;
  for (const Scheduler& one : schedulers) {
    if (word == one.word) return one;
    words.emplace_back(one.word);
  }
  throw batch_error(fmt::format("expected {} before the recipe, found \"{}\"", fmt::join(words, ", "), word), "teranga batch-script slurm RECIPE");
}

bool is_plain(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'; }

// A word that a scheduler takes without quotes.
std::string plain_word(const Arguments& arguments, const std::string& option) {
  const std::string word = arguments.text(option);
  if (arguments.has(option) && (word.empty() || word.front() == '-' || !std::ranges::all_of(word, is_plain)))
    throw batch_error(fmt::format("--{}: expected letters, digits, \"_\", \"-\" and \".\", found \"{}\"", option, word), fmt::format("--{} night", option));
  return word;
}

// Lines that go into the script as they are.
std::vector<std::string> script_lines(const Arguments& arguments, const std::string& option) {
  std::vector<std::string> lines = arguments.texts(option);
  for (const std::string& line : lines)
    if (line.empty() || std::ranges::any_of(line, [](unsigned char c) { return c < ' '; })) throw batch_error(fmt::format("--{}: expected one line of text, found \"{}\"", option, line), fmt::format("--{0} FIRST --{0} SECOND", option));
  return lines;
}

JobArray array_of(const std::string& text) {
  JobArray array;
  const char *at = text.data(), *const end = at + text.size();
  const auto number = [&](std::int64_t& into) {
    const auto [next, error] = std::from_chars(at, end, into);
    at = next;
    return error == std::errc{} && into >= 0 && into <= most_of_a_kind;
  };
  const auto skip = [&](char c) { return at != end && *at == c && ++at; };
  const bool right = number(array.first) && skip('-') && number(array.last) && (at == end || (skip('%') && number(array.at_once) && array.at_once > 0)) && at == end && array.first <= array.last;
  if (!right) throw batch_error(fmt::format("--array: expected FIRST-LAST or FIRST-LAST%MOST_AT_ONCE in whole numbers, found \"{}\"", text), "--array 1-8%2");
  return array;
}

// Of a sweep, its rows are the jobs.
void set_array(const Arguments& arguments, BatchJob& job) {
  job.grids = arguments.texts("grid");
  if (arguments.has("array")) job.array = array_of(arguments.text("array"));
  if (job.grids.empty()) return;
  const auto rows = static_cast<std::int64_t>(sweep_rows(job.grids, 0, 0).rows.size());
  if (!job.array) job.array = JobArray{1, rows};
  if (job.array->first < 1 || job.array->last > rows) throw batch_error(fmt::format("--array: the grid has the rows 1 to {}, found {}", rows, arguments.text("array")), fmt::format("--array 1-{}, or leave out --array", rows));
}

void set_times(const Arguments& arguments, BatchJob& job) {
  job.seconds = parse_duration(arguments.text("time", "4:00:00"), "--time");
  job.margin = arguments.has("margin") ? std::ceil(parse_duration(arguments.text("margin"), "--margin")) : usual_margin(job.seconds);
  if (job.margin >= job.seconds)
    throw batch_error(fmt::format("--time {}: the training is asked to stop {} s before the end, which leaves it no time", arguments.text("time", "4:00:00"), job.margin), "--time 10:00, or --margin 10s");
}

// The name of a recipe may hold what a scheduler does not take.
std::string name_for_job(std::string name) {
  std::ranges::replace_if(name, [](char c) { return !is_plain(c); }, '-');
  return name.empty() || name.front() == '-' ? "teranga" + name : name;
}

BatchJob job_of(const Arguments& arguments, const std::string& scheduler) {
  BatchJob job;
  const std::string path = arguments.operand(1);
  job.overrides = arguments.overrides();
  const host::Registry registry = train::open_plugins(recipe::plugin_files(path, job.overrides));
  const recipe::Recipe recipe = train::load_recipe(path, job.overrides, registry);
  set_array(arguments, job);
  set_times(arguments, job);
  job.program = std::filesystem::read_symlink("/proc/self/exe").string();
  job.recipe = absolute_path(path).string();
  job.run = absolute_path(arguments.text("run", (job.grids.empty() ? "runs/" : "sweeps/") + recipe.name)).string();
  job.log = std::filesystem::current_path().string();
  job.name = arguments.has("job-name") ? plain_word(arguments, "job-name") : name_for_job(recipe.name);
  job.partition = plain_word(arguments, "partition");
  job.account = plain_word(arguments, "account");
  job.nodes = arguments.integer("nodes", 1, 1);
  job.ranks_per_node = arguments.integer("ranks-per-node", 1, 1);
  job.threads = arguments.threads();
  job.max_requeues = arguments.integer("max-requeues", 0, 100);
  job.options = script_lines(arguments, "option");
  job.before = script_lines(arguments, "before");
  if (job.nodes > most_of_a_kind || job.ranks_per_node > most_of_a_kind) throw batch_error(fmt::format("expected at most {} nodes and processes of a node, found {} and {}", most_of_a_kind, job.nodes, job.ranks_per_node), "--nodes 2 --ranks-per-node 1");
  if (job.threads == 0 && scheduler != "slurm") throw batch_error(fmt::format("{} gives a job only the cores that it asks for: say how many each process needs", scheduler), "--threads 8");
  return job;
}

int run_batch_script(const Arguments& arguments) {
  const Scheduler& scheduler = scheduler_of(arguments.operand(0));
  const std::string text = scheduler.script(job_of(arguments, scheduler.word));
  std::fwrite(text.data(), 1, text.size(), stdout);  // paths stay as they are, whatever letters they have
  return 0;
}

}  // namespace

Command batch_script_command() {
  Command command;
  command.name = "batch-script";
  command.summary = "print a job script for a scheduler: Slurm, PBS, LSF or Flux";
  command.operands = "slurm|pbs|lsf|flux RECIPE";
  command.least_operands = command.most_operands = 2;
  command.about =
      "Prints a script that trains RECIPE as a job, and that can be submitted as it is. The job stops in time before its limit with a checkpoint. Then it is queued again and goes on, until the training is complete. It is "
      "also queued again if the training stood still (exit code 6), for example because a node was lost. It is not queued again if it was cancelled, if it failed otherwise, if it wrote no later checkpoint, or after --max-requeues.\n"
      "Words behind the name of the script go to the training, for example --set training.epochs=20. Do not give --fresh or --resume FILE: every start of the job would then begin anew.\n"
      "The paths in the script are absolute, so that it can be submitted from any folder. The recipe is checked first.\n"
      "With --array, each job of the array trains with its own number as training.seed, in a run folder of its own. With --grid, each job trains one row of teranga sweep; the same sweep without --index prints the table.\n"
      "The script for Slurm has been tried with Slurm. Those for PBS, LSF and Flux follow their manuals, and have not been tried.";
  command.options = {{"nodes", "N", "nodes (default: 1)"},
                     {"ranks-per-node", "N", "processes on each node (default: 1)"},
                     {"threads", "N", "threads of each process, and cores that it asks for (default with Slurm: the job takes whole nodes, and its processes share their cores)"},
                     {"time", "TIME", "the time limit of the job: 4:00:00, 90m, 1-12:00:00 (default: 4:00:00)"},
                     {"margin", "TIME", "ask the training to stop this long before the limit (default: a tenth of the limit, at least 60 s and at most 120 s)"},
                     {"array", "A-B", "a job array with these numbers; A-B%N runs at most N of its jobs at the same time"},
                     {"grid", "KEY=VALUES", "a job array that trains the rows of teranga sweep, which explains this option; may be given again", 0, true},
                     {"run", "FOLDER", "the run folder (default: runs/<name of the recipe>), in an array with the number behind it; with --grid, the folder of the sweep (default: sweeps/<name of the recipe>)"},
                     {"job-name", "NAME", "the name of the job (default: the name of the recipe)"},
                     {"partition", "NAME", "the partition, or queue"},
                     {"account", "NAME", "the account, project or bank that pays"},
                     {"max-requeues", "N", "queue the job again at most N times (default: 100)"},
                     {"option", "LINE", "one more option for the scheduler, as it stands: --option=--constraint=avx512; may be given again", 0, true},
                     {"before", "LINE", "a command that comes first in the job: --before \"module load openmpi\"; may be given again", 0, true},
                     set_option()};
  command.examples = {"teranga batch-script slurm lenet-fashion-mnist.toml --nodes 2 --threads 16 --time 8:00:00 > job.sh", "teranga batch-script slurm mlp-iris.toml --threads 1 --array 1-4 > seeds.sh",
                      "teranga batch-script slurm mlp-iris.toml --threads 2 --grid optimizer.learning_rate=0.1,0.01 > sweep.sh", "teranga batch-script pbs lenet-fashion-mnist.toml --nodes 4 --ranks-per-node 2 --threads 8 --partition workq"};
  command.run = run_batch_script;
  return command;
}

}  // namespace teranga::launcher

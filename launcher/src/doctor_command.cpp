// SPDX-License-Identifier: Apache-2.0
// teranga doctor: whether a training would run here, and what to type where it would not.
#include <teranga/core/counted.hpp>
#include <teranga/core/json.hpp>
#include <teranga/train/doctor.hpp>

#include <algorithm>

#include <fmt/format.h>

#include "arguments.hpp"
#include "command.hpp"
#include "print.hpp"

namespace teranga::launcher {
namespace {

using train::Finding;
using train::Verdict;

const char* word_of(Verdict verdict) { return verdict == Verdict::ok ? "ok" : verdict == Verdict::warning ? "warning" : "problem"; }

std::size_t count_of(const std::vector<Finding>& findings, Verdict verdict) { return static_cast<std::size_t>(std::ranges::count(findings, verdict, &Finding::verdict)); }

// A line for each check, and one for what to type.
void tell_findings(const std::vector<Finding>& findings) {
  std::size_t width = 0;
  for (const Finding& one : findings) width = std::max(width, one.check.size());
  for (const Finding& one : findings) {
    std::string found = one.found;
    while (found.ends_with('\n')) found.pop_back();
    print_out("{:<{}}  {:<7}  {}\n", one.check, width, word_of(one.verdict), found);
    if (!one.cure.empty()) print_out("{:<{}}           cure: {}\n", "", width, one.cure);
  }
  const std::size_t problems = count_of(findings, Verdict::problem), warnings = count_of(findings, Verdict::warning);
  print_out("\n{}: {}, {}, {}\n", problems ? "a training would not run here" : "a training would run here", counted(findings.size(), "check"), counted(warnings, "warning"), counted(problems, "problem"));
}

void tell_json(const std::vector<Finding>& findings) {
  std::string checks;
  for (const Finding& one : findings)
    checks += fmt::format("{}{{\"check\":{},\"verdict\":{},\"found\":{},\"cure\":{}}}", checks.empty() ? "" : ",", json_text(one.check), json_text(word_of(one.verdict)), json_text(one.found), json_text(one.cure));
  print_out("{{\"would_run\":{},\"warnings\":{},\"problems\":{},\"checks\":[{}]}}\n", count_of(findings, Verdict::problem) == 0, count_of(findings, Verdict::warning), count_of(findings, Verdict::problem), checks);
}

int run_doctor(const Arguments& arguments) {
  train::DoctorOptions options;
  options.recipe = arguments.operand(0);
  options.overrides = arguments.overrides();
  options.run = arguments.text("run");
  options.threads = arguments.threads();
  const bool json = arguments.has("json");
  return static_cast<int>(train::examine(options, [&](const std::vector<Finding>& findings) { json ? tell_json(findings) : tell_findings(findings); }));
}

}  // namespace

Command doctor_command() {
  Command command;
  command.name = "doctor";
  command.summary = "find what keeps a training from running here, or slows it down";
  command.operands = "[RECIPE]";
  command.most_operands = 1;
  command.about =
      "Looks at what a training needs, and prints a line for each check: ok, a warning, or a problem with its cure. Run it as the training is run: alone, with mpirun, or with srun in a job. It looks at the MPI library and "
      "the launcher, the cores of each process, the instruction set, the program, the libraries and the plugins of all processes, variables of the environment, limits of memory and of files, the space and the files of the run folder, whether all "
      "processes see these files, another owner of the run folder, the clocks of the hosts, and the speed of messages. In a job of Slurm it also looks at the plugin pmix and at the end of the job.\n"
      "With RECIPE, it reads the recipe and its data and plans the network on each process, and compares the memory, the disk and the messages with what this recipe needs.\n"
      "The exit code is 0 if a training would run. Otherwise it is the exit code that the training would have, for example 4 for a plugin.";
  command.options = {set_option(),
                     {"run", "FOLDER", "the run folder to look at (default: that of the recipe; without a recipe, this folder)"},
                     threads_option(),
                     {"json", "", "print one JSON object instead of lines"}};
  command.examples = {"teranga doctor", "mpirun -n 2 --bind-to none teranga doctor lenet-fashion-mnist.toml --run runs/night", "srun --mpi=pmix teranga doctor --json"};
  command.collective = true;
  command.run = run_doctor;
  return command;
}

}  // namespace teranga::launcher

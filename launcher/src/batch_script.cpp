// SPDX-License-Identifier: Apache-2.0
#include "batch_script.hpp"

#include <teranga/core/shell_word.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace teranga::launcher {

double usual_margin(double seconds) { return std::clamp(std::floor(seconds / 10), 60.0, 120.0); }

std::string clock_text(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::ceil(seconds));
  const std::string clock = fmt::format("{}:{:02}:{:02}", whole / 3600 % 24, whole / 60 % 60, whole % 60);
  return whole < 86400 ? clock : fmt::format("{}-{:0>8}", whole / 86400, clock);
}

std::string array_text(const JobArray& array) { return fmt::format("{}-{}{}", array.first, array.last, array.at_once > 0 ? fmt::format("%{}", array.at_once) : ""); }

std::string job_variables(const BatchJob& job, const std::string& index, const std::string& threads) {
  std::string out;
  const auto set = [&](const char* name, const std::string& value) { out += fmt::format("{}={}\n", name, value); };
  for (const std::string& line : job.before) out += line + "\n";
  if (!job.before.empty()) out += "\n";
  out += "set -u\n\n";  // after the commands of --before: what they read may have variables that are not set
  set("teranga", shell_word(job.program));
  set("recipe", shell_word(job.recipe));
  if (job.array) set("index", index);
  if (job.grids.empty()) {
    set("run", shell_word(job.run) + (job.array ? "-\"$index\"" : ""));
  } else {
    set("sweep", shell_word(job.run));
    set("run", "$sweep/$(printf '%04d' \"$index\")");
  }
  set("threads", threads);
  set("most_requeues", std::to_string(job.max_requeues));
  return out;
}

std::string training_command(const BatchJob& job, const std::string& launcher, const std::string& seconds) {
  std::string words;
  for (const std::string& one : job.overrides) words += " --set " + shell_text(one);
  if (!job.grids.empty()) {
    std::string grids;
    for (const std::string& one : job.grids) grids += " --grid " + shell_text(one);
    const std::string stop = seconds.empty() ? "" : fmt::format("timeout --foreground --preserve-status --signal=USR2 {} \\\n  ", seconds);
    return fmt::format("{}\"$teranga\" sweep \"$recipe\" --folder \"$sweep\" --index \"$index\" --launcher \"{}\" \\\n  --threads \"$threads\"{}{} \"$@\"\n", stop, launcher, grids, words);
  }
  if (job.array) words += " --set training.seed=\"$index\"";
  return fmt::format("{} \\\n  \"$teranga\" train \"$recipe\" --run \"$run\" --threads \"$threads\" --progress plain{}{} \"$@\"\n", launcher, seconds.empty() ? "" : " --max-time " + seconds, words);
}

std::string ending(const std::string& again, const std::string& code_of_end) {
  std::string out = R"sh(code=$?
say "teranga ended with exit code $code"

# Exit code 75: the training was stopped before its end, and the same job goes on with it.
# 6: the training stood still, for example because a node was lost.
if [ "$code" -ne 75 ] && [ "$code" -ne 6 ]; then exit "$code"; fi
if [ "$cancelled" = yes ]; then
  say "the job was asked to end: it is not queued again"
elif [ "$(checkpoints)" = "$before" ]; then
  say "the job wrote no later checkpoint, so it is not queued again: another training has the run folder, or the time limit is too short"
elif [ "$requeues" -ge "$most_requeues" ]; then
  say "the job was queued again $requeues times, and is not queued again (most_requeues)"
)sh";
  if (again.empty()) out += "else\n  say \"the job is queued again\"\n  exit 75  # which the scheduler heeds\n";
  else out += "elif " + again + "; then\n  say \"the job is queued again\"\n  exit 75\nelse\n  say \"the job cannot be queued again\"\n";
  return out + "fi\nexit " + code_of_end + "\n";
}

}  // namespace teranga::launcher

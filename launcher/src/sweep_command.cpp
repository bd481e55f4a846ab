// SPDX-License-Identifier: Apache-2.0
// teranga sweep: trains a recipe with many values of some keys, one training after the other, and ranks them.
#include <teranga/checkpoint/run_lock.hpp>
#include <teranga/comm/launch.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/hash.hpp>
#include <teranga/core/log.hpp>
#include <teranga/core/replace_file.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/service/duration.hpp>
#include <teranga/train/measured.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <numeric>
#include <optional>
#include <sstream>
#include <stop_token>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "arguments.hpp"
#include "child_process.hpp"
#include "command.hpp"
#include "opened_recipe.hpp"
#include "print.hpp"
#include "sweep_rows.hpp"
#include "table.hpp"

namespace teranga::launcher {
namespace fs = std::filesystem;
namespace {

using Clock = std::chrono::steady_clock;

void write(const std::string& path, const std::string& text) {
  if (const int error = replace_file(path, text)) throw Error(ExitCode::failure, fmt::format("{} cannot be written: {}", path, std::strerror(error)));
}

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line);
  for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
  return cells;
}

// What came of a row.
struct Outcome {
  std::string state;  // "done", "diverged" or "failed", each with the epochs that were asked for; "begun"; empty: it was not begun
  std::int64_t epoch = 0;
  std::optional<double> value;
};

SweepRows rows_of(const Arguments& arguments) {
  const std::vector<std::string> grids = arguments.texts("grid");
  const std::int64_t folds = arguments.integer("folds", 2, 0);
  if (folds > 0 && arguments.has("halving")) throw Error(ExitCode::usage, "sweep: --halving leaves out rows, and a fold of --folds is a row", "leave out --halving, or --folds");
  const SweepRows rows = grids.empty() && folds > 0 ? SweepRows{{}, {{}}} : sweep_rows(grids, arguments.integer("random", 1, 0), static_cast<std::uint64_t>(arguments.integer("seed", 0, 0)));
  return folds > 0 ? with_folds(rows, folds) : rows;
}

// The values of the folds of one choice of keys.
struct Folds {
  std::vector<std::string> choice;
  std::vector<double> values;

  double mean() const { return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size()); }
  // Of the sample: divided by one less than their number.
  double deviation() const {
    double squares = 0;
    for (const double value : values) squares += (value - mean()) * (value - mean());
    return values.size() < 2 ? 0 : std::sqrt(squares / static_cast<double>(values.size() - 1));
  }
};

// Gives signs of life of the owner of a folder. Signals are for the thread that waits for a row: run_child() asks for them.
class SignsOfLife {
 public:
  explicit SignsOfLife(const checkpoint::RunLock& lock) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    thread_ = std::jthread([this, &lock](const std::stop_token& stop) { give(lock, stop); });
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
  }

 private:
  void give(const checkpoint::RunLock& lock, const std::stop_token& stop) {
    std::unique_lock guard(mutex_);
    while (!stop.stop_requested()) {
      wake_.wait_for(guard, stop, std::chrono::duration<double>(checkpoint::touch_seconds), [] { return false; });
      if (!stop.stop_requested()) lock.touch();
    }
  }

  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::jthread thread_;  // the last member: it ends before the others
};

class Sweep {
 public:
  explicit Sweep(const Arguments& arguments);
  int run();

 private:
  std::string path_of(std::size_t row, const char* ending = "") const { return fmt::format("{}/{:04}{}", folder_, row + 1, ending); }
  std::string state_of(std::size_t row) const { return read(path_of(row, ".result")); }
  Outcome outcome_of(std::size_t row) const;
  std::vector<std::size_t> ranked(const std::vector<std::size_t>& rows) const;
  void check_rows();
  void keep_rows() const;
  bool train(std::size_t row, std::int64_t epochs);  // false: it was stopped, and goes on by the same command
  bool train_all(std::vector<std::size_t> rows);
  std::size_t tell_all() const;  // how many rows failed
  void tell_folds() const;

  const Arguments& arguments_;
  std::string recipe_, folder_;
  std::vector<std::string> launcher_, always_;  // words; overrides of all rows
  SweepRows rows_;
  std::string monitor_;
  double sign_ = -1;  // 1: larger is better
  std::vector<std::string> recipes_;  // by row: a number for its whole recipe
  std::int64_t epochs_ = 0;           // of all rows, where they are compared after a part of their epochs
  std::int64_t halving_ = 0;
  std::optional<std::size_t> only_;  // of a job array
};

Sweep::Sweep(const Arguments& arguments) : arguments_(arguments), recipe_(arguments.operand(0)), always_(arguments.overrides()), rows_(rows_of(arguments)) {
  if (launched_by_mpi()) throw Error(ExitCode::usage, "sweep: it starts the processes of each training itself, and was started by mpirun or srun", "teranga sweep RECIPE ... --launcher \"mpirun -n 2\"");
  std::istringstream words(arguments.text("launcher"));
  for (std::string word; words >> word;) launcher_.push_back(word);
  halving_ = arguments.integer("halving", 2, 0);
  if (arguments.has("index")) {
    const std::int64_t index = arguments.integer("index", 0, 0);
    if (index < 1 || index > static_cast<std::int64_t>(rows_.rows.size()))
      throw Error(ExitCode::usage, fmt::format("sweep: --index {}: the rows have the numbers 1 to {}", index, rows_.rows.size()), fmt::format("a job array of 1-{}", rows_.rows.size()));
    if (halving_) throw Error(ExitCode::usage, "sweep: --halving compares all rows, and --index trains one", "leave out --halving, or --index");
    only_ = static_cast<std::size_t>(index - 1);
  }
  if (halving_ && std::ranges::find(rows_.keys, "training.epochs") != rows_.keys.end())
    throw Error(ExitCode::usage, "sweep: --halving chooses the epochs of each row, and the grid gives other ones", "leave out --halving, or training.epochs");
  check_rows();
}

// All rows are read before the first one is trained. The monitor is one of the numbers that the first one measures.
void Sweep::check_rows() {
  recipes_.resize(rows_.rows.size());
  for (std::size_t row = rows_.rows.size(); row-- > 0;) {
    std::vector<std::string> overrides = always_;
    for (std::string& one : rows_.overrides(row)) overrides.push_back(std::move(one));
    const OpenedRecipe opened(recipe_, overrides);
    epochs_ = opened.recipe.training.epochs;
    recipes_[row] = fmt::format("{:016x}", hash64(recipe::resolve(opened.recipe)));
    if (halving_ && opened.recipe.training.validation_freq > 1)
      throw Error(ExitCode::usage, fmt::format("sweep: --halving compares rows after few epochs, and the validation part is evaluated after every {} epochs only", opened.recipe.training.validation_freq), "--set training.validation_freq=1");
    if (row > 0) continue;
    folder_ = arguments_.text("folder", "sweeps/" + opened.recipe.name);
    const std::unique_ptr<data::Source> source = opened.data_with_classes();
    Team team(1);
    const train::Networks networks(opened.recipe, *source, opened.registry, team);
    const std::vector<train::Measured> measured = train::measured_by(networks, *source);
    monitor_ = arguments_.text("monitor", train::find_measured(measured, "val_loss") ? "val_loss" : measured.front().name);
    std::vector<std::string> names;
    for (const train::Measured& one : measured) names.push_back(one.name);
    if (!train::find_measured(measured, monitor_)) throw Error(ExitCode::usage, fmt::format("sweep: --monitor {}: the training does not measure it; it measures {}", monitor_, fmt::join(names, ", ")), fmt::format("--monitor {}", nearest_name(monitor_, names).value_or(names.front())));
    sign_ = train::direction_of(monitor_, arguments_.one_of("mode", {"auto", "min", "max"}), measured);
  }
}

// The rows stand in a file, so that every job of an array has the same ones, and a sweep that goes on too.
void Sweep::keep_rows() const {
  std::error_code error;
  fs::create_directories(folder_, error);
  if (error) throw Error(ExitCode::failure, fmt::format("the folder {} cannot be made: {}", folder_, error.message()));
  const std::string path = folder_ + "/rows.csv", text = rows_.text(recipes_);
  if (!fs::exists(path)) return write(path, text);
  if (read(path) != text) throw Error(ExitCode::usage, fmt::format("sweep: {} holds the rows of another sweep, or the recipe was changed since", path), "--folder OTHER");
}

// The best epoch that the run's table tells of.
Outcome Sweep::outcome_of(std::size_t row) const {
  Outcome out;
  out.state = state_of(row);
  std::ifstream in(path_of(row) + "/metrics.csv");
  std::string line;
  if (out.state.empty() && in) out.state = "begun";
  std::getline(in, line);
  const std::vector<std::string> names = cells_of(line);
  const auto at = static_cast<std::size_t>(std::ranges::find(names, monitor_) - names.begin());
  while (std::getline(in, line)) {
    const std::vector<std::string> cells = cells_of(line);
    if (at >= cells.size() || cells[at].empty()) continue;
    const double value = std::strtod(cells[at].c_str(), nullptr);
    if (!std::isfinite(value) || (out.value && sign_ * (value - *out.value) <= 0)) continue;
    out.value = value;
    out.epoch = std::strtoll(cells[0].c_str(), nullptr, 10);
  }
  return out;
}

// From the best to the worst; what has no number comes last, in the order of the rows.
std::vector<std::size_t> Sweep::ranked(const std::vector<std::size_t>& rows) const {
  std::vector<std::pair<std::size_t, std::optional<double>>> values;
  for (const std::size_t row : rows) values.emplace_back(row, outcome_of(row).value);
  std::ranges::stable_sort(values, [&](const auto& a, const auto& b) { return a.second && (!b.second || sign_ * (*a.second - *b.second) > 0); });
  std::vector<std::size_t> out;
  for (const auto& [row, value] : values) out.push_back(row);
  return out;
}

bool Sweep::train(std::size_t row, std::int64_t epochs) {
  std::vector<std::string> words = launcher_;
  words.push_back(fs::read_symlink("/proc/self/exe").string());
  for (const std::string& word : {std::string("train"), recipe_, std::string("--run"), path_of(row), std::string("--progress"), std::string("plain")}) words.push_back(word);
  std::vector<std::string> overrides = always_;
  for (std::string& one : rows_.overrides(row)) overrides.push_back(std::move(one));
  if (halving_) overrides.push_back(fmt::format("training.epochs={}", epochs));
  for (std::string& one : overrides) words.insert(words.end(), {"--set", std::move(one)});
  if (arguments_.has("threads")) words.insert(words.end(), {"--threads", arguments_.text("threads")});
  const auto began = Clock::now();
  ChildEnd end;
  bool owned = false;
  constexpr int attempts = 15;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    end = run_child(words, path_of(row, ".log"));
    // The training of a sweep that was killed may still be about to stop. One that stops itself leaves no owner behind.
    owned = end.code == static_cast<int>(ExitCode::requeue) && checkpoint::RunLock::is_there(path_of(row));
    if (!owned || end.interrupted) break;
    std::this_thread::sleep_for(std::chrono::seconds(2));
  }
  if ((!owned && end.code == static_cast<int>(ExitCode::requeue)) || end.interrupted) return false;
  const bool diverged = end.code == static_cast<int>(ExitCode::diverged);
  const std::string state = end.code == 0 ? "done" : diverged ? "diverged" : fmt::format("failed (code {})", end.code);
  write(path_of(row, ".result"), fmt::format("{} {}", end.code == 0 ? "done" : diverged ? "diverged" : "failed", epochs));
  const Outcome outcome = outcome_of(row);
  print_out("row {} of {}: {}: {}{}, {}\n", row + 1, rows_.rows.size(), fmt::join(rows_.overrides(row), " "), state,
            outcome.value ? fmt::format(", {} {:.5g} at epoch {}", monitor_, *outcome.value, outcome.epoch) : "", duration_text(std::chrono::duration<double>(Clock::now() - began).count()));
  std::fflush(stdout);
  if (end.code == static_cast<int>(ExitCode::usage) || end.code == cannot_be_started)
    throw Error(ExitCode::usage, fmt::format("row {} cannot be trained; its log is {}", row + 1, path_of(row, ".log")), fmt::format("tail {}", shell_word(path_of(row, ".log"))));
  return true;
}

// With halving, all rows train for some epochs, and the best part of them for more, until the last ones have trained for all epochs.
bool Sweep::train_all(std::vector<std::size_t> rows) {
  std::vector<std::int64_t> stages = {halving_ ? epochs_ : 0};
  for (double left = static_cast<double>(rows.size()); halving_ && left > static_cast<double>(halving_) - 0.5 && stages.front() > 1; left /= static_cast<double>(halving_))
    stages.insert(stages.begin(), (stages.front() + halving_ - 1) / halving_);
  for (const std::int64_t epochs : stages) {
    for (const std::size_t row : rows) {
      std::istringstream kept(state_of(row));
      std::string state;
      std::int64_t trained = 0;
      kept >> state >> trained;
      if (state == "diverged" || (state == "done" && trained >= epochs)) continue;
      if (!train(row, epochs)) return false;
    }
    if (epochs == stages.back()) break;
    rows = ranked(rows);
    rows.resize(std::max<std::size_t>(1, (rows.size() + static_cast<std::size_t>(halving_) - 1) / static_cast<std::size_t>(halving_)));
    std::ranges::sort(rows);
  }
  return true;
}

std::size_t Sweep::tell_all() const {
  std::vector<std::size_t> rows(rows_.rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) rows[row] = row;
  std::vector<std::string> head = {"rank", "row"};
  head.insert(head.end(), rows_.keys.begin(), rows_.keys.end());
  head.insert(head.end(), {"state", "epoch", monitor_});
  Table table(head);
  std::string csv = csv_line(head);
  std::size_t rank = 0, failed = 0;
  for (const std::size_t row : ranked(rows)) {
    const Outcome outcome = outcome_of(row);
    const std::string state = outcome.state.substr(0, outcome.state.find(' '));
    failed += state == "failed";
    std::vector<std::string> cells = {outcome.value ? fmt::format("{}", ++rank) : "", fmt::format("{}", row + 1)};
    cells.insert(cells.end(), rows_.rows[row].begin(), rows_.rows[row].end());
    cells.insert(cells.end(), {state.empty() ? "waiting" : state, outcome.value ? fmt::format("{}", outcome.epoch) : "", outcome.value ? fmt::format("{:.6g}", *outcome.value) : ""});
    table.add(cells);
    csv.append(csv_line(cells));
  }
  write(folder_ + "/table.csv", csv);
  print_out("{}{}/table.csv has this table; the runs are in {}\n", table.text(), folder_, folder_);
  if (failed > 0) print_out("{} failed: their logs, such as {}/0001.log, say why; the same command tries them again\n", failed == 1 ? "1 row" : fmt::format("{} rows", failed), folder_);
  return failed;
}

// One line for each choice of the other keys: the mean over its folds. Choices of which folds are missing come last.
void Sweep::tell_folds() const {
  const auto folds = static_cast<std::size_t>(arguments_.integer("folds", 2, 0));
  if (folds == 0) return;
  std::vector<Folds> all;
  for (std::size_t row = 0; row < rows_.rows.size(); ++row) {
    if (row % folds == 0) all.push_back({{rows_.rows[row].begin(), rows_.rows[row].end() - 1}, {}});
    if (const Outcome outcome = outcome_of(row); outcome.value && outcome.state.starts_with("done")) all.back().values.push_back(*outcome.value);
  }
  std::ranges::stable_sort(all, [&](const Folds& a, const Folds& b) {
    if (a.values.size() != b.values.size()) return a.values.size() > b.values.size();
    return !a.values.empty() && sign_ * (a.mean() - b.mean()) > 0;
  });
  std::vector<std::string> head(rows_.keys.begin(), rows_.keys.end() - 1);
  head.insert(head.end(), {"folds", "mean_" + monitor_, "deviation"});
  Table table(head);
  std::string csv = csv_line(head);
  for (const Folds& one : all) {
    std::vector<std::string> cells = one.choice;
    cells.push_back(fmt::format("{} of {}", one.values.size(), folds));
    for (const double number : {one.values.empty() ? 0 : one.mean(), one.deviation()}) cells.push_back(one.values.empty() ? "" : fmt::format("{:.6g}", number));
    table.add(cells);
    csv.append(csv_line(cells));
  }
  write(folder_ + "/folds.csv", csv);
  print_out("\n{}{}/folds.csv has this table\n", table.text(), folder_);
}

int Sweep::run() {
  keep_rows();
  std::optional<checkpoint::RunLock> lock;
  std::optional<SignsOfLife> signs;
  if (!only_) {
    lock.emplace(folder_);
    signs.emplace(*lock);
  }
  std::vector<std::size_t> rows;
  for (std::size_t row = 0; row < rows_.rows.size(); ++row)
    if (!only_ || row == *only_) rows.push_back(row);
  print_out("{} rows, {} to train; {} decides, {} is better\n", rows_.rows.size(), rows.size(), monitor_, sign_ > 0 ? "more" : "less");
  std::fflush(stdout);
  const bool whole = train_all(rows);
  const std::size_t failed = tell_all();
  tell_folds();
  if (!whole) {
    print_out("stopped on request; the same command goes on\n");
    return static_cast<int>(ExitCode::requeue);
  }
  return failed > 0 ? static_cast<int>(ExitCode::failure) : 0;
}

int run_sweep(const Arguments& arguments) {
  const WaitingSignals signals;  // also those that come while no row trains stop the sweep, and not the process
  return Sweep(arguments).run();
}

}  // namespace

Command sweep_command() {
  Command command;
  command.name = "sweep";
  command.summary = "train a recipe with many values of some keys, and rank the results";
  command.operands = "RECIPE";
  command.least_operands = command.most_operands = 1;
  command.about =
      "Trains the recipe once for every combination of the values, one training after the other, each in a run folder of its own. All rows are checked before the first one is trained. The table of results is "
      "printed at the end and kept as table.csv: each row shows its best epoch, by the quantity that --monitor names. A row that diverges, or fails, does not stop the others; where one has failed, the exit code is 1.\n"
      "A sweep that was stopped or killed goes on with the same command: rows that are done stay as they are, and the running one goes on from its last checkpoint. In a job array, --index trains one row; the same command "
      "without --index trains what is missing and prints the table.";
  command.options = {{"grid", "KEY=VALUES", "values of a key of the recipe with commas between them, or whole numbers FIRST..LAST; again for another key: all combinations are trained", 'g', true},
                     {"random", "N", "draw N rows instead of all; then KEY=LOW..HIGH and KEY=log:LOW..HIGH draw real numbers"},
                     {"seed", "N", "the seed of these draws (default: 0)"},
                     {"monitor", "NAME", "the number that ranks the rows, as in metrics.csv (default: val_loss, or the loss)"},
                     {"mode", "auto|min|max", "whether a smaller (min) or a larger value (max) is better (default: auto, as the loss or the metric defines)"},
                     {"halving", "N", "train all rows for a few epochs, the best N-th part of them for N times as many, and so on to the recipe's epochs"},
                     {"folds", "K", "cross-validation: train each row K times, each time with another K-th part of the training samples as the validation part, and print the mean and the deviation over them; without --grid, of the recipe alone"},
                     {"folder", "FOLDER", "where the runs and the table go (default: sweeps/<name of the recipe>)"},
                     {"launcher", "WORDS", "words before each training, for several processes: \"mpirun -n 2 --bind-to none\", or \"srun --mpi=pmix\""},
                     {"index", "N", "train row N alone, from 1: for job arrays"},
                     threads_option(),
                     set_option()};
  command.examples = {"teranga sweep mlp-iris.toml --grid optimizer.learning_rate=0.1,0.01 --grid training.seed=1..3", "teranga sweep lenet-fashion-mnist.toml --grid optimizer.learning_rate=log:1e-4..0.1 --random 20 --halving 3 --monitor val_accuracy",
                      "teranga sweep mlp-iris.toml --grid layer.dense.units=8,16,32 --launcher \"mpirun -n 2 --bind-to none\"", "teranga sweep mlp-iris.toml --grid training.seed=1..12 --index $SLURM_ARRAY_TASK_ID", "teranga sweep mlp-iris.toml --folds 5 --grid layer.dense.units=8,16"};
  command.run = run_sweep;
  return command;
}

}  // namespace teranga::launcher

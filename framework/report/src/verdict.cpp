// SPDX-License-Identifier: Apache-2.0
#include <teranga/report/verdict.hpp>

#include <teranga/report/curves.hpp>

#include "html.hpp"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <optional>

#include <fmt/format.h>

namespace teranga::report {
namespace {

bool has_any(const std::string& name, std::initializer_list<const char*> words) {
  return std::ranges::any_of(words, [&](const char* word) { return name.find(word) != std::string::npos; });
}

bool is_loss(const std::string& column) { return column.ends_with("loss"); }
bool is_of_validation(const std::string& column) { return column.starts_with("val_"); }

struct Series {
  std::vector<std::int64_t> epochs;
  std::vector<double> values;  // finite
};

Series series_of(const RunRecord& run, const std::string& column) {
  Series out;
  for (const Event& event : run.epochs)
    if (const auto number = event.number(column); number && std::isfinite(*number)) {
      out.epochs.push_back(event.epoch);
      out.values.push_back(*number);
    }
  return out;
}

// The first best one.
std::size_t best_of(const std::vector<double>& values, int direction) {
  const auto worse = [&](double a, double b) { return direction > 0 ? a < b : a > b; };
  return static_cast<std::size_t>(std::max_element(values.begin(), values.end(), worse) - values.begin());
}

// A metric of the validation part, else its loss, else a metric, else a loss. Of several networks no number alone tells how good they are.
std::string monitor_of(const RunRecord& run) {
  std::string best;
  int rank = -1;
  for (const std::string& column : columns_of(run)) {
    if (!is_measured(column) || direction_of(run, column) == 0) continue;
    const int of_this = 2 * is_of_validation(column) + !is_loss(column);
    if (of_this > rank) best = column, rank = of_this;
  }
  return best;
}

bool has_phases(const RunRecord& run) {
  if (run.recipe.find("\n[[phase]]\n") == std::string::npos) return false;
  int losses = 0;
  for (const std::string& column : columns_of(run)) losses += is_measured(column) && is_loss(column) && !is_of_validation(column);
  return losses > 1;
}

struct Overfit {
  std::string column;
  std::int64_t since = 0;
  double from = 0, to = 0, training_from = 0, training_to = 0;
};

// A loss of the validation part that has risen by a twentieth, and by a fiftieth of all that it fell, since its least value two or more epochs ago, while that of the training part fell.
std::optional<Overfit> overfit_of(const RunRecord& run) {
  for (const std::string& column : columns_of(run)) {
    if (!is_of_validation(column) || !is_loss(column)) continue;
    const Series judged = series_of(run, column), trained = series_of(run, column.substr(4));
    if (judged.values.size() < 3 || judged.epochs != trained.epochs) continue;
    const std::size_t least = best_of(judged.values, -1), last = judged.values.size() - 1;
    const double margin = std::max(0.05 * std::abs(judged.values[least]), 0.02 * (judged.values.front() - judged.values[least]));
    const bool rose = judged.values[last] > judged.values[least] + margin, fell = trained.values[last] < trained.values[least];
    if (last - least >= 2 && rose && fell) return Overfit{column, judged.epochs[least], judged.values[least], judged.values[last], trained.values[least], trained.values[last]};
  }
  return std::nullopt;
}

// Improving: the best value of the last fifth of the epochs is better than all before by more than a fiftieth of all that was gained.
Course course_of(const std::vector<double>& values, int direction) {
  if (values.size() < 3) return Course::unknown;
  std::vector<double> goodness;
  for (const double value : values) goodness.push_back(direction * value);
  const auto tail = goodness.end() - static_cast<std::ptrdiff_t>(std::max<std::size_t>(1, values.size() / 5));
  const double before = *std::max_element(goodness.begin(), tail), after = *std::max_element(tail, goodness.end());
  const double gain = after - before, whole = std::max(before, after) - goodness.front();
  return gain > 0.02 * whole ? Course::improving : Course::flat;
}

void tell_reached(const RunRecord& run, const Series& series, Verdict& out) {
  const auto worst_word = direction_of(run, out.monitor) > 0 ? "highest" : "lowest";
  if (series.values.size() == 1) {
    out.sentences.push_back({fmt::format("{} was ", out.monitor), out.last, fmt::format(" after epoch {}, the only one.", out.best_epoch)});
  } else if (out.best_epoch == series.epochs.back()) {
    out.sentences.push_back({fmt::format("{} reached ", out.monitor), out.best, fmt::format(" in the last epoch, {}: the {} so far.", out.best_epoch, worst_word)});
  } else {
    out.sentences.push_back({fmt::format("{} was {} in epoch {} of {}: ", out.monitor, worst_word, out.best_epoch, series.epochs.back()), out.best, ". It ended with ", out.last, "."});
  }
}

void tell_test(const RunRecord& run, Verdict& out) {
  if (run.tests.empty()) return;
  Sentence sentence = {"On the test part:"};
  for (const auto& [name, value] : run.tests.back().numbers) {
    sentence.emplace_back(fmt::format("{} {} ", sentence.size() > 1 ? "," : "", name.starts_with("test_") ? name.substr(5) : name));
    sentence.push_back(value);
  }
  sentence.push_back(".");
  if (sentence.size() > 2) out.sentences.push_back(std::move(sentence));
}

void tell_course(const RunRecord& run, Verdict& out) {
  if (const std::optional<Overfit> overfit = overfit_of(run)) {
    out.course = Course::overfitting;
    out.sentences.push_back({fmt::format("It overfits since epoch {}: {} rose from ", overfit->since, overfit->column), overfit->from, " to ", overfit->to, fmt::format(", while {} fell from ", overfit->column.substr(4)),
                             overfit->training_from, " to ", overfit->training_to, "."});
  } else if (has_phases(run)) {
    out.sentences.push_back({"Several networks were trained: their losses alone do not tell how good they are."});
  } else if (out.course == Course::improving) {
    out.sentences.push_back({fmt::format("{} was still improving at the end: more epochs may help.", out.monitor)});
  } else if (out.course == Course::flat) {
    out.sentences.push_back({fmt::format("{} hardly improves any more: more epochs alone will not help much.", out.monitor)});
  }
}

std::string state_of(const RunRecord& run) {
  if (run.end == "done" && run.epochs_wanted && !run.epochs.empty() && run.epochs.back().epoch < *run.epochs_wanted) return fmt::format("Early stopping ended the training before epoch {}.", *run.epochs_wanted);
  if (run.end == "done") return "The training is complete.";
  if (run.end == "stopped") return "The training was stopped on request; the same command goes on.";
  if (run.end == "diverged") return "The training diverged: a loss or a weight is not finite.";
  if (run.end == "failed") return "The training ended with an error, which log.txt tells.";
  if (run.starts.empty()) return "";
  return run.epochs_wanted ? fmt::format("The training has not ended: {} of {} epochs are done.", run.epochs.empty() ? 0 : run.epochs.back().epoch, *run.epochs_wanted) : "The training has not ended.";
}

}  // namespace

int direction_of(const RunRecord& run, const std::string& column) {
  for (const MeasuredFact& one : run.measured)
    if (one.name == column) return one.direction;
  if (!run.measured.empty() || column.ends_with("learning_rate")) return 0;
  if (has_any(column, {"loss", "error", "perplexity", "entropy", "divergence"})) return -1;
  if (has_any(column, {"accuracy", "auc", "precision", "recall", "f1", "r2", "iou", "top_k"})) return 1;
  return 0;
}

Verdict verdict_of(const RunRecord& run) {
  Verdict out;
  out.monitor = monitor_of(run);
  const int direction = direction_of(run, out.monitor);
  const Series series = series_of(run, out.monitor);
  if (out.monitor.empty() || series.values.empty()) {
    out.monitor.clear();
    out.sentences.push_back({run.epochs.empty() ? "No epoch has ended yet." : "There is no number to judge this run by."});
  } else {
    const std::size_t best = best_of(series.values, direction);
    out.best_epoch = series.epochs[best];
    out.best = series.values[best];
    out.last = series.values.back();
    out.course = has_phases(run) ? Course::unknown : course_of(series.values, direction);
    tell_reached(run, series, out);
  }
  tell_test(run, out);
  tell_course(run, out);
  if (std::string state = state_of(run); !state.empty()) out.sentences.push_back({std::move(state)});
  return out;
}

Sentence best_of_runs(const std::vector<RunRecord>& runs, const std::vector<std::string>& labels) {
  std::vector<Verdict> verdicts;
  for (const RunRecord& run : runs) verdicts.push_back(verdict_of(run));
  const std::string& monitor = verdicts.front().monitor;
  if (monitor.empty() || std::ranges::any_of(verdicts, [&](const Verdict& one) { return one.monitor != monitor; })) return {"The runs are not judged by one and the same number."};
  const int direction = direction_of(runs.front(), monitor);
  const auto best = std::ranges::max_element(verdicts, {}, [&](const Verdict& one) { return direction * one.best; });
  return {fmt::format("{} was best in {}: ", monitor, labels[static_cast<std::size_t>(best - verdicts.begin())]), best->best, fmt::format(" in epoch {}.", best->best_epoch)};
}

std::string to_text(const Sentence& sentence) {
  std::string out;
  for (const auto& piece : sentence) out += std::holds_alternative<double>(piece) ? number_words(std::get<double>(piece)) : std::get<std::string>(piece);
  return out;
}

}  // namespace teranga::report

// SPDX-License-Identifier: Apache-2.0
#include <teranga/report/curves.hpp>

#include <teranga/report/verdict.hpp>

#include <algorithm>
#include <cmath>
#include <set>

namespace teranga::report {
namespace {

bool has_prefix(const std::string& name, const char* prefix) { return name.starts_with(prefix); }

std::string quantity_of(const std::string& column) { return has_prefix(column, "val_") ? column.substr(4) : column; }

// Where a step lies among the epochs: the end of epoch 3 is at 3.
class EpochScale {
 public:
  explicit EpochScale(const RunRecord& run) : run_(run) {}

  double at(std::int64_t step) const {
    const auto next = std::ranges::lower_bound(run_.epochs, step, {}, &Event::step);
    const auto place = [](const Event& event) { return static_cast<double>(event.epoch); };
    if (next == run_.epochs.end()) return run_.epochs.empty() ? static_cast<double>(step) : beyond(step);
    const double to_step = static_cast<double>(next->step), from_step = next == run_.epochs.begin() ? 0 : static_cast<double>(std::prev(next)->step);
    const double from = next == run_.epochs.begin() ? std::max(0.0, place(*next) - 1) : place(*std::prev(next));
    return to_step > from_step ? from + (place(*next) - from) * (static_cast<double>(step) - from_step) / (to_step - from_step) : place(*next);
  }

 private:
  // Of the epoch that still goes on: as many steps as the one before.
  double beyond(std::int64_t step) const {
    const Event& last = run_.epochs.back();
    const double before = run_.epochs.size() > 1 ? static_cast<double>(run_.epochs[run_.epochs.size() - 2].step) : 0, length = static_cast<double>(last.step) - before;
    return static_cast<double>(last.epoch) + (length > 0 ? (static_cast<double>(step) - static_cast<double>(last.step)) / length : 0);
  }

  const RunRecord& run_;
};

Curve curve_of(const RunRecord& run, const std::string& column) {
  Curve out;
  for (const Event& event : run.epochs)
    if (const auto number = event.number(column)) out.points.push_back({static_cast<double>(event.epoch), *number});
  return out;
}

Curve steps_of(const RunRecord& run, const std::string& quantity) {
  const EpochScale scale(run);
  Curve out;
  out.faint = true;
  for (const Event& event : run.steps)
    if (const auto number = event.number(quantity)) out.points.push_back({scale.at(event.step), *number});
  return out;
}

void add(Chart& chart, Curve curve, std::string label, std::size_t colour) {
  if (curve.points.empty()) return;
  curve.label = std::move(label);
  curve.colour = colour;
  for (const Point& point : curve.points) chart.not_finite += !std::isfinite(point.y);
  if (std::ranges::any_of(curve.points, [](const Point& point) { return std::isfinite(point.y); })) chart.curves.push_back(std::move(curve));
}

void add_run(Chart& chart, const RunRecord& run) {
  const bool is_rate = chart.title.ends_with("learning_rate");
  if (!is_rate || run.epochs.size() < 2) add(chart, steps_of(run, chart.title), "steps", 0);
  add(chart, curve_of(run, chart.title), is_rate ? "" : "training", 0);
  add(chart, curve_of(run, "val_" + chart.title), "validation", 1);
  Curve test;
  if (!run.tests.empty())
    if (const auto number = run.tests.back().number("test_" + chart.title)) test.points.push_back({static_cast<double>(run.tests.back().epoch), *number});
  add(chart, std::move(test), "test", 2);
  const Verdict verdict = verdict_of(run);
  if (run.epochs.size() > 1 && verdict.best_epoch > 0 && quantity_of(verdict.monitor) == chart.title) chart.best = static_cast<double>(verdict.best_epoch);
}

void add_run_beside_others(Chart& chart, const RunRecord& run, const std::string& label, std::size_t colour) {
  Curve of_training = curve_of(run, chart.title), of_validation = curve_of(run, "val_" + chart.title);
  const bool both = !of_training.points.empty() && !of_validation.points.empty();
  of_training.dashed = of_training.faint = both;
  add(chart, std::move(of_training), label, colour);
  add(chart, std::move(of_validation), label, colour);
}

}  // namespace

bool is_measured(const std::string& column) {
  static const std::set<std::string> others = {"seconds", "samples_per_second", "bytes_read", "data_wait", "checkpoint_wait"};
  return !others.contains(column);
}

std::vector<std::string> columns_of(const RunRecord& run) {
  std::vector<std::string> out;
  std::set<std::string> seen;
  for (const Event& event : run.epochs)
    for (const auto& [name, value] : event.numbers)
      if (seen.size() < 200 && seen.insert(name).second) out.push_back(name);
  return out;
}

std::vector<Chart> charts_of(const std::vector<RunRecord>& runs) {
  std::vector<Chart> out;
  const auto mention = [&](const std::string& quantity) {
    if (std::ranges::none_of(out, [&](const Chart& chart) { return chart.title == quantity; })) out.push_back({quantity, {}});
  };
  for (const RunRecord& run : runs) {
    for (const std::string& column : columns_of(run))
      if (is_measured(column)) mention(quantity_of(column));
    if (!run.epochs.empty()) continue;
    for (const Event& event : run.steps)
      for (const auto& [name, value] : event.numbers) mention(name);
  }
  const std::vector<std::string> labels = labels_of(runs);
  for (Chart& chart : out)
    for (std::size_t i = 0; i < runs.size(); ++i)
      if (runs.size() == 1) add_run(chart, runs[i]);
      else add_run_beside_others(chart, runs[i], labels[i], i);
  std::erase_if(out, [](const Chart& chart) { return chart.curves.empty(); });
  // Rates last: they are set, not reached.
  std::stable_partition(out.begin(), out.end(), [](const Chart& chart) { return !chart.title.ends_with("learning_rate"); });
  return out;
}

std::vector<Point> thinned(const std::vector<Point>& points, std::size_t most) {
  if (points.size() <= most || most < 4) return points;
  const std::size_t stretches = most / 2;
  std::vector<Point> out;
  for (std::size_t s = 0; s < stretches; ++s) {
    const std::size_t begin = s * points.size() / stretches, end = (s + 1) * points.size() / stretches;
    std::size_t least = begin, largest = begin;
    for (std::size_t i = begin; i < end; ++i) {
      if (!(points[i].y >= points[least].y)) least = i;
      if (points[i].y > points[largest].y) largest = i;
    }
    out.push_back(points[std::min(least, largest)]);
    if (least != largest) out.push_back(points[std::max(least, largest)]);
  }
  if (out.back().x < points.back().x) out.push_back(points.back());
  return out;
}

std::vector<std::string> labels_of(const std::vector<RunRecord>& runs) {
  std::vector<std::string> out;
  std::set<std::string> folders, seen;
  const auto last_of = [](const std::string& folder) { return folder.substr(folder.find_last_of('/') + 1); };
  for (const RunRecord& run : runs) folders.insert(last_of(run.folder));
  out.reserve(runs.size());
  for (const RunRecord& run : runs) out.push_back(folders.size() == runs.size() ? last_of(run.folder) : run.folder);
  return out;
}

}  // namespace teranga::report

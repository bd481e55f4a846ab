// SPDX-License-Identifier: Apache-2.0
#include "page_sections.hpp"

#include <teranga/core/counted.hpp>
#include <teranga/report/chart.hpp>
#include <teranga/report/curves.hpp>

#include "html.hpp"
#include "net_drawing.hpp"
#include "recipe_lines.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace teranga::report {
namespace {

constexpr std::size_t most_rows = 300;          // of the table of epochs
constexpr std::size_t longest_recipe = 200000;  // bytes
constexpr std::size_t most_starts = 20, most_differences = 60, longest_value = 60;

std::string sentence_html(const Sentence& sentence) {
  std::string out;
  for (const auto& piece : sentence) out += std::holds_alternative<double>(piece) ? number_html(std::get<double>(piece)) : escaped(std::get<std::string>(piece));
  return out;
}

bool is_count(const std::string& column) { return column == "bytes_read"; }

std::string cell(const std::string& column, std::optional<double> number) {
  if (!number) return "<td></td>";
  return fmt::format("<td>{}</td>", is_count(column) ? count_html(*number) : number_html(*number));
}

// The epochs of the table: all, or the first, the best, the last ones and some of each stretch.
std::vector<const Event*> shown_epochs(const RunRecord& run, const Verdict& verdict) {
  std::vector<const Event*> out;
  const std::size_t count = run.epochs.size(), stride = (count + most_rows - 1) / most_rows;
  for (std::size_t i = 0; i < count; ++i)
    if (stride <= 1 || i % stride == 0 || i + 10 >= count || run.epochs[i].epoch == verdict.best_epoch) out.push_back(&run.epochs[i]);
  return out;
}

std::string epoch_rows(const std::vector<const Event*>& epochs, const std::vector<std::string>& columns, const Verdict& verdict) {
  std::string out;
  for (const Event* epoch : epochs) {
    out += fmt::format("<tr{}><td>{}</td><td>{}</td>", epoch->epoch == verdict.best_epoch ? " class=\"best\"" : "", count_html(static_cast<double>(epoch->epoch)), count_html(static_cast<double>(epoch->step)));
    for (const std::string& column : columns) out += cell(column, epoch->number(column));
    out += "</tr>\n";
  }
  return out;
}

std::string head_row(const std::vector<std::string>& columns) {
  std::string out = "<tr>";
  for (const std::string& column : columns) out += fmt::format("<th scope=\"col\">{}</th>", escaped(column));
  return out + "</tr>\n";
}

std::string seconds_words(double seconds) {
  if (seconds < 120) return fmt::format("{:.3g} s", seconds);
  if (seconds < 7200) return fmt::format("{:.1f} min", seconds / 60);
  return fmt::format("{:.1f} h", seconds / 3600);
}

struct Times {
  double whole = 0, data = 0, checkpoints = 0;  // s, of all epochs
};

Times times_of(const RunRecord& run) {
  Times out;
  for (const Event& epoch : run.epochs) {
    const double seconds = epoch.number("seconds").value_or(0);
    if (!std::isfinite(seconds)) continue;
    out.whole += seconds;
    out.data += seconds * std::clamp(epoch.number("data_wait").value_or(0), 0.0, 1.0);
    out.checkpoints += seconds * std::clamp(epoch.number("checkpoint_wait").value_or(0), 0.0, 1.0);
  }
  return out;
}

// The parts of the time, as the log has them at its end.
std::string time_table(const RunRecord& run) {
  const auto whole = std::ranges::find(run.times, "whole", &TimeFact::name);
  if (whole == run.times.end() || !(whole->mean > 0)) return "";
  const bool several = std::ranges::any_of(run.times, [](const TimeFact& part) { return part.least != part.most; });
  std::string out = fmt::format("<p>{} evaluation, checkpoints and all else:</p>\n<div class=\"scroll\"><table class=\"times\"><thead>", run.starts.size() > 1 ? "Of the last start, with" : "With");
  out += head_row(several ? std::vector<std::string>{"part", "least of a process", "mean", "most", "share"} : std::vector<std::string>{"part", "time", "share"}) + "</thead><tbody>\n";
  for (const TimeFact& part : run.times) {
    out += fmt::format("<tr><td style=\"text-align: left\">{}</td>", escaped(part.name));
    if (several) out += fmt::format("<td>{}</td>", seconds_words(part.least));
    out += fmt::format("<td>{}</td>", seconds_words(part.mean));
    if (several) out += fmt::format("<td>{}</td>", seconds_words(part.most));
    out += fmt::format("<td>{:.1f} %</td></tr>\n", 100 * part.mean / whole->mean);
  }
  out += "</tbody></table></div>\n";
  if (run.peak_memory > 0) out += fmt::format("<p>{} had {:.0f} MiB of memory at most.</p>\n", several ? "A process" : "The training", run.peak_memory / (1 << 20));
  return out;
}

// The best number of a quantity: of the validation part where there is one.
std::optional<double> best_number(const RunRecord& run, const std::string& quantity) {
  for (const std::string& column : {"val_" + quantity, quantity}) {
    const int direction = direction_of(run, column);
    std::optional<double> best;
    for (const Event& epoch : run.epochs)
      if (const auto number = epoch.number(column); number && std::isfinite(*number) && (!best || direction * *number > direction * *best)) best = number;
    if (best) return best;
  }
  return std::nullopt;
}

}  // namespace

std::string verdict_section(const RunRecord& run, const Verdict& verdict) {
  std::string out = fmt::format("<div class=\"verdict{}\">\n", run.end == "diverged" || run.end == "failed" ? " bad" : verdict.course == Course::overfitting ? " overfitting" : "");
  for (const Sentence& sentence : verdict.sentences) out += fmt::format("<p>{}</p>\n", sentence_html(sentence));
  return out + "</div>\n";
}

std::string charts_section(const std::vector<RunRecord>& runs) {
  const std::vector<Chart> charts = charts_of(runs);
  if (charts.empty()) return "<h2>Curves</h2>\n<p class=\"note\">There are no numbers to draw yet.</p>\n";
  std::string out = "<h2>Curves</h2>\n";
  if (runs.size() > 1) {
    const std::vector<std::string> labels = labels_of(runs);
    out += "<ul class=\"key\">";
    for (std::size_t i = 0; i < labels.size(); ++i) out += fmt::format("<li><span class=\"swatch\" style=\"background: var(--c{})\"></span>{}</li>", i % palette_size, escaped(labels[i]));
    out += "</ul>\n<p class=\"note\">Whole lines are numbers of the validation part, or of the training part where there is no other; dashed lines are then of the training part.</p>\n";
  }
  out += "<div class=\"charts\">\n";
  for (const Chart& chart : charts) {
    out += fmt::format("<figure><h3>{}</h3>\n{}", escaped(chart.title), chart_svg(chart));
    if (chart.not_finite) out += fmt::format("<p class=\"note\">Numbers that are not finite and cannot be drawn: {}.</p>\n", chart.not_finite);
    out += "</figure>\n";
  }
  out += "</div>\n";
  if (runs.size() == 1 && !runs[0].steps.empty()) out += "<p class=\"note\">Thin lines are the losses of logged steps. The dotted line marks the best epoch.</p>\n";
  return out;
}

std::string epochs_section(const RunRecord& run, const Verdict& verdict) {
  if (run.epochs.empty()) return "";
  const std::vector<std::string> columns = columns_of(run);
  const std::vector<const Event*> epochs = shown_epochs(run, verdict);
  std::vector<std::string> head = {"epoch", "step"};
  head.insert(head.end(), columns.begin(), columns.end());
  std::string out = "<h2>Epochs</h2>\n";
  if (epochs.size() < run.epochs.size()) out += fmt::format("<p class=\"note\">{} of {} epochs are shown; metrics.csv has them all.</p>\n", epochs.size(), run.epochs.size());
  out += "<div class=\"scroll tall\"><table class=\"epochs\"><thead>" + head_row(head) + "</thead><tbody>\n" + epoch_rows(epochs, columns, verdict) + "</tbody></table></div>\n";
  if (verdict.best_epoch > 0) out += fmt::format("<p class=\"note\">The epoch with the best {} stands out.</p>\n", escaped(verdict.monitor));
  return out;
}

std::string time_section(const RunRecord& run) {
  const Times times = times_of(run);
  if (!(times.whole > 0)) return "";
  const double steps = std::max(0.0, times.whole - times.data - times.checkpoints);
  std::string bar, key;
  const auto add = [&](const char* what, int colour, double seconds) {
    const double share = 100 * seconds / times.whole;
    bar += fmt::format("<span style=\"width: {:.2f}%; background: var(--c{})\" title=\"{}: {}\"></span>", share, colour, what, seconds_words(seconds));
    key += fmt::format("<li><span class=\"swatch\" style=\"background: var(--c{})\"></span>{}: {} ({:.1f} %)</li>", colour, what, seconds_words(seconds), share);
  };
  add("steps of the training", 0, steps);
  add("waiting for data", 1, times.data);
  add("waiting for checkpoints", 2, times.checkpoints);
  return fmt::format("<h2>Time</h2>\n<p>The steps of {} took {}, {} for each, without the evaluation of the validation part.</p>\n<div class=\"bar\">{}</div>\n<ul class=\"key\">{}</ul>\n", counted(run.epochs.size(), "epoch"),
                     seconds_words(times.whole), seconds_words(times.whole / static_cast<double>(run.epochs.size())), bar, key) +
         time_table(run);
}

std::string net_section(const RunRecord& run) {
  if (run.layers.empty()) return "";
  std::int64_t parameters = 0, trainable = 0;
  for (const LayerFact& layer : run.layers) parameters += layer.parameters, trainable += layer.trainable;
  std::string out = "<h2>Network</h2>\n";
  out += fmt::format("<p>{} layers, {} parameters{}. Each box shows a layer, its type, the shape of its output for one sample, and its parameters.</p>\n", run.layers.size(), count_words(static_cast<double>(parameters)),
                     trainable == parameters ? "" : fmt::format(", of which {} are trained", count_words(static_cast<double>(trainable))));
  const std::string drawing = net_svg(run.layers);
  if (drawing.empty()) return out + "<p class=\"note\">There are too many layers for a drawing; teranga summary lists them.</p>\n";
  return out + "<div class=\"scroll tall\">\n" + drawing + "</div>\n";
}

std::string machine_section(const RunRecord& run) {
  if (run.starts.empty()) return "";
  std::string out = "<h2>Machine and software</h2>\n";
  const std::size_t first = run.starts.size() > most_starts ? run.starts.size() - most_starts : 0;
  if (run.starts.size() > 1) out += fmt::format("<p>The command was started {} times in this run folder.{}</p>\n", run.starts.size(), first ? fmt::format(" The last {} are shown.", most_starts) : "");
  for (std::size_t i = run.starts.size(); i-- > first;) {
    std::string rows;
    for (const auto& [name, value] : run.starts[i]) rows += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", escaped(name), escaped(value));
    const std::string table = "<div class=\"scroll\"><table class=\"words\"><tbody>\n" + rows + "</tbody></table></div>\n";
    out += i + 1 == run.starts.size() ? table : fmt::format("<details><summary>Start {}</summary>\n{}</details>\n", i + 1, table);
  }
  return out;
}

std::string recipe_section(const RunRecord& run) {
  if (run.recipe.empty()) return "";
  std::string out = "<h2>Recipe</h2>\n";
  if (run.recipe.size() > longest_recipe) out += "<p class=\"note\">Only its beginning is shown; recipe.toml has it all.</p>\n";
  return out + fmt::format("<details><summary>The recipe with every default</summary>\n<pre>{}</pre></details>\n", escaped_lines(std::string_view(run.recipe).substr(0, longest_recipe)));
}

std::string notes_section(const RunRecord& run, const PageRoom& room) {
  if (run.notes.empty() && room.refused() == 0) return "";
  std::string out = "<h2>Left out</h2>\n";
  for (const std::string& note : run.notes) out += fmt::format("<p class=\"note\">{}</p>\n", escaped(note));
  if (room.refused()) out += fmt::format("<p class=\"note\">The page would be too large with all pictures and tables. Number of those that are left out: {}.</p>\n", room.refused());
  return out;
}

std::string runs_section(const std::vector<RunRecord>& runs) {
  std::vector<std::string> quantities;
  for (const Chart& chart : charts_of(runs))
    if (!chart.title.ends_with("learning_rate")) quantities.push_back(chart.title);
  std::vector<std::string> head = {"run", "epochs", "best epoch"};
  for (const std::string& quantity : quantities) head.push_back("best " + quantity);
  for (const std::string& quantity : quantities)
    if (std::ranges::any_of(runs, [&](const RunRecord& run) { return !run.tests.empty() && run.tests.back().number("test_" + quantity); })) head.push_back("test_" + quantity);
  head.push_back("seconds of steps");
  const std::vector<std::string> labels = labels_of(runs);
  std::string out = fmt::format("<div class=\"verdict\">\n<p>{}</p>\n</div>\n", sentence_html(best_of_runs(runs, labels)));
  out += "<div class=\"scroll\"><table class=\"runs\"><thead>" + head_row(head) + "</thead><tbody>\n";
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const Verdict verdict = verdict_of(runs[i]);
    out += fmt::format("<tr><td style=\"text-align: left\"><span class=\"swatch\" style=\"background: var(--c{})\"></span>{}</td><td>{}</td><td>{}</td>", i % palette_size, escaped(labels[i]), runs[i].epochs.size(), verdict.best_epoch > 0 ? fmt::format("{}", verdict.best_epoch) : "");
    for (const std::string& quantity : quantities) out += cell(quantity, best_number(runs[i], quantity));
    for (const std::string& column : head)
      if (column.starts_with("test_")) out += cell(column, runs[i].tests.empty() ? std::nullopt : runs[i].tests.back().number(column));
    out += fmt::format("<td>{:.4g}</td></tr>\n", times_of(runs[i]).whole);
  }
  return out + "</tbody></table></div>\n<p class=\"note\">Best numbers are of the validation part, or of the training part where there is no other.</p>\n";
}

std::string differences_section(const std::vector<RunRecord>& runs) {
  std::vector<std::string> recipes;
  for (const RunRecord& run : runs) recipes.push_back(run.recipe);
  std::vector<KeyDifference> found = differences(recipes);
  std::erase_if(found, [](const KeyDifference& one) { return one.key == "name"; });
  if (found.empty()) return "<h2>Differences of the recipes</h2>\n<p>There are none.</p>\n";
  std::vector<std::string> head = {"key"};
  for (const std::string& label : labels_of(runs)) head.push_back(label);
  std::string out = "<h2>Differences of the recipes</h2>\n<div class=\"scroll tall\"><table class=\"words\"><thead>" + head_row(head) + "</thead><tbody>\n";
  for (std::size_t i = 0; i < std::min(found.size(), most_differences); ++i) {
    out += fmt::format("<tr><td>{}</td>", escaped(found[i].key));
    for (const std::string& value : found[i].values) out += fmt::format("<td>{}</td>", escaped(shortened(value, longest_value)));
    out += "</tr>\n";
  }
  out += "</tbody></table></div>\n";
  if (found.size() > most_differences) out += fmt::format("<p class=\"note\">{} further keys differ.</p>\n", found.size() - most_differences);
  return out;
}

}  // namespace teranga::report

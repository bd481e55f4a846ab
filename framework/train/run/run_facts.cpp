// SPDX-License-Identifier: Apache-2.0
#include "run/run_facts.hpp"

#include "run/line_file.hpp"

#include <teranga/core/json.hpp>
#include <teranga/core/log.hpp>
#include <teranga/recipe/short_names.hpp>

#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace {

constexpr std::size_t most_former = 200;           // lines of former starts and ends
constexpr std::uintmax_t largest_facts = 16 << 20;  // bytes: more is no file of a run

std::string path_of_facts(const std::string& folder) { return folder + "/facts.jsonl"; }

std::vector<std::string> former_lines(const std::string& path) {
  std::vector<std::string> out;
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error) || std::filesystem::file_size(path, error) > largest_facts) return out;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("{\"event\":\"start\"") || line.starts_with("{\"event\":\"end\"")) out.push_back(line);
  if (out.size() > most_former) out.erase(out.begin(), out.end() - static_cast<std::ptrdiff_t>(most_former));
  return out;
}

std::string start_line(const StartFacts& start) {
  std::string out = "{\"event\":\"start\"";
  for (const auto& [name, value] : start) out += fmt::format(",{}:{}", json_text(name), json_text(value));
  return out + "}";
}

std::string layer_line(const model::LayerSummary& layer) {
  return fmt::format("{{\"event\":\"layer\",\"name\":{},\"type\":{},\"output\":{},\"parameters\":{},\"trainable\":{},\"flops\":{},\"inputs\":{}}}", json_text(layer.name), json_text(recipe::short_type(layer.type)),
                     json_text(fmt::format("{}", fmt::join(layer.output, " x "))), layer.borrows ? 0 : layer.parameters, layer.borrows ? 0 : layer.trainable, json_number(layer.flops), json_text(fmt::format("{}", fmt::join(layer.inputs, ", "))));
}

// Runs f; what it throws is a warning that `what` is lost.
template <class F>
void or_warn(const char* what, F&& f) noexcept {
  try {
    try {
      f();
    } catch (const std::exception& error) {
      log::warning(fmt::format("{}: {}; the training goes on", what, error.what()));
    }
  } catch (...) {  // no memory for the warning
  }
}

}  // namespace

void begin_facts(const std::string& folder, bool goes_on, const StartFacts& start, const model::Summary& network, const std::vector<Measured>& measured) noexcept {
  or_warn("the facts of the run for its report", [&] {
    std::vector<std::string> lines = goes_on ? former_lines(path_of_facts(folder)) : std::vector<std::string>();
    lines.push_back(start_line(start));
    for (const model::LayerSummary& layer : network.layers) lines.push_back(layer_line(layer));
    for (const Measured& one : measured) lines.push_back(fmt::format("{{\"event\":\"measured\",\"name\":{},\"direction\":{}}}", json_text(one.name), one.direction));
    replace_file(path_of_facts(folder), fmt::format("{}\n", fmt::join(lines, "\n")));
  });
}

void add_facts(const std::string& folder, const std::vector<std::string>& lines) noexcept {
  or_warn("the facts of the run for its report", [&] {
    LineFile file;
    file.open(path_of_facts(folder));
    for (const std::string& line : lines) file.add(line);
  });
}

void end_facts(const std::string& folder, ExitCode code) noexcept {
  const char* const how = code == ExitCode::done ? "done" : code == ExitCode::requeue ? "stopped" : code == ExitCode::diverged ? "diverged" : "failed";
  add_facts(folder, {std::string("{\"event\":\"end\",\"how\":\"").append(how).append("\"}")});
}

}  // namespace teranga::train

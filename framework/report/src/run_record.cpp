// SPDX-License-Identifier: Apache-2.0
#include <teranga/report/run_record.hpp>

#include "picture_lines.hpp"
#include "recipe_lines.hpp"

#include <teranga/core/error.hpp>
#include <teranga/report/flat_object.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>

#include <fmt/format.h>

namespace teranga::report {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t longest_line = 1 << 20, most_steps = 20000, most_epochs = 100000, most_facts = 20000;
constexpr std::size_t most_classes = 64, most_picture_lines = 1000;
constexpr std::uintmax_t largest_recipe = 4 << 20;

// Calls `take` with each whole line; what follows the last line end is still being written. Lines that are too long are counted and left out. False: it is no file
// that can be read.
bool each_line(const std::string& path, std::size_t& refused, const std::function<void(const std::string&)>& take) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return false;  // a pipe would wait for a writer
  std::ifstream in(path, std::ios::binary);
  if (!in) return false;
  std::string line;
  bool too_long = false;
  char block[1 << 16];
  while (in.read(block, sizeof(block)), in.gcount() > 0) {
    const char *at = block, *const end = block + in.gcount();
    while (at < end) {
      const char* const line_end = static_cast<const char*>(std::memchr(at, '\n', static_cast<std::size_t>(end - at)));
      const char* const piece_end = line_end ? line_end : end;
      if (line.size() + static_cast<std::size_t>(piece_end - at) > longest_line) too_long = true;
      if (!too_long) line.append(at, piece_end);
      at = line_end ? line_end + 1 : end;
      if (!line_end) continue;
      if (too_long) ++refused;
      else if (!line.empty()) take(line);
      line.clear();
      too_long = false;
    }
  }
  return true;
}

std::int64_t whole(double number) { return number >= 0 && number < 9e15 ? static_cast<std::int64_t>(number) : 0; }

Event event_of(const FlatObject& object) {
  Event out;
  out.step = whole(number_in(object, "step", 0));
  out.epoch = whole(number_in(object, "epoch", 0));
  for (const auto& [name, value] : object)
    if (name != "step" && name != "epoch" && std::holds_alternative<double>(value)) out.numbers.emplace_back(name, std::get<double>(value));
  return out;
}

// Keeps every n-th of what comes, so that there are never more than `most`.
class Sieve {
 public:
  Sieve(std::vector<Event>& kept, std::size_t most) : kept_(kept), most_(most) {}

  std::size_t every() const { return every_; }
  void add(Event event) {
    if (count_++ % every_ != 0) return;
    kept_.push_back(std::move(event));
    if (kept_.size() < most_) return;
    for (std::size_t i = 0; i < kept_.size() / 2; ++i) kept_[i] = std::move(kept_[2 * i]);
    kept_.resize(kept_.size() / 2);
    every_ *= 2;
  }

 private:
  std::vector<Event>& kept_;
  std::size_t most_, count_ = 0, every_ = 1;
};

void read_metrics(RunRecord& run) {
  const std::string path = run.folder + "/metrics.jsonl";
  Sieve steps(run.steps, most_steps), epochs(run.epochs, most_epochs);
  std::size_t refused = 0;
  const bool read = each_line(path, refused, [&](const std::string& line) {
    const std::optional<FlatObject> object = flat_object(line);
    if (!object) return void(++refused);
    const std::string kind = text_in(*object, "event");
    if (kind == "epoch") epochs.add(event_of(*object));
    if (kind == "step") steps.add(event_of(*object));
    if (kind == "test" && run.tests.size() < most_epochs) run.tests.push_back(event_of(*object));
  });
  if (!read) throw Error(ExitCode::data, fmt::format("{}: there are no metrics of a run", path), "name the run folder of a training, such as runs/mlp-digits");
  if (refused) run.notes.push_back(fmt::format("Lines of metrics.jsonl that cannot be read and are left out: {}.", refused));
  if (steps.every() > 1) run.notes.push_back(fmt::format("Of the logged steps every {}th is drawn.", steps.every()));
  if (epochs.every() > 1) run.notes.push_back(fmt::format("Of the epochs every {}th is shown.", epochs.every()));
}

std::vector<std::string> names_in(const std::string& list) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < list.size();) {
    const std::size_t end = std::min(list.find(", ", at), list.size());
    out.push_back(list.substr(at, end - at));
    at = end + 2;
  }
  return out;
}

LayerFact layer_of(const FlatObject& object) {
  return {text_in(object, "name"), text_in(object, "type"), text_in(object, "output"), whole(number_in(object, "parameters", 0)), whole(number_in(object, "trainable", 0)), names_in(text_in(object, "inputs"))};
}

StartFact start_of(const FlatObject& object) {
  StartFact out;
  for (const auto& [name, value] : object)
    if (name != "event") out.emplace_back(name, std::holds_alternative<double>(value) ? fmt::format("{}", std::get<double>(value)) : std::get<std::string>(value));
  return out;
}

void read_facts(RunRecord& run) {
  std::size_t refused = 0, taken = 0;
  const bool read = each_line(run.folder + "/facts.jsonl", refused, [&](const std::string& line) {
    const std::optional<FlatObject> object = flat_object(line);
    if (!object || ++taken > most_facts) return void(++refused);
    const std::string kind = text_in(*object, "event");
    if (kind == "start") {
      run.starts.push_back(start_of(*object));
      run.end.clear();
      run.times.clear();
      run.peak_memory = 0;
    } else if (kind == "layer") {
      run.layers.push_back(layer_of(*object));
    } else if (kind == "measured") {
      run.measured.push_back({text_in(*object, "name"), static_cast<int>(std::clamp(number_in(*object, "direction", 0), -1.0, 1.0))});
    } else if (kind == "time") {
      run.times.push_back({text_in(*object, "name"), number_in(*object, "least", 0), number_in(*object, "mean", 0), number_in(*object, "most", 0)});
    } else if (kind == "memory") {
      run.peak_memory = number_in(*object, "most", 0);
    } else if (kind == "end") {
      run.end = text_in(*object, "how");
    }
  });
  if (!read) run.notes.push_back("The run has no facts.jsonl: the network and the machine are not shown.");
  if (refused) run.notes.push_back(fmt::format("Lines of facts.jsonl that cannot be read and are left out: {}.", refused));
}

// The counts of one true class; those that are no numbers end them.
std::vector<std::int64_t> counts_in(const std::string& text) {
  std::vector<std::int64_t> out;
  for (const char *at = text.data(), *const end = at + text.size(); at < end;) {
    std::int64_t count = 0;
    const auto [next, code] = std::from_chars(at, end, count);
    if (code != std::errc{} || count < 0) break;
    out.push_back(count);
    at = next < end && *next == ' ' ? next + 1 : end;
  }
  return out;
}

void take_review(const FlatObject& object, std::optional<ReviewFact>& review) {
  const std::string kind = text_in(object, "event");
  if (kind == "review") review.emplace(ReviewFact{text_in(object, "part"), whole(number_in(object, "samples", 0)), whole(number_in(object, "step", 0)), {}, {}, {}, {}});
  if (!review) return;
  if (kind == "counts" && review->classes.size() < most_classes) {
    review->classes.push_back(text_in(object, "truth"));
    for (const std::int64_t count : counts_in(text_in(object, "guesses"))) review->counts.push_back(count);
  } else if (kind == "mixed_up" && review->mixed_up.size() < most_classes) {
    review->mixed_up.push_back({text_in(object, "truth"), text_in(object, "guess"), whole(number_in(object, "count", 0))});
  } else if (kind == "worst" && review->worst.size() < most_classes) {
    review->worst.push_back({text_in(object, "truth"), text_in(object, "guess"), number_in(object, "truth_share", 0), number_in(object, "guess_share", 0), address_in(text_in(object, "picture")), text_in(object, "row")});
  }
}

void read_review(RunRecord& run) {
  std::size_t refused = 0;
  each_line(run.folder + "/samples.jsonl", refused, [&](const std::string& line) {
    if (const std::optional<FlatObject> object = flat_object(line)) take_review(*object, run.review);
    else ++refused;
  });
  if (run.review && run.review->counts.size() != run.review->classes.size() * run.review->classes.size()) ++refused, run.review->classes.clear();
  if (refused) run.notes.push_back(fmt::format("Lines of samples.jsonl that cannot be read and are left out: {}.", refused));
}

void read_pictures(RunRecord& run) {
  std::size_t refused = 0, taken = 0;
  PicturesFact pictures;
  const bool read = each_line(run.folder + "/pictures.jsonl", refused, [&](const std::string& line) {
    const std::optional<FlatObject> object = flat_object(line);
    if (object && ++taken <= most_picture_lines) take_picture(*object, pictures, run.notes);
    else ++refused;
  });
  if (read) run.pictures = std::move(pictures);
  if (refused) run.notes.push_back(fmt::format("Lines of pictures.jsonl that cannot be read and are left out: {}.", refused));
}

void read_recipe(RunRecord& run) {
  const std::string path = run.folder + "/recipe.toml";
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return run.notes.push_back("The run has no recipe.toml.");
  if (fs::file_size(path, error) > largest_recipe) return run.notes.push_back("recipe.toml is too long to be shown.");
  std::ifstream in(path, std::ios::binary);
  run.recipe.assign(std::istreambuf_iterator<char>(in), {});
  if (std::string name = text_of_key(run.recipe, "name"); !name.empty()) run.name = std::move(name);
  const std::string epochs = text_of_key(run.recipe, "training.epochs");
  std::int64_t wanted = 0;
  if (!epochs.empty() && std::from_chars(epochs.data(), epochs.data() + epochs.size(), wanted).ec == std::errc{}) run.epochs_wanted = wanted;
}

}  // namespace

std::optional<double> Event::number(std::string_view name) const {
  for (const auto& [key, value] : numbers)
    if (key == name) return value;
  return std::nullopt;
}

RunRecord read_run(const std::string& folder) {
  RunRecord run;
  run.folder = folder.size() > 1 && folder.ends_with('/') ? folder.substr(0, folder.size() - 1) : folder;
  run.name = fs::path(run.folder).filename();
  read_metrics(run);
  read_facts(run);
  read_review(run);
  read_pictures(run);
  read_recipe(run);
  return run;
}

}  // namespace teranga::report

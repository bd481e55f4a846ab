// SPDX-License-Identifier: Apache-2.0
// teranga generate: texts that a trained network writes, pictures that it makes.
#include <teranga/core/error.hpp>
#include <teranga/core/json.hpp>
#include <teranga/core/small_letters.hpp>
#include <teranga/train/generate.hpp>
#include <teranga/train/pictures.hpp>
#include <teranga/train/predict.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <fstream>

#include <fmt/format.h>
#include <unistd.h>

#include "arguments.hpp"
#include "command.hpp"
#include "picture_sheet.hpp"
#include "print.hpp"

namespace teranga::launcher {
namespace {

constexpr std::int64_t widest_beam = 1000;  // each has a row of every batch, and a copy of its text
constexpr std::int64_t most_changes = 1000;  // of a number of a layer: pictures of a row

std::vector<std::string> lines_of(const std::string& path) {
  // A device has no end, and a pipe without a writer no beginning; what the shell hands over by number has a writer.
  std::error_code error;
  const bool handed_over = path == "/dev/stdin" || path.starts_with("/dev/fd/");
  if (const auto status = std::filesystem::status(path, error); std::filesystem::exists(status) && !std::filesystem::is_regular_file(status) && !handed_over)
    throw Error(ExitCode::data, fmt::format("generate: --input {}: expected a file with a source in each line, found {}", path, std::filesystem::is_directory(status) ? "a folder" : "no ordinary file"));
  std::ifstream in(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    if (line.ends_with('\r')) line.pop_back();
    lines.push_back(line);
  }
  if (lines.empty()) throw Error(ExitCode::data, fmt::format("generate: --input {}: expected a file with a source in each line, found {}", path, in.is_open() ? "an empty one" : "none that can be read"));
  return lines;
}

// What decides how a step is chosen belongs either to drawing or to the search.
void refuse_mixed(const Arguments& arguments) {
  const auto one_of_both = [&](const char* one, const char* other, const std::string& why) {
    if (arguments.has(one) && arguments.has(other)) throw Error(ExitCode::usage, fmt::format("generate: --{} and --{} do not go together: {}", one, other, why), fmt::format("leave out --{}", other));
  };
  for (const char* drawing : {"temperature", "top-k", "seed", "count"}) one_of_both("beam", drawing, "a search draws nothing and finds one text");
  one_of_both("source", "input", "both give sources");
  if (arguments.has("length-penalty") && !arguments.has("beam")) throw Error(ExitCode::usage, "generate: --length-penalty needs --beam", "--beam 4");
}

train::GenerateOptions options_of(const Arguments& arguments) {
  refuse_mixed(arguments);
  train::GenerateOptions options;
  options.checkpoint = arguments.checkpoint();
  options.overrides = arguments.overrides();
  options.prompt = arguments.text("prompt");
  options.sources = arguments.has("input") ? lines_of(arguments.text("input")) : arguments.texts("source");
  options.length = arguments.integer("length", 1, options.length);
  if (arguments.has("temperature")) options.temperature = arguments.real("temperature", 0, 1);
  options.top_k = arguments.integer("top-k", 1, 0);
  options.seed = arguments.integer("seed", 0, 0);
  options.count = arguments.integer("count", 1, 1);
  options.beam = arguments.integer("beam", 1, 0);
  if (options.beam > widest_beam) throw Error(ExitCode::usage, fmt::format("generate: --beam: expected at most {} hypotheses, found {}", widest_beam, options.beam), "--beam 4");
  options.length_penalty = arguments.real("length-penalty", 0, options.length_penalty);
  options.threads = arguments.threads();
  options.trust = arguments.trust();
  return options;
}

void require_finite(const Tensor& pictures) {
  const auto numbers = pictures.as<float>();
  if (!std::all_of(numbers.begin(), numbers.end(), [](float value) { return std::isfinite(value); })) throw Error(ExitCode::diverged, "generate: the network's outputs are not finite");
}

// "48 to 63": of neighbours the first and the last.
std::string in_words(const std::vector<std::int64_t>& numbers) {
  std::string out;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t end = i + 1;
    while (end < numbers.size() && numbers[end] == numbers[end - 1] + 1) ++end;
    out += fmt::format("{}{}", out.empty() ? "" : ", ", numbers[i]);
    if (end - i > 1) out += fmt::format(" to {}", numbers[end - 1]);
    i = end;
  }
  return out;
}

// A row for each number of a layer: the pictures that its changes make.
int paint_variations(const Arguments& arguments, const train::PictureOptions& options, bool sheet) {
  const std::string path = arguments.text("output");
  train::VariationOptions varied;
  varied.layer = arguments.text("vary");
  varied.range = arguments.real("range", 0, varied.range);
  varied.changes = arguments.integer("changes", 2, varied.changes);
  if (varied.changes > most_changes) throw Error(ExitCode::usage, fmt::format("generate: --changes: expected at most {}, found {}", most_changes, varied.changes), "--changes 11");
  train::Variations made = train::make_variations(options, varied);
  require_finite(made.made);
  const Shape shape = made.made.shape();
  if (sheet) write_sheet(path, {std::move(made.made), std::nullopt}, varied.changes);
  else train::write_array(path, made.made);
  print_out("{}: {} pictures of {} x {}; each row changes one number of \"{}\" by {} to {}\n", path, shape[0], shape[1], shape[2], varied.layer, -varied.range, varied.range);
  for (std::size_t i = 0; i < made.samples.size();) {
    std::size_t end = i;
    while (end < made.samples.size() && made.samples[end] == made.samples[i]) ++end;
    print_out("sample {}: the numbers {} (counted from 0)\n", made.samples[i], in_words({made.numbers.begin() + static_cast<std::ptrdiff_t>(i), made.numbers.begin() + static_cast<std::ptrdiff_t>(end)}));
    i = end;
  }
  return 0;
}

// Pictures, where a file for them is named.
int paint(const Arguments& arguments) {
  const std::string path = arguments.text("output");
  for (const char* of_texts : {"prompt", "source", "input", "length", "temperature", "top-k", "beam", "length-penalty", "json"})
    if (arguments.has(of_texts)) throw Error(ExitCode::usage, fmt::format("generate: --{} is for texts, and --output is for pictures", of_texts), fmt::format("leave out --{}, or --output", of_texts));
  const std::string name = in_small_letters(path);
  const bool sheet = name.ends_with(".png");
  if (!sheet && !name.ends_with(".npy")) throw Error(ExitCode::usage, fmt::format("generate: --output {}: expected a name that ends in .png or .npy", path), "--output pictures.png");
  const bool varies = arguments.has("vary");
  for (const char* of_variations : {"range", "changes"})
    if (!varies && arguments.has(of_variations)) throw Error(ExitCode::usage, fmt::format("generate: --{} needs --vary", of_variations), "--vary LAYER");
  if (varies && arguments.has("columns")) throw Error(ExitCode::usage, "generate: --columns and --vary do not go together: a row of the image has the changes of one number", "--changes N");
  if (!sheet && arguments.has("columns")) throw Error(ExitCode::usage, "generate: --columns arranges pictures in a .png file, and an .npy file has no columns", "leave out --columns");
  train::PictureOptions options;
  options.checkpoint = arguments.checkpoint();
  options.overrides = arguments.overrides();
  options.network = arguments.text("network");
  options.layer = arguments.text("layer");
  options.count = arguments.integer("count", 1, varies ? 1 : options.count);
  options.seed = arguments.integer("seed", 0, 0);
  options.threads = arguments.threads();
  options.trust = arguments.trust();
  if (varies) return paint_variations(arguments, options, sheet);
  const train::Pictures pictures = train::make_pictures(options);
  require_finite(pictures.made);
  if (sheet) write_sheet(path, pictures, arguments.integer("columns", 1, 10));
  else train::write_array(path, pictures.made);
  print_out("{}: {} pictures of {} x {}{}\n", path, pictures.made.shape()[0], pictures.made.shape()[1], pictures.made.shape()[2], pictures.from ? ", each below the sample that it was made from" : "");
  return 0;
}

// As it is into a file or a pipe, where it is a result; on a terminal, without what would control it.
void print_text(const std::string& text) {
  if (isatty(STDOUT_FILENO)) return print_out("{}", text);
  std::fwrite(text.data(), 1, text.size(), stdout);
}

int run_generate(const Arguments& arguments) {
  if (arguments.has("output")) return paint(arguments);
  for (const char* of_pictures : {"network", "layer", "columns", "vary", "range", "changes"})
    if (arguments.has(of_pictures)) throw Error(ExitCode::usage, fmt::format("generate: --{} is for pictures", of_pictures), "--output pictures.png");
  const train::GenerateOptions options = options_of(arguments);
  const train::Generation found = train::generate(options);
  if (found.unknown > 0) print_error("warning: {} of the {} steps given are not in the vocabulary; each counts as \"unknown\"\n", found.unknown, found.given);
  const std::string begin = options.prompt.empty() ? "" : options.prompt + found.between;
  const bool apart = options.sources.empty() && found.texts.size() > 1;  // sources: a line each
  for (std::size_t i = 0; i < found.texts.size(); ++i) {
    const train::WrittenText& text = found.texts[i];
    if (arguments.has("json"))
      print_out("{{\"text\":{},\"steps\":{},\"log_p\":{},\"ended\":{}}}\n", json_text(begin + text.text), text.steps, json_number(text.log_p), text.ended);
    else print_text((apart && i > 0 ? "---\n" : "") + begin + text.text + "\n");
  }
  return 0;
}

}  // namespace

Command generate_command() {
  Command command;
  command.name = "generate";
  command.summary = "write texts or make pictures with a trained network";
  command.operands = "CHECKPOINT";
  command.least_operands = command.most_operands = 1;
  command.about =
      "Writes texts with a language model or a translator, or makes pictures.\n\n"
      "A text is written step by step. A step is a character or a word, as in the training. The network predicts each step from the steps before it. A language model continues --prompt. Without a "
      "prompt, a text begins after the end of a line. If the ends of lines are not steps, it begins after an unknown word. A translator translates each --source. Words that are not in the "
      "vocabulary count as \"unknown\", with a warning. Padding and \"unknown\" are never written.\n\n"
      "A language model draws each step at random, with probabilities in proportion to p^(1/temperature). A translator takes the most likely step. With --beam, the command searches for the text "
      "with the largest log p / steps^penalty instead; p is the probability of the text. The same command writes the same text on any number of threads. If the texts of the training have no end "
      "mark, a text may be longer than a sample of the training. Each step is then predicted from the last steps, as many as a sample has.\n\n"
      "With --output, the command makes pictures: one image with all of them (.png), or an array (.npy). A network that takes noise makes pictures from noise, for example a generator or the "
      "decoder of a variational autoencoder. Other networks make them from the first samples of the test part, and the image shows each sample above its result. If the first loss of the recipe judges no pictures, the command takes the pictures that another loss judges.\n\n"
      "With --vary LAYER, the image shows what the numbers inside of the network mean: each row changes one number of the output of the layer by -RANGE to RANGE, and leaves the others as they are. "
      "Numbers that are 0, such as those of the masked capsules of a capsule network, have no row.";
  command.options = {{"prompt", "TEXT", "the beginning of the text", 'p'},
                     {"source", "TEXT", "a text to translate; may be given again", 's', true},
                     {"input", "FILE", "a file of texts to translate, one in each line", 'i'},
                     {"length", "N", "the largest number of steps to write (default: 200)", 'n'},
                     {"temperature", "X", "with 0, the most likely step is always taken; a number below 1 favours likely steps, a number above 1 unlikely ones (default: 1, and 0 for a translator)", 't'},
                     {"top-k", "K", "draw only among the K most likely steps", 'k'},
                     {"seed", "N", "the seed of the random numbers (default: 0)"},
                     {"count", "N", "the number of texts for the prompt or for each source (default: 1), or of pictures (default: 100)"},
                     {"beam", "N", "beam search: keep the N best partial texts at each step; not with --temperature, --top-k, --seed or --count"},
                     {"length-penalty", "A", "the penalty of --beam: 0 compares log p, 1 compares the mean of log p over the steps (default: 1)"},
                     {"output", "FILE", "make pictures: one image with all of them (.png), or an array (.npy)", 'o'},
                     {"network", "NAME", "the network that makes pictures, if the recipe has several (default: the one that takes noise)"},
                     {"layer", "NAME", "make pictures of the outputs of this layer, instead of those of the network. If a layer has several outputs, LAYER.OUTPUT names one of them"},
                     {"columns", "N", "the number of pictures in a row of the image (default: 10)"},
                     {"vary", "LAYER", "change the numbers of this layer, one in each row of the image, for the first sample, or as many as --count says"},
                     {"range", "X", "the largest change of --vary (default: 0.25)"},
                     {"changes", "N", "the number of changes of each number, and so of pictures in a row, for --vary (default: 11)"},
                     {"json", "", "print a line of JSON for each text, with text, steps, log_p and ended"},
                     best_option(), set_option(),
                     trust_option(), threads_option()};
  command.examples = {"teranga generate runs/char-lm --prompt \"Catherine \" --length 300 --temperature 0.7", "teranga generate runs/next-word --prompt \"she was very\" --top-k 10 --seed 4 --count 3",
                      "teranga generate runs/translate-en-fr --source \"the list of packages\" --beam 4",
                      "teranga generate runs/gan-fashion-mnist --output clothes.png --count 60 --seed 3",
                      "teranga generate runs/rbm-digits --layer rbm.reconstruction --set layer.rbm.steps=1000 --output dreams.png",
                      "teranga generate runs/capsule-digits --output changes.png --vary one_capsule"};
  command.run = run_generate;
  return command;
}

}  // namespace teranga::launcher

// SPDX-License-Identifier: Apache-2.0
// teranga data list | peek: what the data of a recipe look like to a network.
#include <teranga/core/error.hpp>
#include <teranga/data/class_counts.hpp>
#include <teranga/data/new_samples.hpp>
#include <teranga/data/sample_reader.hpp>
#include <teranga/data/source.hpp>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <functional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "arguments.hpp"
#include "command.hpp"
#include "opened_recipe.hpp"
#include "print.hpp"
#include "sample_sheet.hpp"
#include "table.hpp"
#include "wording.hpp"

namespace teranga::launcher {
namespace {

constexpr std::int64_t most_shown = 12;  // elements of a field

const char* role_words(data::Role role) { return role == data::Role::feature ? "feature" : role == data::Role::target ? "target" : "sample weight"; }

// Samples of a part, by row and element.
class Rows {
 public:
  Rows(const data::Source& source, std::int64_t most, const std::vector<bool>& wanted) : source_(source), reader_(source, wanted, most) {}
  std::int64_t read(data::Part part, std::int64_t first, data::Draws draws = {}) { return reader_.read(part, first, draws); }
  double at(std::size_t field, std::int64_t row, std::int64_t index) const { return reader_.number(field, row * source_.fields()[field].elements() + index); }

 private:
  const data::Source& source_;
  data::SampleReader reader_;
};

std::string class_name(const data::Field& field, std::size_t number) {
  return number < field.class_names.size() ? field.class_names[number] : fmt::format("{}", number);
}

// Counts the class of every sample, or of every step where a sample has several.
void print_class_counts(const data::Source& source, std::size_t target) {
  const data::Field& field = source.fields()[target];
  const auto classes = static_cast<std::size_t>(field.classes);
  const std::int64_t steps = field.elements() / (data::is_one_hot(field) ? field.classes : 1);
  std::vector<std::vector<std::int64_t>> counts;  // of each part that there is
  std::vector<std::string> head{"class of " + field.name + (steps > 1 ? fmt::format(" ({} a sample)", grouped(steps)) : "")};
  for (const data::Part part : data::all_parts)
    if (source.has(part)) head.emplace_back(data::to_string(part)), counts.push_back(data::class_counts(source, target, part));
  Table table(head);
  for (std::size_t c = 0; c < classes; ++c) {
    std::vector<std::string> row{class_name(field, c)};
    for (const std::vector<std::int64_t>& of_part : counts) row.push_back(grouped(of_part[c]));
    table.add(row);
  }
  print_out("\n{}", table.text());
  constexpr std::size_t most_named = 20;
  std::vector<std::string> absent;
  for (std::size_t c = 0; c < classes && source.has(data::Part::training); ++c)
    if (counts.front()[c] == 0 && !class_name(field, c).empty()) absent.push_back(class_name(field, c));
  if (absent.size() > most_named) absent.resize(most_named), absent.emplace_back("...");
  if (!absent.empty()) print_out("no training sample is of class {}\n", fmt::join(absent, ", "));
}

// How many samples of each part are padded to which length.
void print_bucket_counts(const data::Source& source) {
  std::vector<std::string> head{"bucket"};
  std::vector<std::vector<std::string>> rows;
  for (const std::int64_t length : source.buckets()) rows.push_back({grouped(length)});
  for (const data::Part part : data::all_parts) {
    if (!source.has(part)) continue;
    head.emplace_back(data::to_string(part));
    std::vector<std::int64_t> counts(source.bucket_count());
    for (const std::size_t bucket : source.buckets_of(part)) ++counts[bucket];
    for (std::size_t bucket = 0; bucket < counts.size(); ++bucket) rows[bucket].push_back(grouped(counts[bucket]));
  }
  Table table(head);
  for (const std::vector<std::string>& row : rows) table.add(row);
  print_out("\n{}", table.text());
}

// Cut off behind whole characters.
std::string shortened(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0) == 0x80) --most;
  return text.substr(0, most) + " ...";
}

// In lines of so many bytes at most, parted at blanks; a longer word has a line of its own.
std::vector<std::string> wrapped(const std::string& text, std::size_t most) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = text.size();
    if (end - begin > most) {
      end = text.rfind(' ', begin + most);
      if (end == text.npos || end <= begin) end = std::min(text.find(' ', begin), text.size());
    }
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines.empty() ? std::vector<std::string>{""} : lines;
}

// What the data set learnt, in its own words: of a table a line for each column.
void print_knowledge(const data::Source& source, const std::string& learnt) {
  constexpr std::size_t most_lines = 100, most_text = 200, most_width = 100;
  const auto lines = data::knowledge_of(source, learnt);
  if (lines.empty()) return;
  Table table({"learnt", ""});
  for (std::size_t i = 0; i < std::min(lines.size(), most_lines); ++i) {
    std::string name = lines[i].first;
    for (const std::string& piece : wrapped(shortened(lines[i].second, most_text), most_width)) table.add({std::exchange(name, ""), piece});
  }
  print_out("\n{}", table.text());
  if (lines.size() > most_lines) print_out("... and {} more\n", grouped(static_cast<std::int64_t>(lines.size() - most_lines)));
}

int list_parts(const Arguments& arguments) {
  const OpenedRecipe opened(arguments.operand(0), arguments.overrides());
  std::string learnt;
  const std::unique_ptr<data::Source> source = opened.data_with_classes(learnt);
  print_out("data set {}\n\n", opened.recipe.require_data().component.type);
  Table table({"part", "samples"});
  for (const data::Part part : data::all_parts)
    if (source->has(part)) table.add({data::to_string(part), grouped(source->count(part))});
  print_out("{}\n", table.text());
  Table fields({"field", "role", "type", "shape", "classes or ids"});
  for (const data::Field& field : source->fields())
    fields.add({field.name, role_words(field.role), to_string(field.type), to_string(field.shape), field.classes ? fmt::format("{}", field.classes) : ""});
  print_out("{}", fields.text());
  if (source->bucket_count() > 1) print_bucket_counts(*source);
  for (std::size_t f = 0; f < source->fields().size(); ++f)
    if (source->fields()[f].role == data::Role::target && source->fields()[f].classes > 0 && source->fields()[f].classes <= 1000) print_class_counts(*source, f);
  print_knowledge(*source, learnt);
  return 0;
}

std::string number_words(double value) { return std::abs(value - std::round(value)) < 1e-12 && std::abs(value) < 1e15 ? fmt::format("{:.0f}", value) : fmt::format("{:.5g}", value); }

// Where each number has a name of its own, a line for each; of many only those that are not 0.
void print_named(const data::Field& field, const std::function<double(std::int64_t)>& value) {
  constexpr std::size_t all_shown = 20, most_lines = 40, most_name = 40;
  const bool many = field.columns.size() > all_shown;
  std::size_t shown = 0, left_out = 0, width = 0;
  std::vector<std::pair<std::string, std::string>> lines;
  for (std::size_t i = 0; i < field.columns.size(); ++i) {
    const double number = value(static_cast<std::int64_t>(i));
    if (many && number == 0) continue;
    if (shown++ >= most_lines) ++left_out;
    else lines.emplace_back(shortened(field.columns[i], most_name), number_words(number)), width = std::max(width, lines.back().first.size());
  }
  for (const auto& [name, number] : lines) print_out("    {:<{}}  {}\n", name, width, number);
  if (left_out > 0) print_out("    ... and {} more\n", left_out);
  if (many) print_out("    {} of {} numbers are 0\n", field.columns.size() - shown, field.columns.size());
}

// An id or a class number with what it stands for; padding stands for nothing.
std::string number_with_name(const data::Field& field, double number) {
  const bool named = field.classes > 0 && field.type != ElementType::f32 && field.type != ElementType::f64 && number >= 0 && number < static_cast<double>(field.class_names.size());
  std::string name;
  for (const char c : named ? field.class_names[static_cast<std::size_t>(number)] : "") name += c == '\n' ? "\\n" : c == '\t' ? "\\t" : std::string(1, c);
  return name.empty() ? number_words(number) : fmt::format("{} ({})", number_words(number), name);
}

void print_sample(const data::Source& source, const Rows& rows, std::int64_t row) {
  for (std::size_t f = 0; f < source.fields().size(); ++f) {
    const data::Field& field = source.fields()[f];
    const std::int64_t count = field.elements();
    const bool each_named = !field.columns.empty() && static_cast<std::int64_t>(field.columns.size()) == count && count > 1;
    std::string text, of;
    if (each_named) {
      print_out("  {} {}\n", field.name, to_string(field.shape));
      print_named(field, [&](std::int64_t i) { return rows.at(f, row, i); });
      continue;
    }
    if (!field.columns.empty()) of = fmt::format(" of {}", shortened(fmt::format("{}", fmt::join(field.columns, ", ")), 100));
    if (field.classes > 0 && count == 1) {
      text = fmt::format("{} ({})", number_words(rows.at(f, row, 0)), class_name(field, static_cast<std::size_t>(rows.at(f, row, 0))));
    } else {
      for (std::int64_t i = 0; i < std::min(count, most_shown); ++i) text += fmt::format("{}{}", i ? " " : "", number_with_name(field, rows.at(f, row, i)));
      if (count > most_shown) {
        double low = rows.at(f, row, 0), high = low, sum = 0;
        for (std::int64_t i = 0; i < count; ++i) low = std::min(low, rows.at(f, row, i)), high = std::max(high, rows.at(f, row, i)), sum += rows.at(f, row, i);
        text += fmt::format(" ...  (least {}, mean {}, largest {})", number_words(low), number_words(sum / static_cast<double>(count)), number_words(high));
      }
    }
    print_out("  {} {}{}  {}\n", field.name, to_string(field.shape), of, text);
  }
}

int peek(const Arguments& arguments) {
  const OpenedRecipe opened(arguments.operand(0), arguments.overrides());
  const std::unique_ptr<data::Source> source = opened.data_with_classes();
  const std::vector<std::string> words = {"train", "validation", "test"};  // in the order of data::all_parts
  const std::string word = arguments.one_of("part", words);
  const data::Part part = data::all_parts[static_cast<std::size_t>(std::ranges::find(words, word) - words.begin())];
  if (!source->has(part)) {
    const auto present = std::ranges::find_if(data::all_parts, [&](data::Part one) { return source->has(one); });
    throw Error(ExitCode::usage, fmt::format("the data have no {} part", word), fmt::format("--part {}", words[static_cast<std::size_t>(present - data::all_parts.begin())]));
  }
  const std::int64_t count = std::min(arguments.integer("count", 1, 5), source->count(part));
  const bool changed = arguments.has("epoch");
  if (changed && part != data::Part::training) throw Error(ExitCode::usage, fmt::format("--epoch: samples of the {} part are never changed at random", word), "--part train");
  const data::Draws draws = changed ? source->draws_of(opened.recipe.training.seed, arguments.integer("epoch", 1, 1) - 1) : data::Draws();
  if (arguments.has("sheet")) {
    write_sample_sheet(arguments.text("sheet"), *source, part, count, draws);
    return 0;
  }
  Rows rows(*source, 1, std::vector<bool>(source->fields().size(), true));
  for (std::int64_t s = 0; s < count; ++s) {
    rows.read(part, s, draws);
    print_out("{} sample {}\n", word, s);
    print_sample(*source, rows, 0);
  }
  return 0;
}

}  // namespace

Command data_list_command() {
  Command command;
  command.name = "data list";
  command.summary = "parts, fields and classes of a recipe's data";
  command.operands = "RECIPE";
  command.least_operands = command.most_operands = 1;
  command.about = "Opens the data of a recipe and prints the number of samples of each part, the fields with type and shape, how many samples each class has, and what was learnt of the data: of a table "
                  "the use, kind, range or categories of each column.";
  command.options = {set_option()};
  command.examples = {"teranga data list lenet-fashion-mnist.toml"};
  command.run = list_parts;
  return command;
}

Command data_peek_command() {
  Command command;
  command.name = "data peek";
  command.summary = "the first samples, as a network gets them";
  command.operands = "RECIPE";
  command.least_operands = command.most_operands = 1;
  command.about = "Prints the first samples of a part after everything that the recipe's data set does to them: the numbers that enter the network, with the names of a table's columns and the words of ids.";
  command.options = {set_option(), {"part", "train|validation|test", "the part to look at (default: train)"}, {"count", "N", "how many samples (default: 5)", 'n'},
                     {"epoch", "N", "the samples as the data set changes them at random in this epoch of the training (default: as an evaluation gets them)"},
                     {"sheet", "FILE", "write them as pictures into one PNG file, in place of numbers; with --epoch, what they were made of stands above them"}};
  command.examples = {"teranga data peek mlp-iris.toml -n 3", "teranga data peek lenet-fashion-mnist.toml --part test", "teranga data peek lenet-fashion-mnist.toml -n 32 --sheet samples.png"};
  command.run = peek;
  return command;
}

}  // namespace teranga::launcher

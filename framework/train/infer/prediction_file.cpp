// SPDX-License-Identifier: Apache-2.0
#include "infer/prediction_file.hpp"

#include <teranga/core/error.hpp>
#include <teranga/core/json.hpp>
#include <teranga/core/printable.hpp>
#include <teranga/core/replace_file.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/core/small_letters.hpp>
#include <teranga/h5/file.hpp>
#include <teranga/train/predict.hpp>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <numeric>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

namespace teranga::train {
namespace {

std::string npy_bytes(const Tensor& values) {
  std::string shape;
  for (const std::int64_t extent : values.shape()) shape += fmt::format("{},", extent);
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}), }}", values.type() == ElementType::f32 ? "<f4" : "<i8", shape);
  // Ten bytes stand in front; all of it is a multiple of 64, and ends with a line feed.
  header.append(63 - (10 + header.size()) % 64, ' ').push_back('\n');
  std::string out("\x93NUMPY\x01\x00", 8);
  out.push_back(static_cast<char>(header.size() & 0xFF));
  out.push_back(static_cast<char>(header.size() >> 8));
  out += header;
  return out.append(static_cast<const char*>(values.data()), values.bytes());
}

// A word of a table: quoted where it must be.
std::string cell(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string out = "\"";
  for (const char c : text) out += c == '"' ? "\"\"" : std::string(1, c);
  return out + '"';
}

std::string json_float(float value) { return std::isfinite(value) ? fmt::format("{}", value) : "null"; }

std::int64_t width_of(const PredictionTable& table) { return table.samples() ? table.outputs.count() / table.samples() : 0; }

const float* row_of(const PredictionTable& table, std::int64_t sample) { return table.outputs.as<float>().data() + sample * width_of(table); }

// Whether every class has a number of its own.
bool has_scores(const PredictionTable& table) {
  return table.classification && width_of(table) == table.classification->outputs() && table.classification->has_scores();
}

bool are_logits(const PredictionTable& table) { return has_scores(table) && table.classification->numbers() == Classification::Numbers::logits; }

std::vector<std::size_t> likeliest(const std::vector<float>& numbers, std::size_t count) {
  std::vector<std::size_t> order(numbers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return numbers[a] > numbers[b]; });
  order.resize(std::min(count, order.size()));
  return order;
}

// A prediction is told from a column of the input that has its name.
std::string own_name(const PredictionTable& table, std::string name) {
  const bool taken = std::ranges::any_of(table.kept, [&](const auto& column) { return column.first == name; });
  return taken ? name.insert(0, "predicted_") : name;
}

// What classes are called.
std::string class_column(const PredictionTable& table, const char* otherwise) { return table.names.empty() ? otherwise : table.names.front(); }

// What each output of the network is called: by its class, or by the names of the target, which steps may share.
std::vector<std::string> output_columns(const PredictionTable& table) {
  std::vector<std::string> out;
  if (has_scores(table)) {
    out = table.classification->names();
    out.erase(out.begin(), out.end() - table.classification->outputs());  // a single output is of the second class
    for (std::string& name : out) name.insert(0, are_logits(table) ? "logit_" : "");
    return out;
  }
  const auto width = static_cast<std::size_t>(width_of(table));
  const bool named = !table.names.empty() && !table.classification && width % table.names.size() == 0;
  for (std::size_t c = 0; c < width; ++c) {
    if (!named) out.push_back(fmt::format("y{}", c));
    else if (width == table.names.size()) out.push_back(table.names[c]);
    else out.push_back(fmt::format("{}_{}", table.names[c % table.names.size()], c / table.names.size()));
  }
  return out;
}

const char* score_name(const PredictionTable& table) { return table.classification->numbers() == Classification::Numbers::scores ? "score" : "probability"; }

std::vector<std::string> predicted_columns(const PredictionTable& table) {
  std::vector<std::string> out;
  if (table.tells) out.push_back(class_column(table, "text"));
  else if (table.classes) out.push_back(class_column(table, "class"));
  else if (table.top > 0)
    for (std::int64_t k = 1; k <= std::min<std::int64_t>(table.top, static_cast<std::int64_t>(table.classification->names().size())); ++k)
      out.insert(out.end(), {fmt::format("{}_{}", class_column(table, "class"), k), fmt::format("{}_{}", score_name(table), k)});
  else
    for (const std::string& name : has_scores(table) && !are_logits(table) ? table.classification->names() : output_columns(table)) out.push_back(name);
  if (!table.losses.empty()) out.emplace_back("loss");
  return out;
}

std::vector<std::string> csv_columns(const PredictionTable& table) {
  std::vector<std::string> out;
  if (!table.files.empty()) out.emplace_back("file");
  for (const auto& [name, cells] : table.kept) out.push_back(name);
  for (std::string& name : predicted_columns(table)) out.push_back(own_name(table, std::move(name)));
  return out;
}

std::vector<std::string> csv_row(const PredictionTable& table, std::int64_t sample) {
  std::vector<std::string> out;
  if (!table.files.empty()) out.push_back(table.files[static_cast<std::size_t>(sample)]);
  for (const auto& [name, cells] : table.kept) out.push_back(cells[static_cast<std::size_t>(sample)]);
  if (table.tells) {
    out.push_back(table.texts[static_cast<std::size_t>(sample)]);
  } else if (table.classes) {
    out.push_back(table.classification->names()[table.classification->predicted(row_of(table, sample))]);
  } else if (table.top > 0) {
    const std::vector<float> numbers = table.classification->scores(row_of(table, sample));
    for (const std::size_t k : likeliest(numbers, static_cast<std::size_t>(table.top))) out.insert(out.end(), {table.classification->names()[k], fmt::format("{}", numbers[k])});
  } else {
    const float* row = row_of(table, sample);
    for (const float number : has_scores(table) && !are_logits(table) ? table.classification->scores(row) : std::vector<float>(row, row + width_of(table))) out.push_back(fmt::format("{}", number));
  }
  if (!table.losses.empty()) out.push_back(fmt::format("{}", table.losses[static_cast<std::size_t>(sample)]));
  return out;
}

std::string csv_bytes(const PredictionTable& table) {
  std::string out;
  const auto line = [&](const std::vector<std::string>& cells) {
    for (std::size_t c = 0; c < cells.size(); ++c) out.append(c ? "," : "").append(cell(cells[c]));
    out += '\n';
  };
  line(csv_columns(table));
  for (std::int64_t sample = 0; sample < table.samples(); ++sample) line(csv_row(table, sample));
  return out;
}

// The output of a sample as lists in lists.
void append_json(const float*& at, const Shape& shape, std::size_t axis, std::string& out) {
  if (axis == shape.size()) {
    out += json_float(*at++);
    return;
  }
  out += '[';
  for (std::int64_t i = 0; i < shape[axis]; ++i) {
    if (i) out += ", ";
    append_json(at, shape, axis + 1, out);
  }
  out += ']';
}

std::string json_object(const PredictionTable& table, std::int64_t sample) {
  std::vector<std::string> members;
  const float* const row = row_of(table, sample);
  if (!table.files.empty()) members.push_back("\"file\": " + json_text(table.files[static_cast<std::size_t>(sample)]));
  for (const auto& [name, cells] : table.kept) members.push_back(fmt::format("{}: {}", json_text(name), json_text(cells[static_cast<std::size_t>(sample)])));
  const auto named = [&](const char* member) { return json_text(own_name(table, member)); };
  if (table.classification && width_of(table) == table.classification->outputs())
    members.push_back(fmt::format("{}: {}", json_text(own_name(table, class_column(table, "class"))), json_text(table.classification->names()[table.classification->predicted(row)])));
  if (table.tells) members.push_back(fmt::format("{}: {}", json_text(own_name(table, class_column(table, "text"))), json_text(table.texts[static_cast<std::size_t>(sample)])));
  const auto add = [&](const char* member, const std::vector<std::string>& names, const float* numbers, const std::vector<std::size_t>& order) {
    std::vector<std::string> pairs;
    for (const std::size_t k : order) pairs.push_back(fmt::format("{}: {}", json_text(names[k]), json_float(numbers[k])));
    members.push_back(fmt::format("{}: {{{}}}", named(member), fmt::join(pairs, ", ")));
  };
  const auto all = [](std::size_t count) {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    return order;
  };
  if (has_scores(table) && !table.classes && !table.tells) {
    const std::vector<std::string>& names = table.classification->names();
    const std::vector<float> numbers = table.classification->scores(row);
    const bool scores = table.classification->numbers() == Classification::Numbers::scores;
    add(scores ? "scores" : "probabilities", names, numbers.data(), table.top > 0 ? likeliest(numbers, static_cast<std::size_t>(table.top)) : all(numbers.size()));
    const auto outputs = static_cast<std::size_t>(table.classification->outputs());
    if (are_logits(table) && table.top == 0) add("logits", {names.end() - static_cast<std::ptrdiff_t>(outputs), names.end()}, row, all(outputs));
  } else if (!table.classes && !table.tells && !table.names.empty() && !table.classification) {
    const std::vector<std::string> names = output_columns(table);
    add("output", names, row, all(names.size()));
  } else if (!table.classes && !table.tells) {
    const float* at = row;
    std::string lists;
    append_json(at, table.outputs.shape(), 1, lists);
    members.push_back(named("output") + ": " + lists);
  }
  if (!table.losses.empty()) members.push_back(named("loss") + ": " + json_number(table.losses[static_cast<std::size_t>(sample)]));
  return fmt::format("{{{}}}", fmt::join(members, ", "));
}

std::string json_bytes(const PredictionTable& table) {
  std::string out = "[";
  for (std::int64_t sample = 0; sample < table.samples(); ++sample) out.append(sample ? ",\n " : "\n ").append(json_object(table, sample));
  return out + "\n]\n";
}

Tensor class_numbers(const PredictionTable& table) {
  Tensor out(ElementType::i64, {table.samples()});
  if (table.tells) {
    out = Tensor(ElementType::i64, table.outputs.shape());
    std::ranges::transform(table.outputs.as<float>(), out.as<std::int64_t>().begin(), [](float id) { return static_cast<std::int64_t>(id); });
    return out;
  }
  for (std::int64_t sample = 0; sample < table.samples(); ++sample)
    out.as<std::int64_t>()[static_cast<std::size_t>(sample)] = static_cast<std::int64_t>(table.classification->predicted(row_of(table, sample)));
  return out;
}

// y, what its columns are called, and what is told beside it.
std::string h5_bytes(const PredictionTable& table) {
  h5::File file = h5::File::create_image("predictions");
  if (table.classes) {
    const Tensor numbers = class_numbers(table);
    file.write("y", h5::Type::i64, numbers.shape(), numbers.data());
    if (table.tells) file.write_texts("text", table.texts);
    else file.write_texts("classes", table.classification->names());
  } else {
    file.write("y", h5::Type::f32, table.outputs.shape(), table.outputs.data());
    const bool of_last_axis = !table.classification && static_cast<std::int64_t>(table.names.size()) == table.outputs.shape().back();
    if (has_scores(table) || of_last_axis) file.write_texts("columns", of_last_axis ? table.names : output_columns(table));
  }
  if (!table.files.empty()) file.write_texts("file", table.files);
  if (!table.losses.empty()) file.write("loss", h5::Type::f64, {static_cast<std::int64_t>(table.losses.size())}, table.losses.data());
  const std::vector<std::byte> image = file.image();
  return {reinterpret_cast<const char*>(image.data()), image.size()};
}

}  // namespace

FileFormat format_named(const std::string& name) {
  for (const auto& [known, format] : {std::pair{"npy", FileFormat::npy}, {"csv", FileFormat::csv}, {"h5", FileFormat::h5}, {"json", FileFormat::json}})
    if (name == known) return format;
  throw Error(ExitCode::usage, fmt::format("--format: expected npy, csv, json or h5, found \"{}\"", name));
}

FileFormat format_of(const std::string& path, const std::string& option) {
  const std::string name = in_small_letters(path);
  for (const auto& [ending, format] : {std::pair{".npy", FileFormat::npy}, {".csv", FileFormat::csv}, {".json", FileFormat::json}, {".h5", FileFormat::h5}, {".hdf5", FileFormat::h5}})
    if (name.ends_with(ending)) return format;
  throw Error(ExitCode::usage, fmt::format("{}: expected a file named .npy, .csv, .json or .h5, found \"{}\"", option, path), fmt::format("{} {}", option, shell_word(std::filesystem::path(path).replace_extension(".csv").string())));
}

bool holds_bytes(const std::string& path, FileFormat format) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return false;  // a pipe would wait for a writer; the reader says it better
  if (format == FileFormat::npy) {
    std::string head(128, ' ');
    std::ifstream in(path, std::ios::binary);
    in.read(head.data(), static_cast<std::streamsize>(head.size()));
    return head.find("u1'") != std::string::npos;
  }
  if (format != FileFormat::h5) return false;
  try {
    return h5::File::open(path).describe("x").type == h5::Type::u8;
  } catch (const Error&) {
    return false;  // the reader says it better
  }
}

void require_place(const PredictionTable& table, FileFormat format) {
  if (table.tells && table.top > 0) throw Error(ExitCode::usage, "predict: --top is for one class a sample, and this network tells a text for each");
  if ((table.classes || table.top > 0) && !table.classification && !table.tells && table.outputs.shape().size() > 2)
    throw Error(ExitCode::usage, fmt::format("predict: {} is for one class a sample, and this network gives {} numbers for each of {} steps of a sample", table.classes ? "--classes" : "--top", table.outputs.shape().back(), table.outputs.shape()[1]), table.classes ? "leave out --classes" : "leave out --top");
  if ((table.classes || table.top > 0) && !table.classification && !table.tells) throw Error(ExitCode::usage, fmt::format("predict: {} is for classifiers, and this network is none", table.classes ? "--classes" : "--top"), table.classes ? "leave out --classes" : "leave out --top");
  if (table.top > 0 && !has_scores(table)) throw Error(ExitCode::usage, "predict: --top needs a number for each class, and the network gives one number alone", "--classes gives the class of each sample");
  const bool text = format == FileFormat::csv || format == FileFormat::json;
  if (table.top > 0 && !text) throw Error(ExitCode::usage, "predict: --top names classes, which an array cannot hold", "--output FILE.csv, or FILE.json");
  if (!table.kept.empty() && !text) throw Error(ExitCode::usage, "predict: --keep needs a table, and an array holds none", "--output FILE.csv, or FILE.json");
  if (!table.losses.empty() && format == FileFormat::npy) throw Error(ExitCode::usage, "predict: --error needs a place beside the outputs, and an .npy file holds one array", "--output FILE.csv, FILE.json or FILE.h5");
}

std::string bytes_of(const PredictionTable& table, FileFormat format) {
  switch (format) {
    case FileFormat::csv: return csv_bytes(table);
    case FileFormat::json: return json_bytes(table);
    case FileFormat::npy: return npy_bytes(table.classes ? class_numbers(table) : table.outputs);
    case FileFormat::h5: break;
  }
  return h5_bytes(table);
}

void publish(const std::string& path, const std::string& bytes) {
  if (path.empty()) {
    const std::string shown = ::isatty(STDOUT_FILENO) ? printable(bytes) : bytes;  // cells come from files of others
    if (std::fwrite(shown.data(), 1, shown.size(), stdout) != shown.size() || std::fflush(stdout) != 0) throw Error(ExitCode::failure, fmt::format("cannot write to standard output: {}", std::strerror(errno)));
    return;
  }
  if (const int code = teranga::replace_file(path, bytes); code != 0) throw Error(ExitCode::failure, fmt::format("cannot write {}: {}", path, std::strerror(code)));
}

void write_array(const std::string& path, const Tensor& values) { publish(path, npy_bytes(values)); }

}  // namespace teranga::train

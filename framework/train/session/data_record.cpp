// SPDX-License-Identifier: Apache-2.0
#include "session/data_record.hpp"

#include <teranga/core/error.hpp>
#include <teranga/core/hash.hpp>
#include <teranga/data/new_samples.hpp>
#include <teranga/train/data_opening.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <map>

#include <sys/stat.h>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace fs = std::filesystem;
namespace {

constexpr std::uint64_t most_hashed = std::uint64_t{64} << 20;  // bytes of all files of a path together
constexpr std::uint64_t least_hashed = 4096;                    // bytes of each file
constexpr std::uint64_t piece_bytes = 1 << 16;
constexpr std::string_view signature = "teranga.data 1";

// All of a small file; of a larger one evenly spread pieces, the first and the last among them.
void add_content(const fs::path& path, std::uint64_t size, std::uint64_t most, ContentHash& hash) {
  std::ifstream in(path, std::ios::binary);
  std::vector<char> piece(piece_bytes);
  const auto add_piece = [&](std::uint64_t bytes) {
    in.read(piece.data(), static_cast<std::streamsize>(bytes));
    hash.add(piece.data(), static_cast<std::size_t>(in.gcount()));
  };
  if (size <= most) {
    for (std::uint64_t left = size; left > 0 && in; left -= std::min(left, piece_bytes)) add_piece(std::min(left, piece_bytes));
    return;
  }
  const std::uint64_t bytes = std::min(most, piece_bytes), pieces = std::max<std::uint64_t>(most / bytes, 2);
  for (std::uint64_t p = 0; p < pieces && in; ++p) {
    in.seekg(static_cast<std::streamoff>((size - bytes) / (pieces - 1) * p));
    add_piece(bytes);
  }
}

bool is_hidden(const fs::path& path) { return path.filename().string().starts_with('.'); }

// The regular files of a path, by name: of a folder those that the data set reads, by how their names end. Others that come or go change nothing of the data.
std::vector<fs::path> files_of(const fs::path& path, const host::Item& dataset) {
  std::vector<fs::path> out;
  std::error_code error;
  if (fs::is_regular_file(path, error)) out.push_back(path);
  if (!fs::is_directory(path, error)) return out;
  const auto counts = [&](const fs::path& file) { return !data::prepares_new_samples(dataset) || (!is_hidden(file) && data::reads_file(dataset, file.filename().string())); };
  for (fs::recursive_directory_iterator at(path, fs::directory_options::skip_permission_denied, error), end; !error && at != end; at.increment(error))
    if (std::error_code unknown; at->is_regular_file(unknown) && counts(at->path())) out.push_back(at->path());
  std::sort(out.begin(), out.end());
  return out;
}

FileRecord record_of_path(const std::string& option, const fs::path& path, const host::Item& dataset) {
  FileRecord record{option, path.filename().string(), 0, 0, {}};
  const std::vector<fs::path> files = files_of(path, dataset);
  const std::uint64_t most = std::max(least_hashed, most_hashed / std::max<std::uint64_t>(1, files.size()));
  ContentHash hash;
  for (const fs::path& file : files) {
    std::error_code error;
    const std::uint64_t size = fs::file_size(file, error);
    if (error) continue;
    ++record.files, record.bytes += size;
    const std::string entry = fmt::format("{} {}\n", files.size() > 1 || file != path ? file.lexically_relative(path).string() : "", size);
    hash.add(entry.data(), entry.size());
    add_content(file, size, most, hash);
  }
  record.hash = hash.text();
  return record;
}

void add_paths(const Option& option, std::vector<NamedPath>& out) {
  const auto add = [&](const Value& value, std::size_t index) {
    if (!value.is<std::string>() || value.as<std::string>().empty()) return;
    out.push_back({index ? fmt::format("{} {}", option.name, index + 1) : option.name, value.as<std::string>()});
  };
  if (!option.value.is<Value::List>()) return add(option.value, 0);
  for (std::size_t i = 0; i < option.value.as<Value::List>().size(); ++i) add(option.value.as<Value::List>()[i], i);
}

// Words of a line stand between tabs; a tab, a line feed or a backslash within one is written behind a backslash.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\t') out += "\\t";
    else if (c == '\n') out += "\\n";
    else if (c == '\\') out += "\\\\";
    else out += c;
  }
  return out;
}

std::string plain(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) out += text[i];
    else if (const char c = text[++i]; c == 't') out += '\t';
    else out += c == 'n' ? '\n' : c;
  }
  return out;
}

[[noreturn]] void damaged() { throw Error(ExitCode::data, "what the checkpoint keeps of the data of its training is damaged"); }

// The words of one line, taken one after another.
class Words {
 public:
  explicit Words(std::string_view line) : left_(line) {}
  std::string text() {
    if (ended_) damaged();
    const std::size_t tab = left_.find('\t');
    const std::string out = plain(left_.substr(0, tab));
    ended_ = tab == left_.npos;
    if (!ended_) left_.remove_prefix(tab + 1);
    return out;
  }
  template <class T = std::int64_t>
  T number() {
    const std::string word = text();
    T value{};
    if (const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value); error != std::errc() || end != word.data() + word.size()) damaged();
    return value;
  }
  bool more() const noexcept { return !ended_; }

 private:
  std::string_view left_;
  bool ended_ = false;
};

model::Field field_from(Words& words) {
  model::Field field;
  field.name = words.text();
  const auto role = words.number(), type = words.number();
  if (role < 0 || role > 2 || type < 0 || type > static_cast<std::int64_t>(ElementType::u8)) damaged();
  field.role = static_cast<model::Role>(role);
  field.type = static_cast<ElementType>(type);
  field.classes = words.number();
  for (auto rank = words.number(); rank > 0; --rank) field.shape.push_back(words.number());
  while (words.more()) field.class_names.push_back(words.text());
  return field;
}

// Records of older versions know nothing of the ids of features.
bool same_classes(const model::Field& a, const model::Field& b) {
  if (a.role == model::Role::feature && (a.classes == 0 || b.classes == 0)) return true;
  return a.classes == b.classes && a.class_names == b.class_names;
}

std::string size_text(const FileRecord& file) {
  return file.files == 1 ? fmt::format("{} of {} bytes", file.name, file.bytes) : fmt::format("{} with {} files of {} bytes", file.name, file.files, file.bytes);
}

// At most 120 bytes of a text, of which no character is cut.
std::string beginning_of(const std::string& text) {
  constexpr std::size_t most = 120;
  if (text.size() <= most) return text;
  std::size_t end = most;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;  // within a character of UTF-8
  return text.substr(0, end) + "...";
}

std::string shown(const model::Field& field) {
  constexpr std::size_t most_names = 20;
  std::string out = fmt::format("shape {}", to_string(field.shape));
  if (const std::vector<std::string>& names = field.class_names; names.size() > most_names)
    out += fmt::format(", {} classes: {}, ...", names.size(), fmt::join(names.begin(), names.begin() + most_names, ", "));
  else if (!names.empty()) out += fmt::format(", classes {}", fmt::join(names, ", "));
  else if (field.classes > 0) out += fmt::format(", {} {}", field.classes, field.role == model::Role::feature ? "ids" : "classes");
  return out;
}

// Things of both sides by name, and a line for each that is not the same: `same` and `text` say so of a pair, and of one.
template <class T, class Name, class Same, class Text>
void compare(const std::vector<T>& then, const std::vector<T>& now, Name&& name, Same&& same, Text&& text, std::vector<std::string>& out) {
  std::map<std::string, const T*> found;
  for (const T& one : now) found.emplace(name(one), &one);
  for (const T& one : then) {
    const auto at = found.find(name(one));
    if (at == found.end()) out.push_back(fmt::format("{}: then {}, now none", beginning_of(name(one)), beginning_of(text(one))));
    else if (!same(one, *at->second)) out.push_back(fmt::format("{}: then {}, now {}", beginning_of(name(one)), beginning_of(text(one)), beginning_of(text(*at->second))));
    if (at != found.end()) found.erase(at);
  }
  for (const T& one : now)
    if (found.contains(name(one))) out.push_back(fmt::format("{}: then none, now {}", beginning_of(name(one)), beginning_of(text(one))));
}

}  // namespace

void DataRecord::describe(const data::Source& source) {
  fields = fields_of(source);
  for (const data::Part part : data::all_parts) samples[static_cast<std::size_t>(part)] = source.count(part);
}

std::vector<NamedPath> data_paths(const recipe::Recipe& recipe, const host::Registry& registry) {
  std::vector<NamedPath> out;
  const host::Item& item = registry.need(host::Kind::dataset, recipe.require_data().component.type);
  for (const Option& option : data_options(recipe, item))
    if (names_files(item.schema, option.name)) add_paths(option, out);
  return out;
}

std::vector<FileRecord> file_records(const std::vector<NamedPath>& paths, const host::Item& dataset) {
  std::vector<FileRecord> out;
  for (const NamedPath& path : paths)
    if (FileRecord record = record_of_path(path.option, path.path, dataset); record.files > 0) out.push_back(std::move(record));
  return out;
}

std::string identity_of_files(const std::vector<NamedPath>& paths, const host::Item& dataset) {
  ContentHash hash;
  for (const NamedPath& path : paths)
    for (const fs::path& file : files_of(path.path, dataset)) {
      struct stat facts {};
      if (::stat(file.c_str(), &facts) != 0) continue;
      const std::string entry = fmt::format("{} {} {} {} {} {}.{}\n", path.option, file.filename().string(), facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec);
      hash.add(entry.data(), entry.size());
    }
  return hash.text();
}

DataRecord record_of(const recipe::Recipe& recipe, const host::Registry& registry, const data::Source& source) {
  DataRecord out;
  out.describe(source);
  out.files = file_records(data_paths(recipe, registry), registry.need(host::Kind::dataset, recipe.require_data().component.type));
  return out;
}

std::string to_text(const DataRecord& record) {
  std::string out = fmt::format("{}\n", signature);
  for (const model::Field& field : record.fields) {
    out += fmt::format("field\t{}\t{}\t{}\t{}\t{}", escaped(field.name), static_cast<int>(field.role), static_cast<int>(field.type), field.classes, field.shape.size());
    for (const std::int64_t extent : field.shape) out += fmt::format("\t{}", extent);
    for (const std::string& name : field.class_names) out.append("\t").append(escaped(name));
    out += '\n';
    // Lines of the field before.
    if (!field.columns.empty()) {
      out += "columns";
      for (const std::string& name : field.columns) out.append("\t").append(escaped(name));
      out += '\n';
    }
    for (std::size_t i = 0; i < field.scales.size(); ++i) out += fmt::format("unit\t{}\t{}\n", field.offsets[i], field.scales[i]);
  }
  out += fmt::format("samples\t{}\n", fmt::join(record.samples, "\t"));
  for (const FileRecord& file : record.files) out += fmt::format("file\t{}\t{}\t{}\t{}\t{}\n", escaped(file.option), escaped(file.name), file.files, file.bytes, file.hash);
  return out;
}

DataRecord data_record_from(std::string_view text) {
  DataRecord record;
  bool signed_text = text.empty();
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    if (end == text.npos) damaged();
    Words words(text.substr(0, end));
    text.remove_prefix(end + 1);
    const std::string kind = words.text();
    if (!signed_text && kind != signature) damaged();
    if (kind == "field") record.fields.push_back(field_from(words));
    else if (kind == "columns" && !record.fields.empty())
      while (words.more()) record.fields.back().columns.push_back(words.text());
    else if (kind == "unit" && !record.fields.empty())
      record.fields.back().offsets.push_back(words.number<double>()), record.fields.back().scales.push_back(words.number<double>());
    else if (kind == "samples")
      for (std::int64_t& count : record.samples) count = words.number();
    else if (kind == "file") {
      FileRecord file{words.text(), words.text(), 0, 0, {}};
      file.files = words.number();
      file.bytes = words.number<std::uint64_t>();
      file.hash = words.text();
      record.files.push_back(std::move(file));
    }
    signed_text = true;
  }
  return record;
}

std::vector<std::string> differences(const DataRecord& then, const DataRecord& now) {
  std::vector<std::string> out;
  compare(
      then.files, now.files, [](const FileRecord& file) { return file.option; },
      [](const FileRecord& a, const FileRecord& b) { return a.bytes == b.bytes && a.files == b.files && a.hash == b.hash; },
      [](const FileRecord& file) { return fmt::format("{} (content {})", size_text(file), file.hash.substr(0, 8)); }, out);
  for (const data::Part part : data::all_parts)
    if (const auto p = static_cast<std::size_t>(part); then.samples[p] != now.samples[p]) out.push_back(fmt::format("{} samples: then {}, now {}", data::to_string(part), then.samples[p], now.samples[p]));
  compare(
      then.fields, now.fields, [](const model::Field& field) { return "field " + field.name; },
      [](const model::Field& a, const model::Field& b) { return a.role == b.role && a.type == b.type && a.shape == b.shape && same_classes(a, b); }, shown, out);
  return out;
}

std::vector<std::string> differences_of_knowledge(const data::Source& source, std::string_view then, std::string_view now) {
  std::vector<std::string> out;
  using Told = std::pair<std::string, std::string>;
  compare(
      data::knowledge_of(source, then), data::knowledge_of(source, now), [](const Told& line) { return line.first; }, [](const Told& a, const Told& b) { return a.second == b.second; },
      [](const Told& line) { return line.second; }, out);
  return out;
}

}  // namespace teranga::train

// SPDX-License-Identifier: Apache-2.0
// teranga plugin new: the project of a new plugin, which builds, passes its check and trains as it is.
#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <teranga/core/error.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/core/value.hpp>

#include "arguments.hpp"
#include "command.hpp"
#include "new_file.hpp"
#include "plugin_templates.hpp"
#include "print.hpp"

namespace teranga::launcher {
namespace {

namespace fs = std::filesystem;

constexpr const char* new_command = "plugin new";

struct Language {
  const char* name;      // as it is typed
  const char* spoken;
  const char* ending;    // of its sources
  const char* for_cmake; // the languages of the project
};
constexpr std::array<Language, 4> all_languages{{{"c++", "C++", "cpp", "CXX"}, {"c", "C", "c", "C"}, {"fortran", "Fortran", "f90", "C Fortran"}, {"rust", "Rust", "rs", "C"}}};
constexpr std::array<std::pair<const char*, const char*>, 9> all_kinds{{{"layer", "a layer"}, {"activation", "an activation"}, {"loss", "a loss"}, {"optimizer", "an optimizer"}, {"metric", "a metric"},
                                                                        {"schedule", "a schedule"}, {"initializer", "an initializer"}, {"dataset", "a data set"}, {"observer", "an observer"}}};

std::string_view template_text(const std::string& name) {
  for (const PluginTemplate& one : plugin_templates())
    if (one.name == name) return one.text;
  return {};
}

std::string source_template(const Language& language, const std::string& kind) { return fmt::format("{}/{}.{}", language.name, kind, language.ending); }

const char* spoken_kind(const std::string& kind) {
  std::vector<std::string> names;
  for (const auto& [name, spoken] : all_kinds) {
    if (kind == name) return spoken;
    names.emplace_back(name);
  }
  const auto near = nearest_name(kind, names);
  throw Error(ExitCode::usage, fmt::format("plugin new: \"{}\" is no kind of plugin; expected one of {}", kind, fmt::join(names, ", ")), near ? fmt::format("teranga plugin new {} NAME", *near) : "teranga plugin new layer NAME");
}

const Language& language_of(const std::string& kind, const std::string& wanted) {
  std::vector<std::string> names;
  for (const Language& language : all_languages)
    if (!template_text(source_template(language, kind)).empty()) {
      if (wanted == language.name) return language;
      names.emplace_back(language.name);
    }
  throw Error(ExitCode::usage, fmt::format("plugin new: there is no project of the kind {} in \"{}\", but in {}", kind, wanted, fmt::join(names, ", ")), fmt::format("teranga plugin new {} NAME --language {}", kind, names.front()));
}

bool is_word(std::string_view text) {
  return !text.empty() && text.front() >= 'a' && text.front() <= 'z' && std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
}

// "soft_gate" is SoftGate.
std::string type_name(const std::string& name) {
  std::string out;
  bool begins = true;
  for (const char c : name) {
    if (c != '_') out += begins && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    begins = c == '_';
  }
  return out == "Self" ? "SelfOne" : out;  // a word of Rust
}

struct Names {
  std::string vendor, name;
  bool vendor_was_given;
  std::string qualified() const { return fmt::format("{}.{}", vendor, name); }
  std::string library() const { return fmt::format("{}_{}", vendor, name); }
};

Names names_of(const std::string& kind, const std::string& given) {
  const std::size_t dot = given.find('.');
  const Names names{dot == std::string::npos ? "my" : given.substr(0, dot), dot == std::string::npos ? given : given.substr(dot + 1), dot != std::string::npos};
  if (!is_word(names.vendor) || !is_word(names.name) || names.library().size() > 50)
    throw Error(ExitCode::usage, fmt::format("plugin new: expected a NAME or VENDOR.NAME of small letters, digits and \"_\" that begin with a letter, 50 letters at most; found \"{}\"", given), fmt::format("teranga plugin new {} acme.soft_gate", kind));
  if (names.vendor == "teranga") throw Error(ExitCode::usage, "plugin new: the vendor \"teranga\" is that of the plugins that come with the program", fmt::format("teranga plugin new {} my.{}", kind, names.name));
  return names;
}

// The text with the words in @ replaced.
std::string filled(std::string_view text, const std::vector<std::pair<std::string, std::string>>& words) {
  std::string out;
  while (!text.empty()) {
    const auto word = std::find_if(words.begin(), words.end(), [&](const auto& one) { return text.starts_with(one.first); });
    if (word == words.end()) {
      out += text.front();
      text.remove_prefix(1);
    } else {
      out += word->second;
      text.remove_prefix(word->first.size());
    }
  }
  return out;
}

// The tree that this program stands in: bin is a folder of it.
fs::path own_prefix() {
  std::error_code failure;
  return fs::read_symlink("/proc/self/exe", failure).parent_path().parent_path();
}

// What CMake has to be told to find Teranga; nothing where it looks by itself.
std::string prefix_option(const fs::path& prefix) {
  if (prefix == "/usr" || prefix == "/usr/local") return {};
  return fmt::format(" -DCMAKE_PREFIX_PATH={}", shell_word(prefix.string()));
}

int run_plugin_new(const Arguments& arguments) {
  const std::string kind = arguments.operand(0);
  const char* spoken = spoken_kind(kind);
  const Language& language = language_of(kind, arguments.text("language", "c++"));
  const Names names = names_of(kind, arguments.operand(1));
  const fs::path folder = arguments.text("folder", names.library());
  const std::string source = fmt::format("{}.{}", names.name, language.ending);
  const fs::path prefix = own_prefix();
  const std::vector<std::pair<std::string, std::string>> words{
      {"@NAME@", names.qualified()}, {"@VENDOR@", names.vendor}, {"@STRUCT@", type_name(names.name)}, {"@LIBRARY@", names.library()}, {"@SOURCE@", source}, {"@LANGUAGES@", language.for_cmake},
      {"@LANGUAGE@", language.spoken}, {"@ARTICLE@", spoken}, {"@KIND@", std::string(spoken).substr(std::string_view(spoken).find(' ') + 1)}, {"@PREFIX@", prefix_option(prefix)}};
  const std::vector<std::pair<std::string, std::string>> files{
      {source, source_template(language, kind)}, {"CMakeLists.txt", "CMakeLists.txt"}, {"recipe.toml", fmt::format("recipes/{}.toml", kind)}, {"README.md", "README.md"}};

  for (const auto& file : files) refuse_to_overwrite(new_command, folder / file.first, fmt::format("teranga plugin new {} {} --folder FOLDER", kind, names.qualified()));
  std::error_code failure;
  fs::create_directories(folder, failure);  // writing tells why, where that fails
  for (const auto& [name, text] : files) write_new(new_command, folder / name, filled(template_text(text), words));

  print_out("{} is written: {} {} in {}\n", folder.string(), spoken, names.qualified(), language.spoken);
  if (!names.vendor_was_given) print_out("The name has no vendor, so it is \"my\". For others to use it, begin anew with a name of your own: teranga plugin new {} VENDOR.{}\n", kind, names.name);
  if (!fs::exists(prefix / "lib/cmake/Teranga/TerangaConfig.cmake", failure)) print_out("To build it takes the files for authors of plugins, which {} does not have: install the package libteranga-dev\n", prefix.string());
  print_out("Now:\n  cd {}\n  cmake -B build{}\n  cmake --build build\n  ctest --test-dir build --output-on-failure\n  teranga train recipe.toml\n", shell_word(folder.string()), prefix_option(prefix));
  return 0;
}

}  // namespace

Command plugin_new_command() {
  Command command;
  command.name = "plugin new";
  command.summary = "write the project of a new plugin, which builds, is tested and trains as it is";
  command.operands = "KIND NAME";
  command.least_operands = command.most_operands = 2;
  command.about =
      "Writes a folder with the source of a plugin, a CMakeLists.txt that builds it and checks it with ctest, a recipe that trains with it, and a README.md with the commands. Everything works as "
      "it is; then change the source. KIND is layer, activation, loss, optimizer, metric, schedule, initializer, dataset or observer. NAME is VENDOR.NAME, in small letters: the vendor is your name or "
      "that of your group, and keeps your plugins apart from those of others. Files that are there already are left alone.";
  command.options = {{"language", "c++|c|fortran|rust", "the language of the source (default: c++); layers have all of them"}, {"folder", "FOLDER", "the folder of the project (default: VENDOR_NAME)"}};
  command.examples = {"teranga plugin new layer acme.soft_gate", "teranga plugin new loss acme.robust", "teranga plugin new layer acme.gate_in_rust --language rust --folder gate"};
  command.run = run_plugin_new;
  return command;
}

}  // namespace teranga::launcher

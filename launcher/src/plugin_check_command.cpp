// SPDX-License-Identifier: Apache-2.0
// teranga plugin check: whether a plugin keeps the rules of the border, and how to mend what does not.
#include <teranga/conformance/check.hpp>
#include <teranga/core/counted.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/replace_file.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/service/duration.hpp>

#include <algorithm>
#include <cstring>
#include <filesystem>

#include <fmt/format.h>
#include <unistd.h>

#include "arguments.hpp"
#include "command.hpp"
#include "plugin_check_report.hpp"
#include "print.hpp"
#include "table.hpp"

namespace teranga::launcher {
namespace {

namespace fs = std::filesystem;
using namespace conformance;

std::string kinds_text(const Rule& rule) {
  if (rule.scope != Scope::item) return rule.scope == Scope::file ? "file" : "library";
  if (rule.kinds.empty()) return "every item";
  std::string text;
  for (const std::int32_t kind : rule.kinds) text += fmt::format("{}{}", text.empty() ? "" : ", ", host::to_string(static_cast<host::Kind>(kind)));
  return text;
}

int list_rules() {
  Table table({"rule", "of", "level", "what is checked"});
  for (const Rule& rule : rules()) table.add({rule.name, kinds_text(rule), rule.level == quick ? "quick" : "full", rule.summary});
  for (const auto& [name, summary] : rules_of_every_call()) table.add({name, "every call", "quick", summary});
  print_out("{}", table.text());
  return 0;
}

std::string without_ending(const std::string& name) { return name.ends_with(".so") ? name.substr(0, name.size() - 3) : name; }

// A file, all files of a folder, or a library of the search path by its name.
std::vector<std::string> files_of(const std::string& operand) {
  std::error_code error;
  if (fs::is_directory(operand, error)) {
    std::vector<std::string> files = host::plugin_files_in(operand);
    if (files.empty()) throw Error(ExitCode::plugin, fmt::format("{}: the folder holds no file that ends in .so", operand));
    return files;
  }
  if (fs::exists(operand, error) || operand.find('/') != std::string::npos) return {operand};
  std::vector<std::string> names;
  for (const std::string& folder : host::plugin_folders())
    for (const std::string& file : host::plugin_files_in(folder)) {
      names.push_back(fs::path(file).stem().string());
      if (names.back() == without_ending(operand)) return {file};
    }
  const auto nearest = nearest_name(without_ending(operand), names);
  throw Error(ExitCode::usage, fmt::format("there is no file \"{}\", and no plugin library of that name in the search path", operand), nearest ? fmt::format("teranga plugin check {}", *nearest) : std::string());
}

std::uint64_t bytes_from(const std::string& text) {
  std::size_t end = 0;
  double number = -1;
  try {
    number = std::stod(text, &end);
  } catch (const std::exception&) {  // no number
  }
  const std::string unit = text.substr(std::min(end, text.size()));
  const std::pair<const char*, double> units[] = {{"M", 1 << 20}, {"G", 1 << 30}, {"T", 1024.0 * (1 << 30)}};
  for (const auto& [name, factor] : units)
    if (unit == name && number > 0 && number * factor < 1e18) return static_cast<std::uint64_t>(number * factor);
  throw Error(ExitCode::usage, fmt::format("teranga plugin check: --memory-limit: expected a size such as 512M or 4G, found \"{}\"", text), "--memory-limit 4G");
}

CheckRequest request_of(const Arguments& arguments) {
  CheckRequest request;
  request.items = arguments.texts("item");
  request.only = arguments.texts("only");
  request.level = arguments.one_of("level", {"quick", "full"}) == "full" ? full : quick;
  request.allowed_libraries = arguments.texts("allow");
  request.values = arguments.texts("set");
  for (const std::string& value : request.values)
    if (value.find('=') == std::string::npos) throw Error(ExitCode::usage, fmt::format("teranga plugin check: --set: expected NAME=VALUE, found \"{}\"", value));
  if (arguments.has("time-limit")) request.seconds = parse_duration(arguments.text("time-limit"), "--time-limit");
  if (arguments.has("memory-limit")) request.memory = bytes_from(arguments.text("memory-limit"));
  request.at_once = arguments.threads();
  request.here = arguments.has("here");
  check_names_of_rules(request.only);
  return request;
}

// One line on a terminal that is drawn anew; nothing elsewhere.
class ProgressLine {
 public:
  explicit ProgressLine(bool wanted) : wanted_(wanted && ::isatty(STDERR_FILENO) == 1) {}
  ~ProgressLine() { clear(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void show(const std::string& file, const Progress& progress) {
    if (!wanted_) return;
    std::string line = fmt::format("{}: {} of {}  {} {}", fs::path(file).filename().string(), progress.done, progress.of, progress.rule, progress.item);
    if (line.size() > 78) line.resize(78);
    std::fprintf(stderr, "\r%s\x1b[K", printable(line).c_str());
    shown_ = true;
  }
  void clear() {
    if (shown_) std::fputs("\r\x1b[K", stderr);
    shown_ = false;
  }

 private:
  bool wanted_, shown_ = false;
};

int check_plugins(const Arguments& arguments) {
  if (arguments.has("list")) return list_rules();
  if (arguments.operands().empty()) throw Error(ExitCode::usage, "teranga plugin check: expected FILE..., found nothing");
  CheckRequest request = request_of(arguments);
  const std::string json = arguments.text("json");
  std::vector<std::string> files;
  for (const std::string& operand : arguments.operands()) std::ranges::copy(files_of(operand), std::back_inserter(files));
  request.one_of_several = files.size() > 1;

  std::vector<CheckedLibrary> checked;
  ProgressLine line(true);
  for (const std::string& file : files) {
    checked.push_back(check_library(file, request, [&](const Progress& progress) { line.show(file, progress); }));
    line.clear();
    if (json != "-" && !checked.back().is_left_out()) print_out("{}{}", checked.size() > 1 ? "\n" : "", text_of(checked.back(), arguments.has("verbose")));
  }
  require_known(checked, request);
  std::erase_if(checked, &CheckedLibrary::is_left_out);
  const std::string object = json_of(checked, request);
  if (json == "-") print_out("{}", object);
  else print_out("\n{}", summary_of(checked, request));
  if (!json.empty() && json != "-")
    if (const int error = replace_file(json, object)) throw Error(ExitCode::failure, fmt::format("{} cannot be written: {}", json, std::strerror(error)));
  const bool passed = std::ranges::all_of(checked, &CheckedLibrary::passed);
  return static_cast<int>(passed ? ExitCode::done : ExitCode::plugin);
}

}  // namespace

Command plugin_check_command() {
  Command command;
  command.name = "plugin check";
  command.summary = "check that a plugin keeps the rules of the border, and say how to mend what does not";
  command.operands = "FILE...";
  command.most_operands = 1000;
  command.about =
      "Tries each rule on each item of a plugin library, each in a process of its own with limits on time and memory. Prints a table of the items, and for each fault what was expected and found, where, and how to mend it. "
      "FILE is a library, a folder of libraries, or the name of a library of the search path (losses). Of the variants for several instruction sets, the one is checked that a training would open.\n"
      "Options of an item get their defaults, and more values at the level full. Where an option has no default, a value is tried that its range allows; --set gives one, such as the path of a data set.\n"
      "The exit code is 0 if there is no error, and 4 if there is one. Warnings and notes do not count.";
  command.options = {{"item", "NAME", "check this item only, for example acme.swish; may be given again. Of several libraries, those without it are left out", 0, true},
                     {"only", "RULE", "try this rule only, or all of a group (gradient); may be given again", 0, true},
                     {"list", "", "print the rules instead"},
                     {"level", "quick|full", "how much to try: quick (default), or full: more options, shapes and rules"},
                     {"set", "NAME=VALUE", "the value of an option of the items, or of one item (acme.swish.beta=2); may be given again", 0, true},
                     {"allow", "LIBRARY", "a shared library that the plugin may need, for example libfftw3.so.3; may be given again", 0, true},
                     {"json", "FILE", "also write a report as JSON; -: print it instead of the tables"},
                     {"time-limit", "TIME", "of each process (default: 60s)"},
                     {"memory-limit", "SIZE", "of each process (default: 4G)"},
                     {"threads", "N", "processes at once (default: as many as there are cores)"},
                     {"verbose", "", "also print each rule on each item, and why a rule is not applicable"},
                     {"here", "", "try all rules in this process, one after the other and without limits: for a debugger"}};
  command.examples = {"teranga plugin check losses --item mean_squared_error", "teranga plugin check --list", "teranga plugin check schedules --only library --json -"};
  command.run = check_plugins;
  return command;
}

}  // namespace teranga::launcher

// SPDX-License-Identifier: Apache-2.0
#include "arguments.hpp"

#include <teranga/train/checkpoint_path.hpp>

#include <teranga/core/error.hpp>
#include <teranga/core/shell_word.hpp>
#include <teranga/core/value.hpp>
#include <teranga/recipe/reference.hpp>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <cmath>
#include <limits>

#include <boost/program_options.hpp>
#include <fmt/format.h>

namespace teranga::launcher {
namespace po = boost::program_options;
namespace {

Error usage_error(const std::string& command, const std::string& message, std::string hint = {}) {
  return Error(ExitCode::usage, fmt::format("{}: {}", command, message), hint.empty() ? fmt::format("teranga {} --help", command) : std::move(hint));
}

po::options_description described(const Command& command) {
  po::options_description all;
  all.add_options()("help,h", "");
  for (const OptionHelp& option : command.options) {
    const std::string name = option.letter ? fmt::format("{},{}", option.name, option.letter) : option.name;
    if (option.value.empty()) all.add_options()(name.c_str(), "");
    else all.add_options()(name.c_str(), po::value<std::vector<std::string>>(), "");
  }
  return all;
}

std::string bare(const std::string& option) { return option.substr(std::min(option.find_first_not_of('-'), option.size())); }

// A key of the recipe that was typed as an option: --epochs is training.epochs. Empty where it is none.
std::string key_of_recipe(const std::string& option) {
  std::string wanted = bare(option);
  std::replace(wanted.begin(), wanted.end(), '-', '_');
  for (const recipe::ReferenceTable& table : recipe::reference_tables())
    if (table.path == "training" || table.path == "optimizer" || table.path == "checkpoint" || table.path == "log")
      for (const OptionSpec& key : table.keys)
        if (key.name == wanted) return fmt::format("{}.{}", table.path, key.name);
  return {};
}

// The value of an option in `words`, which hold it as --name=value or --name value.
std::string value_of(const std::string& option, const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i].starts_with(option + "=")) return words[i].substr(option.size() + 1);
    if (words[i] == option && i + 1 < words.size() && !words[i + 1].starts_with("--")) return words[i + 1];
  }
  return "VALUE";
}

Error unknown_option(const Command& command, const std::string& typed, const std::vector<std::string>& words) {
  const std::string found = typed.substr(0, typed.find('='));
  std::vector<std::string> names{"help"};
  bool sets = false;
  for (const OptionHelp& option : command.options) {
    names.push_back(option.name);
    sets = sets || option.name == "set";
  }
  const std::string message = fmt::format("there is no option {}", found);
  if (const std::string key = sets ? key_of_recipe(found) : ""; !key.empty()) return usage_error(command.name, message, fmt::format("--set {}={}", key, value_of(found, words)));
  const auto nearest = nearest_name(bare(found), names);
  return usage_error(command.name, message, nearest ? fmt::format("did you mean --{}?", *nearest) : std::string());
}

// What somebody meant who typed one word too many, or several: "--set training.epochs = 5" is a value and two words.
std::string hint_on(const Command& command, const std::vector<std::string>& extra, const std::vector<std::string>& set, std::vector<std::string> files) {
  const std::string& word = extra.front();
  if (!set.empty() && (word.starts_with('=') || set.back().ends_with('='))) {
    const std::string value = word == "=" && extra.size() > 1 ? word + extra[1] : word;
    return fmt::format("--set takes KEY=VALUE without blanks: --set {}", shell_text(set.back() + value));
  }
  const bool takes_files = std::any_of(command.options.begin(), command.options.end(), [](const OptionHelp& option) { return option.name == "input" && option.repeats; });
  const bool takes_texts = std::any_of(command.options.begin(), command.options.end(), [](const OptionHelp& option) { return option.name == "text"; });
  std::error_code error;
  if (takes_texts && word.find(' ') != std::string::npos && !std::filesystem::exists(word, error)) return fmt::format("a sample that is a text: --text {}", shell_text(word));
  files.insert(files.end(), extra.begin(), extra.end());
  if (takes_files) return fmt::format("each file has an --input of its own, and a folder of files is given as one: --input {}", shell_words(files, " --input "));
  return fmt::format("teranga {} --help", command.name);
}

// "--fast-dev-run --threads 2": the value of the first option would be the second one.
void require_values(const Command& command, const std::vector<std::string>& words) {
  const auto is_option = [&](const std::string& word) { return word.starts_with("--") && std::ranges::any_of(command.options, [&](const OptionHelp& option) { return bare(word.substr(0, word.find('='))) == option.name; }); };
  for (std::size_t i = 0; i < words.size() && words[i] != "--"; ++i)
    for (const OptionHelp& option : command.options) {
      if (option.value.empty() || words[i] != "--" + option.name) continue;
      if (i + 1 == words.size()) throw usage_error(command.name, fmt::format("--{}: expected {}, found nothing", option.name, option.value));
      if (is_option(words[i + 1])) throw usage_error(command.name, fmt::format("--{}: expected {}, found the option {}", option.name, option.value, words[i + 1].substr(0, words[i + 1].find('='))));
    }
}

}  // namespace

Arguments::Arguments(const Command& command, const std::vector<std::string>& words) : command_(command.name), words_(words) {
  require_values(command, words);
  po::options_description all = described(command);
  all.add_options()("operand", po::value<std::vector<std::string>>(), "");
  po::positional_options_description places;
  places.add("operand", -1);
  po::variables_map found;
  try {
    const int style = po::command_line_style::default_style & ~po::command_line_style::allow_guessing;
    po::store(po::command_line_parser(words).options(all).positional(places).style(style).run(), found);
  } catch (const po::unknown_option& error) {
    throw unknown_option(command, error.get_option_name(), words);
  } catch (const po::error_with_option_name& error) {
    throw usage_error(command.name, error.what());
  } catch (const po::error& error) {
    throw usage_error(command.name, error.what());
  }
  for (const auto& [name, value] : found) {
    const bool flag = value.value().type() != typeid(std::vector<std::string>);
    const std::vector<std::string> texts = flag ? std::vector<std::string>{} : value.as<std::vector<std::string>>();
    if (name == "operand") operands_ = texts;
    else values_[name] = texts;
  }
  if (asks_for_help()) return;
  for (const OptionHelp& option : command.options)
    if (!option.repeats && values_.contains(option.name) && values_[option.name].size() > 1)
      throw usage_error(command.name, fmt::format("--{} is given {} times", option.name, values_[option.name].size()), fmt::format("give --{} once", option.name));
  if (operands_.size() < command.least_operands) throw usage_error(command.name, fmt::format("expected {}, found nothing", command.operands), fmt::format("teranga {} {}", command.name, command.operands));
  if (operands_.size() > command.most_operands) {
    const std::vector<std::string> extra(operands_.begin() + static_cast<std::ptrdiff_t>(command.most_operands), operands_.end());
    throw usage_error(command.name, fmt::format("\"{}\" is one word too many", extra.front()), hint_on(command, extra, texts("set"), texts("input")));
  }
}

std::string Arguments::text(const std::string& option, const std::string& otherwise) const {
  const auto at = values_.find(option);
  return at == values_.end() || at->second.empty() ? otherwise : at->second.back();
}

std::vector<std::string> Arguments::texts(const std::string& option) const {
  const auto at = values_.find(option);
  return at == values_.end() ? std::vector<std::string>{} : at->second;
}

std::string Arguments::checkpoint() const { return has("best") ? train::best_checkpoint(operand(0)) : operand(0); }

std::string Arguments::one_of(const std::string& option, const std::vector<std::string>& choices) const {
  std::string given = text(option, choices.front());
  if (std::find(choices.begin(), choices.end(), given) != choices.end()) return given;
  const auto nearest = nearest_name(given, choices);
  throw usage_error(command_, fmt::format("--{}: expected {}, found \"{}\"", option, fmt::join(choices, ", "), given),
                    fmt::format("--{} {}", option, nearest.value_or(choices.front())));
}

std::int64_t Arguments::integer(const std::string& option, std::int64_t least, std::int64_t otherwise) const {
  if (!has(option)) return otherwise;
  const std::string given = text(option);
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
  constexpr std::int64_t most = std::numeric_limits<std::int32_t>::max();
  if (error != std::errc{} || end != given.data() + given.size() || value < least || value > most)
    throw usage_error(command_, fmt::format("--{}: expected a whole number from {} to {}, found \"{}\"", option, least, most, given), fmt::format("--{} {}", option, std::max<std::int64_t>(least, 2)));
  return value;
}

double Arguments::real(const std::string& option, double least, double otherwise) const {
  if (!has(option)) return otherwise;
  const std::string given = text(option);
  double value = 0;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), value);
  if (error != std::errc{} || end != given.data() + given.size() || !std::isfinite(value) || value < least)
    throw usage_error(command_, fmt::format("--{}: expected a number of at least {}, found \"{}\"", option, least, given), fmt::format("--{} {}", option, std::max(least, 0.5)));
  return value;
}

}  // namespace teranga::launcher

// SPDX-License-Identifier: Apache-2.0
#include "help.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace teranga::launcher {
namespace {

constexpr std::size_t text_width = 100;

// Words of `text`, broken into lines; each line but the first begins at `indent`.
std::string wrapped(const std::string& text, std::size_t indent) {
  std::string out;
  std::size_t column = indent;
  const auto break_line = [&] {
    out.append(1, '\n').append(indent, ' ');
    column = indent;
  };
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(" \n", at), text.size());
    const std::string word = text.substr(at, end - at);
    if (column > indent && column + 1 + word.size() > text_width) {
      break_line();
    } else if (column > indent) {
      out += ' ';
      ++column;
    }
    out += word;
    column += word.size();
    if (end < text.size() && text[end] == '\n') break_line();
    at = end + 1;
  }
  return out;
}

std::string summary_lines(const std::vector<const Command*>& list) {
  std::size_t width = 0;
  for (const Command* command : list) width = std::max(width, command->name.size());
  std::string out;
  for (const Command* command : list) out += fmt::format("  {:<{}}  {}\n", command->name, width, wrapped(command->summary, width + 4));
  return out;
}

std::string option_words(const OptionHelp& option) {
  return fmt::format("{}--{}{}{}", option.letter ? fmt::format("-{}, ", option.letter) : std::string(), option.name, option.value.empty() ? "" : " ", option.value);
}

// "0 done, 1 failed, ..." in lines.
std::string exit_lines() {
  std::string out = "exit codes:";
  for (const ExitMeaning& one : exit_meanings()) out += fmt::format(" {} {}{}", one.code, one.meaning, one.code == exit_meanings().back().code ? "" : ",");
  return wrapped(out, 0);
}

}  // namespace

const std::vector<ExitMeaning>& exit_meanings() {
  static const std::vector<ExitMeaning> all{{0, "done"}, {1, "failed"}, {2, "wrong command line or recipe"}, {3, "diverged (the loss is not finite)"},
                                            {4, "a plugin failed"}, {5, "data are missing or wrong"}, {6, "stalled"}, {75, "stopped early, or another job has the run folder: the same command goes on"}};
  return all;
}

const char* about_program() { return "Trains neural networks on the processors of one machine or of a cluster. A recipe (a TOML file) says what is trained, on which data and how."; }

std::vector<OptionHelp> options_of(const Command& command) {
  std::vector<OptionHelp> options = command.options;
  options.push_back({"help", "", "this text", 'h'});
  return options;
}

std::string help() {
  std::vector<const Command*> all;
  for (const Command& command : commands()) all.push_back(&command);
  return fmt::format("usage: teranga COMMAND ...\n\n{}\n\ncommands:\n{}\nteranga COMMAND --help says more about each. teranga --version --verbose says which program this is.\n\n{}.\n", wrapped(about_program(), 0), summary_lines(all), exit_lines());
}

std::string help(const Command& command) {
  std::string out = fmt::format("usage: teranga {}{}{}{}\n\n{}\n", command.name, command.operands.empty() ? "" : " ", command.operands,
                                command.options.empty() ? "" : " [options]", wrapped(command.about, 0));
  const std::vector<OptionHelp> options = options_of(command);
  std::size_t width = 0;
  for (const OptionHelp& option : options) width = std::max(width, option_words(option).size());
  out += "\noptions:\n";
  for (const OptionHelp& option : options) out += fmt::format("  {:<{}}  {}\n", option_words(option), width, wrapped(option.doc, width + 4));
  out += "\nexamples:\n";
  for (const std::string& example : command.examples) out += fmt::format("  {}\n", example);
  return out;
}

std::string help_of_group(const std::string& word) {
  std::vector<const Command*> list;
  for (const Command& command : commands())
    if (command.name.starts_with(word + " ")) list.push_back(&command);
  if (list.empty()) return {};
  return fmt::format("usage: teranga {} COMMAND ...\n\ncommands:\n{}\nteranga {} --help says more; so does each of the others.\n", word, summary_lines(list), list.front()->name);
}

}  // namespace teranga::launcher

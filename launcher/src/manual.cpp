// SPDX-License-Identifier: Apache-2.0
#include "manual.hpp"

#include <algorithm>
#include <cctype>

#include <fmt/format.h>

#include "help.hpp"
#include "roff.hpp"

namespace teranga::launcher {
namespace {

std::string title(const std::string& name, int section) {
  std::string capitals = name;
  std::transform(capitals.begin(), capitals.end(), capitals.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  // Words are not parted: keys and options are to be found and copied.
  return fmt::format(".TH {} {} \"{}\" \"Teranga {}\" \"Teranga\"\n.nh\n", roff_quoted(capitals), section, TERANGA_RELEASED, TERANGA_VERSION);
}

std::string name_section(const std::string& name, const std::string& summary) { return fmt::format(".SH NAME\n{} \\- {}", roff_code(name), roff_prose(summary)); }

std::string tagged(const std::string& tag, const std::string& text) { return fmt::format(".TP\n{}\n{}", tag, roff_prose(text)); }

std::string exit_section() {
  std::string out = ".SH EXIT STATUS\n";
  for (const ExitMeaning& one : exit_meanings()) out += tagged(roff_bold(std::to_string(one.code)), one.meaning);
  return out;
}

std::string see_also(const std::string& without) {
  std::string out = ".SH SEE ALSO\n";
  std::vector<std::string> pages{"teranga(1)"};
  for (const Command& command : commands()) pages.push_back(manual_name(command) + "(1)");
  pages.push_back("teranga-recipe(5)");
  std::erase(pages, without);
  for (const std::string& page : pages) {
    const std::size_t bracket = page.find('(');
    out += fmt::format(".BR {} {}{}\n", roff_code(page.substr(0, bracket)), page.substr(bracket), &page == &pages.back() ? "" : ",");
  }
  return out;
}

std::string option_tag(const OptionHelp& option) {
  std::string out = option.letter ? fmt::format("{}, ", roff_bold(fmt::format("-{}", option.letter))) : std::string();
  out += roff_bold("--" + option.name);
  if (!option.value.empty()) out += fmt::format(" \\fI{}\\fR", roff_code(option.value));
  return out;
}

std::string row_of_manual(const std::vector<std::string>& head, const std::vector<ReferenceCell>& row) {
  std::string meaning, facts;
  for (std::size_t i = 1; i < row.size(); ++i) {
    if (row[i].text.empty()) continue;
    if (head[i] == "meaning" || head[i] == "summary") meaning = row[i].text;
    else facts += fmt::format("{}{}: {}", facts.empty() ? "" : "\n", head[i], row[i].code ? roff_bold(row[i].text) : roff_code(row[i].text));
  }
  std::string out = fmt::format(".TP\n{}\n{}", roff_bold(row.front().text), roff_prose(meaning));
  for (std::size_t at = 0; at < facts.size();) {
    const std::size_t end = std::min(facts.find('\n', at), facts.size());
    out += fmt::format(".br\n{}\n", facts.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

}  // namespace

std::string manual_name(const Command& command) {
  std::string out = "teranga-" + command.name;
  std::replace(out.begin(), out.end(), ' ', '-');
  return out;
}

std::string manual() {
  std::string out = title("teranga", 1) + name_section("teranga", "trains neural networks on processors, alone or on a cluster");
  out += fmt::format(".SH SYNOPSIS\n{} \\fICOMMAND\\fR ...\n.br\n{} \\fICOMMAND\\fR {}\n.br\n{} {} [{}]\n", roff_bold("teranga"), roff_bold("teranga"), roff_bold("--help"), roff_bold("teranga"),
                     roff_bold("--version"), roff_bold("--verbose"));
  out += ".SH DESCRIPTION\n" + roff_prose(about_program());
  out += ".PP\n" + roff_prose("The keys of recipes are explained in teranga-recipe(5).") + ".SH COMMANDS\n";
  for (const Command& command : commands()) out += tagged(fmt::format("{} \\fI{}\\fR", roff_bold("teranga " + command.name), roff_code(command.operands)), command.summary + ": " + manual_name(command) + "(1)");
  out += exit_section() + ".SH ENVIRONMENT\n";
  out += tagged(roff_bold("TERANGA_PLUGIN_PATH"), "Absolute folders of plugins, colon-separated. They are searched before lib/teranga/plugins of the installation.");
  return out + see_also("teranga(1)");
}

std::string manual(const Command& command) {
  const std::string name = manual_name(command);
  std::string out = title(name, 1) + name_section(name, command.summary);
  out += fmt::format(".SH SYNOPSIS\n{} [\\fIoptions\\fR]", roff_bold("teranga " + command.name));
  if (!command.operands.empty()) out += fmt::format(" \\fI{}\\fR", roff_code(command.operands));
  out += "\n.SH DESCRIPTION\n" + roff_prose(command.about) + ".SH OPTIONS\n";
  for (const OptionHelp& option : options_of(command)) out += tagged(option_tag(option), option.doc);
  out += exit_section() + ".SH EXAMPLES\n";
  for (const std::string& example : command.examples) out += fmt::format("{}.EX\n{}\n.EE\n", &example == &command.examples.front() ? "" : ".PP\n", roff_code(example));
  return out + see_also(name + "(1)");
}

std::string manual_of_recipes(const std::vector<ReferenceSection>& sections) {
  std::string out = title("teranga-recipe", 5) + name_section("teranga-recipe", "the keys of a recipe");
  for (const ReferenceSection& section : sections) {
    if (section.level == 1) out += ".SH DESCRIPTION\n";
    else out += fmt::format(".{} {}\n", section.level == 2 ? "SH" : "SS", roff_quoted(section.heading.text));
    for (const std::string& paragraph : section.paragraphs) out += fmt::format("{}{}", &paragraph == &section.paragraphs.front() ? "" : ".PP\n", roff_prose(paragraph));
    for (const std::vector<ReferenceCell>& row : section.rows) out += row_of_manual(section.head, row);
  }
  return out + see_also("teranga-recipe(5)");
}

}  // namespace teranga::launcher

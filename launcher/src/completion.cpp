// SPDX-License-Identifier: Apache-2.0
#include "completion.hpp"

#include <teranga/conformance/rule.hpp>

#include <algorithm>

#include <fmt/format.h>

namespace teranga::launcher {
namespace {

void add_words(Offer& offer, const std::vector<std::string>& words) { offer.words.insert(offer.words.end(), words.begin(), words.end()); }

void add_part(Offer& offer, const std::string& part, const CompletionWords& words) {
  if (part == "FILE" || part == "CHECKPOINT" || part == "RUN") offer.files = OfferedFiles::any;
  else if (part == "FOLDER") offer.files = OfferedFiles::folders;
  else if (part == "RECIPE") offer.files = OfferedFiles::recipes;
  else if (part == "KIND") add_words(offer, words.kinds);
  else if (part == "TYPE") add_words(offer, words.types);
  else if (part == "TABLE") add_words(offer, words.names);
  else if (part == "RULE") for (const conformance::Rule& rule : conformance::rules()) offer.words.emplace_back(rule.name);
  else if (part == "PART") add_words(offer, {"part=train", "part=validation", "part=test"});
  else if (part == "KEY=VALUE" || part == "KEY=VALUES") {
    add_words(offer, words.keys);
    offer.unfinished = true;
  } else if (!part.empty() && std::all_of(part.begin(), part.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '=' || c == '-'; })) {
    offer.words.push_back(part);
  }
}

}  // namespace

Offer offer_for(const std::string& placeholder, const CompletionWords& words) {
  Offer offer;
  std::string part;
  for (const char c : placeholder + "|") {
    if (c == '|' || c == ' ') {
      add_part(offer, part, words);
      part.clear();
    } else if (c != '[' && c != ']' && c != '.') {
      part += c;
    }
  }
  return offer;
}

std::vector<CommandGroup> command_groups() {
  std::vector<CommandGroup> groups;
  for (const Command& command : commands()) {
    const std::size_t blank = command.name.find(' ');
    if (blank == std::string::npos) continue;
    const std::string word = command.name.substr(0, blank);
    auto at = std::find_if(groups.begin(), groups.end(), [&](const CommandGroup& group) { return group.word == word; });
    if (at == groups.end()) at = groups.insert(at, {word, {}});
    at->commands.push_back(&command);
  }
  return groups;
}

std::vector<std::string> first_words() {
  std::vector<std::string> out;
  for (const Command& command : commands()) {
    const std::string word = command.name.substr(0, command.name.find(' '));
    if (std::find(out.begin(), out.end(), word) == out.end()) out.push_back(word);
  }
  return out;
}

std::string summary_of_first(const std::string& word) {
  std::string others;
  for (const Command& command : commands()) {
    if (command.name == word) return command.summary;
    if (command.name.starts_with(fmt::format("{} ", word))) others += fmt::format("{}{}", others.empty() ? "" : ", ", command.name.substr(word.size() + 1));
  }
  return others;
}

}  // namespace teranga::launcher

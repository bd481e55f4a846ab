// SPDX-License-Identifier: Apache-2.0
// The words of a command line, one a line, for a command with options of every kind.
#include <string>
#include <vector>

#include "arguments.hpp"
#include "target.hpp"

namespace {

using namespace teranga::launcher;

Command tried_command() {
  Command command;
  command.name = "try";
  command.operands = "RECIPE";
  command.least_operands = 1, command.most_operands = 2;
  command.options = {{"set", "KEY=VALUE", "", 0, true}, {"run", "FOLDER", ""}, {"threads", "N", ""}, {"progress", "auto|bar|plain|none", ""}, {"rate", "NUMBER", ""}, {"dry-run", "", ""},
                     {"output", "FILE", "", 'o'}, {"input", "FILE", "", 'i', true}, {"text", "TEXT", "", 0, true}, {"trust", "", ""}};
  return command;
}

std::vector<std::string> words_of(std::string_view input) {
  std::vector<std::string> words;
  while (!input.empty()) {
    const std::size_t end = std::min(input.find('\n'), input.size());
    words.emplace_back(input.substr(0, end));
    input.remove_prefix(std::min(end + 1, input.size()));
  }
  return words;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using teranga::ExitCode;
  static const Command command = tried_command();
  teranga::fuzz::tried({ExitCode::usage}, [&] {
    const Arguments arguments(command, words_of(teranga::fuzz::view(data, size)));
    if (arguments.asks_for_help()) return;
    arguments.threads(), arguments.overrides(), arguments.operand(1), arguments.trust(), arguments.texts("input"), arguments.text("output");
    arguments.real("rate", 0, 1), arguments.one_of("progress", {"auto", "bar", "plain", "none"});
  });
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// What a sub-command is: a word, or two ("plugin list"), with everything that its help, the check of its arguments and its run need.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace teranga::launcher {

class Arguments;

struct OptionHelp {
  std::string name;   // without the dashes
  std::string value;  // what stands for its value in the help; empty: a flag
  std::string doc;
  char letter = 0;    // "-n" for it; 0: none
  bool repeats = false;
};

struct Command {
  std::string name;
  std::string summary;  // one line, for the list of commands
  std::string operands; // as in the usage line: "RECIPE"
  std::size_t least_operands = 0, most_operands = 0;
  std::string about;    // paragraphs of its own help
  std::vector<OptionHelp> options;
  std::vector<std::string> examples;
  bool collective = false;  // all ranks of a launched group run it; of any other command, rank 0 alone
  int (*run)(const Arguments& arguments) = nullptr;  // gives the exit code; throws Error
};

// All of them, in the order of the help.
const std::vector<Command>& commands();

// Each command's own.
Command init_command();
Command train_command();
Command report_command();
Command watch_command();
Command plot_command();
Command evaluate_command();
Command predict_command();
Command generate_command();
Command check_command();
Command summary_command();
Command resolve_command();
Command reference_command();
Command plugin_list_command();
Command plugin_describe_command();
Command plugin_check_command();
Command plugin_new_command();
Command data_list_command();
Command data_peek_command();
Command checkpoint_list_command();
Command checkpoint_verify_command();
Command checkpoint_show_command();
Command checkpoint_export_command();
Command import_command();
Command export_command();
Command bench_run_command();
Command bench_step_command();
Command scale_command();
Command sweep_command();
Command find_rate_command();
Command batch_script_command();
Command doctor_command();

// Options that several commands share.
OptionHelp set_option();
OptionHelp threads_option();
OptionHelp pin_option();
OptionHelp best_option();
OptionHelp trust_option();

}  // namespace teranga::launcher

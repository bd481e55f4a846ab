// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

namespace teranga::launcher {

const std::vector<Command>& commands() {
  static const std::vector<Command> all{init_command(),        train_command(), report_command(), watch_command(), plot_command(), evaluate_command(),    predict_command(),         generate_command(),        check_command(),
                                        summary_command(),     resolve_command(),     reference_command(), plugin_list_command(),     plugin_describe_command(), plugin_check_command(), plugin_new_command(), data_list_command(),
                                        data_peek_command(),   checkpoint_list_command(), checkpoint_verify_command(), checkpoint_show_command(), checkpoint_export_command(),
                                        import_command(),      export_command(),     bench_run_command(),   bench_step_command(),     scale_command(), sweep_command(), find_rate_command(), batch_script_command(), doctor_command()};
  return all;
}

OptionHelp set_option() { return {"set", "KEY=VALUE", "change a value of the recipe, for example training.epochs=5 or layer.dense.units=64; may be given again", 0, true}; }
OptionHelp best_option() { return {"best", "", "use the best checkpoint of the run folder instead of the newest one (needs keep_best in [checkpoint])"}; }
OptionHelp trust_option() { return {"trust", "", "also open plugin libraries that are named only in the checkpoint; their code runs with your permissions"}; }
OptionHelp pin_option() {
  return {"pin", "auto|none", "auto (default): the processes of a machine that may run on the same cores each get their own cores, if there are enough; none: use the cores that mpirun or srun assigned"};
}
OptionHelp threads_option() { return {"threads", "N", "threads of this process (default: all cores that it may use)"}; }

}  // namespace teranga::launcher

// SPDX-License-Identifier: Apache-2.0
#include "command.hpp"

namespace teranga::launcher {

const std::vector<Command>& commands() {
  static const std::vector<Command> all{init_command(),        train_command(), report_command(), watch_command(), plot_command(), evaluate_command(),    predict_command(),         generate_command(),        check_command(),
                                        summary_command(),     resolve_command(),     reference_command(), plugin_list_command(),     plugin_describe_command(), data_list_command(),
                                        data_peek_command(),   checkpoint_list_command(), checkpoint_verify_command(), checkpoint_show_command(), checkpoint_export_command(),
                                        import_command(),      export_command(),     bench_run_command(),   bench_step_command(),     scale_command(), sweep_command(), find_rate_command()};
  return all;
}

OptionHelp set_option() { return {"set", "KEY=VALUE", "change a value of the recipe, for example training.epochs=5 or layer.dense.units=64; may be given again", 0, true}; }
OptionHelp best_option() { return {"best", "", "of a run folder: its best checkpoint, which keep_best in [checkpoint] keeps, in place of the newest"}; }
OptionHelp trust_option() { return {"trust", "", "open the plugin libraries that only the checkpoint's recipe names; their code runs with your rights"}; }
OptionHelp pin_option() {
  return {"pin", "auto|none", "auto (default): the processes of a machine that may run on the same cores get cores of their own, where there are enough; none: they stay where mpirun or srun has put them"};
}
OptionHelp threads_option() { return {"threads", "N", "threads of this process (default: all cores that it may use)"}; }

}  // namespace teranga::launcher

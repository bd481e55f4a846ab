// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/train.hpp>

#include "agreement.hpp"
#include "trainer.hpp"

#include <teranga/core/log.hpp>
#include <teranga/host/breadcrumb.hpp>
#include <teranga/math/gemm.hpp>
#include <teranga/train/workbench.hpp>

namespace teranga::train {

ExitCode train(const TrainOptions& options) {
  // The recipe is checked before any rank starts to work: MPI is not even up.
  const host::Registry registry = open_plugins(recipe::plugin_files(options.recipe, options.overrides));
  const recipe::Recipe recipe = load_recipe(options.recipe, options.overrides, registry);
  recipe.require_data();
  math::keep_openmp_single();
  const std::unique_ptr<Communicator> comm = Communicator::connect();
  log::set_rank(comm->rank(), comm->size());
  host::report_crashes(comm->rank());
  const auto end_all = [&](const char* text, const std::string& hint, ExitCode code) {
    log::error(text);
    if (!hint.empty()) log::error("hint: " + hint);
    comm->abort(static_cast<int>(code));
    return code;  // not reached
  };
  try {
    return Trainer(options, recipe, registry, *comm).run();
  } catch (const AgreedError&) {
    throw;
  } catch (const Error& error) {
    if (comm->size() == 1) throw;
    return end_all(error.what(), error.hint(), error.code());
  } catch (const std::exception& error) {
    if (comm->size() == 1) throw;
    return end_all(error.what(), {}, ExitCode::failure);
  }
}

}  // namespace teranga::train

// SPDX-License-Identifier: Apache-2.0
#include <teranga/train/first_checkpoint.hpp>

#include "session/data_record.hpp"
#include "session/initial_weights.hpp"
#include "session/same_work.hpp"

#include <teranga/checkpoint/checkpoint.hpp>
#include <teranga/core/absolute_path.hpp>
#include <teranga/core/error.hpp>
#include <teranga/math/gemm.hpp>
#include <teranga/train/data_opening.hpp>

#include <algorithm>
#include <utility>

namespace teranga::train {

model::Summary layers_of(recipe::Recipe recipe, const std::vector<model::Field>& fields, const host::Registry& registry) {
  math::keep_openmp_single();
  recipe.losses.clear();
  recipe.training.metrics.clear();
  Team team(1);
  return model::Network(recipe, fields, registry, team).summary(0);
}

const model::LayerSummary* output_of(const model::Summary& summary, const std::string& layer) {
  const auto found = std::find_if(summary.layers.rbegin(), summary.layers.rend(), [&](const model::LayerSummary& one) { return one.name == layer || one.name.starts_with(layer + "/"); });
  return found == summary.layers.rend() ? nullptr : &*found;
}

std::int64_t write_first_checkpoint(const FirstCheckpoint& file, const recipe::Recipe& recipe, const checkpoint::Weights& weights, const host::Registry& registry) {
  math::keep_openmp_single();
  Team team(1);
  model::Network network(recipe, file.fields, registry, team);
  set_weights_of_keras(network, weights, file.from);
  checkpoint::Snapshot snapshot;
  snapshot.seed = static_cast<std::uint64_t>(recipe.training.seed);
  snapshot.parameters = network.store().parameter_tensors();
  snapshot.states = network.store().state_tensors();
  snapshot.recipe = recipe::resolve(recipe);
  snapshot.plugins = plugins_of(recipe, registry);
  snapshot.provenance = {{"version", TERANGA_VERSION}, {"recipe_folder", absolute_path(recipe.folder.empty() ? "." : recipe.folder).string()}};
  DataRecord record;
  record.fields = file.fields;
  snapshot.data_record = to_text(record);
  checkpoint::write_file(file.path, snapshot);
  return network.summary(0).parameters;
}

}  // namespace teranga::train

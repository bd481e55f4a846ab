// SPDX-License-Identifier: Apache-2.0
// The networks of a recipe with their weights: one for each phase that trains and each bucket of the data, all on the same store.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <teranga/data/source.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/checkpoint/snapshot.hpp>
#include <teranga/model/network.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/recipe/recipe.hpp>

namespace teranga::train {

// What a phase of the recipe runs; of a recipe without phases all there is, under an empty name.
struct PhaseNetwork {
  recipe::PhaseRecipe recipe;
  std::unique_ptr<model::Network> network;  // for samples of the longest bucket
  std::vector<std::unique_ptr<model::Network>> shorter = {};  // for those of the others

  model::Network& of(std::size_t bucket) const { return bucket < shorter.size() ? *shorter[bucket] : *network; }
  void set_class_weights(const std::vector<double>& weights) const;

  // Its numbers in logs are called so: "generator" -> "generator_loss".
  std::string named(const std::string& number) const { return recipe.name.empty() ? number : recipe.name + "_" + number; }
};

class Networks {
 public:
  // Throws Error(usage) with what is wrong with the first phase that has a fault.
  Networks(const recipe::Recipe& recipe, const data::Source& source, const host::Registry& registry, Team& team);

  std::vector<PhaseNetwork>& phases() noexcept { return phases_; }
  const std::vector<PhaseNetwork>& phases() const noexcept { return phases_; }
  // The layers of all networks, each once, for samples of the longest bucket.
  model::Network& layers() const noexcept { return all_ ? *all_ : *phases_.front().network; }
  model::ParameterStore& store() const noexcept { return layers().store(); }

  // The layers of all networks; the work of a step is that of all phases, each as often as it runs, on samples of
  // the longest bucket. `rows` as in Network::summary.
  model::Summary summary(std::optional<std::int64_t> rows = std::nullopt);
  // Operations of a step on a global batch: of all phases, or of those that have not ended in that epoch (from 0).
  double step_flops(std::optional<std::int64_t> epoch = std::nullopt) const;
  // By the names that logs use.
  std::vector<model::MetricFacts> metrics() const;

 private:
  void add_shorter(const recipe::Recipe& recipe, const data::Source& source, const host::Registry& registry, Team& team);

  std::unique_ptr<model::Network> all_;  // where there are phases
  std::vector<PhaseNetwork> phases_;
};

// Gives a snapshot's parameters and states to the network.
void set_weights(model::Network& network, const checkpoint::Snapshot& snapshot, const std::string& from);

}  // namespace teranga::train

// SPDX-License-Identifier: Apache-2.0
#include "infer/log_likelihood.hpp"

#include "session/part_of_recipe.hpp"

#include <teranga/core/error.hpp>
#include <teranga/core/value.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace teranga::train {
namespace {

constexpr std::string_view machine_type = "teranga.restricted_boltzmann_machine";

// The layer of that name. Throws Error(usage) with the names of the machines that there are.
const recipe::LayerRecipe& machine_named(const recipe::Recipe& recipe, const std::string& name) {
  const recipe::LayerRecipe* const layer = recipe.find_layer(name);
  if (layer && layer->type == machine_type) return *layer;
  std::vector<std::string> machines;
  for (const recipe::LayerRecipe& one : recipe.layers)
    if (one.type == machine_type) machines.push_back(one.name);
  const std::string why = layer ? fmt::format("expected a layer of type \"{}\", found \"{}\"", recipe::short_type(machine_type), recipe::short_type(layer->type)) : fmt::format("the network has no layer \"{}\"", name);
  throw Error(ExitCode::usage, fmt::format("evaluate: --log-likelihood {}: {}", name, why), machines.empty() ? "leave out --log-likelihood" : fmt::format("--log-likelihood {}", nearest_name(name, machines).value_or(machines.front())));
}

// Whose weights the layer has.
std::string holder_of(const recipe::Recipe& recipe, const recipe::LayerRecipe& layer) { return layer.weights_of ? holder_of(recipe, *recipe.find_layer(*layer.weights_of)) : layer.name; }

NamedTensor tensor_named(const std::vector<NamedTensor>& tensors, const std::string& name) {
  const auto found = std::ranges::find(tensors, name, &NamedTensor::name);
  if (found == tensors.end()) throw Error(ExitCode::data, fmt::format("evaluate: --log-likelihood: the checkpoint has no tensor \"{}\"", name));
  return *found;
}

}  // namespace

LogLikelihood::LogLikelihood(const LikelihoodOptions& options, const Restored& restored, const std::vector<model::Field>& fields, Team& team) : options_(options), team_(team) {
  const recipe::LayerRecipe& layer = machine_named(restored.recipe, options.layer);
  if (std::ranges::none_of(recipe::network_inputs(restored.recipe, layer.network), [](const recipe::LayerRecipe* input) { return recipe::origin_of(input) == "data"; }))
    throw Error(ExitCode::usage, fmt::format("evaluate: --log-likelihood {}: expected a machine whose network takes samples of the data, and \"{}\" takes what a call gives", options.layer, layer.network), "leave out --log-likelihood");
  const recipe::Recipe recipe = recipe_of_network(restored, layer.network, "evaluate");
  energies_ = network_of(restored, recipe_to_layer(recipe, options.layer + ".free_energy", "evaluate: --log-likelihood"), fields, team);
  means_ = network_of(restored, recipe_to_layer(recipe, options.layer + ".reconstruction", "evaluate: --log-likelihood"), fields, team);
  const std::string holder = holder_of(restored.recipe, layer);
  kernel_ = tensor_named(restored.snapshot.parameters, holder + "/kernel");
  bias_ = tensor_named(restored.snapshot.parameters, holder + "/bias");
  visible_bias_ = tensor_named(restored.snapshot.parameters, holder + "/visible_bias");
  const Value* const kind = find_option(layer.options, "visible");
  gaussian_ = kind && kind->is<std::string>() && kind->as<std::string>() == "gaussian";
  visible_.resize(static_cast<std::size_t>(visible_bias_.tensor.count()));
}

void LogLikelihood::add(const model::Batch& batch) {
  Shape shape;
  for (const float one : energies_->predict(batch, shape)) energy_ += static_cast<double>(one);
  const std::span<const float> means = means_->predict(batch, shape);
  for (std::size_t i = 0; i < means.size(); ++i) visible_[i % visible_.size()] += static_cast<double>(means[i]);
}

energy::Machine LogLikelihood::machine() const {
  return {gaussian_, visible_bias_.tensor.count(), bias_.tensor.count(), kernel_.tensor.as<float>(), bias_.tensor.as<float>(), visible_bias_.tensor.as<float>()};
}

// Each rank takes some of the chains: the same ones for any number of ranks.
energy::LogPartition LogLikelihood::log_partition(const energy::Machine& machine, std::int64_t samples, Communicator& comm) {
  if (energy::can_enumerate(machine)) {
    const double exact = energy::enumerate(machine, team_);
    return {exact, exact, exact};
  }
  comm.sum(std::span<double>(visible_));
  energy::Annealing annealing{options_.temperatures, static_cast<std::uint64_t>(options_.seed), visible_};
  for (double& base : annealing.base) {
    base /= static_cast<double>(samples);
    constexpr double rarest = 0.01;  // no unit of the base machine is always 0 or 1
    if (!gaussian_) base = std::clamp(base, rarest, 1 - rarest), base = std::log(base / (1 - base));
  }
  // Whole groups: the bits of a chain may depend on those that it is computed with.
  const std::int64_t groups = (options_.chains + energy::chains_at_once - 1) / energy::chains_at_once;
  const auto begin_of = [&](int rank) { return std::min(options_.chains, groups * rank / comm.size() * energy::chains_at_once); };
  const std::int64_t first = begin_of(comm.rank()), end = begin_of(comm.rank() + 1);
  std::vector<double> estimates(static_cast<std::size_t>(options_.chains));
  std::ranges::copy(energy::anneal(machine, annealing, first, end - first, team_), estimates.begin() + first);
  comm.sum(std::span<double>(estimates));
  return energy::mean_of(estimates);
}

NamedNumbers LogLikelihood::result(std::int64_t samples, Communicator& comm) {
  comm.sum(std::span<double>(&energy_, 1));
  const energy::LogPartition z = log_partition(machine(), samples, comm);
  return {{"log_likelihood", -energy_ / static_cast<double>(samples) - z.value}, {"log_z", z.value}, {"log_z_low", z.low}, {"log_z_high", z.high}};
}

}  // namespace teranga::train

// SPDX-License-Identifier: Apache-2.0
#include "session/initial_weights.hpp"

#include "session/keras_weights.hpp"

#include <teranga/checkpoint/weights.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>
#include <teranga/train/checkpoint_path.hpp>

#include <algorithm>
#include <cmath>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace teranga::train {
namespace {

template <class T>
void check_finite_elements(const NamedTensor& tensor, const std::string& from) {
  const auto elements = tensor.tensor.as<T>();
  const auto wrong = std::find_if(elements.begin(), elements.end(), [](T value) { return !std::isfinite(value); });
  if (wrong == elements.end()) return;
  throw Error(ExitCode::data, fmt::format("{}: the tensor \"{}\": expected finite numbers, found {} (element {} of {})", from, tensor.name, *wrong, wrong - elements.begin(), elements.size()));
}

void check_finite(const std::vector<NamedTensor>& tensors, const std::string& from) {
  for (const NamedTensor& tensor : tensors) {
    if (tensor.tensor.type() == ElementType::f32) check_finite_elements<float>(tensor, from);
    if (tensor.tensor.type() == ElementType::f64) check_finite_elements<double>(tensor, from);
  }
}

// Real numbers as those of the network: Keras may have worked in half or in double precision.
Tensor as_type(Tensor tensor, ElementType type) {
  if (tensor.type() == type) return tensor;
  Tensor out(type, tensor.shape());
  if (type == ElementType::f32 && tensor.type() == ElementType::f64) std::ranges::transform(tensor.as<double>(), out.as<float>().begin(), [](double value) { return static_cast<float>(value); });
  else if (type == ElementType::f64 && tensor.type() == ElementType::f32) std::ranges::copy(tensor.as<float>(), out.as<double>().begin());
  else return tensor;
  return out;
}

// What is taken of `given` for these parameters or states; for all others their own values.
template <class Facts>
std::vector<NamedTensor> fitting(const std::vector<Facts>& wanted, std::vector<NamedTensor> own, std::vector<NamedTensor>& given, TakenWeights& report) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const auto found = std::find_if(given.begin(), given.end(), [&](const NamedTensor& tensor) { return tensor.name == wanted[i].name; });
    if (found == given.end()) {
      report.left_initial.push_back(fmt::format("{} {}", own[i].name, to_string(own[i].tensor.shape())));
      continue;
    }
    const bool fits = found->tensor.shape() == own[i].tensor.shape() && found->tensor.type() == own[i].tensor.type();
    if (fits) {
      report.taken.push_back(own[i].name);
      own[i].tensor = std::move(found->tensor);
    } else {
      report.left_initial.push_back(fmt::format("{} {}", own[i].name, to_string(own[i].tensor.shape())));
      report.unused.push_back(fmt::format("{}: {} {} where the network has {} {}", found->name, to_string(found->tensor.type()), to_string(found->tensor.shape()), to_string(own[i].tensor.type()), to_string(own[i].tensor.shape())));
    }
    given.erase(found);
  }
  return own;
}

// The name for a layer of the network by which it would take weights of the file; empty where none fits but for the name.
std::string names_that_fit(const model::ParameterStore& store, const std::vector<NamedTensor>& given) {
  for (const model::Parameter& wanted : store.parameters())
    for (const NamedTensor& tensor : given) {
      const std::string_view own(wanted.name), other(tensor.name);
      const std::size_t at = own.rfind('/'), in_file = other.rfind('/');
      if (own.substr(0, at) == wanted.layer && in_file != other.npos && own.substr(at) == other.substr(in_file) && other.find('/') == in_file && wanted.shape == tensor.tensor.shape())
        return fmt::format("name = \"{}\" in the layer \"{}\" takes its weights", other.substr(0, in_file), wanted.layer);
    }
  return {};
}

TakenWeights set_partly(model::ParameterStore& store, std::vector<NamedTensor> given, const std::string& from) {
  TakenWeights report;
  const std::size_t count = given.size();
  const std::string renaming = names_that_fit(store, given);
  const std::vector<NamedTensor> parameters = fitting(store.parameters(), store.parameter_tensors(), given, report);
  const std::vector<NamedTensor> states = fitting(store.states(), store.state_tensors(), given, report);
  for (const NamedTensor& tensor : given) report.unused.push_back(fmt::format("{} {}", tensor.name, to_string(tensor.tensor.shape())));
  if (report.taken.empty())
    throw Error(ExitCode::usage, fmt::format("{}: none of its {} tensors fits the network by name and shape; it has {}, and the network wants {}", from, count, fmt::join(report.unused, ", "), fmt::join(report.left_initial, ", ")),
                renaming);
  store.set_parameters(parameters, from);
  store.set_states(states, from);
  return report;
}

template <class Facts>
bool any_fits(const std::vector<Facts>& wanted, const std::vector<NamedTensor>& given) {
  return std::any_of(given.begin(), given.end(), [&](const NamedTensor& tensor) {
    return std::any_of(wanted.begin(), wanted.end(), [&](const Facts& facts) { return facts.name == tensor.name && facts.shape == tensor.tensor.shape(); });
  });
}

void set_whole(model::ParameterStore& store, const std::vector<NamedTensor>& tensors, const std::string& from) {
  std::vector<NamedTensor> parameters, states;
  for (const NamedTensor& tensor : tensors) {
    const bool state = std::any_of(store.states().begin(), store.states().end(), [&](const model::State& s) { return s.name == tensor.name; });
    (state ? states : parameters).push_back(tensor);
  }
  try {
    store.set_parameters(parameters, from);
    store.set_states(states, from);
  } catch (const Error& error) {
    if (error.code() != ExitCode::usage) throw;
    const bool some_fit = any_fits(store.parameters(), tensors) || any_fits(store.states(), tensors);
    throw Error(error.code(), error.what(), some_fit ? "use the recipe that it was trained with, or --partial, which takes what fits by name and shape" : "use the recipe that it was trained with");
  }
}

// By the names of the network and in its type.
std::vector<NamedTensor> tensors_for(model::Network& network, checkpoint::Weights weights, bool partly, const std::string& from) {
  check_finite(weights.tensors, from);
  std::vector<NamedTensor> tensors =
      weights.format == checkpoint::WeightsFormat::teranga ? std::move(weights.tensors) : from_keras(weights, network.summary(0), network.store(), partly, from);
  for (NamedTensor& tensor : tensors) tensor.tensor = as_type(std::move(tensor.tensor), network.store().type());
  check_finite(tensors, from);  // what is beyond the range of the network's numbers became infinite
  return tensors;
}

}  // namespace

void set_weights_of_keras(model::Network& network, const checkpoint::Weights& weights, const std::string& from) { set_whole(network.store(), tensors_for(network, weights, false, from), from); }

TakenWeights set_initial_weights(model::Network& network, const std::string& path, bool partly) {
  const std::string file = weights_file(path);
  checkpoint::Weights weights = checkpoint::read_weights_file(file);
  std::vector<NamedTensor> tensors = tensors_for(network, std::move(weights), partly, file);
  if (partly) return set_partly(network.store(), std::move(tensors), file);
  set_whole(network.store(), tensors, file);
  return {};
}

void tell(const TakenWeights& taken, const std::string& from) {
  if (taken.taken.empty()) return;
  log::info(fmt::format("{}: {} tensors are taken: {}", from, taken.taken.size(), fmt::join(taken.taken, ", ")));
  if (!taken.left_initial.empty()) log::info(fmt::format("{} of the network keep their initial values: {}", taken.left_initial.size(), fmt::join(taken.left_initial, ", ")));
  if (!taken.unused.empty()) log::info(fmt::format("{} of the file are not used: {}", taken.unused.size(), fmt::join(taken.unused, ", ")));
}

}  // namespace teranga::train

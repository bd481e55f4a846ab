// SPDX-License-Identifier: Apache-2.0
#include "session/initial_weights.hpp"

#include "session/keras_layers.hpp"
#include "session/keras_weights.hpp"

#include <teranga/checkpoint/weights.hpp>
#include <teranga/core/error.hpp>
#include <teranga/core/log.hpp>
#include <teranga/core/value.hpp>
#include <teranga/train/checkpoint_path.hpp>

#include <algorithm>
#include <cmath>
#include <set>

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

std::string layer_of(const std::string& tensor) { return tensor.substr(0, tensor.find('/')); }

// What is taken of `given` for these parameters or states; for all others their own values.
template <class Facts>
std::vector<NamedTensor> fitting(const std::vector<Facts>& wanted, std::vector<NamedTensor> own, std::vector<NamedTensor>& given, const recipe::InitialWeights& choice, TakenWeights& report) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const std::string described = fmt::format("{} {}", own[i].name, to_string(own[i].tensor.shape()));
    if (!choice.takes(layer_of(own[i].name))) {
      report.left_initial.push_back(described);
      continue;
    }
    const auto found = std::find_if(given.begin(), given.end(), [&](const NamedTensor& tensor) { return tensor.name == wanted[i].name; });
    const bool fits = found != given.end() && found->tensor.shape() == own[i].tensor.shape() && found->tensor.type() == own[i].tensor.type();
    if (fits) {
      report.taken.push_back(own[i].name);
      own[i].tensor = std::move(found->tensor);
    } else {
      report.left_initial.push_back(described);
      report.missing.push_back(described);
      if (found == given.end()) continue;
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

TakenWeights set_chosen(model::ParameterStore& store, std::vector<NamedTensor> given, const recipe::InitialWeights& choice, const std::string& from) {
  TakenWeights report;
  if (std::ranges::none_of(store.parameters(), [&](const model::Parameter& p) { return choice.takes(layer_of(p.name)); }))
    throw Error(ExitCode::usage, "\"include\" and \"exclude\" of [initial_weights] leave no layer with weights", "leave out exclude, or name other layers");
  const std::size_t count = given.size();
  const std::string renaming = names_that_fit(store, given);
  const std::vector<NamedTensor> parameters = fitting(store.parameters(), store.parameter_tensors(), given, choice, report);
  const std::vector<NamedTensor> states = fitting(store.states(), store.state_tensors(), given, choice, report);
  for (const NamedTensor& tensor : given) report.unused.push_back(fmt::format("{} {}", tensor.name, to_string(tensor.tensor.shape())));
  if (report.taken.empty())
    throw Error(ExitCode::usage, fmt::format("{}: none of its {} tensors fits the network by name and shape; it has {}, and the network wants {}", from, count, fmt::join(report.unused, ", "), fmt::join(report.left_initial, ", ")),
                renaming);
  if (!choice.partial && !report.missing.empty())
    throw Error(ExitCode::usage, fmt::format("{}: the layers that [initial_weights] chooses want {}, which it does not have; it has {}", from, fmt::join(report.missing, ", "), report.unused.empty() ? "nothing else" : fmt::format("{}", fmt::join(report.unused, ", "))),
                "exclude in [initial_weights] leaves layers out; partial = true there takes what fits by name and shape");
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

// The names of the file's layers become those of the network's. Of a file of Keras they are the names that it tells, or, where it tells none, those of its groups.
class Renaming {
 public:
  Renaming(const std::vector<std::pair<std::string, std::string>>& names, const std::string& from) : names_(names), from_(from) {}

  void apply(checkpoint::Weights& weights) {
    if (names_.empty()) return;
    if (weights.format == checkpoint::WeightsFormat::keras)
      for (const FileLayer& layer : file_layers(weights)) weights.layer_names[layer.group] = name_of(layer.name.empty() ? layer.group : layer.name);
    else
      for (NamedTensor& tensor : weights.tensors) tensor.name = with_other_names(tensor.name, weights.format == checkpoint::WeightsFormat::keras_by_name);
    for (const auto& [there, here] : names_)
      if (!known_.contains(there)) {
        const auto nearest = nearest_name(there, {known_.begin(), known_.end()});
        throw Error(ExitCode::usage, fmt::format("\"rename\" of [initial_weights]: {} has no layer \"{}\"; it has {}", from_, there, fmt::join(known_, ", ")), nearest ? fmt::format("{} = \"{}\"", *nearest, here) : std::string());
      }
  }

 private:
  std::string name_of(const std::string& layer) {
    known_.insert(layer);
    const auto found = std::ranges::find(names_, layer, [](const auto& pair) { return pair.first; });
    if (found != names_.end()) return found->second;
    const bool taken = std::ranges::any_of(names_, [&](const auto& pair) { return pair.second == layer; });
    return taken ? layer + " of the file" : layer;  // another layer has that name now
  }
  // Older files of Keras have models within models: there any part of the path may be the layer.
  std::string with_other_names(const std::string& path, bool any_part) {
    const std::size_t last = path.rfind('/');
    std::string out;
    for (std::size_t begin = 0; begin <= path.size();) {
      const std::size_t end = std::min(path.find('/', begin), path.size());
      const std::string word = path.substr(begin, end - begin);
      const bool may_be_layer = (begin == 0 || any_part) && (last == path.npos || begin < last);
      if (begin > 0) out += '/';
      out += may_be_layer ? name_of(word) : word;
      begin = end + 1;
    }
    return out;
  }

  const std::vector<std::pair<std::string, std::string>>& names_;
  const std::string& from_;
  std::set<std::string> known_;
};

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

TakenWeights set_initial_weights(model::Network& network, const std::string& path, const recipe::InitialWeights& choice) {
  const std::string file = weights_file(path);
  checkpoint::Weights weights = checkpoint::read_weights_file(file);
  Renaming(choice.rename, file).apply(weights);
  const bool in_part = choice.partial || choice.chooses();
  std::vector<NamedTensor> tensors = tensors_for(network, std::move(weights), in_part || !choice.rename.empty(), file);
  if (in_part) return set_chosen(network.store(), std::move(tensors), choice, file);
  set_whole(network.store(), tensors, file);
  return {};
}

void tell(const TakenWeights& taken, const std::string& from) {
  if (taken.taken.empty()) return;
  log::info(fmt::format("{}: {} tensors are taken: {}", from, taken.taken.size(), fmt::join(taken.taken, ", ")));
  if (!taken.left_initial.empty()) log::info(fmt::format("{} tensors of the network keep their initial values: {}", taken.left_initial.size(), fmt::join(taken.left_initial, ", ")));
  if (!taken.unused.empty()) log::info(fmt::format("{} tensors of the file are not used: {}", taken.unused.size(), fmt::join(taken.unused, ", ")));
}

}  // namespace teranga::train

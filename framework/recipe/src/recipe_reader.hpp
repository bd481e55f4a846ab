// SPDX-License-Identifier: Apache-2.0
// The untyped tables of a recipe to the typed Recipe, section by section.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <teranga/recipe/recipe.hpp>

#include "option_checker.hpp"

namespace teranga::recipe {

// A layer's name in `input`, `weights_of` or `output`, with its place: what the check of references needs to see.
struct Reference {
  enum class Kind { input, weights, output, call };
  Kind kind = Kind::input;
  std::size_t from = 0;  // the layer, or the call, that refers; unused for outputs
  std::string name;
  Position position;
  std::optional<std::size_t> phase = std::nullopt;  // of outputs and calls in one
};

// The parameter that a key such as "kernel_constraint" is about ("kernel"); empty for other keys.
std::string constrained_parameter(const std::string& key);

class RecipeReader {
 public:
  RecipeReader(const Catalogue& catalogue, const Folders& folders, Diagnostics& found) : checker_(catalogue, folders, found), found_(found) {}

  // Fills everything but name, path, folder and source; faults are in the diagnostics.
  void read(const Value::Component& root, Recipe& recipe);

  const std::vector<Reference>& references() const noexcept { return references_; }
  const Sound& sound() const noexcept { return sound_; }

 private:
  void tell_of_whole(const Value::Component& root);
  void read_data(const Value& given, Recipe& recipe, const Position& position);
  void read_fold(const Value& given, DataRecipe& data);
  void read_layers(const Value* given, Recipe& recipe);
  LayerRecipe read_layer(const Value& given, const std::string& name, std::size_t index);
  void add_penalties(std::vector<LossRecipe>& losses);
  void refuse_penalties();
  void read_constraints(const Value& given, LayerRecipe& layer);
  void read_losses(const Value* given, const std::string& owner, std::vector<LossRecipe>& losses);
  void read_loss(const Value& given, std::vector<LossRecipe>& losses);
  void read_optimizer(const Value* given, OptimizerRecipe& optimizer);
  void read_rate(const Value* given, const Part& part, OptimizerRecipe& optimizer);
  void read_training(const Value* given, TrainingRecipe& training);
  void read_metrics(const Value* given, std::vector<MetricRecipe>& metrics);
  void read_class_weight(const Value* given, TrainingRecipe& training);
  void read_early_stopping(const Value* given, TrainingRecipe& training);
  void read_keep_best(const Value* given, CheckpointRecipe& checkpoint);
  void read_layer_rates(const Value* given, TrainingRecipe& training);
  void apply_layer_rates(Recipe& recipe);
  void read_averaging(const Value* given, TrainingRecipe& training);
  void check_pattern(const std::string& pattern, const Position& position, std::string_view owner, std::string_view key, const Recipe& recipe);
  void read_initial_weights(const Value* given, Recipe& recipe);
  void read_renaming(const Value* given, const Recipe& recipe, InitialWeights& weights);
  void read_checkpoint(const Value* given, CheckpointRecipe& checkpoint);
  void read_log(const Value* given, LogRecipe& log);
  void read_observers(const Value* given, std::vector<ObserverRecipe>& observers);
  void read_phases(const Value::Component& root, Recipe& recipe);
  void read_phase(const Value& given, bool shares_optimizer, Recipe& recipe);
  void read_calls(const Value* given, const Recipe& recipe, PhaseRecipe& phase);
  void read_call(const Value& given, const Recipe& recipe, PhaseRecipe& phase);
  void check_networks(const Value::Component& root, const Recipe& recipe);
  void check_averages(const Recipe& recipe);
  void check_updates(const Recipe& recipe);
  bool is_network(const Value& given, const Recipe& recipe);

  // `example` is a value that would do, for the hint.
  const Options* table_of(const Value* given, const std::string& name, const char* example = "");
  void refer(Reference::Kind kind, std::size_t from, const Options& options, const char* key);

  OptionChecker checker_;
  Diagnostics& found_;
  std::vector<Reference> references_;
  struct Penalty {
    std::string layer;
    Options factors;
    Position position;
  };
  std::vector<Penalty> penalties_;  // on the outputs of layers
  std::optional<std::size_t> phase_;  // the one being read
  Sound sound_;
};

}  // namespace teranga::recipe

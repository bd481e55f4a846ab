// SPDX-License-Identifier: Apache-2.0
// A recipe after reading: typed, every default filled in, every option checked against the schema of its plugin, every
// name resolved. What it leaves to others: shapes (the model), files (the data), and the meaning of any option.
//
// Every `type` in here is qualified ("teranga.conv2d"). An Options list holds each option of the schema that has a
// value, in the schema's order: one that may be left out, and was, is absent (find_option gives nullptr). Integers given
// for real options are doubles here; a bare component name is a Component with all its defaults. Paths are as written:
// relative ones are relative to `folder`.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <teranga/core/value.hpp>
#include <teranga/recipe/catalogue.hpp>
#include <teranga/recipe/diagnostics.hpp>

namespace teranga::recipe {

struct DataRecipe {
  Value::Component component;
  double validation_split = 0;        // the share of the training samples held back, in [0, 1)
  std::int64_t fold = 0, folds = 0;   // of cross-validation, from 1; 0: none
  std::optional<std::int64_t> limit;  // use only the first so many training samples
  Position position;

  double validation_share() const noexcept { return folds > 0 ? 1.0 / static_cast<double>(folds) : validation_split; }
};

// What weights are made to satisfy after every update, as keras.constraints: "max_norm", "min_max_norm", "unit_norm" or "non_neg".
struct WeightConstraint {
  std::string layer;
  std::string parameter;  // "kernel": each parameter of the layer whose name ends so
  std::string type;
  double min_value = 0, max_value = 0;  // of norms
  double rate = 1;                      // the share of the way to an allowed norm
  std::vector<std::int64_t> axis;       // over which norms are taken; negative ones count from the last
  Position position;
};

struct LayerRecipe {
  std::string type;
  std::string name;                 // unique in the recipe; generated as Keras does where not given
  std::vector<std::string> inputs;  // "layer" or "layer.port", each an earlier layer; empty: the layer before in its network
  std::string network;              // "" where the recipe has one network only
  bool trainable = true;
  std::optional<std::string> weights_of;  // the earlier layer whose weights this one uses: of the same names and shapes
  std::string copy_of = {};               // in an unfolded recipe: the layer that it is a copy of, by whose name its states are stored
  std::string weights_as = {};            // and that by whose name its weights are
  Options options;
  std::vector<WeightConstraint> constraints = {};
  Position position;  // of its type, else of its table
};

struct LossRecipe {
  Value::Component component;
  std::optional<std::string> output;  // the layer whose output it judges; else the last one
  std::optional<std::string> target;  // the name of the target; else the targets in order
  std::optional<double> constant = {};  // every number of the target, which then is no part of the data
  double weight = 1;
  Position position;
};

inline constexpr const char* activity_penalty = "teranga.activity_penalty";
// Whether it is what activity_regularizer of a layer stands for: it judges no output of the network.
bool is_activity_penalty(const LossRecipe& loss) noexcept;

struct MetricRecipe {
  Value::Component component;         // "accuracy" (which Keras resolves by loss and shapes) may be unqualified
  std::optional<std::string> output;  // the layer whose output it judges
  Position position;
};

// Common keys are named fields. One that the optimizer's own schema declares too takes its default from there, and is
// also among component.options, as a number (of a scheduled learning rate: the schema's default).
// The learning rate of some layers in some epochs, as a multiple of the optimizer's. Of several that fit, the last one counts.
struct LayerRate {
  std::string layers;  // a name in which * stands for any letters, and ? for one
  double factor = 0;   // 0: the weights stay as they are
  std::int64_t from_epoch = 1;
  std::optional<std::int64_t> to_epoch;
  Position position;

  bool fits(const std::string& layer) const;
};

struct OptimizerRecipe {
  Value::Component component;
  double learning_rate = 0;                  // meaningless where there is a schedule
  std::optional<Value::Component> schedule;  // learning_rate = { type = "...", ... }
  std::optional<double> weight_decay;
  std::optional<double> clipnorm;  // at most one of the three is set
  std::optional<double> clipvalue;
  std::optional<double> global_clipnorm;
  std::optional<double> clip_weights;  // the largest absolute value of a weight after an update
  std::int64_t warmup_steps = 0;
  double warmup_from = 0;  // the share of the rate at step 0, in [0, 1]
  bool use_ema = false;    // a moving average of the weights is kept, and judged in their place
  double ema_momentum = 0.99;
  std::optional<std::int64_t> ema_overwrite_frequency;  // updates from one time to the next at which the weights become the average
  double rate_factor = 1;  // of all rates; no key of its own (TrainingRecipe::base_batch_size)
  std::vector<LayerRate> layer_rates;  // no key of its own (TrainingRecipe::layer_rates)
  std::vector<WeightConstraint> constraints;  // no key of its own (LayerRecipe::constraints)
  Position position;
};

// As keras.callbacks.EarlyStopping.
struct EarlyStopping {
  std::string monitor = "val_loss";
  std::int64_t patience = 0;  // epochs
  double min_delta = 0;
  std::string mode = "auto";  // or "min", "max"
  bool restore_best_weights = false;
  std::optional<double> baseline;
  std::int64_t start_from_epoch = 0;
  Position position;
  Position monitor_position;  // of the monitor's name, else of the table
};

// How the ranks come to the same weights. Without it, their gradients are averaged at every update.
struct AveragingRecipe {
  std::string wire = "f32";              // how gradients, or changes of weights, travel between ranks
  std::int64_t every = 1;                // updates that each rank makes alone before the changes of all are averaged
  std::int64_t after_epoch = 0;          // the first so many epochs average gradients at every update
  bool overlap = false;                  // the changes of a round travel during the next one
  std::optional<OptimizerRecipe> outer;  // takes the mean change as a gradient; without it the mean change is made
  Position position;
};

struct ClassWeight {
  std::string label;  // the name of the class; its number in decimal where the data give classes no names
  double weight = 1;
  Position position = {};
};

// What follows a loss that is not finite.
struct OnDivergence {
  std::string action = "stop";  // or "skip": its update is left out; "back": the run goes back to its newest checkpoint with smaller learning rates
  std::int64_t most = 10;       // times; the next one stops the run
  double rate_factor = 0.5;     // of "back"
  Position position;
};

struct TrainingRecipe {
  std::int64_t epochs = 1;
  std::int64_t batch_size = 32;  // the global batch: over all ranks
  std::int64_t accumulate = 1;   // batches of an update
  std::optional<std::int64_t> base_batch_size;  // that the learning rates are meant for
  bool shuffle = true;
  std::int64_t seed = 0;
  std::vector<MetricRecipe> metrics;
  std::vector<ClassWeight> class_weight;
  bool balanced_class_weight = false;  // class_weight = "balanced": from the numbers of training samples
  std::optional<EarlyStopping> early_stopping;
  std::optional<AveragingRecipe> averaging;
  std::vector<LayerRate> layer_rates;
  std::optional<std::int64_t> steps_per_epoch;
  std::int64_t validation_freq = 1;  // epochs from one evaluation of the validation part to the next
  std::int64_t log_every_steps = 0;  // 0: chosen by the run
  std::int64_t compare_ranks_every = 1000;  // steps; 0: never
  OnDivergence on_divergence;
  std::int64_t slice = 0;            // samples per slice; 0: chosen by the planner
  bool reproducible = false;         // equal bits for any number of ranks: sums are made slice by slice, in the order of the samples
  Position position;
  Position batch_size_position, accumulate_position, shuffle_position, class_weight_position;  // of their values, else of the table
};

// Samples of a slice that stays on one rank, where sums are made in the order of the samples; 0: they need not be.
std::int64_t rows_in_order(const TrainingRecipe& training) noexcept;

// The checkpoints of the epochs that were best by one of their numbers.
struct KeepBest {
  std::string monitor = "val_loss";
  std::string mode = "auto";
  std::int64_t count = 1;
  Position monitor_position;  // of the monitor's name, else of the table
};

struct CheckpointRecipe {
  std::int64_t every_steps = 0;  // 0: never for this reason
  std::int64_t every_epochs = 0;
  double every_seconds = 60;  // by the clock, so that small nets spend no time on it
  std::int64_t keep = 2;
  std::optional<KeepBest> keep_best;
  Position position;
};

// Which weights a training begins with, of a checkpoint or of a file of Keras.
struct InitialWeights {
  std::string from;                       // empty: none, or --init-weights names them
  std::vector<std::string> include, exclude;  // layers of the network, with * and ?; nothing to include: all layers
  std::vector<std::pair<std::string, std::string>> rename;  // a layer of the file, and the layer of the network that takes its weights
  bool partial = false;                   // what fits is taken; otherwise all of the chosen layers must be there
  Position position;

  bool chooses() const noexcept { return !include.empty() || !exclude.empty(); }
  bool takes(const std::string& layer) const;
};

// What a run writes for those who watch it, beside its log and its metrics.
struct LogRecipe {
  bool report = true;       // report.html
  bool tensorboard = false;
  std::string prometheus;   // a file for node_exporter, relative to the run folder; empty: none
};

// One use of a network in a phase: its layers, with its own weights wherever it is called.
struct CallRecipe {
  std::string name;                 // unique in its phase; the network's where not given
  std::string network;
  std::vector<std::string> inputs;  // what enters its inputs, in order: "call", "call/layer" or "call/layer.port" of earlier calls; further inputs
                                    // take what their own layers say
  Position position;
};

// One kind of update in a recipe of several networks: which of them it trains, on what, towards which losses, how often.
struct PhaseRecipe {
  std::string name;
  std::vector<std::string> train;  // networks; all others stay as they are in it
  std::vector<CallRecipe> calls;
  std::vector<LossRecipe> losses;      // outputs are "call", "call/layer" or "call/layer.port"
  std::vector<MetricRecipe> metrics;
  OptimizerRecipe optimizer;
  bool own_optimizer = false;  // [phase.optimizer]; else the recipe's
  std::int64_t steps = 1;  // updates in a row, all on the same batch
  std::int64_t every = 1;  // batches from one turn to the next
  std::int64_t from_epoch = 1;
  std::optional<std::int64_t> to_epoch;
  Position position;
};

// Who is told of steps and epochs. It changes no number of the training, and may end it.
struct ObserverRecipe {
  Value::Component component;
  Position position;
};

struct Recipe {
  std::string name;    // given, or the stem of the file's name
  std::string path;    // as it was given to load()
  std::string folder;  // of the file; "" where the recipe lies in the current folder
  std::int64_t schema = 1;
  std::vector<std::string> plugins;  // files to open beside those on the search path, relative to `folder`
  std::optional<DataRecipe> data;
  std::vector<LayerRecipe> layers;
  std::vector<LossRecipe> losses;
  OptimizerRecipe optimizer;
  TrainingRecipe training;
  std::optional<InitialWeights> initial_weights;
  CheckpointRecipe checkpoint;
  LogRecipe log;
  std::vector<ObserverRecipe> observers;
  std::vector<PhaseRecipe> phases;  // empty: one network, trained by losses and optimizer above; otherwise the losses are empty, and phases without an optimizer have that one
  std::shared_ptr<const Sources> sources;  // the texts that positions point into

  // The data section; throws Error(usage) where the recipe has none.
  const DataRecipe& require_data() const;

  // The layer of that name, or nullptr.
  const LayerRecipe* find_layer(std::string_view layer_name) const noexcept;

  // An empty collection that shows this recipe's source lines, for faults that only later modules can see.
  Diagnostics diagnostics() const;
};

// Which parts of a recipe are in order though others are not.
struct Sound {
  bool data = false;
  bool network = false;  // layers and losses, of a recipe without phases
  bool metrics = false;
};
// Adds what later modules would find in the sound parts of a recipe that is wrong elsewhere, so that all is told at once.
using MoreFaults = std::function<void(const Recipe& recipe, const Sound& sound, Diagnostics& found)>;

// Reads a recipe file (at most 1 MiB) and the files that it includes. `overrides` are the arguments of --set, "training.epochs=5", applied in order.
// Throws Faults with everything that is wrong with file and overrides; `more` is asked where something is.
Recipe load(const std::string& path, const std::vector<std::string>& overrides, const Catalogue& catalogue, const MoreFaults& more = {});

// The same for a text in memory, which includes no files; `path` names it in messages and gives it its name and folder.
Recipe parse(std::string text, const std::string& path, const std::vector<std::string>& overrides, const Catalogue& catalogue, const MoreFaults& more = {});

// The `plugins` of a recipe, made relative to the current folder: to be opened before a catalogue can be complete.
std::vector<std::string> plugin_files(const std::string& path, const std::vector<std::string>& overrides);

// The networks by name, in the order of the recipe.
std::vector<std::string> network_names(const Recipe& recipe);
// What enters a network, in order: a layer of type "input" each, and null for the input of its own that a network has which begins with another layer.
std::vector<const LayerRecipe*> network_inputs(const Recipe& recipe, const std::string& network);
// "data", "normal", "uniform", "call" or "target": where one of these comes from.
std::string_view origin_of(const LayerRecipe* input);

// What trains: the phases, or the one without a name that a recipe of one network is.
std::vector<PhaseRecipe> phases_of(const Recipe& recipe);

// A recipe of one network without phases: the layers of a phase's calls, each named "call/layer", with its losses, metrics and optimizer. Layers
// of networks that it does not train are not trainable. A recipe that has no phases is unfolded already.
Recipe unfold(const Recipe& recipe, const PhaseRecipe& phase);
// The layers of all networks, or of one of them, each by its own name and without losses; inputs that calls give take what an input of the data would.
Recipe unfold_networks(const Recipe& recipe);
Recipe unfold_network(const Recipe& recipe, const std::string& network);

// The whole recipe as TOML, every default written out; parsing it gives an equal recipe.
std::string resolve(const Recipe& recipe);

}  // namespace teranga::recipe

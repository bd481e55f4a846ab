// SPDX-License-Identifier: Apache-2.0
// A network that a recipe describes, ready to run batches: planned once for each number of samples, on all threads of a team. It knows
// nothing of ranks: it adds up its own samples' share, weighted by the global batch, and the caller sums over ranks.
//
// Everything that it computes depends on recipe, weights and batch, never on the number of threads.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <teranga/host/registry.hpp>
#include <teranga/model/field.hpp>
#include <teranga/model/gradient_buckets.hpp>
#include <teranga/model/parameter_store.hpp>
#include <teranga/parallel/profile.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/sdk/c/training.h>

namespace teranga::model {

// The samples of this rank in one global batch. Pointers are read during the call only.
struct Batch {
  std::int64_t rows = 0;         // of this rank; may be 0
  std::int64_t global_rows = 0;  // of all ranks
  std::span<const std::uint64_t> sample_ids;  // one a row: the key of its random numbers
  std::span<const void* const> fields;        // one a field, [rows, ...]; those that the network fills by itself may be left out
  std::size_t bucket = 0;        // of the samples' length, for callers that hold a network for each
};

// What a step asks of the ranks that compute it together. All ranks are asked the same, in the same order, those without samples too.
class StepHooks {
 public:
  // All of these on the thread that called train().
  virtual void sum_over_ranks(std::span<double> numbers) = 0;  // between two stages: for layers and losses
  // This rank's gradients of the bucket are complete and stay as they are until train() returns (Network::set_gradient_buckets).
  virtual void gradients_ready(std::size_t /*bucket*/) {}
  virtual void drive() {}  // between two calls of layers: messages that are on their way may go on

  // Of a network whose sums are made in the order of the samples (Network::rows_in_order): the ranks have their samples in the order of the ranks.
  virtual void begin_batch(std::int64_t /*global_rows*/) {}
  virtual void sums_before(std::span<double> /*numbers*/) {}  // zeros become the sums of the ranks before this one, to which it adds its own; sum_over_ranks() makes them those of all
  virtual void sum_at_one_rank(std::span<double> /*numbers*/) {}  // the same, but all ranks but one get zeros
  virtual bool gradients_before(std::size_t /*bucket*/) { return false; }  // whether the gradients of the bucket are now those of the ranks before this one, and this one's are added to them

 protected:
  ~StepHooks() = default;
};

struct Step {
  std::uint64_t random_key = 0;  // of seed and step
  StepHooks* hooks = nullptr;    // null in a group of one
  std::int64_t batch = 0;  // the same number for one and the same batch, greater than 0; 0: it is not known which one it is
};

// The time of training steps, as the thread sees it that calls train(): layers forward with the losses, and backward. What ranks do together between two stages is in neither.
struct PassTicks {
  Ticks forward = 0, backward = 0;
};

struct LayerSummary {
  std::string name, type;
  Shape output;  // of one sample, without the samples axis
  std::int64_t parameters = 0, trainable = 0;
  double flops = 0;  // of one sample, forward
  bool borrows = false;  // uses the weights of another layer
  std::vector<std::string> inputs;
};

struct Summary {
  std::vector<LayerSummary> layers;
  std::int64_t parameters = 0, trainable = 0, states = 0;
  double step_flops = 0;          // of one global batch: forward and backward
  double taken_flops = 0;         // of those, what a network before it spares it where both run on the same batch
  std::size_t bytes_per_rank = 0;  // arena, parameters, gradients
  std::int64_t slice_rows = 0;
};

struct MetricFacts {
  std::string name;
  std::string type;        // qualified
  std::int32_t direction;  // 1: larger is better
  std::int64_t sum_count;
};

// What a loss judges by which target, for those who look at data before they are trained on.
struct LossTarget {
  std::string loss;        // "binary_crossentropy"
  Position position;       // of the loss in the recipe
  std::size_t field = 0;   // the target
  Shape output;            // of one sample
  std::string layer;       // of the recipe, whose output it judges
  std::string activation;  // the option of that layer ("softmax"), or the layer itself
  bool by_option = false;  // the former
  std::string sized_layer, size_option;    // of the recipe: the layer whose option ("units") is the length of the output's last axis; empty: it is not known
  std::int32_t targets = TRG_TARGETS_ANY;  // enum trg_targets: what the loss says of the numbers it can judge
  std::optional<std::int64_t> ignored;     // a target without a loss
};

// A field whose whole numbers name rows of a layer's table: 0 to rows - 1.
struct LookedUp {
  std::string layer, type;  // type: "embedding"
  std::size_t field = 0;
  std::int64_t rows = 0;
  std::string option;       // of the layer, that says how many rows there are; empty: it is not known
  Position position;        // of the layer in the recipe
};

class Network {
 public:
  // Throws Error(usage) with every fault of shapes, losses and metrics at its place in the recipe (of one network, or unfolded).
  Network(const recipe::Recipe& recipe, std::vector<Field> fields, const host::Registry& registry, Team& team, ElementType compute = ElementType::f32);
  // With the weights of a store that holds those of all networks. Throws Error(usage) too for a layer whose weights have other shapes there.
  Network(const recipe::Recipe& recipe, std::vector<Field> fields, const host::Registry& registry, Team& team, std::shared_ptr<ParameterStore> store);
  ~Network();
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;

  ParameterStore& store() noexcept;
  std::shared_ptr<ParameterStore> shared_store() noexcept;
  // Those given to the constructor, then those that the network fills by itself, or takes where a batch has them (Origin::given).
  const std::vector<Field>& fields() const noexcept;
  // Of those the ones that enter it: an index for each input layer, but for those that take targets.
  std::vector<std::size_t> inputs() const;
  // And those that its losses judge it by.
  std::vector<std::size_t> targets() const;
  std::vector<LossTarget> loss_targets() const;
  std::vector<LookedUp> looked_up() const;
  // Indices into the store's parameters that its losses train.
  const std::vector<std::size_t>& trained() const noexcept;
  // Samples of a slice that must be on one rank, where sums are made in the order of the samples, so that their bits are the same for any number of ranks (recipe: training.reproducible); else 0.
  std::int64_t rows_in_order() const noexcept;
  std::vector<MetricFacts> metrics() const;
  // Doubles that a batch adds to: this rank's share of the loss (already divided by the global batch), then the sums of each metric.
  std::size_t sum_count() const noexcept;
  std::size_t loss_terms() const noexcept;  // the first so many sums; their total is the loss
  double metric_value(std::size_t metric, std::span<const double> sums) const;  // sums: all sum_count() of them
  // `rows` of one rank are what bytes_per_rank is told for, by planning them once; without it the whole batch, with 0 weights and gradients only.
  Summary summary(std::optional<std::int64_t> rows = std::nullopt);

  // Class weights by class number, for the targets that are class numbers.
  void set_class_weights(std::vector<double> weights);
  // Of networks with one store that train on the same batches, one after another in this order: what they make alike is made once for a batch, as long as
  // the weights that go into it stay the same. Before the first batch.
  static void share_values(std::span<Network* const> networks);

  // Parameters (indices into the store's) whose gradients are handed over together, as soon as all of them are complete: StepHooks::gradients_ready. The order is that in which the
  // gradients come about, the same on all ranks. The bits of the gradients do not depend on the buckets.
  void set_gradient_buckets(GradientBuckets buckets);

  // What train() does goes into rows of the profile, with the prefix before the names of the layers. Before the first batch; the profile must outlive the
  // last one.
  void set_profile(Profile& profile, const std::string& prefix);

  // Forward and backward: overwrites the gradients of what is trained() with this rank's share and adds to sums. New states lie ready in the store until
  // commit().
  void train(const Batch& batch, const Step& step, std::span<double> sums);
  PassTicks pass_ticks() const noexcept;  // of all batches so far
  const std::vector<int>& updated_states() const noexcept;  // indices into the store's states that train() makes anew
  void commit();
  // Penalties of what is trained(): their sum, and their gradient added to the store's gradients. Once a step, the same on every rank.
  double penalise();
  double penalty();  // the sum alone
  // Before the first batch of an evaluation or a prediction: where a layer keeps states of rows, all begin at their initial values.
  void begin_pass();
  void evaluate(const Batch& batch, const Step& step, std::span<double> sums);
  // The outputs of the first prediction, valid until the next call of any network with this store.
  std::span<const float> predict(const Batch& batch, Shape& shape, const Step& step = {});

  // The first layer whose output for this rank's samples holds a NaN or an infinity, or "". Not a collective.
  std::string first_not_finite(const Batch& batch, const Step& step);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace teranga::model

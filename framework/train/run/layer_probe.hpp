// SPDX-License-Identifier: Apache-2.0
// What layers of the network in training make of a few samples. It runs forward as a prediction does, on this process alone, and changes nothing of the training: neither
// weights nor states, and no random number of it is used.
#pragma once

#include <cstdint>
#include <algorithm>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <teranga/data/source.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/model/network.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/tensor/buffer.hpp>

namespace teranga::train {

// Samples of a part in memory, as those of the longest bucket.
class FewSamples {
 public:
  // At most `most` of them, evenly spread over the part, and fewer where they would need much memory.
  FewSamples(const data::Source& source, data::Part part, std::int64_t most);

  data::Part part() const noexcept { return part_; }
  std::int64_t count() const noexcept { return static_cast<std::int64_t>(ids_.size()); }
  const void* field(std::size_t index) const noexcept { return memory_[index].data(); }  // [count, ...]
  model::Batch batch(std::int64_t first, std::int64_t rows);  // valid until the next call

 private:
  data::Part part_;
  std::vector<std::size_t> bytes_;  // of a sample, by field
  std::vector<Buffer> memory_;
  std::vector<std::uint64_t> ids_;
  std::vector<const void*> pointers_;
};

struct LayerOutputs {
  Shape shape;  // [samples, ...]
  std::vector<float> numbers;

  std::int64_t of_sample() const { return static_cast<std::int64_t>(numbers.size()) / std::max<std::int64_t>(shape[0], 1); }
  const float* sample(std::int64_t index) const { return numbers.data() + index * of_sample(); }
};

// The part that the network has seen least of.
data::Part least_seen_part(const data::Source& source);

class LayerProbe {
 public:
  // `recipe`: of one network without phases, whose weights are in the store. Samples run through it so many at a time. What it is given must outlive it.
  LayerProbe(recipe::Recipe recipe, const data::Source& source, const host::Registry& registry, Team& team, std::shared_ptr<model::ParameterStore> store, std::int64_t rows_at_once);

  const recipe::Recipe& recipe() const noexcept { return recipe_; }
  const std::vector<model::Field>& fields() const noexcept { return fields_; }
  const model::ParameterStore& store() const noexcept { return *store_; }

  // The layer before that one, or nullptr where it takes what enters the network. `input`: which of its inputs.
  const recipe::LayerRecipe* input_of(const recipe::LayerRecipe& layer, std::size_t input = 0) const;
  // Outputs of a layer for samples `first` to `first + count - 1`; nullptr: the first feature itself, where its numbers are f32. Throws Error.
  LayerOutputs outputs(const recipe::LayerRecipe* layer, FewSamples& samples, std::int64_t first, std::int64_t count) const;
  // Of one sample.
  Shape shape_of(const recipe::LayerRecipe& layer) const;
  // The numbers of a parameter of the layer ("kernel") and its shape; nothing where it has none of that name.
  struct Weights {
    std::span<const float> numbers;
    Shape shape;
  };
  std::optional<Weights> weights(const recipe::LayerRecipe& layer, const std::string& name) const;

 private:
  std::unique_ptr<model::Network> network_to(const recipe::LayerRecipe& layer) const;

  recipe::Recipe recipe_;
  std::vector<model::Field> fields_;
  const host::Registry& registry_;
  Team& team_;
  std::shared_ptr<model::ParameterStore> store_;
  std::int64_t rows_at_once_;
};

}  // namespace teranga::train

// SPDX-License-Identifier: Apache-2.0
// What a recurrent layer asks of the host: ports, parameters with Keras's names, states and buffers.
#pragma once

#include "recurrent.hpp"

namespace teranga::layers {

// What gives an input of another rank its steps. The layer before it is not known here.
inline std::string hint_for_steps(const sdk::Shape& found) {
  if (found.rank() == 4) return "add a layer of type \"reshape\" with target_shape = [" + std::to_string(found[1]) + ", " + std::to_string(found[2] * found[3]) + "] before it, which makes a step of each row of the picture";
  if (found.rank() != 2) return {};
  return "behind a recurrent layer: return_sequences = true in the recurrent layer before it; behind a pooling layer or a flatten: leave that layer out; where the " + std::to_string(found[1]) +
         " numbers of a sample are its steps: add a layer of type \"reshape\" with target_shape = [-1, 1] before it";
}

template <class Cell>
RecurrentLayout Recurrent<Cell>::plan(sdk::LayerPlan& p) const {
  if (const sdk::Input& ids = p.input(0); ids.shape.rank() == 2 && ids.type != TRG_F32 && ids.type != TRG_F64)
    throw sdk::ShapeError(name() + " expects an input of rank 3 (samples, steps, features), found whole numbers " + ids.shape.text(), ids.name,
                          "add a layer of type \"embedding\" with input_dim = 10000 and output_dim = 16 before it");
  const sdk::Input& x = p.real_input(0);
  if (x.shape.rank() != 3)
    throw sdk::ShapeError(name() + " expects an input of rank 3 (samples, steps, features), found " + x.shape.text(), x.name,
                          hint_for_steps(x.shape));
  if (x.mask_rank != 0 && x.mask_rank != 2)
    throw sdk::ShapeError(name() + " expects a mask of rank 2 (samples, steps), found one of rank " + std::to_string(x.mask_rank), x.name);
  if (x.shape[1] < 1) throw sdk::ShapeError(name() + " expects at least one step, found " + x.shape.text(), x.name);
  const std::int64_t samples = x.shape[0];
  if (p.inputs() != 1 && p.inputs() != 1 + Cell::states)
    throw sdk::ShapeError(name() + " expects 1 input, or " + std::to_string(1 + Cell::states) + " with its initial states, found " + std::to_string(p.inputs()), "input");
  for (std::int32_t i = 1; i < p.inputs(); ++i) {
    const sdk::Input& state = p.real_input(i);
    if (state.shape != sdk::Shape{samples, units})
      throw sdk::ShapeError(name() + " expects an initial state of shape " + sdk::Shape{samples, units}.text() + ", found " + state.shape.text(), state.name);
  }

  RecurrentLayout l;
  l.steps = x.shape[1], l.channels = x.shape[2], l.units = units, l.gates = G, l.states = Cell::states;
  l.masked = x.mask_rank == 2;
  l.keeps = p.mode() != TRG_INFERENCE;
  l.raw = l.keeps && cell.needs_raw();
  l.extra = cell.has_extra();
  l.inner = cell.inner_apart();
  l.state_drops = drops(recurrent_dropout, p);
  // Keras draws one mask for each gate as soon as there is recurrent dropout, and one for all otherwise.
  l.input_drops = drops(dropout, p) ? (recurrent_dropout > 0 ? G : 1) : 0;
  l.given_states = p.inputs() - 1;
  l.narrow = l.input_drops == 0 && units <= 32 && l.channels <= 128;
  l.gate_is_state = l.narrow && Cell::gate_is_state;
  l.settle();
  l.choose_block(samples);

  if (return_sequences) p.input_flags(x, TRG_MASK_PASSES);
  if (l.keeps && p.mode() == TRG_TRAINING && l.input_drops == 0) p.read_in_backward(x);
  p.output(return_sequences ? sdk::Shape{samples, l.steps, units} : sdk::Shape{samples, units});
  for (int i = 0; return_state && i < Cell::states; ++i) p.output({samples, units}, {.name = i == 0 ? "state_h" : "state_c"});

  p.parameter("kernel", {l.channels, l.width}, sdk::chosen(kernel_initializer), {.penalty = kernel_penalty});
  p.parameter("recurrent_kernel", {units, l.width}, sdk::chosen(recurrent_initializer), {.penalty = recurrent_penalty});
  if (use_bias) {
    sdk::Initializer ones = sdk::ones();
    const trg_value one = ones.native();
    const sdk::Shape shape = l.inner ? sdk::Shape{2, l.width} : sdk::Shape{l.width};
    p.parameter("bias", shape, sdk::chosen(bias_initializer), {.penalty = bias_penalty, .pieces = cell.bias_pieces(units, one)});
  }
  for (int i = 0; stateful && i < Cell::states; ++i)
    p.state(i == 0 ? "state_h" : "state_c", {units}, sdk::zeros(), {.kind = TRG_ROW, .merge = TRG_MERGE_SAME, .resets_each_epoch = resets_each_epoch});

  if (l.keeps) p.saved_per_sample(l.kept()).carry_per_sample(l.steps * l.carry_row);
  else p.scratch_per_sample(l.kept());
  p.scratch(p.type() == TRG_F64 ? RecurrentScratch<double>(l, nullptr).used : RecurrentScratch<float>(l, nullptr).used);
  constexpr std::int64_t columns = 48;  // a range as wide as the product's register tile: one of 16 columns reaches two thirds of its speed
  // Where samples are kept by blocks, nobody but who made the blocks can read them.
  if (!l.narrow) p.offers(TRG_BACKWARD_PARAMS, TRG_SLICE | TRG_RANGE, l.width, columns);
  p.cost(2.0 * static_cast<double>(samples * l.steps) * static_cast<double>(l.width) * static_cast<double>(l.channels + units));
  return l;
}

}  // namespace teranga::layers

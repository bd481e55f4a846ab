// SPDX-License-Identifier: Apache-2.0
// Rules of layers.
#include "layer/rules.hpp"

namespace teranga::conformance {

std::vector<Rule> layer_rules() {
  const std::vector<std::int32_t> kinds = {TRG_LAYER};
  return {
      {"plan/shapes", "inputs are found that it accepts, and what plan accepts runs: one sample, one channel, primes, nothing, sizes beyond 32 bits", quick, kinds, layer::plan_shapes},
      {"plan/declarations", "what plan declares makes sense: counts, ranks, names, flags, buffers", quick, kinds, layer::plan_declarations},
      {"plan/pure", "the same question is planned in the same way", quick, kinds, layer::plan_pure},
      {"gradient/inputs", "gradients of inputs are the differences of forward", quick, kinds, layer::gradient_inputs},
      {"gradient/parameters", "gradients of parameters are the differences of forward", quick, kinds, layer::gradient_parameters},
      {"gradient/overwrites", "backward writes every element of d_inputs, and zeros where d_outputs are null", quick, kinds, layer::gradient_overwrites},
      {"gradient/adds", "backward_params adds to d_parameters, and overwrites where the call says fresh", quick, kinds, layer::gradient_adds},
      {"slices/equal", "slices, ranges, whole batches and shared memory give the same numbers", quick, kinds, layer::slices_equal},
      {"threads/bits", "1 to 8 threads give the same bits", quick, kinds, layer::threads_bits},
      {"memory/bounds", "calls touch nothing but what they are given, and write only to what they make", quick, kinds, layer::memory_bounds},
      {"memory/undefined", "results do not depend on what memory held before", quick, kinds, layer::memory_undefined},
      {"memory/undeclared", "backward reads only the inputs and outputs that plan declares", quick, kinds, layer::memory_undeclared},
      {"numbers/finite", "finite inputs give finite numbers, and NaN stays in its sample", quick, kinds, layer::numbers_finite},
      {"step/allocation", "a step allocates no memory", quick, kinds, layer::step_allocation},
      {"state/global", "there is no state in statics, thread_local variables or layers", quick, kinds, layer::state_global},
      {"state/round-trip", "states and parameters are all that the next step needs", quick, kinds, layer::state_round_trip},
      {"state/merge", "states of several ranks become one as their merge says", quick, kinds, layer::state_merge},
      {"random/source", "random numbers come from the host", quick, kinds, layer::random_source},
      {"masks/used", "masks are heeded, passed and made as declared", quick, kinds, layer::masks_used},
      {"types/f32", "f32 gives what f64 gives", quick, kinds, layer::types_f32},
      {"speed/naive", "time for an element, as information", full, kinds, layer::speed_naive},
  };
}

}  // namespace teranga::conformance

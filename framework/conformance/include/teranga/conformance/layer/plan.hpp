// SPDX-License-Identifier: Apache-2.0
// A layer that is asked for a plan, and all that it answered, nonsense too.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <teranga/conformance/layer/array.hpp>
#include <teranga/sdk/c/layer.h>

namespace teranga::conformance {

// What a plugin answered instead of success.
struct Failure {
  std::int32_t code;  // enum trg_status
  std::string text, where, hint;
  std::string call = {};
};
// Failure::call of a plan that was given, but declares what cannot be.
inline constexpr const char* declares_nonsense = "what plan declares";
// Throws the failure that a status and a record say.
void need_ok(std::int32_t status, const trg_error& error, const char* call);
trg_error fresh_error();

// One layer under test and what it is given. `parameters` and `states` that are left out are drawn or zero; d_outputs that are left out are drawn.
struct LayerCase {
  const trg_layer_calls* calls = nullptr;
  const trg_options* options = nullptr;
  std::string name = {};  // for messages
  std::vector<Array> inputs = {};
  std::vector<Array> masks = {};  // u8, one an input; a rank of 0: none
  std::vector<Array> parameters = {};
  std::vector<Array> states = {};
  std::vector<Array> d_outputs = {};
  std::int32_t mode = TRG_TRAINING;
  std::vector<std::int64_t> slices = {};              // samples of each; empty: one slice
  std::int32_t granularity = TRG_SLICE;               // of the calls that offer it
  std::vector<std::pair<std::int64_t, std::int64_t>> ranges = {};  // of TRG_RANGE; empty: as many pieces of `multiple` as there are
  bool in_place = false;                              // outputs take over the memory of inputs where they may
  bool frozen_parameters = false;                     // d_parameters are not wanted
  std::vector<int> no_gradient = {};                  // inputs whose gradient is not asked for; those of whole numbers never are
  std::uint64_t random_key = 42;
  std::uint64_t first_row_key = 1000;
  std::vector<trg_follower> followers = {};           // offered to be taken in, nearest first
  std::int64_t samples() const { return inputs.empty() || inputs[0].shape.empty() ? 0 : inputs[0].shape[0]; }
};

// A span of a parameter with an initializer of its own.
struct Piece {
  std::int64_t begin = 0, end = 0;
  std::string initializer = {};
};

struct Declared {
  std::string name;
  std::vector<std::int64_t> shape;
  std::int32_t type = -1, flags = 0;
  std::string initializer = {};
  double l1 = 0, l2 = 0;
  bool trainable = true;
  std::int64_t fan_in = 0, fan_out = 0;
  std::vector<Piece> pieces = {};
};

struct PlannedBuffer {
  std::int64_t per_row = 0, bytes = 0;
};
struct PlannedPort : Declared {
  std::int32_t shares_with = -1, mask_rank = 0;
};
struct PlannedParameter : Declared {
  std::int32_t touched_by = 0;
};
struct PlannedState : Declared {
  std::int32_t kind = TRG_SHARED, merge = TRG_MERGE_MEAN;
  double initial = 0;
};
struct PlannedCall {
  std::vector<std::int64_t> sums = {0};
  std::int32_t offered = TRG_SLICE;
  std::int64_t axis = 0, multiple = 1;
  bool synchronised = false;  // the sums are those of all ranks
  double flops = 0;
  bool summed() const;  // a pass adds into sums: samples then know of each other
};

struct PlanRequest {
  std::int32_t type = TRG_F64;
  std::int64_t samples = 0;
  std::int32_t granularity = TRG_SLICE;
  std::int32_t workers = 1;
};

// A case as the border asks for its plan. The case must outlive it.
class NativeRequest {
 public:
  NativeRequest(const LayerCase& given, const PlanRequest& wanted);
  NativeRequest(const NativeRequest&) = delete;
  NativeRequest& operator=(const NativeRequest&) = delete;
  trg_plan_request native{};

 private:
  std::vector<std::vector<std::int64_t>> shapes_;
  std::vector<std::string> names_;
  std::vector<trg_input> inputs_;
};

// An exception that a destroy call threw through C; the destructors here keep it, and this throws it.
void rethrow_of_destroy();

class LivingLayer {
 public:
  // Throws Failure where create does.
  LivingLayer(const trg_layer_calls& calls, const trg_options* options);
  ~LivingLayer();
  LivingLayer(const LivingLayer&) = delete;
  LivingLayer& operator=(const LivingLayer&) = delete;

  const trg_layer_calls& calls;
  void* handle = nullptr;
};

// What is wrong with an answer, in words, and which rule of the header it breaks.
struct Nonsense {
  std::string text, where, mend;
};

// One plan of a layer, destroyed with it. Throws Failure where plan does. The layer must outlive it. What is answered is kept as far as it makes sense; the rest is in `nonsense`, and what cannot be run
// throws Failure where it is run.
class LayerPlan {
 public:
  LayerPlan(const trg_layer_calls& calls, void* layer, const LayerCase& given, const PlanRequest& request);
  LayerPlan(const LayerPlan&) = delete;
  LayerPlan& operator=(const LayerPlan&) = delete;
  ~LayerPlan();

  // The same answers to the same question; what differs first, or nothing.
  std::string difference_from(const LayerPlan& other) const;
  // The same for another number of samples: parameters, states, outputs but for axis 0.
  std::string contradiction_of(const LayerPlan& other) const;

  void* handle = nullptr;
  std::vector<std::int32_t> input_flags;
  std::vector<PlannedPort> outputs;
  std::vector<PlannedParameter> parameters;
  std::vector<PlannedState> states;
  PlannedBuffer buffers[4];
  PlannedCall calls[3];
  std::size_t absorbed = 0;
  std::vector<Nonsense> nonsense;

 private:
  void judge(const LayerCase& given, const PlanRequest& request);
  const trg_layer_calls& table_;
};

}  // namespace teranga::conformance

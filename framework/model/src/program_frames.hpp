// SPDX-License-Identifier: Apache-2.0
// The prepared calls of a program.
#pragma once

#include "program.hpp"

namespace teranga::model {

struct Program::Frame {
  trg_call call{};
  void* plan = nullptr;
  std::vector<trg_tensor>* tensors = nullptr;  // of the call
  double* sums = nullptr;  // cleared before the call
  std::int64_t sum_count = 0;
  const void* from = nullptr;  // of accumulate
  void* into = nullptr;
  std::int64_t elements = 0;
  Work work;

  void follow(const Follow& follow) {
    follow(call.saved), follow(call.carry), follow(from), follow(into);
    if (!tensors) return;
    for (trg_tensor& tensor : *tensors) follow(tensor.data);
  }
};

struct Program::PreparedOp {
  Op op;
  std::int32_t (*function)(void*, const trg_call*, trg_error*) = nullptr;
  const char* call_name = "";
  bool shared = false;  // may have been made before, by another program
  std::vector<Frame> frames;  // by slice, or by range
};

struct Program::PreparedStage {
  std::int32_t granularity = TRG_SLICE;
  std::vector<PreparedOp> ops;
  std::vector<Op> reductions;
  bool evaluates_loss = false;
  bool clears_partials = false;  // the first stage of slices, whatever runs before it
  bool finds_rows = false;       // the same one, beside its slices: nobody asks for them before the step's gradients are there
  std::vector<std::pair<std::size_t, std::size_t>> items;  // of a range stage: operation and range
  int wait = -1;  // row of the profile
};

}  // namespace teranga::model

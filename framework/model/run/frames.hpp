// SPDX-License-Identifier: Apache-2.0
// The calls of a schedule in the form that plugins are given, ready to be made: their pointers are bound by the executor.
#pragma once

#include <cstdint>
#include <vector>

#include <teranga/parallel/profile.hpp>

#include "graph/guard.hpp"
#include "plan/schedule.hpp"
#include "run/bindings.hpp"

namespace teranga::model {

inline trg_tensor unbound(const TensorRef& tensor) {
  if (!tensor.shape) return {nullptr, nullptr, 0, tensor.type};
  return {nullptr, tensor.shape->data(), static_cast<std::int32_t>(tensor.shape->size()), tensor.type};
}

// The tensors, each bound to its buffer.
inline std::vector<trg_tensor> bound(const std::vector<TensorRef>& refs, Bindings& bindings) {
  std::vector<trg_tensor> out(refs.size());
  for (std::size_t i = 0; i < refs.size(); ++i) {
    out[i] = unbound(refs[i]);
    bindings.add(refs[i].buffer, out[i].data);  // the elements keep their place when the vector is moved
  }
  return out;
}

struct Guard {
  void* at = nullptr;
  const char* what = "";  // lies before it
};

struct Frame {
  trg_call call{};
  void* plan = nullptr;
  std::vector<Guard> guards;
  std::ptrdiff_t scratch_guard = -1;  // bytes into the worker's scratch memory; -1: none
  std::vector<trg_tensor> tensors;  // of the call
  double* sums = nullptr;           // cleared before the call
  std::int64_t sum_count = 0;
  void *from = nullptr, *into = nullptr;  // of a sum of gradients
  std::int64_t elements = 0;
  Work work;
};

struct OpFrames {
  const ScheduledOp* op;
  std::vector<Frame> frames;  // one a call
};

struct StageFrames {
  const ScheduledStage* stage;
  std::vector<OpFrames> ops;
  int wait = -1;  // row of the profile
};

}  // namespace teranga::model

// SPDX-License-Identifier: Apache-2.0
// A convolution through oneDNN in f32: activations channels last as the host hands them over, kernels in the layout that oneDNN likes best,
// made from Keras's (h, w, in / groups, out) by derive() once per parameter update. A pass that oneDNN has no fast code for is left to
// the caller.
#pragma once

#include <cstdint>

#include "geometry.hpp"
#include "onednn_call.hpp"

namespace teranga::convolution {

struct Wanted {
  bool bias;                   // the layer has one
  bool forward, data, kernel;  // values, gradient of the input, gradients of the parameters
  int workers;
};

class OnednnConvolution {
 public:
  OnednnConvolution(const Geometry& geometry, const Wanted& wanted);

  bool has_forward() const { return static_cast<bool>(forward_); }
  bool has_data() const { return static_cast<bool>(data_); }
  bool has_kernel() const { return static_cast<bool>(kernel_); }
  std::int64_t derived_bytes() const { return derived_bytes_; }
  std::int64_t scratch_bytes() const { return scratch_bytes_; }

  void derive(int worker, const float* kernel, void* derived);
  void forward(int worker, const float* x, const float* kernel, const float* bias, const void* derived, float* y, void* scratch);
  void backward_data(int worker, const float* dy, const float* kernel, const void* derived, float* dx, void* scratch);
  // Adds. d_kernel and d_bias may be null.
  void backward_params(int worker, const float* x, const float* dy, float* d_kernel, float* d_bias, void* scratch);

 private:
  // A kernel as one pass reads it: Keras's own, or a copy at an offset of the derived buffer.
  struct Packed {
    OnednnCall reorder;
    std::int64_t offset = 0, scratch = 0;
    const void* in(const float* kernel, const void* derived) const {
      return reorder ? static_cast<const char*>(derived) + offset : static_cast<const void*>(kernel);
    }
  };
  struct Descriptions;
  void plan_forward(Descriptions& d);
  void plan_data(const Descriptions& d);
  void plan_kernel(const Descriptions& d);
  Packed pack(const Descriptions& d, const dnnl::memory::desc& wanted);

  Geometry geometry_;
  Wanted wanted_;
  dnnl::engine engine_;
  OnednnCall forward_, data_, kernel_, add_kernel_;
  Packed forward_kernel_, data_kernel_;
  std::int64_t derived_bytes_ = 0, scratch_bytes_ = 0;
  std::int64_t d_kernel_at_ = 0, d_bias_at_ = 0;  // bytes from the start of scratch
};

}  // namespace teranga::convolution

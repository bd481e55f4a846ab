// SPDX-License-Identifier: Apache-2.0
#include "onednn_convolution.hpp"

#include <algorithm>
#include <string_view>

#include <omp.h>

namespace teranga::convolution {

namespace {

using dnnl::memory;
constexpr auto f32 = memory::data_type::f32;
constexpr auto direct_algorithm = dnnl::algorithm::convolution_direct;

std::int64_t aligned(std::int64_t bytes) { return (bytes + 63) / 64 * 64; }
std::int64_t bytes_of(const memory::desc& desc) { return static_cast<std::int64_t>(desc.get_size()); }

template <class Description>
bool is_fast(const Description& description) {
  return std::string_view(description.impl_info_str()).substr(0, 3) != "ref";
}

// oneDNN 2.6 writes past its workspace in the kernel gradient of strided 1x1 convolutions whose input channels do not fill its
// channel blocks (a fault that its maintainers know of); such shapes go another way.
bool hits_strided_1x1_fault(const Geometry& g) {
  return g.taps() == 1 && (g.height.stride > 1 || g.width.stride > 1) && g.in_channels % 16 != 0;
}

}  // namespace

struct OnednnConvolution::Descriptions {
  memory::desc x, y, bias, keras_kernel, any_kernel;
  memory::dims strides, dilations, before, after;
  dnnl::primitive_attr attributes;
  dnnl::convolution_forward::primitive_desc forward;

  explicit Descriptions(const Geometry& g, bool with_bias) {
    const memory::dims kernel = g.groups == 1 ? memory::dims{g.out_channels, g.in_channels, g.height.size, g.width.size}
                                              : memory::dims{g.groups, g.group_out(), g.group_in(), g.height.size, g.width.size};
    x = {{g.samples, g.in_channels, g.height.in, g.width.in}, f32, memory::format_tag::nhwc};
    y = {{g.samples, g.out_channels, g.height.out, g.width.out}, f32, memory::format_tag::nhwc};
    if (with_bias) bias = {{g.out_channels}, f32, memory::format_tag::x};
    keras_kernel = {kernel, f32, g.groups == 1 ? memory::format_tag::hwio : memory::format_tag::hwigo};
    any_kernel = {kernel, f32, memory::format_tag::any};
    strides = {g.height.stride, g.width.stride};
    dilations = {g.height.dilation - 1, g.width.dilation - 1};
    before = {g.height.before, g.width.before};
    after = {g.height.after, g.width.after};
    attributes.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  }
};

OnednnConvolution::OnednnConvolution(const Geometry& geometry, const Wanted& wanted) : geometry_(geometry), wanted_(wanted) {
  omp_set_num_threads(1);  // the number of threads is baked into a primitive when it is made
  const auto attempt = [](auto&& plan_pass) {
    try {
      plan_pass();
    } catch (const dnnl::error&) {
      // A pass that oneDNN refuses is left to the caller's own loops.
    }
  };
  attempt([&] {
    engine_ = dnnl::engine(dnnl::engine::kind::cpu, 0);
    Descriptions d(geometry, wanted.bias);
    plan_forward(d);
    if (wanted.data) attempt([&] { plan_data(d); });
    if (wanted.kernel && !hits_strided_1x1_fault(geometry)) attempt([&] { plan_kernel(d); });
  });
}

OnednnConvolution::Packed OnednnConvolution::pack(const Descriptions& d, const memory::desc& wanted) {
  Packed packed;
  if (wanted == d.keras_kernel) return packed;
  const dnnl::reorder::primitive_desc reorder(engine_, d.keras_kernel, engine_, wanted, d.attributes);
  packed.offset = derived_bytes_;
  packed.scratch = packed.offset + aligned(bytes_of(wanted));
  derived_bytes_ = packed.scratch + aligned(bytes_of(reorder.scratchpad_desc()));
  packed.reorder = OnednnCall(engine_, dnnl::reorder(reorder),
                              {{DNNL_ARG_FROM, d.keras_kernel}, {DNNL_ARG_TO, wanted}, {DNNL_ARG_SCRATCHPAD, reorder.scratchpad_desc()}},
                              wanted_.workers);
  return packed;
}

void OnednnConvolution::plan_forward(Descriptions& d) {
  const auto kind = wanted_.kernel || wanted_.data ? dnnl::prop_kind::forward_training : dnnl::prop_kind::forward_inference;
  using Primitive = dnnl::convolution_forward;
  const Primitive::desc what =
      wanted_.bias ? Primitive::desc(kind, direct_algorithm, d.x, d.any_kernel, d.bias, d.y, d.strides, d.dilations, d.before, d.after)
                   : Primitive::desc(kind, direct_algorithm, d.x, d.any_kernel, d.y, d.strides, d.dilations, d.before, d.after);
  d.forward = Primitive::primitive_desc(what, d.attributes, engine_);
  if (!wanted_.forward || !is_fast(d.forward)) return;
  std::vector<OnednnCall::Argument> arguments = {{DNNL_ARG_SRC, d.x}, {DNNL_ARG_WEIGHTS, d.forward.weights_desc()}, {DNNL_ARG_DST, d.y},
                                                 {DNNL_ARG_SCRATCHPAD, d.forward.scratchpad_desc()}};
  if (wanted_.bias) arguments.push_back({DNNL_ARG_BIAS, d.bias});
  forward_kernel_ = pack(d, d.forward.weights_desc());
  forward_ = OnednnCall(engine_, Primitive(d.forward), arguments, wanted_.workers);
  scratch_bytes_ = std::max(scratch_bytes_, bytes_of(d.forward.scratchpad_desc()));
}

void OnednnConvolution::plan_data(const Descriptions& d) {
  using Primitive = dnnl::convolution_backward_data;
  const Primitive::desc what(direct_algorithm, d.x, d.any_kernel, d.y, d.strides, d.dilations, d.before, d.after);
  const Primitive::primitive_desc description(what, d.attributes, engine_, d.forward);
  if (!is_fast(description)) return;
  data_kernel_ = pack(d, description.weights_desc());
  data_ = OnednnCall(engine_, Primitive(description),
                     {{DNNL_ARG_DIFF_DST, d.y}, {DNNL_ARG_WEIGHTS, description.weights_desc()}, {DNNL_ARG_DIFF_SRC, d.x},
                      {DNNL_ARG_SCRATCHPAD, description.scratchpad_desc()}},
                     wanted_.workers);
  scratch_bytes_ = std::max(scratch_bytes_, bytes_of(description.scratchpad_desc()));
}

void OnednnConvolution::plan_kernel(const Descriptions& d) {
  using Primitive = dnnl::convolution_backward_weights;
  const Primitive::desc what = wanted_.bias
                                   ? Primitive::desc(direct_algorithm, d.x, d.any_kernel, d.bias, d.y, d.strides, d.dilations, d.before, d.after)
                                   : Primitive::desc(direct_algorithm, d.x, d.any_kernel, d.y, d.strides, d.dilations, d.before, d.after);
  const Primitive::primitive_desc description(what, d.attributes, engine_, d.forward);
  if (!is_fast(description)) return;
  const memory::desc d_kernel = description.diff_weights_desc();

  // oneDNN overwrites its gradient, in its own layout; a reorder that sums brings it home.
  std::int64_t reorder_scratch = 0;
  if (d_kernel != d.keras_kernel) {
    dnnl::primitive_attr adding;
    adding.set_scratchpad_mode(dnnl::scratchpad_mode::user);
    dnnl::post_ops sum;
    sum.append_sum(1.0F);
    adding.set_post_ops(sum);
    const dnnl::reorder::primitive_desc reorder(engine_, d_kernel, engine_, d.keras_kernel, adding);
    add_kernel_ = OnednnCall(engine_, dnnl::reorder(reorder),
                             {{DNNL_ARG_FROM, d_kernel}, {DNNL_ARG_TO, d.keras_kernel}, {DNNL_ARG_SCRATCHPAD, reorder.scratchpad_desc()}},
                             wanted_.workers);
    reorder_scratch = bytes_of(reorder.scratchpad_desc());
  }
  d_kernel_at_ = aligned(std::max(bytes_of(description.scratchpad_desc()), reorder_scratch));
  d_bias_at_ = d_kernel_at_ + aligned(bytes_of(d_kernel));
  scratch_bytes_ = std::max(scratch_bytes_, d_bias_at_ + aligned(geometry_.out_channels * 4));
  std::vector<OnednnCall::Argument> arguments = {{DNNL_ARG_SRC, d.x}, {DNNL_ARG_DIFF_DST, d.y}, {DNNL_ARG_DIFF_WEIGHTS, d_kernel},
                                                 {DNNL_ARG_SCRATCHPAD, description.scratchpad_desc()}};
  if (wanted_.bias) arguments.push_back({DNNL_ARG_DIFF_BIAS, d.bias});
  kernel_ = OnednnCall(engine_, Primitive(description), arguments, wanted_.workers);
}

void OnednnConvolution::derive(int worker, const float* kernel, void* derived) {
  char* const at = static_cast<char*>(derived);
  if (forward_kernel_.reorder) forward_kernel_.reorder.run(worker, kernel, at + forward_kernel_.offset, at + forward_kernel_.scratch);
  if (data_kernel_.reorder) data_kernel_.reorder.run(worker, kernel, at + data_kernel_.offset, at + data_kernel_.scratch);
}

void OnednnConvolution::forward(int worker, const float* x, const float* kernel, const float* bias, const void* derived, float* y, void* scratch) {
  const void* packed = forward_kernel_.in(kernel, derived);
  if (wanted_.bias) forward_.run(worker, x, packed, y, scratch, bias);
  else forward_.run(worker, x, packed, y, scratch);
}

void OnednnConvolution::backward_data(int worker, const float* dy, const float* kernel, const void* derived, float* dx, void* scratch) {
  data_.run(worker, dy, data_kernel_.in(kernel, derived), dx, scratch);
}

void OnednnConvolution::backward_params(int worker, const float* x, const float* dy, float* d_kernel, float* d_bias, void* scratch) {
  char* const at = static_cast<char*>(scratch);
  float* const slice_kernel = reinterpret_cast<float*>(at + d_kernel_at_);
  float* const slice_bias = reinterpret_cast<float*>(at + d_bias_at_);
  if (wanted_.bias) kernel_.run(worker, x, dy, slice_kernel, scratch, slice_bias);
  else kernel_.run(worker, x, dy, slice_kernel, scratch);
  if (d_kernel) {
    if (add_kernel_) add_kernel_.run(worker, slice_kernel, d_kernel, scratch);
    else
      for (std::int64_t i = 0; i < geometry_.kernel_count(); ++i) d_kernel[i] += slice_kernel[i];
  }
  if (wanted_.bias && d_bias)
    for (std::int64_t o = 0; o < geometry_.out_channels; ++o) d_bias[o] += slice_bias[o];
}

}  // namespace teranga::convolution

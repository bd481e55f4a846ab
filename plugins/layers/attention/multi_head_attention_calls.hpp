// SPDX-License-Identifier: Apache-2.0
// The plan and the calls of multi_head_attention: all samples of a slice at once through the projections, head by head in between.
#pragma once

#include "multi_head_attention.hpp"

namespace teranga::layers {

// What forward makes, for all samples of a slice: Q [N, T, H D], K [N, S, H D], V [N, S, H E], O [N, T, H E] and the weights [N, H, T, S]. In inference
// the weights of one head at a time.
template <class T>
struct AttentionParts {
  T *q, *k, *v, *o, *weights;
  static std::int64_t per_sample(const HeadSizes& z, bool keeps) {
    return (z.queries + z.keys) * (z.keys_wide() + z.values_wide()) + (keeps ? z.heads * z.scores() : 0);
  }
  AttentionParts(T* at, const HeadSizes& z, std::int64_t n)
      : q(at), k(q + n * z.queries * z.keys_wide()), v(k + n * z.keys * z.keys_wide()), o(v + n * z.keys * z.values_wide()), weights(o + n * z.queries * z.values_wide()) {}
};

// The gradients of Q, K and V.
template <class T>
struct AttentionGradients {
  T *q, *k, *v;
  static std::int64_t per_sample(const HeadSizes& z) { return (z.queries + z.keys) * z.keys_wide() + z.keys * z.values_wide(); }
  AttentionGradients(T* at, const HeadSizes& z, std::int64_t n) : q(at), k(q + n * z.queries * z.keys_wide()), v(k + n * z.keys * z.keys_wide()) {}
};

inline Projection MultiHeadAttention::project(sdk::LayerPlan& p, int& parameters, const std::string& name, const sdk::Shape& kernel, const sdk::Shape& bias) const {
  Projection projection{kernel.count() / bias.count(), bias.count(), parameters++, -1};
  p.parameter(name + "/kernel", kernel, sdk::chosen(kernel_initializer), {.penalty = kernel_penalty});
  if (!use_bias) return projection;
  projection.bias = parameters++;
  p.parameter(name + "/bias", bias, sdk::chosen(bias_initializer), {.penalty = bias_penalty});
  return projection;
}

inline MultiHeadAttention::Plan MultiHeadAttention::plan(sdk::LayerPlan& p) const {
  if (p.inputs() < 1 || p.inputs() > 3)
    throw sdk::ShapeError("multi_head_attention expects one input, or a query and a value, or a query, a value and a key; found " + std::to_string(p.inputs()), "input",
                          "input = [\"query\", \"value\"], with the names of two layers");
  const int value_port = p.inputs() > 1 ? 1 : 0, key_port = p.inputs() > 2 ? 2 : value_port;
  bool wanted = false;
  for (std::int32_t i = 0; i < p.inputs(); ++i) {
    const sdk::Input& x = p.real_input(i);
    if (x.shape.rank() != 3)
      throw sdk::ShapeError("multi_head_attention expects inputs of rank 3 (samples, steps, features), found " + x.shape.text() + " as input " + std::to_string(i + 1), x.name);
    wanted = wanted || x.needs_gradient;
    p.input_flags(x, (i == 0 ? TRG_MASK_PASSES : 0) | (p.mode() == TRG_TRAINING ? TRG_READ_IN_BACKWARD : 0));
  }
  const sdk::Shape &query = p.input(0).shape, &value = p.input(value_port).shape, &key = p.input(key_port).shape;
  if (value[1] != key[1])
    throw sdk::ShapeError("multi_head_attention expects a value and a key of as many steps, found " + value.text() + " and " + key.text(), p.input(key_port).name);

  const bool keeps = p.mode() != TRG_INFERENCE;
  const std::int64_t width = output_width > 0 ? output_width : query.last();
  const HeadSizes z{query[1], value[1], heads, key_dim, value_dim, causal, keeps ? rate : 0.0};
  int parameters = 0;
  const Projection to_query = project(p, parameters, "query", {query.last(), heads, key_dim}, {heads, key_dim});
  const Projection to_key = project(p, parameters, "key", {key.last(), heads, key_dim}, {heads, key_dim});
  const Projection to_value = project(p, parameters, "value", {value.last(), heads, value_dim}, {heads, value_dim});
  const Projection to_output = project(p, parameters, "attention_output", {heads, value_dim, width}, {width});
  p.output({query[0], query[1], width});

  // An element more than the samples need makes the parts those of a slice, not of each sample, so that a projection is one product.
  const std::int64_t element = static_cast<std::int64_t>(p.element_size()), parts = AttentionParts<float>::per_sample(z, keeps) * element;
  const std::int64_t gradients = AttentionGradients<float>::per_sample(z) * element;
  if (keeps) p.buffer(TRG_SAVED, parts, element);
  if (keeps && wanted) p.buffer(TRG_CARRY, gradients, element);
  // One head's weights and draws (forward) or gradients of scores (backward), and what a sample sees; in inference the parts; in training the gradient of O
  // and, where they are not carried, those of Q, K and V.
  p.buffer(TRG_SCRATCH, keeps ? z.queries * z.values_wide() * element + (wanted ? 0 : gradients) : parts, 2 * z.scores() * element + z.queries + z.keys);
  const double steps = static_cast<double>(query[0] * query[1]), seen = static_cast<double>(value[0] * value[1]);
  const double projections = 2 * (steps * static_cast<double>(query.last() * z.keys_wide() + width * z.values_wide()) +
                                  seen * static_cast<double>(key.last() * z.keys_wide() + value.last() * z.values_wide()));
  const double products = 2 * steps * static_cast<double>(z.keys * (z.keys_wide() + z.values_wide()));
  // Backward is two products for each of forward's; it falls to the weights' gradients where no input wants any.
  p.cost(TRG_FORWARD, projections + products).cost(TRG_BACKWARD, projections + (wanted ? 2 * products : 0)).cost(TRG_BACKWARD_PARAMS, projections + (wanted ? 0 : 2 * products));
  return {z, value_port, key_port, to_query, to_key, to_value, to_output, keeps, keeps && wanted};
}

namespace detail {

// 1 where step t of the sample is kept; a mask of fewer axes counts for all that lies below it.
inline void keep_steps(const sdk::View<const std::uint8_t>& mask, std::int64_t samples, std::int64_t sample, std::int64_t steps, std::uint8_t* kept) {
  if (!mask) return;
  const std::int64_t below = samples * steps / mask.count();
  for (std::int64_t t = 0; t < steps; ++t) kept[t] = kept[t] && mask.data[(sample * steps + t) / below];
}

template <class T>
Head<T> head_of(const HeadSizes& z, const AttentionParts<T>& a, std::int64_t n, std::int64_t h, T* weights, T* used) {
  return {a.q + n * z.queries * z.keys_wide() + h * z.key_dim, a.k + n * z.keys * z.keys_wide() + h * z.key_dim, a.v + n * z.keys * z.values_wide() + h * z.value_dim, weights, used};
}

// dQ, dK and dV from dy; scratch: [T, S] twice, then d_o.
template <class T>
void attention_gradients(const sdk::Slice<T>& s, const MultiHeadAttention::Plan& plan, const AttentionGradients<T>& d, T* scratch) {
  const HeadSizes& z = plan.z;
  const std::int64_t samples = s.samples();
  const AttentionParts<T> a(s.saved(), z, samples);
  T *d_scores = scratch, *used = scratch + z.scores(), *d_o = used + z.scores();
  plan.output.backward(s, samples * z.queries, s.d_out(0).data, d_o, 0.0);
  for (std::int64_t n = 0; n < samples; ++n)
    for (std::int64_t h = 0; h < z.heads; ++h)
      head_backward(z, head_of(z, a, n, h, a.weights + (n * z.heads + h) * z.scores(), used),
                    {d_o + n * z.queries * z.values_wide() + h * z.value_dim, d.q + n * z.queries * z.keys_wide() + h * z.key_dim, d.k + n * z.keys * z.keys_wide() + h * z.key_dim,
                     d.v + n * z.keys * z.values_wide() + h * z.value_dim, d_scores});
}

}  // namespace detail

template <class T>
void MultiHeadAttention::forward(const sdk::Slice<T>& s, const Plan& plan) const {
  const HeadSizes& z = plan.z;
  const std::int64_t samples = s.samples();
  T *first = s.scratch(), *second = first + z.scores();
  auto* kept_queries = reinterpret_cast<std::uint8_t*>(second + z.scores() + (plan.keeps ? 0 : samples * AttentionParts<T>::per_sample(z, false)));
  std::uint8_t* kept_keys = kept_queries + z.queries;
  const AttentionParts<T> a(plan.keeps ? s.saved() : second + z.scores(), z, samples);
  plan.query.forward(s, samples * z.queries, s.in(0).data, a.q);
  plan.key.forward(s, samples * z.keys, s.in(plan.key_port).data, a.k);
  plan.value.forward(s, samples * z.keys, s.in(plan.value_port).data, a.v);
  for (std::int64_t n = 0; n < samples; ++n) {
    std::fill_n(kept_queries, z.queries + z.keys, std::uint8_t{1});
    detail::keep_steps(s.mask(0), samples, n, z.queries, kept_queries);
    detail::keep_steps(s.mask(plan.value_port), samples, n, z.keys, kept_keys);
    detail::keep_steps(s.mask(plan.key_port), samples, n, z.keys, kept_keys);
    for (std::int64_t h = 0; h < z.heads; ++h) {
      T* weights = plan.keeps ? a.weights + (n * z.heads + h) * z.scores() : first;
      if (z.rate > 0) s.uniform(n, h * z.scores(), z.scores(), second);
      head_forward<T>(z, detail::head_of(z, a, n, h, weights, first), {kept_queries, kept_keys}, z.rate > 0 ? second : nullptr,
                      a.o + n * z.queries * z.values_wide() + h * z.value_dim);
    }
  }
  plan.output.forward(s, samples * z.queries, a.o, s.out(0).data);
}

template <class T>
void MultiHeadAttention::backward(const sdk::Slice<T>& s, const Plan& plan) const {
  const HeadSizes& z = plan.z;
  if (!plan.carried) return;
  const int ports = std::max(plan.value_port, plan.key_port) + 1;
  if (!s.d_out(0)) {
    for (int i = 0; i < ports; ++i) sdk::pass_on(s.d_out(0), s.d_in(i));
    return;
  }
  const AttentionGradients<T> d(s.carry(), z, s.samples());
  detail::attention_gradients(s, plan, d, s.scratch());
  std::array<bool, 3> begun{};
  const auto add = [&](const Projection& projection, int port, std::int64_t steps, const T* gradient) {
    if (const auto dx = s.d_in(port)) projection.backward(s, s.samples() * steps, gradient, dx.data, begun[static_cast<std::size_t>(port)] ? 1.0 : 0.0);
    begun[static_cast<std::size_t>(port)] = true;
  };
  add(plan.query, 0, z.queries, d.q);
  add(plan.value, plan.value_port, z.keys, d.v);
  add(plan.key, plan.key_port, z.keys, d.k);
}

template <class T>
void MultiHeadAttention::backward_params(const sdk::Slice<T>& s, const Plan& plan) const {
  const HeadSizes& z = plan.z;
  const std::int64_t samples = s.samples();
  if (!s.d_out(0)) return;
  const AttentionParts<T> a(s.saved(), z, samples);
  const AttentionGradients<T> d(plan.carried ? s.carry() : s.scratch() + 2 * z.scores() + samples * z.queries * z.values_wide(), z, samples);
  if (!plan.carried) detail::attention_gradients(s, plan, d, s.scratch());
  plan.query.backward_params(s, samples * z.queries, s.in(0).data, d.q);
  plan.key.backward_params(s, samples * z.keys, s.in(plan.key_port).data, d.k);
  plan.value.backward_params(s, samples * z.keys, s.in(plan.value_port).data, d.v);
  plan.output.backward_params(s, samples * z.queries, a.o, s.d_out(0).data);
}

}  // namespace teranga::layers

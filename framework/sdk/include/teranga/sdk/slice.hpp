// SPDX-License-Identifier: Apache-2.0
// One call of a layer: the samples and buffers that it may touch. T is the compute type, float to train, double for the gradient checker.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <tuple>
#include <utility>

#include <teranga/sdk/c/layer.h>
#include <teranga/sdk/error.hpp>
#include <teranga/sdk/plugin.hpp>
#include <teranga/sdk/shape.hpp>

namespace teranga::sdk {

// Walks views of equal size element by element; a view that holds one value a channel starts again at each row's end. Where one of the views is empty (a gradient that is zero or
// not wanted), there is nothing to walk.
template <class... T>
class Rows {
 public:
  explicit Rows(const View<T>&... views) : data_{views.data...} {
    ((count_ = views.count() > count_ ? views.count() : count_), ...);
    std::size_t i = 0;
    ((last_ = views.count() == count_ ? views.last : last_), ...);
    ((repeats_[i++] = views.count() < count_), ...);
    if (!(views && ...)) count_ = 0;
  }

  class Iterator {
   public:
    Iterator(const Rows* rows, std::int64_t index) : rows_(rows), data_(rows->data_), index_(index) {}
    std::tuple<T&...> operator*() const {
      return std::apply([](T*... pointers) { return std::tuple<T&...>(*pointers...); }, data_);
    }
    Iterator& operator++() {
      ++index_;
      const bool row_ends = ++column_ == rows_->last_;
      if (row_ends) column_ = 0;
      step(row_ends, std::index_sequence_for<T...>{});
      return *this;
    }
    bool operator!=(const Iterator& other) const { return index_ != other.index_; }

   private:
    template <std::size_t... I>
    void step(bool row_ends, std::index_sequence<I...>) {
      ((std::get<I>(data_) = row_ends && rows_->repeats_[I] ? std::get<I>(rows_->data_) : std::get<I>(data_) + 1), ...);
    }
    const Rows* rows_;
    std::tuple<T*...> data_;
    std::int64_t index_, column_ = 0;
  };

  Iterator begin() const { return {this, 0}; }
  Iterator end() const { return {this, count_}; }

 private:
  std::tuple<T*...> data_;
  std::array<bool, sizeof...(T)> repeats_{};
  std::int64_t count_ = 0, last_ = 1;
};

template <class T>
class Slice {
 public:
  explicit Slice(const trg_call& call) : call_(call) {}

  std::int64_t samples() const { return call_.rows; }
  std::int64_t first_sample() const { return call_.first_row; }
  std::int32_t pass() const { return call_.pass; }
  std::int32_t worker() const { return call_.worker; }
  std::int64_t range_begin() const { return call_.range_begin; }
  std::int64_t range_end() const { return call_.range_end; }
  bool fresh() const { return call_.fresh != 0; }  // gradients of parameters are to be overwritten

  View<const T> in(int i) const {
    if (call_.inputs[i].type != type()) refuse_whole_numbers(i);
    return View<const T>::of(call_.inputs[i]);
  }
  template <class U>
  View<const U> in_as(int i) const { return View<const U>::of(call_.inputs[i]); }
  View<T> out(int i) const { return View<T>::of(call_.outputs[i]); }
  View<T> d_in(int i) const { return View<T>::of(call_.d_inputs[i]); }               // overwrite; empty: not wanted
  View<const T> d_out(int i) const { return View<const T>::of(call_.d_outputs[i]); }  // empty: zero
  View<const T> parameter(int i) const { return View<const T>::of(call_.parameters[i]); }
  View<T> d_parameter(int i) const { return View<T>::of(call_.d_parameters[i]); }    // add, or overwrite where fresh(); empty: not wanted
  // (N, T) of an input of (N, T, C): 1 keep, 0 skip; empty: the input has no mask.
  View<const std::uint8_t> mask(int i) const { return View<const std::uint8_t>::of(call_.input_masks[i]); }
  // f(i) for each row of the last axis (a step) that the mask of input i keeps, or for all where it has no mask; f gets the place of the row's first element. A mask may have fewer
  // axes than the input has steps: (N, T) of (N, T, H, C), where each of its numbers is that of H rows.
  template <class F>
  void each_kept(int i, F f) const {
    const View<const std::uint8_t> kept = mask(i);
    const trg_tensor& x = call_.inputs[i];
    std::int64_t rows = 1;
    for (std::int32_t axis = 0; axis + 1 < x.rank; ++axis) rows *= x.shape[axis];
    const std::int64_t width = x.rank > 0 ? x.shape[x.rank - 1] : 1, repeats = kept.count() > 0 ? rows / kept.count() : 1;
    for (std::int64_t row = 0; row < rows; ++row)
      if (!kept || kept[row / repeats]) f(row * width);
  }
  View<std::uint8_t> out_mask(int i) const { return View<std::uint8_t>::of(call_.output_masks[i]); }
  View<const T> state_in(int i) const { return View<const T>::of(call_.states_in[i]); }
  View<T> state_out(int i) const { return View<T>::of(call_.states_out[i]); }
  Shape shape_in(int i) const { return Shape(call_.inputs[i]); }
  Shape shape_out(int i) const { return Shape(call_.outputs[i]); }

  template <class U = T>
  U* saved() const { return static_cast<U*>(call_.saved); }
  template <class U = T>
  U* carry() const { return static_cast<U*>(call_.carry); }
  template <class U = T>
  U* scratch() const { return static_cast<U*>(call_.scratch); }
  template <class U = T>
  U* derived() const { return static_cast<U*>(call_.derived); }

  double* sums() const { return call_.sums; }
  const double* local_sums() const { return call_.local_sums; }
  const double* global_sums() const { return call_.global_sums; }

  // Draws first .. first + count - 1 of a sample's own stream in this call site: the same whatever the slice, thread or rank.
  void uniform(std::int64_t sample, std::int64_t first, std::int64_t count, T* out) const { host().uniform(stream(sample), static_cast<std::uint64_t>(first), count, type(), out); }
  void normal(std::int64_t sample, std::int64_t first, std::int64_t count, T* out) const { host().normal(stream(sample), static_cast<std::uint64_t>(first), count, type(), out); }
  trg_stream stream(std::int64_t sample) const { return {call_.random_key, call_.row_keys[sample]}; }

  template <class... U>
  Rows<U...> rows(const View<U>&... views) const { return Rows<U...>(views...); }

  const trg_call& native() const { return call_; }
  static constexpr std::int32_t type() { return sizeof(T) == 8 ? TRG_F64 : TRG_F32; }

 private:
  [[noreturn, gnu::cold]] static void refuse_whole_numbers(int i) {
    throw ShapeError("expects floating-point numbers as input " + std::to_string(i) + ", found whole ones", "input");
  }
  const trg_call& call_;
};

// C [m, n] = alpha op(A) op(B) + beta C, row-major, through the host.
template <class T>
struct Gemm {
  bool transpose_a = false, transpose_b = false;
  std::int64_t m = 0, n = 0, k = 0;
  const T* a = nullptr;
  std::int64_t lda = 0;
  const T* b = nullptr;
  std::int64_t ldb = 0;
  T* c = nullptr;
  std::int64_t ldc = 0;
  double alpha = 1, beta = 0;
};

template <class T>
void gemm(const Gemm<T>& g) {
  trg_gemm native{};
  native.size = sizeof(native);
  native.type = Slice<T>::type();
  native.transpose_a = g.transpose_a;
  native.transpose_b = g.transpose_b;
  native.m = g.m, native.n = g.n, native.k = g.k;
  native.alpha = g.alpha, native.beta = g.beta;
  native.a = g.a, native.lda = g.lda;
  native.b = g.b, native.ldb = g.ldb;
  native.c = g.c, native.ldc = g.ldc;
  if (host().gemm(&native) != TRG_OK) throw Error(TRG_FAILED, "a matrix product with a negative extent or a row length that is too short");
}

}  // namespace teranga::sdk

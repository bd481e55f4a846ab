// SPDX-License-Identifier: Apache-2.0
// A learnt row for each id: y [N, T.., U] = embeddings [V, U] at the rows that ids [N, T..] name. backward_params adds d_y to those rows in the
// order of the samples, whether by slices or by ranges of the vocabulary, and touches no others. An id outside of [0, V) is an error of the data.
// The mean over the steps behind it (global_average_pooling1d) it takes in: y [N, U] is summed up in the order of the steps as the rows come, and each
// row that a sample names gets the same d_y / T, so that nothing of size N T U is ever written. The bits are those of the two layers.
#pragma once

#include <algorithm>
#include <cstdint>

#include <teranga/sdk/elementwise.hpp>
#include <teranga/sdk/layer.hpp>

#include "ids.hpp"

namespace teranga::layers {

struct Embedding {
  static sdk::LayerInfo info() {
    return {.name = "teranga.embedding",
            .author = "Teranga",
            .summary = "A learnt vector for each id",
            .formula = "y[n,t] = embeddings[ids[n,t]]",
            .source = "https://keras.io/api/layers/core_layers/embedding/",
            .options = {sdk::integer("input_dim").at_least(1).says("size of the vocabulary: ids are 0 to input_dim - 1"),
                        sdk::integer("output_dim").at_least(1).says("width of a vector"),
                        sdk::component("embeddings_initializer", "initializer", "random_uniform").says("first values of the embeddings (input_dim, output_dim)"),
                        sdk::component("embeddings_regularizer", "regularizer").says("penalty on the embeddings: { l1 = ..., l2 = ... }"),
                        sdk::boolean("mask_zero", false).says("whether id 0 is padding, which the following layers skip"),
                        sdk::boolean("lazy", false).says("true: a step changes only the vectors of its ids; false: the momentum of the optimizer may change other vectors, too")}};
  }

  Vocabulary vocabulary;
  std::int64_t width;
  sdk::Component initializer;
  sdk::Penalty penalty;
  bool mask_zero, lazy;

  explicit Embedding(const sdk::Options& options)
      : vocabulary{options.integer("input_dim")},
        width(options.integer("output_dim")),
        initializer(options.component("embeddings_initializer")),
        penalty(sdk::Penalty::of(options.component("embeddings_regularizer"))),
        mask_zero(options.boolean("mask_zero")),
        lazy(options.boolean("lazy")) {}

  struct Plan {
    std::string port;         // of the ids
    std::int64_t steps = 0;   // > 0: the mean over so many is taken in
  };
  Plan plan(sdk::LayerPlan& p) const {
    const sdk::Input& ids = p.input(0);
    Plan plan{ids.name};
    p.input_flags(ids, TRG_NO_GRADIENT | (p.mode() == TRG_TRAINING ? TRG_READ_IN_BACKWARD : 0));
    sdk::Shape y = ids.shape;
    y.push_back(width);
    const double numbers = static_cast<double>(y.count());
    if (means_follow(p, ids)) {
      plan.steps = ids.shape.last();
      y = keeps_steps(p) ? sdk::Shape{ids.shape[0], 1, width} : sdk::Shape{ids.shape[0], width};
      p.absorb(1).output(y).scratch(width);
    } else {
      p.output(y, {.flags = mask_zero ? TRG_MASK_PRODUCED : 0, .mask_rank = mask_zero ? ids.shape.rank() : 0});
    }
    p.parameter("embeddings", {vocabulary.size, width}, sdk::chosen(initializer), {.penalty = penalty, .touched_by = 1, .lazy = lazy});
    p.offers(TRG_BACKWARD_PARAMS, TRG_SLICE | TRG_RANGE, vocabulary.size, 1);
    p.cost(TRG_FORWARD, numbers).cost(TRG_BACKWARD, 0).cost(TRG_BACKWARD_PARAMS, numbers);
    return plan;
  }

  template <class T>
  void forward(const sdk::Slice<T>& s, const Plan& plan) const {
    if (plan.steps > 0) return means(s, plan);
    const T* table = s.parameter(0).data;
    T* y = s.out(0).data;
    std::uint8_t* mask = mask_zero ? s.out_mask(0).data : nullptr;
    const sdk::View<const char> shape = s.template in_as<char>(0);
    with_ids(s.native().inputs[0], [&](const auto* ids) {
      for (std::int64_t i = 0; i < shape.count(); ++i) {
        if (!vocabulary.has(ids[i])) vocabulary.refuse(ids[i], s.first_sample() + i / shape.row, plan.port);
        if (i + ahead < shape.count()) ask_for(table, ids[i + ahead]);
        std::copy_n(table + static_cast<std::int64_t>(ids[i]) * width, width, y + i * width);
        if (mask) mask[i] = static_cast<std::int64_t>(ids[i]) != 0;
      }
    });
  }

  // The rows lie anywhere in memory: each is asked for while some before it are worked on. An id that is none asks for what nobody reads.
  static constexpr std::int64_t ahead = 8;
  static constexpr std::int64_t block = 64;  // columns: a loop over so many needs no test of where it ends
  template <class T, class Id>
  void ask_for(const T* table, Id id) const {
    constexpr std::int64_t line = 64, most = 1024;  // a long row is on its way by itself
    const auto row = reinterpret_cast<std::uintptr_t>(table) + static_cast<std::uintptr_t>(static_cast<std::int64_t>(id) * width) * sizeof(T);
    for (std::int64_t at = 0; at < std::min<std::int64_t>(width * static_cast<std::int64_t>(sizeof(T)), most); at += line)
      __builtin_prefetch(reinterpret_cast<const void*>(row + static_cast<std::uintptr_t>(at)));
  }

  // Nothing flows back to ids; host and checker ask for no gradient of them.
  template <class T>
  void backward_params(const sdk::Slice<T>& s, const Plan& plan) const {
    const auto dy = s.d_out(0);
    const auto d_table = s.d_parameter(0);
    if (!dy || !d_table) return;
    const std::int64_t samples = s.samples(), per_sample = plan.steps > 0 ? plan.steps : dy.count() / width / std::max<std::int64_t>(samples, 1);
    with_ids(s.native().inputs[0], [&](const auto* ids) {
      if (plan.steps == 0) return add_rows(s, ids, samples * per_sample, {dy.data, width}, d_table.data);
      for (std::int64_t n = 0; n < samples; ++n, ids += per_sample) {
        T* share = s.scratch();
        const T part = share_of_a_step<T>(ids, per_sample);
        for (std::int64_t u = 0; u < width; ++u) share[u] = part * dy.data[n * width + u];
        add_rows(s, ids, per_sample, {share, 0, mask_zero ? 1 : 0}, d_table.data);
      }
    });
  }

 private:
  static bool means_follow(const sdk::LayerPlan& p, const sdk::Input& ids) {
    return ids.shape.rank() == 2 && ids.shape.last() > 0 && p.followers() > 0 && std::string_view(p.follower(0).type) == "teranga.global_average_pooling1d";
  }
  static bool keeps_steps(const sdk::LayerPlan& p) { return sdk::Options(p.follower(0).options).boolean("keepdims"); }

  template <class Id>
  bool skips(Id id) const { return mask_zero && static_cast<std::int64_t>(id) == 0; }

  // 1 / the steps that count; 0 where none does.
  template <class T, class Id>
  T share_of_a_step(const Id* ids, std::int64_t steps) const {
    const auto counted = mask_zero ? std::count_if(ids, ids + steps, [&](Id id) { return !skips(id); }) : steps;
    return counted > 0 ? T(1) / static_cast<T>(counted) : T(0);
  }

  template <class T>
  void means(const sdk::Slice<T>& s, const Plan& plan) const {
    const T* table = s.parameter(0).data;
    const std::int64_t samples = s.samples(), count = samples * plan.steps;
    with_ids(s.native().inputs[0], [&](const auto* ids) {
      for (std::int64_t n = 0; n < samples; ++n) {
        T* y = s.out(0).data + n * width;
        const std::int64_t begin = n * plan.steps, end = begin + plan.steps;
        // A block of columns is summed up in registers; the first one checks the ids and asks for the rows to come.
        const auto rows = [&](std::int64_t u, auto add) {
          for (std::int64_t i = begin; i < end; ++i) {
            if (u == 0 && !vocabulary.has(ids[i])) vocabulary.refuse(ids[i], s.first_sample() + n, plan.port);
            if (u == 0 && i + ahead < count) ask_for(table, ids[i + ahead]);
            if (!skips(ids[i])) add(table + static_cast<std::int64_t>(ids[i]) * width + u);
          }
        };
        std::int64_t u = 0;
        for (; u + block <= width; u += block) {
          T sum[block] = {};
          rows(u, [&](const T* row) {
            for (std::int64_t c = 0; c < block; ++c) sum[c] += row[c];
          });
          std::copy_n(sum, block, y + u);
        }
        std::fill_n(y + u, width - u, T(0));
        if (u < width) rows(u, [&, at = y + u](const T* row) { sdk::each(width - u, [=](std::int64_t c) { at[c] += row[c]; }); });
        const T part = share_of_a_step<T>(ids + begin, plan.steps);
        for (std::int64_t c = 0; c < width; ++c) y[c] *= part;
      }
    });
  }

  // What is added to the row that the i-th id names begins at data + i stride; rows before the first are left out.
  template <class T>
  struct Addends {
    const T* data;
    std::int64_t stride, first = 0;
  };
  // Of ids [0, count), those that name rows of the range.
  template <class T, class Id>
  void add_rows(const sdk::Slice<T>& s, const Id* ids, std::int64_t count, const Addends<T>& addends, T* d_table) const {
    const std::int64_t begin = std::max(s.range_begin(), addends.first), end = s.range_end() > 0 ? s.range_end() : vocabulary.size;
    // Which of them lie in the range is found without branches: they would be guessed wrong.
    constexpr std::int64_t at_once = 1024;
    std::int64_t inside[at_once];
    for (std::int64_t first = 0; first < count; first += at_once) {
      std::int64_t found = 0;
      for (std::int64_t i = first; i < std::min(count, first + at_once); ++i) {
        inside[found] = i;
        found += static_cast<std::uint64_t>(static_cast<std::int64_t>(ids[i]) - begin) < static_cast<std::uint64_t>(std::max<std::int64_t>(end - begin, 0));
      }
      for (std::int64_t k = 0; k < found; ++k) {
        if (k + ahead < found) ask_for(d_table, ids[inside[k + ahead]]);
        const T* row = addends.data + inside[k] * addends.stride;
        T* into = d_table + static_cast<std::int64_t>(ids[inside[k]]) * width;
        std::int64_t u = 0;
        for (; u + block <= width; u += block) sdk::each(block, [=](std::int64_t c) { into[u + c] += row[u + c]; });
        sdk::each(width - u, [=](std::int64_t c) { into[u + c] += row[u + c]; });
      }
    }
  }
};

}  // namespace teranga::layers

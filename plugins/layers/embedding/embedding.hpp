// SPDX-License-Identifier: Apache-2.0
// A learnt row for each id: y [N, T.., U] = embeddings [V, U] at the rows that ids [N, T..] name. backward_params adds d_y to those rows in the
// order of the samples, whether by slices or by ranges of the vocabulary, and touches no others. An id outside of [0, V) is an error of the data.
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
                        sdk::boolean("mask_zero", false).says("whether id 0 is padding, which the layers behind skip"),
                        sdk::boolean("lazy", false).says("whether a vector that no id of a step named stays as it is, whatever the momentum of the optimizer")}};
  }

  Vocabulary vocabulary;
  std::int64_t width;
  const trg_value* initializer;
  sdk::Penalty penalty;
  bool mask_zero, lazy;

  explicit Embedding(const sdk::Options& options)
      : vocabulary{options.integer("input_dim")},
        width(options.integer("output_dim")),
        initializer(options.component("embeddings_initializer")),
        penalty(sdk::Penalty::of(options.component("embeddings_regularizer"))),
        mask_zero(options.boolean("mask_zero")),
        lazy(options.boolean("lazy")) {}

  struct Port {
    std::string name;
  };
  Port plan(sdk::LayerPlan& p) const {
    const sdk::Input& ids = p.input(0);
    p.input_flags(ids, TRG_NO_GRADIENT | TRG_MASK_ENDS | (p.mode() == TRG_TRAINING ? TRG_READ_IN_BACKWARD : 0));
    sdk::Shape y = ids.shape;
    y.push_back(width);
    p.output(y, {.flags = mask_zero ? TRG_MASK_PRODUCED : 0, .mask_rank = mask_zero ? ids.shape.rank() : 0});
    p.parameter("embeddings", {vocabulary.size, width}, sdk::chosen(initializer), {.penalty = penalty, .touched_by = 1, .lazy = lazy});
    p.offers(TRG_BACKWARD_PARAMS, TRG_SLICE | TRG_RANGE, vocabulary.size, 1);
    p.cost(TRG_FORWARD, static_cast<double>(y.count())).cost(TRG_BACKWARD, 0).cost(TRG_BACKWARD_PARAMS, static_cast<double>(y.count()));
    return {ids.name};
  }

  template <class T>
  void forward(const sdk::Slice<T>& s, const Port& port) const {
    const T* table = s.parameter(0).data;
    T* y = s.out(0).data;
    std::uint8_t* mask = mask_zero ? s.out_mask(0).data : nullptr;
    const sdk::View<const char> shape = s.template in_as<char>(0);
    with_ids(s.native().inputs[0], [&](const auto* ids) {
      for (std::int64_t i = 0; i < shape.count(); ++i) {
        if (!vocabulary.has(ids[i])) vocabulary.refuse(ids[i], s.first_sample() + i / shape.row, port.name);
        if (i + ahead < shape.count()) ask_for(table, ids[i + ahead]);
        std::copy_n(table + static_cast<std::int64_t>(ids[i]) * width, width, y + i * width);
        if (mask) mask[i] = static_cast<std::int64_t>(ids[i]) != 0;
      }
    });
  }

  // The rows lie anywhere in memory: each is asked for while some before it are worked on. An id that is none asks for what nobody reads.
  static constexpr std::int64_t ahead = 8;
  template <class T, class Id>
  void ask_for(const T* table, Id id) const {
    constexpr std::int64_t line = 64, most = 1024;  // a long row is on its way by itself
    const auto row = reinterpret_cast<std::uintptr_t>(table) + static_cast<std::uintptr_t>(static_cast<std::int64_t>(id) * width) * sizeof(T);
    for (std::int64_t at = 0; at < std::min<std::int64_t>(width * static_cast<std::int64_t>(sizeof(T)), most); at += line)
      __builtin_prefetch(reinterpret_cast<const void*>(row + static_cast<std::uintptr_t>(at)));
  }

  // Nothing flows back to ids; host and checker ask for no gradient of them.
  template <class T>
  void backward_params(const sdk::Slice<T>& s, const Port&) const {
    const auto dy = s.d_out(0);
    const auto d_table = s.d_parameter(0);
    if (!dy || !d_table) return;
    const std::int64_t begin = s.range_begin(), end = s.range_end() > 0 ? s.range_end() : vocabulary.size, count = dy.count() / width;
    // Which of them lie in the range is found without branches: they would be guessed wrong.
    constexpr std::int64_t at_once = 1024;
    std::int64_t inside[at_once];
    with_ids(s.native().inputs[0], [&](const auto* ids) {
      for (std::int64_t first = 0; first < count; first += at_once) {
        std::int64_t found = 0;
        for (std::int64_t i = first; i < std::min(count, first + at_once); ++i) {
          inside[found] = i;
          found += static_cast<std::uint64_t>(static_cast<std::int64_t>(ids[i]) - begin) < static_cast<std::uint64_t>(end - begin);
        }
        for (std::int64_t k = 0; k < found; ++k) {
          if (k + ahead < found) ask_for(d_table.data, ids[inside[k + ahead]]);
          const T* from = dy.data + inside[k] * width;
          T* into = d_table.data + static_cast<std::int64_t>(ids[inside[k]]) * width;
          sdk::each(width, [=](std::int64_t u) { into[u] += from[u]; });
        }
      }
    });
  }
};

}  // namespace teranga::layers

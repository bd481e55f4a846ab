// SPDX-License-Identifier: Apache-2.0
// Muon: the momentum of a matrix, made orthogonal. What is no matrix, tables of embeddings, and what the recipe names go by AdamW, as in Keras.
#pragma once

#include <algorithm>
#include <cmath>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <vector>

#include <teranga/sdk/tensor_loops.hpp>
#include <teranga/sdk/training.hpp>

#include "newton_schulz.hpp"
#include "segment.hpp"

namespace teranga::optimizers {

class Muon {
 public:
  static constexpr bool decays_itself = true;

  static sdk::Info info() {
    return {.name = "teranga.muon", .summary = "Orthogonal steps for matrices, AdamW for everything else",
            .formula = "a matrix: m = momentum m + g; nesterov: g + momentum m in place of m; O = m with all singular values about 1; w -= rate rms_rate sqrt(max(rows, columns)) O; all others: as adamw",
            .source = "keras.optimizers.Muon; arXiv 2502.16982",
            .options = {learning_rate(0.001), sdk::real("adam_beta_1", 0.9).in(0, 1).below(1).says("beta_1 of AdamW"), sdk::real("adam_beta_2", 0.999).in(0, 1).below(1).says("beta_2 of AdamW"),
                        sdk::real("adam_weight_decay", 0.004).at_least(0).says("weight_decay of what goes by AdamW"), sdk::real("epsilon", 1e-7).at_least(0).says("epsilon of AdamW"),
                        sdk::real("weight_decay", 0.004).at_least(0).says("part of a matrix, times the rate, that is taken off in each step"),
                        sdk::texts("exclude_layers").or_one().optional().says("layers whose matrices go by AdamW too, by their names, parts of them, or regular expressions; the last layer should be one of them: [\"dense_2\"]"),
                        sdk::boolean("exclude_embeddings", true).says("whether tables of embeddings go by AdamW"),
                        sdk::real("muon_a", 3.4445).says("a of the iteration X = a X + (b A + c A A) X, A = X X^T, which makes a matrix orthogonal"), sdk::real("muon_b", -4.775).says("b of it"),
                        sdk::real("muon_c", 2.0315).says("c of it"), sdk::real("adam_lr_ratio", 1.0).at_least(0).says("rate of AdamW, as a multiple of the learning rate"),
                        share_option("momentum", 0.95, "share of the former momentum that is kept"), sdk::integer("ns_steps", std::int64_t{5}).at_least(0).says("iterations"),
                        sdk::boolean("nesterov", true).says("look ahead along the momentum before stepping"),
                        sdk::real("rms_rate", 0.2).at_least(0).says("root mean square of a step, as a multiple of the learning rate; 0: the step is the orthogonal matrix times the learning rate")}};
  }

  explicit Muon(const sdk::Options& options)
      : beta_1_(options.real("adam_beta_1")), beta_2_(options.real("adam_beta_2")), adam_decay_(options.real("adam_weight_decay")), epsilon_(options.real("epsilon")), decay_(options.real("weight_decay")),
        adam_ratio_(options.real("adam_lr_ratio")), momentum_(options.real("momentum")), rms_rate_(options.real("rms_rate")), nesterov_(options.boolean("nesterov")),
        keeps_embeddings_(options.boolean("exclude_embeddings")),
        orthogonal_{options.real("muon_a"), options.real("muon_b"), options.real("muon_c"), options.integer("ns_steps")} {
    for (const std::string& text : options.texts("exclude_layers")) {
      try {
        excluded_.emplace_back(text);
      } catch (const std::regex_error&) {
        throw sdk::OptionError("exclude_layers", "expected names of layers, parts of them, or regular expressions, found \"" + text + "\", which is no complete regular expression",
                               "write the name of a layer, such as exclude_layers = [\"dense_1\"]");
      }
    }
  }

  std::vector<const char*> slots() const { return {"momentum", "velocity"}; }

  // Only what goes by AdamW has a velocity.
  std::optional<sdk::Shape> slot_shape(int slot, std::string_view parameter, const sdk::Shape& shape) const {
    if (slot == 1 && !goes_by_adam(parameter, shape)) return std::nullopt;
    return shape;
  }

  template <class T>
  void update_tensor(const sdk::TensorUpdate<T>& u) const {
    if (u.slot(1)) step_of_adam(u);
    else step_of_matrix(u);
  }

 private:
  bool goes_by_adam(std::string_view parameter, const sdk::Shape& shape) const {
    if (shape.rank() != 2) return true;
    std::string lower(parameter);
    for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    if (keeps_embeddings_ && lower.find("embedding") != lower.npos) return true;
    const std::string name(parameter);
    return std::any_of(excluded_.begin(), excluded_.end(), [&](const std::regex& one) { return std::regex_search(name, one); });
  }

  template <class T>
  void step_of_adam(const sdk::TensorUpdate<T>& u) const {
    const double t = static_cast<double>(u.step);
    const T alpha = static_cast<T>(u.rate * adam_ratio_ * std::sqrt(1 - std::pow(beta_2_, t)) / (1 - std::pow(beta_1_, t)));
    const T left = static_cast<T>(1 - adam_decay_ * u.rate), take_1 = static_cast<T>(1 - beta_1_), take_2 = static_cast<T>(1 - beta_2_), eps = static_cast<T>(epsilon_);
    T *const mean = u.slot(0), *const square = u.slot(1);
    sdk::each_piece(u.count, sdk::tensor_piece, [&](std::int64_t begin, std::int64_t end) {
      detail::loop(end - begin, u.weights + begin, u.gradient + begin, mean + begin, square + begin, [=](T& w, T g, T& m, T& v) {
        m += (g - m) * take_1;
        v += (g * g - v) * take_2;
        w = w * left - m * alpha / (std::sqrt(v) + eps);
      });
    });
  }

  template <class T>
  void step_of_matrix(const sdk::TensorUpdate<T>& u) const {
    const std::int64_t rows = u.shape[0], columns = u.shape[1];
    std::vector<T> direction(static_cast<std::size_t>(u.count));
    const T keep = static_cast<T>(momentum_), ahead = static_cast<T>(nesterov_ ? momentum_ : 1), add = static_cast<T>(nesterov_ ? 1 : 0);
    sdk::each_piece(u.count, sdk::tensor_piece, [&](std::int64_t begin, std::int64_t end) {
      detail::loop(end - begin, direction.data() + begin, u.gradient + begin, u.slot(0) + begin, [=](T& d, T g, T& m) {
        m = keep * m + g;
        d = add * g + ahead * m;
      });
    });
    orthogonal_.apply(direction, rows, columns);
    const double size = rms_rate_ > 0 ? rms_rate_ * std::sqrt(static_cast<double>(std::max(rows, columns))) : 1;
    const T left = static_cast<T>(1 - decay_ * u.rate), scale = static_cast<T>(u.rate * size);
    sdk::each_piece(u.count, sdk::tensor_piece, [&](std::int64_t begin, std::int64_t end) {
      detail::loop(end - begin, u.weights + begin, direction.data() + begin, [=](T& w, T d) { w = w * left - scale * d; });
    });
  }

  double beta_1_, beta_2_, adam_decay_, epsilon_, decay_, adam_ratio_, momentum_, rms_rate_;
  bool nesterov_, keeps_embeddings_;
  NewtonSchulz orthogonal_;
  std::vector<std::regex> excluded_;
};

}  // namespace teranga::optimizers

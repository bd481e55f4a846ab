// SPDX-License-Identifier: Apache-2.0
// A network from the text of a recipe, with a random batch: what the tests of the model room begin with.
#pragma once

#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <teranga/host/registry.hpp>
#include <teranga/model/catalogue.hpp>
#include <teranga/model/network.hpp>

namespace teranga {

inline const host::Registry& built_plugins() {
  static const host::Registry registry = [] {
    host::Registry r;
    r.add_folder(std::string(TERANGA_BUILD_FOLDER) + "/lib/teranga/plugins");
    return r;
  }();
  return registry;
}

// The recipe of some layers and a loss, for batches of so many rows.
inline recipe::Recipe recipe_of(const std::string& layers_and_loss, std::int64_t rows, const std::string& training) {
  const model::PluginCatalogue catalogue(built_plugins());
  return recipe::parse("schema = 1\n" + layers_and_loss + "\n[optimizer]\ntype = \"sgd\"\n[training]\nbatch_size = " + std::to_string(rows) + "\nseed = 3\n" + training, "net.toml", {}, catalogue);
}

// T is the compute type; targets are class numbers where classes > 0, else of the shape `target`.
template <class T>
struct Rig {
  struct Shapes {
    std::int64_t rows;
    Shape sample;
    std::int64_t classes = 0;
    Shape target = {1};
  };

  Rig(const std::string& layers_and_loss, Shapes shapes_, int threads = 2, const std::string& training = "")
      : shapes(std::move(shapes_)), team(threads), recipe(recipe_of(layers_and_loss, shapes.rows, training)), network(recipe, fields(), built_plugins(), team, element_type_of<T>()) {
    std::mt19937 random(11);
    std::normal_distribution<double> normal(0, 1);
    x.resize(static_cast<std::size_t>(shapes.rows * element_count(shapes.sample)));
    for (T& v : x) v = static_cast<T>(normal(random));
    if (shapes.classes > 0) {
      labels.resize(static_cast<std::size_t>(shapes.rows));
      for (std::int32_t& v : labels) v = static_cast<std::int32_t>(random() % static_cast<std::uint32_t>(shapes.classes));
    } else {
      y.resize(static_cast<std::size_t>(shapes.rows * element_count(shapes.target)));
      for (T& v : y) v = static_cast<T>(normal(random));
    }
    ids.resize(static_cast<std::size_t>(shapes.rows));
    for (std::size_t i = 0; i < ids.size(); ++i) ids[i] = 1000 + i;
    pointers = {x.data(), shapes.classes > 0 ? static_cast<const void*>(labels.data()) : y.data()};
  }

  // Sums of one training pass over rows [first, first + rows) as a rank's share of the whole batch.
  std::vector<double> train(std::int64_t first, std::int64_t rows, std::uint64_t key = 7) {
    const std::vector<const void*> part = {x.data() + first * element_count(shapes.sample),
                                           shapes.classes > 0 ? static_cast<const void*>(labels.data() + first) : y.data() + first * element_count(shapes.target)};
    std::vector<double> sums(network.sum_count());
    network.train({rows, shapes.rows, std::span(ids).subspan(static_cast<std::size_t>(first), static_cast<std::size_t>(rows)), part}, {key, {}}, sums);
    return sums;
  }
  double loss(std::uint64_t key = 7) { return train(0, shapes.rows, key)[0]; }

  std::vector<T> gradient(const model::Parameter& p) {
    const T* g = static_cast<const T*>(network.store().gradient(p));
    return {g, g + p.count};
  }

  // The largest difference between gradients and central differences of `value`, relative to 1 + the gradient.
  template <class F>
  double gradient_error(F&& value) {
    double worst = 0;
    for (const model::Parameter& p : network.store().parameters()) {
      if (!p.trainable) continue;
      value();
      const std::vector<T> analytic = gradient(p);
      T* weights = static_cast<T*>(network.store().weight(p));
      for (std::size_t i = 0; i < p.count; ++i) {
        const T kept = weights[i];
        const double step = 1e-5;
        weights[i] = kept + step;
        network.store().changed();
        const double above = value();
        weights[i] = kept - step;
        network.store().changed();
        const double below = value();
        weights[i] = kept;
        network.store().changed();
        const double numeric = (above - below) / (2 * step);
        worst = std::max(worst, std::abs(analytic[i] - numeric) / (1 + std::abs(numeric)));
      }
    }
    return worst;
  }

  std::vector<model::Field> fields() const {
    const bool classes = shapes.classes > 0;
    return {{"x", model::Role::feature, element_type_of<T>(), shapes.sample, 0, {}},
            {"y", model::Role::target, classes ? ElementType::i32 : element_type_of<T>(), classes ? Shape{} : shapes.target, shapes.classes, {}}};
  }

  Shapes shapes;
  Team team;
  recipe::Recipe recipe;
  model::Network network;
  std::vector<T> x, y;
  std::vector<std::int32_t> labels;
  std::vector<std::uint64_t> ids;
  std::vector<const void*> pointers;
};

}  // namespace teranga

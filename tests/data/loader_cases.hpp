// SPDX-License-Identifier: Apache-2.0
// Data sets and options that the tests of loaders share.
#pragma once

#include <teranga/data/loader.hpp>

#include "counting_dataset.hpp"

namespace teranga::test {

// Samples of three lengths.
inline std::shared_ptr<Counting> of_buckets(std::int64_t samples) {
  auto dataset = std::make_shared<Counting>(samples);
  dataset->fields[0].shape = {-1, 3};
  dataset->buckets = {3, 8, 12};
  return dataset;
}

// Not held, but read by blocks of 8, three in a window.
inline std::shared_ptr<Counting> of_blocks(std::int64_t samples) {
  auto dataset = std::make_shared<Counting>(samples);
  dataset->block = 8;
  dataset->window = 30;
  return dataset;
}

inline data::LoaderOptions training(std::int64_t batch_size, std::int64_t epochs, data::RankOf who = {}) {
  data::LoaderOptions options;
  options.batch_size = batch_size;
  options.epochs = epochs;
  options.seed = 11;
  options.who = who;
  return options;
}

}  // namespace teranga::test

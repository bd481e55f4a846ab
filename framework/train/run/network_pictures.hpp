// SPDX-License-Identifier: Apache-2.0
// Keeps pictures.jsonl in the run folder, from which the report draws what the network makes and what happens in it: after each epoch what a network of pictures makes, at the
// end its first layers, its attention and where samples lie. Rank 0 alone has one: nothing in here is collective, nothing changes the training, and no failure ends it: what cannot be
// drawn is left out with a line that says why.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <teranga/data/source.hpp>
#include <teranga/host/registry.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/recipe/recipe.hpp>
#include <teranga/train/networks.hpp>

#include "run/painter.hpp"

namespace teranga::train {

// What a training is, of which pictures are made. All of it outlives them.
struct PicturesOf {
  const recipe::Recipe& recipe;
  const host::Registry& registry;
  const Networks& networks;
  const data::Source& source;
  Team& team;
  std::int64_t rows;  // of a batch on this rank: never more at once
};

// Of the epochs, which ascend from 1, at most `most` (4 or more): the first, the last, and the multiples of a power of two.
std::vector<std::int64_t> kept_epochs(const std::vector<std::int64_t>& epochs, std::size_t most);

class NetworkPictures {
 public:
  // Goes on from what the folder has of epochs up to that one; 0: begins anew.
  NetworkPictures(const PicturesOf& of, std::string folder, std::int64_t epochs_before);

  void epoch_ended(std::int64_t epoch) noexcept;  // counts from 1
  void training_ended(std::int64_t step) noexcept;

 private:
  struct Made {
    std::int64_t epoch = 0;
    std::string line;
  };

  void read_former(std::int64_t epochs_before);
  void find_painter();
  void paint(std::int64_t epoch);
  void draw_networks(std::int64_t step);
  void write() const;

  PicturesOf of_;
  std::string path_;
  std::vector<Made> made_;
  std::vector<std::string> lines_;  // of the end of the training
  std::string failure_;             // of a picture of an epoch, as a line
  std::unique_ptr<model::Network> network_;  // that makes pictures; null: there is none, or it was not looked for yet
  std::unique_ptr<Painter> painter_;
  Shape shape_;
  std::string words_;
  bool looked_ = false;
};

}  // namespace teranga::train

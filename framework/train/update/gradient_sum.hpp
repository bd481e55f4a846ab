// SPDX-License-Identifier: Apache-2.0
// The gradients of several batches, added up for one update: of what a phase trains. Of a table of which touched rows are known, those rows alone are added.
#pragma once

#include <cstddef>
#include <vector>

#include <teranga/model/parameter_store.hpp>
#include <teranga/parallel/team.hpp>

namespace teranga::train {

class GradientSum {
 public:
  // Of those parameters of the store (indices). Store and team must outlive it.
  GradientSum(model::ParameterStore& store, const std::vector<std::size_t>& trained, Team& team);

  void add();                // the store's gradients, which are of one batch
  void give(float factor);  // the store's gradients become the sum times the factor, touched are the rows of all batches, and the sum begins anew

 private:
  struct Piece {
    std::size_t begin, count, at;  // elements: of the flat arrays, and the place in the sum
  };
  struct Table {
    model::TouchedRows* touched;  // of the store
    model::TouchedRows rows;      // of all batches
    std::size_t begin, at;
  };
  float* gradient(std::size_t begin) const { return static_cast<float*>(store_.gradients()) + begin; }
  float* sum(std::size_t at) { return sum_.data() + at; }

  model::ParameterStore& store_;
  Team& team_;
  std::vector<Piece> pieces_;  // of what is added whole
  std::vector<Table> tables_;
  std::vector<float> sum_;
  bool empty_ = true;
};

}  // namespace teranga::train

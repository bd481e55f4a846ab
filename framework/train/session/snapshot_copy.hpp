// SPDX-License-Identifier: Apache-2.0
// From what a run holds to what a checkpoint holds, by all threads in one pass: training stands still meanwhile.
#pragma once

#include <deque>
#include <string>
#include <vector>

#include <teranga/checkpoint/snapshot.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/tensor/tensor.hpp>

namespace teranga::train {

// The tensors of a snapshot where they lie.
struct SnapshotViews : checkpoint::LentTensors {
  std::deque<NamedTensor> own;  // what was made for the snapshot alone

  void add(std::vector<TensorView>& to, NamedTensor tensor) { to.push_back(view_of(own.emplace_back(std::move(tensor)))); }
};

// Fills the tensors of `to`, whose memory is kept where it fits. Gives the name of the first parameter with a number that is not finite, or "". Throws
// Error(failure) or std::bad_alloc where there is no memory for the copy: it may have a part of it then.
std::string copy_tensors(const SnapshotViews& from, checkpoint::Snapshot& to, Team& team);
// The same answer without a copy.
std::string first_not_finite(const std::vector<TensorView>& parameters, Team& team);

}  // namespace teranga::train

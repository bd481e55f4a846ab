// SPDX-License-Identifier: Apache-2.0
// All that a run needs to go on bit for bit from a step: what a checkpoint holds, free of any file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <teranga/tensor/tensor.hpp>

namespace teranga::checkpoint {

// What one rank alone has; everything else is the same on all ranks.
struct RankState {
  int rank = 0;
  std::vector<NamedTensor> tensors;
};

struct PluginIdentity {
  std::string name;
  std::string version;
  std::string hash;
};

// Names are paths ("dense/kernel"): no empty part, no "." part, and none is a folder of another. The order is kept.
struct Snapshot {
  std::int64_t step = 0;
  std::int64_t epoch = 0;
  std::int64_t sample = 0;  // samples of the running epoch already consumed
  std::uint64_t seed = 0;
  std::vector<NamedTensor> parameters;  // "dense/kernel", in Keras's layout
  std::vector<NamedTensor> slots;       // of the optimizer: "dense/kernel/momentum"
  std::vector<NamedTensor> states;      // of layers: "batch_normalization/moving_mean"
  std::vector<NamedTensor> run;         // schedule, optimizer, early stopping, metric sums, best weights, history, ...
  std::vector<RankState> rank_states;
  std::vector<NamedTensor> phases;
  std::string data_state;   // opaque bytes of the data set's fit
  std::string data_record;  // text: fields, samples and files of the data; empty in files that were written before there was one
  std::string recipe;      // resolved TOML
  std::vector<PluginIdentity> plugins;
  std::vector<std::pair<std::string, std::string>> provenance;  // host, ranks, threads, time, version, cpu: never in a data set
};

// The tensors of a snapshot where they lie, for one that has none of its own.
struct LentTensors {
  std::vector<TensorView> parameters, slots, states, run, phases;

  std::size_t bytes() const;
};

}  // namespace teranga::checkpoint

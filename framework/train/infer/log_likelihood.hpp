// SPDX-License-Identifier: Apache-2.0
// The mean log-likelihood that a restricted Boltzmann machine of a checkpoint gives to samples: - F(v) - log Z, the latter by enumeration where one side has few
// units, otherwise by annealed importance sampling whose base machine has the means of the samples.
#pragma once

#include <memory>
#include <vector>

#include <teranga/comm/communicator.hpp>
#include <teranga/energy/partition.hpp>
#include <teranga/model/network.hpp>
#include <teranga/parallel/team.hpp>
#include <teranga/train/evaluate.hpp>
#include <teranga/train/restored.hpp>

#include "session/named_numbers.hpp"

namespace teranga::train {

class LogLikelihood {
 public:
  // Throws Error(usage) for a layer that is no such machine, or whose network takes nothing of the data.
  LogLikelihood(const LikelihoodOptions& options, const Restored& restored, const std::vector<model::Field>& fields, Team& team);

  void add(const model::Batch& batch);  // of this rank
  // All ranks call it, after all batches. "log_likelihood", in nats a sample, "log_z", and the range of log Z within three standard errors.
  NamedNumbers result(std::int64_t samples, Communicator& comm);

 private:
  energy::Machine machine() const;
  energy::LogPartition log_partition(const energy::Machine& machine, std::int64_t samples, Communicator& comm);

  const LikelihoodOptions& options_;
  Team& team_;
  std::unique_ptr<model::Network> energies_, means_;  // of the free energy, and of the visible units as the machine reconstructs them
  NamedTensor kernel_, bias_, visible_bias_;
  bool gaussian_ = false;
  double energy_ = 0;           // sum over the samples of this rank
  std::vector<double> visible_;  // the same, for each visible unit
};

}  // namespace teranga::train

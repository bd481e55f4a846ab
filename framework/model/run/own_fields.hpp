// SPDX-License-Identifier: Apache-2.0
// The columns of a batch that are no part of the data: noise for inputs, constants for losses, and what stands for targets that enter a network and that samples lack.
#pragma once

#include <cstdint>
#include <vector>

#include <teranga/model/network.hpp>

namespace teranga::model {

class OwnFields {
 public:
  // inputs: the fields that enter the network.
  OwnFields(const std::vector<Field>& fields, const std::vector<std::size_t>& inputs);

  // The batch with all fields of the network, valid until the next call. Noise is a function of the key, the field's name and the samples' ids.
  Batch complete(const Batch& batch, std::uint64_t random_key, Team& team);
  bool all_of_data() const noexcept { return all_of_data_; }

 private:
  void draw(std::size_t field, const Batch& batch, std::uint64_t key, Team& team);
  bool lacks_target(const Batch& batch) const;

  const std::vector<Field>& fields_;
  std::vector<std::uint64_t> names_;  // hashes of theirs
  std::vector<bool> entering_targets_;
  bool all_of_data_;
  std::vector<Buffer> buffers_;
  std::vector<const void*> pointers_;
};

}  // namespace teranga::model

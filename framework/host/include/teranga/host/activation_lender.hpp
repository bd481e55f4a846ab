// SPDX-License-Identifier: Apache-2.0
// Lends the activations of a registry to layers that apply them themselves: what a recurrent cell gets for its `activation = "tanh"`, from
// whichever vendor it comes.
#pragma once

#include <teranga/host/registry.hpp>
#include <teranga/sdk/c/layer.h>

namespace teranga::host {

// While it lives, layers that are created on this thread may borrow from this registry. What they borrow outlives it.
class LendActivations {
 public:
  explicit LendActivations(const Registry& registry) noexcept;
  ~LendActivations();
  LendActivations(const LendActivations&) = delete;
  LendActivations& operator=(const LendActivations&) = delete;

 private:
  const Registry* before_;
};

const trg_activation_lender& activation_lender() noexcept;

}  // namespace teranga::host

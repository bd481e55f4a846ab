// SPDX-License-Identifier: Apache-2.0
// An activation plugin driven as a layer: the calls behind `activation = "x"` and the layer type "activation".
#pragma once

#include <teranga/sdk/c/layer.h>

namespace teranga::model {

// What the `layer` handle of activation_calls() points to.
struct ActivationHandle {
  const trg_activation_calls* calls;
  void* self;
};

const trg_layer_calls& activation_calls() noexcept;

}  // namespace teranga::model

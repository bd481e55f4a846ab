// SPDX-License-Identifier: Apache-2.0
// The library of capsule networks (Sabour, Frosst and Hinton 2017, arXiv 1710.09829).
#include "capsule_length.hpp"
#include "capsule_mask.hpp"
#include "capsules.hpp"
#include "primary_capsules.hpp"
#include "squash.hpp"

namespace sdk = teranga::sdk;
using namespace teranga::layers;

TERANGA_PLUGIN(sdk::composite<PrimaryCapsules>(), sdk::layer<Capsules>(), sdk::layer<CapsuleLength>(), sdk::layer<CapsuleMask>(), sdk::activation<Squash>(),
               sdk::activation_layer<Squash>(Squash::info()))

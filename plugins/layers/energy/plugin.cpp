// SPDX-License-Identifier: Apache-2.0
// The library of layers that are defined by an energy: restricted Boltzmann machines, of which deep belief nets are made.
#include "hidden_to_visible.hpp"
#include "restricted_boltzmann_machine.hpp"

namespace sdk = teranga::sdk;
using namespace teranga::layers;

TERANGA_PLUGIN(sdk::layer<RestrictedBoltzmannMachine>(), sdk::layer<HiddenToVisible>())

// SPDX-License-Identifier: Apache-2.0
// Layers that are made of other layers.
#include "bidirectional.hpp"
#include "reverse_time.hpp"
#include "time_distributed.hpp"
#include "zero_skipped.hpp"

namespace layers = teranga::layers;
namespace sdk = teranga::sdk;

TERANGA_PLUGIN(sdk::composite<layers::Bidirectional>(), sdk::composite<layers::TimeDistributed>(), sdk::layer<layers::ReverseTime>(),
               sdk::layer<layers::ZeroSkipped>())

// SPDX-License-Identifier: Apache-2.0
// The library of the observers that come with Teranga.
#include "gradient_norms.hpp"
#include "stop_at.hpp"

namespace sdk = teranga::sdk;
using namespace teranga::observers;

TERANGA_PLUGIN(sdk::observer<StopAt>(), sdk::observer<GradientNorms>())

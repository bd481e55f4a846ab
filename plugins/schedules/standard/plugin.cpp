// SPDX-License-Identifier: Apache-2.0
// The library of the learning-rate schedules that come with Teranga, under their Keras names.
#include "cosine.hpp"
#include "decay.hpp"
#include "reduce_on_plateau.hpp"

namespace sdk = teranga::sdk;
using namespace teranga::schedules;

TERANGA_PLUGIN(sdk::schedule<Constant>(), sdk::schedule<StepDecay>(), sdk::schedule<ExponentialDecay>(), sdk::schedule<InverseTimeDecay>(),
               sdk::schedule<PolynomialDecay>(), sdk::schedule<PiecewiseConstantDecay>(), sdk::schedule<CosineDecay>(), sdk::schedule<CosineDecayRestarts>(),
               sdk::schedule<ReduceOnPlateau>())

// SPDX-License-Identifier: Apache-2.0
// The library of the optimizers that come with Teranga, under their Keras names where Keras has them.
#include "adafactor.hpp"
#include "adam.hpp"
#include "adaptive_scale.hpp"
#include "ftrl.hpp"
#include "lamb.hpp"
#include "lars.hpp"
#include "lion.hpp"
#include "muon.hpp"
#include "sgd.hpp"

namespace sdk = teranga::sdk;
using namespace teranga::optimizers;

TERANGA_PLUGIN(sdk::optimizer<Sgd>(), sdk::optimizer<Adagrad>(), sdk::optimizer<RmsProp>(), sdk::optimizer<Adadelta>(), sdk::optimizer<Adam>(),
               sdk::optimizer<AdamW>(), sdk::optimizer<Adamax>(), sdk::optimizer<Nadam>(), sdk::optimizer<Lion>(), sdk::optimizer<Ftrl>(),
               sdk::optimizer<Lamb>(), sdk::optimizer<Lars>(), sdk::optimizer<Muon>(), sdk::optimizer<Adafactor>())

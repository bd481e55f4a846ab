// SPDX-License-Identifier: Apache-2.0
// The library of the losses that come with Teranga, under their Keras names.
#include "activity.hpp"
#include "binary_crossentropy.hpp"
#include "categorical_crossentropy.hpp"
#include "ctc.hpp"
#include "divergences.hpp"
#include "errors.hpp"
#include "margin_loss.hpp"
#include "margins.hpp"
#include "perceptron.hpp"
#include "sparse_categorical_crossentropy.hpp"

namespace sdk = teranga::sdk;
using namespace teranga::losses;

TERANGA_PLUGIN(sdk::loss<Elementwise<SquaredError>>(), sdk::loss<Elementwise<AbsoluteError>>(), sdk::loss<Elementwise<AbsolutePercentageError>>(),
               sdk::loss<Elementwise<SquaredLogarithmicError>>(), sdk::loss<Elementwise<Huber>>(), sdk::loss<Elementwise<LogCosh>>(), sdk::loss<Elementwise<Hinge>>(),
               sdk::loss<Elementwise<SquaredHinge>>(), sdk::loss<Elementwise<KlDivergence>>(), sdk::loss<Elementwise<Poisson>>(), sdk::loss<Elementwise<Wasserstein>>(),
               sdk::loss<NormalDivergence>(), sdk::loss<ActivityPenalty>(), sdk::loss<BinaryCrossentropy>(),
               sdk::loss<CategoricalCrossentropy>(), sdk::loss<SparseCategoricalCrossentropy>(), sdk::loss<Perceptron>(),
               sdk::loss<MarginLoss>(), sdk::loss<ContrastiveDivergence>(), sdk::loss<Ctc>())

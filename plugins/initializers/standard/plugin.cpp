// SPDX-License-Identifier: Apache-2.0
// The library of the initializers that come with Teranga, under their Keras names.
#include "constants.hpp"
#include "distributions.hpp"
#include "orthogonal.hpp"
#include "variance_scaling.hpp"

namespace sdk = teranga::sdk;
using namespace teranga::initializers;

TERANGA_PLUGIN(sdk::initializer<Zeros>(), sdk::initializer<Ones>(), sdk::initializer<Constant>(), sdk::initializer<Identity>(),
               sdk::initializer<RandomNormal>(), sdk::initializer<TruncatedNormal>(), sdk::initializer<RandomUniform>(),
               sdk::initializer<NamedScaling<GlorotUniform>>(), sdk::initializer<NamedScaling<GlorotNormal>>(),
               sdk::initializer<NamedScaling<HeUniform>>(), sdk::initializer<NamedScaling<HeNormal>>(),
               sdk::initializer<NamedScaling<LecunUniform>>(), sdk::initializer<NamedScaling<LecunNormal>>(),
               sdk::initializer<VarianceScaling>(), sdk::initializer<Orthogonal>())

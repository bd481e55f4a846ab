// SPDX-License-Identifier: Apache-2.0
// The library of embeddings: of tokens, of positions, and the way back from features to tokens.
#include "embedding.hpp"
#include "position_embedding.hpp"
#include "sine_position_encoding.hpp"
#include "tied_dense.hpp"

namespace sdk = teranga::sdk;
using namespace teranga::layers;

TERANGA_PLUGIN(sdk::layer<Embedding>(), sdk::layer<TiedDense>(), sdk::layer<PositionEmbedding>(), sdk::layer<SinePositionEncoding>())

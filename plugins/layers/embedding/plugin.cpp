// SPDX-License-Identifier: Apache-2.0
// The library of embeddings: of tokens, of positions and of segments, the way back from features to tokens, and steps that are picked by their numbers.
#include "embedding.hpp"
#include "picked_steps.hpp"
#include "position_embedding.hpp"
#include "segment_embedding.hpp"
#include "sine_position_encoding.hpp"
#include "tied_dense.hpp"

namespace sdk = teranga::sdk;
using namespace teranga::layers;

TERANGA_PLUGIN(sdk::layer<Embedding>(), sdk::layer<TiedDense>(), sdk::layer<PositionEmbedding>(), sdk::layer<SinePositionEncoding>(), sdk::layer<SegmentEmbedding>(),
               sdk::layer<GatherSteps>(), sdk::layer<PickStep>())

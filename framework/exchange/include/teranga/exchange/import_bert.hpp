// SPDX-License-Identifier: Apache-2.0
// A BERT model of HuggingFace's transformers (config.json and model.safetensors) becomes a recipe and a checkpoint of step 0 with its weights.
#pragma once

#include <teranga/exchange/import_keras.hpp>

namespace teranga::exchange {

// Whether the path is such a model: a folder with config.json, or a file named .safetensors.
bool is_bert(const std::string& path);

// Throws Error(data) where the model is damaged or none of BERT's, Error(usage) where a file is in the way.
Imported import_bert(const ImportOptions& options, const host::Registry& registry);

}  // namespace teranga::exchange

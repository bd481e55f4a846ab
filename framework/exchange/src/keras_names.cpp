// SPDX-License-Identifier: Apache-2.0
#include "keras_names.hpp"

#include <algorithm>
#include <array>
#include <iterator>

namespace teranga::exchange {
namespace {

struct KerasName {
  std::string_view kind, type, name;
};

constexpr KerasName names[] = {{"layer", "add", "Add"},
                               {"layer", "average", "Average"},
                               {"layer", "average_pooling1d", "AveragePooling1D"},
                               {"layer", "average_pooling2d", "AveragePooling2D"},
                               {"layer", "batch_normalization", "BatchNormalization"},
                               {"layer", "bidirectional", "Bidirectional"},
                               {"layer", "concatenate", "Concatenate"},
                               {"layer", "conv1d", "Conv1D"},
                               {"layer", "conv2d", "Conv2D"},
                               {"layer", "conv2d_transpose", "Conv2DTranspose"},
                               {"layer", "dense", "Dense"},
                               {"layer", "depthwise_conv2d", "DepthwiseConv2D"},
                               {"layer", "dropout", "Dropout"},
                               {"layer", "embedding", "Embedding"},
                               {"layer", "flatten", "Flatten"},
                               {"layer", "gaussian_dropout", "GaussianDropout"},
                               {"layer", "gaussian_noise", "GaussianNoise"},
                               {"layer", "global_average_pooling1d", "GlobalAveragePooling1D"},
                               {"layer", "global_average_pooling2d", "GlobalAveragePooling2D"},
                               {"layer", "global_max_pooling1d", "GlobalMaxPooling1D"},
                               {"layer", "global_max_pooling2d", "GlobalMaxPooling2D"},
                               {"layer", "gru", "GRU"},
                               {"layer", "layer_normalization", "LayerNormalization"},
                               {"layer", "lstm", "LSTM"},
                               {"layer", "masking", "Masking"},
                               {"layer", "max_pooling1d", "MaxPooling1D"},
                               {"layer", "max_pooling2d", "MaxPooling2D"},
                               {"layer", "maximum", "Maximum"},
                               {"layer", "minimum", "Minimum"},
                               {"layer", "multi_head_attention", "MultiHeadAttention"},
                               {"layer", "multiply", "Multiply"},
                               {"layer", "permute", "Permute"},
                               {"layer", "repeat_vector", "RepeatVector"},
                               {"layer", "rescaling", "Rescaling"},
                               {"layer", "reshape", "Reshape"},
                               {"layer", "simple_rnn", "SimpleRNN"},
                               {"layer", "subtract", "Subtract"},
                               {"layer", "time_distributed", "TimeDistributed"},
                               {"layer", "upsampling1d", "UpSampling1D"},
                               {"layer", "upsampling2d", "UpSampling2D"},
                               {"layer", "zero_padding1d", "ZeroPadding1D"},
                               {"layer", "zero_padding2d", "ZeroPadding2D"},
                               {"layer", "relu", "ReLU"},
                               {"layer", "leaky_relu", "LeakyReLU"},
                               {"layer", "elu", "ELU"},
                               {"loss", "binary_crossentropy", "BinaryCrossentropy"},
                               {"loss", "categorical_crossentropy", "CategoricalCrossentropy"},
                               {"loss", "hinge", "Hinge"},
                               {"loss", "huber", "Huber"},
                               {"loss", "kl_divergence", "KLDivergence"},
                               {"loss", "log_cosh", "LogCosh"},
                               {"loss", "mean_absolute_error", "MeanAbsoluteError"},
                               {"loss", "mean_absolute_percentage_error", "MeanAbsolutePercentageError"},
                               {"loss", "mean_squared_error", "MeanSquaredError"},
                               {"loss", "mean_squared_logarithmic_error", "MeanSquaredLogarithmicError"},
                               {"loss", "poisson", "Poisson"},
                               {"loss", "sparse_categorical_crossentropy", "SparseCategoricalCrossentropy"},
                               {"loss", "squared_hinge", "SquaredHinge"},
                               {"optimizer", "adadelta", "Adadelta"},
                               {"optimizer", "adafactor", "Adafactor"},
                               {"optimizer", "adagrad", "Adagrad"},
                               {"optimizer", "adam", "Adam"},
                               {"optimizer", "adamax", "Adamax"},
                               {"optimizer", "adamw", "AdamW"},
                               {"optimizer", "ftrl", "Ftrl"},
                               {"optimizer", "lamb", "Lamb"},
                               {"optimizer", "lion", "Lion"},
                               {"optimizer", "nadam", "Nadam"},
                               {"optimizer", "rmsprop", "RMSprop"},
                               {"optimizer", "sgd", "SGD"},
                               {"schedule", "cosine_decay", "CosineDecay"},
                               {"schedule", "cosine_decay_restarts", "CosineDecayRestarts"},
                               {"schedule", "exponential_decay", "ExponentialDecay"},
                               {"schedule", "inverse_time_decay", "InverseTimeDecay"},
                               {"schedule", "piecewise_constant_decay", "PiecewiseConstantDecay"},
                               {"schedule", "polynomial_decay", "PolynomialDecay"},
                               {"initializer", "constant", "Constant"},
                               {"initializer", "glorot_normal", "GlorotNormal"},
                               {"initializer", "glorot_uniform", "GlorotUniform"},
                               {"initializer", "he_normal", "HeNormal"},
                               {"initializer", "he_uniform", "HeUniform"},
                               {"initializer", "identity", "Identity"},
                               {"initializer", "lecun_normal", "LecunNormal"},
                               {"initializer", "lecun_uniform", "LecunUniform"},
                               {"initializer", "ones", "Ones"},
                               {"initializer", "orthogonal", "Orthogonal"},
                               {"initializer", "random_normal", "RandomNormal"},
                               {"initializer", "random_uniform", "RandomUniform"},
                               {"initializer", "truncated_normal", "TruncatedNormal"},
                               {"initializer", "variance_scaling", "VarianceScaling"},
                               {"initializer", "zeros", "Zeros"}};

constexpr std::array<std::string_view, 17> functions = {"elu", "exponential", "gelu", "hard_sigmoid", "leaky_relu", "linear", "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "softmax", "softplus", "softsign", "tanh"};

}  // namespace

std::string keras_class(std::string_view kind, std::string_view type) {
  const auto found = std::find_if(std::begin(names), std::end(names), [&](const KerasName& one) { return one.kind == kind && one.type == type; });
  return found == std::end(names) ? std::string() : std::string(found->name);
}

std::string keras_activation(std::string_view type) {
  if (type == "swish") return "silu";
  return std::find(functions.begin(), functions.end(), type) == functions.end() ? std::string() : std::string(type);
}

}  // namespace teranga::exchange

// SPDX-License-Identifier: Apache-2.0
#include "foreign_types.hpp"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include <teranga/recipe/short_names.hpp>

namespace teranga::recipe {
namespace {

// A type that does nearly the same.
struct Near {
  std::string_view kind, form, instead;
};
constexpr Near nearest[] = {{"layer", "einsumdense", "dense"},
                            {"layer", "separableconv1d", "conv1d"},
                            {"layer", "depthwiseconv1d", "conv1d"},
                            {"layer", "rnn", "simple_rnn"},
                            {"layer", "simplernncell", "simple_rnn"},
                            {"layer", "lstmcell", "lstm"},
                            {"layer", "grucell", "gru"},
                            {"layer", "stackedrnncells", "lstm"},
                            {"layer", "spatialdropout1d", "dropout"},
                            {"layer", "spatialdropout2d", "dropout"},
                            {"layer", "spatialdropout3d", "dropout"},
                            {"layer", "alphadropout", "dropout"},
                            {"layer", "groupnormalization", "layer_normalization"},
                            {"layer", "unitnormalization", "layer_normalization"},
                            {"layer", "rmsnormalization", "layer_normalization"},
                            {"layer", "groupedqueryattention", "multi_head_attention"},
                            {"layer", "groupqueryattention", "multi_head_attention"},
                            {"layer", "additiveattention", "multi_head_attention"},
                            {"layer", "prelu", "leaky_relu"},
                            {"layer", "identity", "linear"},
                            {"layer", "dot", "multiply"},
                            {"loss", "binaryfocalcrossentropy", "binary_crossentropy"},
                            {"loss", "categoricalfocalcrossentropy", "categorical_crossentropy"},
                            {"loss", "categoricalgeneralizedcrossentropy", "sparse_categorical_crossentropy"},
                            {"loss", "categoricalhinge", "categorical_crossentropy"},
                            {"loss", "dice", "binary_crossentropy"},
                            {"loss", "tversky", "binary_crossentropy"},
                            {"loss", "cosinesimilarity", "mean_squared_error"},
                            {"loss", "crossentropyloss", "sparse_categorical_crossentropy"},
                            {"loss", "nllloss", "sparse_categorical_crossentropy"},
                            {"loss", "bceloss", "binary_crossentropy"},
                            {"loss", "bcewithlogitsloss", "binary_crossentropy"},
                            {"loss", "l1loss", "mean_absolute_error"},
                            {"loss", "smoothl1loss", "huber"},
                            {"optimizer", "lossscaleoptimizer", "adam"},
                            {"optimizer", "lbfgs", "adam"},
                            {"metric", "truepositives", "confusion_matrix"},
                            {"metric", "truenegatives", "confusion_matrix"},
                            {"metric", "falsepositives", "confusion_matrix"},
                            {"metric", "falsenegatives", "confusion_matrix"},
                            {"metric", "precisionatrecall", "auc"},
                            {"metric", "recallatprecision", "auc"},
                            {"metric", "sensitivityatspecificity", "auc"},
                            {"metric", "specificityatsensitivity", "auc"},
                            {"metric", "fbetascore", "f1_score"},
                            {"metric", "iou", "f1_score"},
                            {"metric", "meaniou", "f1_score"},
                            {"metric", "binaryiou", "f1_score"},
                            {"metric", "onehotiou", "f1_score"},
                            {"metric", "onehotmeaniou", "f1_score"},
                            {"metric", "concordancecorrelation", "r2_score"},
                            {"metric", "pearsoncorrelation", "r2_score"},
                            {"metric", "cosinesimilarity", "mean_squared_error"},
                            {"metric", "logcosherror", "mean_absolute_error"},
                            {"metric", "categoricalhinge", "categorical_accuracy"},
                            {"metric", "meansquaredlogarithmicerror", "mean_squared_error"},
                            {"activation", "celu", "elu"},
                            {"activation", "glu", "gelu"},
                            {"activation", "hardsilu", "silu"},
                            {"activation", "hardswish", "silu"},
                            {"activation", "hardtanh", "tanh"},
                            {"activation", "tanhshrink", "tanh"},
                            {"activation", "hardshrink", "leaky_relu"},
                            {"activation", "softshrink", "leaky_relu"},
                            {"activation", "threshold", "relu"},
                            {"activation", "squareplus", "softplus"},
                            {"activation", "sparseplus", "softplus"},
                            {"activation", "sparsemax", "softmax"},
                            {"activation", "sparsesigmoid", "sigmoid"},
                            {"activation", "logsigmoid", "sigmoid"}};

// What more words are needed for.
struct Cure {
  std::string_view kind, form, hint;
};
constexpr std::string_view words_are_numbers = "leave the layer out: the data set \"csv\" makes numbers of words by itself",
                           pictures_have_a_size = "leave the layer out; in [data] of type \"images\", image_size = [28, 28] gives all pictures one height and width",
                           frame_by_frame = "type = \"time_distributed\" with layer = { type = \"conv2d\", filters = 8, kernel_size = 3 } convolves each picture of a sequence by itself",
                           no_sound = "leave the layer out, and make the spectrograms before the training: the data set \"npy\" reads them";
constexpr std::string_view folder_of_pictures = "type = \"images\" with folder = \"FOLDER\", which holds a folder of pictures for each class",
                           texts_of_table = "type = \"text\" with train = \"FILE\", text_column and label_column, which are columns of a table", table_of_rows = "type = \"csv\" with train = \"FILE\", and target, which is a column";
constexpr Cure cures[] = {{"layer", "separableconv2d", "two layers in place of it: type = \"depthwise_conv2d\" with its kernel_size, and behind it type = \"conv2d\" with its filters and kernel_size = 1"},
                          {"layer", "conv1dtranspose", "two layers in place of it: type = \"upsampling1d\", and behind it type = \"conv1d\" with its filters, its kernel_size and padding = \"same\""},
                          {"layer", "conv3d", frame_by_frame},
                          {"layer", "conv3dtranspose", frame_by_frame},
                          {"layer", "convlstm1d", "two layers in place of it: type = \"conv1d\" with its filters and its kernel_size, and behind it type = \"lstm\" with units = 16"},
                          {"layer", "convlstm3d", frame_by_frame},
                          {"layer", "convlstm2d", "three layers in place of it: type = \"time_distributed\" with layer = { type = \"conv2d\", filters = 8, kernel_size = 3 }, type = \"time_distributed\" with layer = { type = \"flatten\" }, and type = \"lstm\" with units = 16"},
                          {"layer", "maxpooling3d", "type = \"time_distributed\" with layer = { type = \"max_pooling2d\" } takes the largest values of each picture of a sequence"},
                          {"layer", "averagepooling3d", "type = \"time_distributed\" with layer = { type = \"average_pooling2d\" } takes the means of each picture of a sequence"},
                          {"layer", "globalmaxpooling3d", "two layers in place of it: type = \"time_distributed\" with layer = { type = \"global_max_pooling2d\" }, and behind it type = \"global_max_pooling1d\""},
                          {"layer", "globalaveragepooling3d", "two layers in place of it: type = \"time_distributed\" with layer = { type = \"global_average_pooling2d\" }, and behind it type = \"global_average_pooling1d\""},
                          {"layer", "upsampling3d", "type = \"time_distributed\" with layer = { type = \"upsampling2d\" } makes each picture of a sequence larger"},
                          {"layer", "zeropadding3d", "type = \"time_distributed\" with layer = { type = \"zero_padding2d\" } puts zeros around each picture of a sequence"},
                          {"layer", "sequential", "each [[layer]] table is one layer: write those of the network one behind the other"},
                          {"layer", "model", "each [[layer]] table is one layer: write those of the network one behind the other"},
                          {"layer", "lambda", "leave the layer out, or write it as a plugin: framework/sdk/README.md"},
                          {"layer", "activityregularization", "leave the layer out; kernel_regularizer = \"l2\" in the layer before it keeps its weights small"},
                          {"layer", "spectralnormalization", "write the layer inside alone; clip_weights = 0.01 in [optimizer] limits all weights"},
                          {"layer", "textvectorization", "leave the layer out: the data set \"text\" makes ids of words by itself"},
                          {"layer", "normalization", "leave the layer out; in [data] of tables and arrays, normalize = \"standard\" does the same"},
                          {"layer", "categoryencoding", words_are_numbers},
                          {"layer", "stringlookup", words_are_numbers},
                          {"layer", "integerlookup", words_are_numbers},
                          {"layer", "hashing", words_are_numbers},
                          {"layer", "hashedcrossing", words_are_numbers},
                          {"layer", "discretization", "leave the layer out: columns of numbers go into the network as they are"},
                          {"layer", "resizing", pictures_have_a_size},
                          {"layer", "centercrop", pictures_have_a_size},
                          {"layer", "cropping1d", "leave the layer out; type = \"max_pooling1d\" also makes a sequence shorter"},
                          {"layer", "cropping2d", "leave the layer out; type = \"max_pooling2d\" also makes pictures smaller"},
                          {"layer", "cropping3d", "leave the layer out"},
                          {"layer", "melspectrogram", no_sound},
                          {"layer", "stftspectrogram", no_sound},
                          {"dataset", "imagedatasetfromdirectory", folder_of_pictures},
                          {"dataset", "imagedatagenerator", folder_of_pictures},
                          {"dataset", "flowfromdirectory", folder_of_pictures},
                          {"dataset", "imagefolder", folder_of_pictures},
                          {"dataset", "textvectorization", texts_of_table},
                          {"dataset", "textdatasetfromdirectory", "type = \"text\" with folder = \"FOLDER\", which holds a folder of texts for each class"},
                          {"dataset", "timeseriesdatasetfromarray", "type = \"windows\" makes samples of a long series of numbers"},
                          {"dataset", "readcsv", table_of_rows},
                          {"dataset", "pandas", table_of_rows},
                          {"dataset", "dataframe", table_of_rows},
                          {"observer", "earlystopping", "early_stopping = { monitor = \"loss\", patience = 3 } in [training], in place of the observer"},
                          {"observer", "modelcheckpoint", "keep_best = { monitor = \"loss\" } in [checkpoint], in place of the observer"},
                          {"observer", "reducelronplateau", "learning_rate = { type = \"reduce_on_plateau\", initial_learning_rate = 0.01, monitor = \"loss\" } in [optimizer], in place of the observer"},
                          {"observer", "csvlogger", "leave the observer out: metrics.csv in the run folder has a line for each epoch"},
                          {"observer", "tensorboard", "tensorboard = true in [log], in place of the observer"},
                          {"observer", "terminateonnan", "leave the observer out: a training ends when its loss is not finite, unless on_divergence in [training] says otherwise"}};

// Layers of Keras that change pictures at random.
constexpr std::string_view augmentations[] = {"autocontrast", "augmix", "equalization", "maxnumboundingboxes", "randaugment", "solarization"};
// Those that are options of data sets of pictures.
constexpr std::string_view changes[] = {"random_flip", "random_rotation", "random_shear", "random_zoom", "random_translation", "random_crop", "center_crop", "random_brightness", "random_contrast",
                                        "random_saturation", "random_hue", "random_grayscale", "random_erasing", "mixup", "cutmix"};

}  // namespace

std::string hint_on_foreign_type(std::string_view kind, std::string_view typed) {
  const std::string form = letters_of(typed);
  const bool layer = kind == "layer";  // each activation is one, too
  const auto is_it = [&](const auto& one) { return (one.kind == kind || (layer && one.kind == "activation")) && one.form == form; };
  if (const auto* near = std::find_if(std::begin(nearest), std::end(nearest), is_it); near != std::end(nearest)) return fmt::format("use \"{}\", which comes nearest to it", near->instead);
  if (const auto* cure = std::find_if(std::begin(cures), std::end(cures), is_it); cure != std::end(cures)) return std::string(cure->hint);
  const auto* change = std::find_if(std::begin(changes), std::end(changes), [&](std::string_view one) { return letters_of(one) == form; });
  if (layer && change != std::end(changes)) return fmt::format("leave the layer out: {} is an option in [data] of data sets of pictures, such as images, cifar, idx, npy and digits", *change);
  const bool augments = (form.starts_with("random") && form.size() > 6) || std::find(std::begin(augmentations), std::end(augmentations), form) != std::end(augmentations);
  if (layer && augments) return "leave the layer out: no layer changes pictures at random; options in [data] do, such as random_flip and random_rotation";
  return {};
}

}  // namespace teranga::recipe

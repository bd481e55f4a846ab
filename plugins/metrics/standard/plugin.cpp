// SPDX-License-Identifier: Apache-2.0
// The library of the metrics that come with Teranga, under their Keras names; mse, rmse, mae, mape and f1 are short names of the same.
#include "accuracy.hpp"
#include "auc.hpp"
#include "confusion_matrix.hpp"
#include "errors.hpp"
#include "f1_score.hpp"
#include "letter_error_rate.hpp"
#include "precision_recall.hpp"
#include "r2_score.hpp"

namespace sdk = teranga::sdk;
using namespace teranga::metrics;

namespace {

using MeanSquared = MeanMetric<MeanError<SquaredError>>;
using RootMeanSquared = MeanMetric<MeanError<RootSquaredError>>;
using MeanAbsolute = MeanMetric<MeanError<AbsoluteError>>;
using MeanPercentage = MeanMetric<MeanError<AbsolutePercentageError>>;
struct Mse { static constexpr const char* text = "teranga.mse"; };
struct Rmse { static constexpr const char* text = "teranga.rmse"; };
struct Mae { static constexpr const char* text = "teranga.mae"; };
struct Mape { static constexpr const char* text = "teranga.mape"; };
struct F1 { static constexpr const char* text = "teranga.f1"; };

}  // namespace

TERANGA_PLUGIN(sdk::metric<MeanMetric<BinaryAccuracy>>(), sdk::metric<MeanMetric<CategoricalAccuracy>>(), sdk::metric<MeanMetric<SparseCategoricalAccuracy>>(),
               sdk::metric<MeanMetric<TopKCategoricalAccuracy>>(), sdk::metric<MeanMetric<SparseTopKCategoricalAccuracy>>(), sdk::metric<Precision>(), sdk::metric<Recall>(),
               sdk::metric<F1Score>(), sdk::metric<Auc>(), sdk::metric<MeanSquared>(), sdk::metric<RootMeanSquared>(), sdk::metric<MeanAbsolute>(), sdk::metric<MeanPercentage>(),
               sdk::metric<R2Score>(), sdk::metric<ConfusionMatrix>(), sdk::metric<Alias<MeanSquared, Mse>>(), sdk::metric<Alias<RootMeanSquared, Rmse>>(),
               sdk::metric<Alias<MeanAbsolute, Mae>>(), sdk::metric<Alias<MeanPercentage, Mape>>(), sdk::metric<Alias<F1Score, F1>>(), sdk::metric<LetterErrorRate>())

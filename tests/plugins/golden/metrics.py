# SPDX-License-Identifier: Apache-2.0
"""Keras's metrics over weighted samples -> metrics.txt"""
from cases import keras, np, numbers, options, shape, write

random = np.random.default_rng(5)


def case(name, keras_class, prediction, target, kind="f64", weights=None, shown=None, **given):
    metric = getattr(keras.metrics, keras_class)(**given)
    metric.update_state(target, prediction, sample_weight=weights)
    lead = prediction.shape[:-1] if prediction.ndim > 1 else prediction.shape
    return [f"metric {name}"] + options(given if shown is None else shown) + [
        shape("prediction_shape", prediction), numbers("prediction", prediction), f"target_type {kind}", shape("target_shape", target),
        numbers("target", target), numbers("weights", np.ones(lead) if weights is None else weights), numbers("value", [float(metric.result())])]


def real(*extents, low=0.0, high=1.0):
    return np.round(random.uniform(low, high, extents), 4)


def bits(*extents):
    return random.integers(0, 2, extents).astype(float)


def weights(*extents):
    return np.round(random.uniform(0.1, 2, extents), 3)


def one_hot(classes, *extents):
    return np.eye(classes)[random.integers(0, classes, extents)]


cases = []
for extents in [(11, 1), (9, 3), (5, 4, 3)]:
    lead = extents[:-1]
    for w in [None, weights(*lead)]:
        cases.append(case("binary_accuracy", "BinaryAccuracy", real(*extents), bits(*extents), weights=w))
        cases.append(case("binary_accuracy", "BinaryAccuracy", real(*extents), bits(*extents), weights=w, threshold=0.3))
        for short, name in [("mean_squared_error", "MeanSquaredError"), ("mae", "MeanAbsoluteError"), ("rmse", "RootMeanSquaredError"),
                            ("mean_absolute_percentage_error", "MeanAbsolutePercentageError")]:
            cases.append(case(short, name, real(*extents, low=-2), real(*extents, low=0.5, high=2), weights=w))
        for name, keras_class in [("precision", "Precision"), ("recall", "Recall")]:
            full = None if w is None else np.broadcast_to(w[..., None], extents)
            p, t = real(*extents), bits(*extents)
            for given in [{}, {"thresholds": 0.7}] + ([{"class_id": 1, "thresholds": 0.4}] if len(extents) == 2 and extents[-1] > 1 else []):
                made = case(name, keras_class, p, t, weights=w if "class_id" in given else full, **given)
                made[[line.split()[0] for line in made].index("weights")] = numbers("weights", np.ones(lead) if w is None else w)
                cases.append(made)
for extents in [(9, 7), (4, 3, 12)]:
    lead, classes = extents[:-1], extents[-1]
    for w in [None, weights(*lead)]:
        cases.append(case("categorical_accuracy", "CategoricalAccuracy", real(*extents), one_hot(classes, *lead), weights=w))
        cases.append(case("top_k_categorical_accuracy", "TopKCategoricalAccuracy", real(*extents), one_hot(classes, *lead), weights=w))
        cases.append(case("sparse_categorical_accuracy", "SparseCategoricalAccuracy", real(*extents), random.integers(0, classes, lead), kind="i32", weights=w))
        cases.append(case("sparse_top_k_categorical_accuracy", "SparseTopKCategoricalAccuracy", real(*extents), random.integers(0, classes, lead), kind="i64", weights=w, k=2))
for average in ["macro", "micro", "weighted"]:
    for w in [None, weights(13)]:
        cases.append(case("f1_score", "F1Score", real(13, 4), one_hot(4, 13), weights=w, average=average))
        cases.append(case("f1_score", "F1Score", real(13, 4), bits(13, 4), weights=w, average=average, threshold=0.6))
scores, labels = real(60, 1), None
labels = (scores + np.round(random.normal(0, 0.4, (60, 1)), 3) > 0.5).astype(float)
for w in [None, weights(60)]:
    for given in [{}, {"curve": "PR"}, {"num_thresholds": 17}, {"summation_method": "minoring"}, {"curve": "PR", "summation_method": "majoring"}]:
        cases.append(case("auc", "AUC", scores, labels, weights=w, **given))
    cases.append(case("auc", "AUC", np.log(scores / (1.0001 - scores)), labels, weights=w, from_logits=True))
for extents in [(12, 1), (12, 3)]:
    p, t = real(*extents), real(*extents)
    for w in [None, weights(12)]:
        for given in [{}, {"class_aggregation": "variance_weighted_average"}, {"num_regressors": 2}]:
            cases.append(case("r2_score", "R2Score", p, t, weights=w, **given))
write("metrics.txt", cases)

# SPDX-License-Identifier: Apache-2.0
"""Keras's normalisations; batch normalisation in training, in inference, and with its options."""
from golden import Book, keras, np

book = Book(__file__)
L = keras.layers
book.record("batch", L.BatchNormalization(), [(8, 5)], 1, training=True)
book.record("batch_of_images", L.BatchNormalization(), [(3, 4, 2, 6)], 2, training=True)
book.record("batch_inference", L.BatchNormalization(), [(4, 5)], 3, training=False)
book.record("batch_options", L.BatchNormalization(momentum=0.8, epsilon=0.05, center=False), [(6, 3)], 4, training=True)
book.record("batch_without_scale", L.BatchNormalization(scale=False), [(6, 3)], 5, training=True)
started = L.BatchNormalization(moving_mean_initializer=keras.initializers.Constant(0.5), moving_variance_initializer=keras.initializers.Constant(2.0))
book.record("batch_started", started, [(4, 3)], 6, training=False)
book.record("layer", L.LayerNormalization(), [(3, 7)], 7)
book.record("layer_of_axes", L.LayerNormalization(axis=[-2, -1], epsilon=0.02), [(3, 2, 4, 3)], 8)
book.record("layer_plain", L.LayerNormalization(center=False, scale=False), [(3, 2, 5)], 9)


def local_response(x, radius, bias, alpha, beta):
    """Sums of squares over channels as a product with a matrix of bands."""
    channels = x.shape[-1]
    places = np.arange(channels)
    band = (np.abs(places[:, None] - places[None, :]) <= radius).astype("float64")
    return x / (bias + alpha * (keras.ops.square(x) @ band)) ** beta


for name, shape, given in (("local_response", (2, 3, 4, 9), (2, 2.0, 1e-4, 0.75)), ("local_response_strong", (3, 2, 11), (3, 0.5, 0.8, 0.6)), ("local_response_narrow", (4, 2), (5, 1.0, 1.0, 0.5))):
    book.record(name, L.Lambda(lambda x, given=given: local_response(x, *given)), [shape], 10)
book.write()

# SPDX-License-Identifier: Apache-2.0
"""Keras's activations (values) and activation layers (values and gradients)."""
from golden import Book, keras, np

book = Book(__file__)
x = np.concatenate([np.linspace(-6.3, 6.1, 12), [-0.01, 0.02, 30.0, -30.0]]).reshape(4, 4).astype(np.float32).astype(np.float64)
for name in ("linear relu relu6 leaky_relu elu selu gelu silu swish mish softplus softsign sigmoid hard_sigmoid tanh exponential softmax log_softmax").split():
    book.put(f"{name}/input0", x)
    book.put(f"{name}/output0", keras.activations.get(name)(x))
L = keras.layers
book.record("layer_relu", L.ReLU(), [(4, 5)], 1)
book.record("layer_relu_options", L.ReLU(max_value=1.5, negative_slope=0.1, threshold=0.25), [(4, 5)], 2)
book.record("layer_leaky_relu", L.LeakyReLU(), [(4, 5)], 3)
book.record("layer_leaky_relu_options", L.LeakyReLU(negative_slope=0.05), [(4, 5)], 4)
book.record("layer_elu_options", L.ELU(alpha=0.7), [(4, 5)], 5)
book.record("layer_softmax", L.Softmax(), [(3, 4, 5)], 6)
book.record("layer_gelu_approximate", L.Activation(lambda v: keras.activations.gelu(v, approximate=True)), [(4, 5)], 7)
book.write()

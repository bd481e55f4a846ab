# SPDX-License-Identifier: Apache-2.0
"""Keras's recurrent layers: options, masks, directions and states; masking and repeat_vector."""
from golden import Book, jnp, keras, np

keras.src.backend.numpy.tanh = jnp.tanh  # Keras's own computes in f32 whatever it is given

book = Book(__file__)
L = keras.layers


class Fed(keras.layers.Layer):
    """A recurrent layer with a mask, and with its initial states as further inputs."""

    def __init__(self, layer, mask=None):
        super().__init__()
        self.layer, self.mask = layer, None if mask is None else jnp.asarray(mask, dtype=bool)

    @property
    def non_trainable_variables(self):
        """With the states of a stateful layer, which Keras does not track."""
        return super().non_trainable_variables + list(self.layer.states or [])

    def call(self, inputs, training=False):
        x, *states = inputs if isinstance(inputs, (list, tuple)) else [inputs]
        return self.layer(x, mask=self.mask, initial_state=states or None, training=training)


def record(path, layer, shape, seed, mask=None, states=0):
    inputs = [shape] + [(shape[0], layer.units)] * states
    if mask is not None:
        book.put(f"{path}/mask0", mask)
    book.record(path, Fed(layer, mask), inputs, seed)


# Gaps, a late start, an early end, nothing at all, everything.
mask = np.array([[1, 0, 1, 1, 0], [0, 0, 1, 1, 1], [1, 1, 0, 0, 0], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1]])
seed = 0
for name, layer, states in (("simple_rnn", L.SimpleRNN, 1), ("lstm", L.LSTM, 2), ("gru", L.GRU, 1)):
    seed += 100
    record(name, layer(3), (2, 4, 5), seed)
    record(f"{name}_of_one_step", layer(2, return_state=True), (1, 1, 1), seed + 1)
    record(f"{name}_sequences", layer(17, return_sequences=True), (3, 5, 3), seed + 2)
    record(f"{name}_backwards", layer(5, return_sequences=True, return_state=True, go_backwards=True), (3, 4, 2), seed + 3)
    record(f"{name}_masked", layer(4, return_sequences=True, return_state=True), (5, 5, 3), seed + 4, mask)
    record(f"{name}_masked_last", layer(4), (5, 5, 3), seed + 5, mask)
    record(f"{name}_masked_backwards", layer(4, return_sequences=True, return_state=True, go_backwards=True), (5, 5, 3), seed + 6, mask, states)
    record(f"{name}_masked_backwards_last", layer(4, go_backwards=True), (5, 5, 3), seed + 7, mask)
    record(f"{name}_from_states", layer(6, return_sequences=True, return_state=True), (3, 3, 2), seed + 8, None, states)
    record(f"{name}_masked_from_states", layer(3, return_state=True), (5, 5, 2), seed + 9, mask, states)
    record(f"{name}_without_bias", layer(3, use_bias=False), (2, 3, 2), seed + 10)
    record(f"{name}_stateful", layer(3, stateful=True, return_sequences=True), (2, 3, 2), seed + 11)
    record(f"{name}_stateful_masked", layer(3, stateful=True), (5, 5, 2), seed + 12, mask)
    record(f"{name}_masked_zeros", layer(4, return_sequences=True, return_state=True, zero_output_for_mask=True), (5, 5, 3), seed + 13, mask)
    record(f"{name}_masked_zeros_backwards", layer(3, return_sequences=True, go_backwards=True, zero_output_for_mask=True), (5, 5, 2), seed + 14, mask)
    for activation in ("relu", "linear", "softmax", "softsign", "gelu"):
        record(f"{name}_{activation}", layer(3, activation=activation), (2, 4, 2), seed + 20)
    if states == 2 or name == "gru":
        for activation in ("hard_sigmoid", "tanh", "softmax", "silu"):
            record(f"{name}_gated_by_{activation}", layer(3, recurrent_activation=activation), (2, 4, 2), seed + 21)
record("gru_reset_before", L.GRU(5, reset_after=False, return_sequences=True), (3, 4, 2), 401)
record("gru_reset_before_masked", L.GRU(3, reset_after=False, return_sequences=True, return_state=True), (5, 5, 2), 402, mask, 1)
record("gru_reset_before_silu", L.GRU(3, reset_after=False, activation="silu", recurrent_activation="softmax"), (2, 4, 2), 403)
record("gru_reset_before_without_bias", L.GRU(3, reset_after=False, use_bias=False), (2, 4, 2), 404)

# Skipped steps of both directions, as a masking layer of zeros finds them.
x = np.random.default_rng(450).standard_normal((5, 5, 2)) * mask[:, :, None]
for mode, layer in (("concat", L.LSTM), ("sum", L.GRU), ("mul", L.SimpleRNN)):
    book.record(f"bidirectional_{mode}", L.Bidirectional(layer(3, return_sequences=True), merge_mode=mode), [x], 451, mask=mask)

book.record("repeat_vector", L.RepeatVector(3), [(2, 4)], 500)
x = np.random.default_rng(501).standard_normal((3, 4, 2))
x[0, 1] = x[1, 3] = x[2] = 0.5
x[0, 2, 1] = 0.5
book.record("masking", L.Masking(0.5), [x], 501)
book.put("masking/mask", np.asarray(L.Masking(0.5).compute_mask(jnp.asarray(x))))
book.write()

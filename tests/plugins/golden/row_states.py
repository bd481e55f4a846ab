# SPDX-License-Identifier: Apache-2.0
"""Keras's stateful layers over consecutive batches: two epochs of training by plain gradient descent, with and without a reset between them, and
predictions of the same batches from reset states."""
from golden import Book, jax, jnp, keras, np

keras.src.backend.numpy.tanh = jnp.tanh  # Keras's own computes in f32 whatever it is given

book = Book(__file__)
L = keras.layers
BATCHES, ROWS, STEPS, WIDTH, RATE = 3, 4, 3, 2, 0.5


class Net(keras.layers.Layer):
    def __init__(self, *layers):
        super().__init__()
        self.chain = list(layers)

    @property
    def stateful_layers(self):
        inner = [part for layer in self.chain for part in ([layer.forward_layer, layer.backward_layer] if isinstance(layer, L.Bidirectional) else [layer])]
        return [layer for layer in inner if getattr(layer, "stateful", False)]

    @property
    def non_trainable_variables(self):
        """With the states of stateful layers, which Keras does not track."""
        return super().non_trainable_variables + self.states

    @property
    def states(self):
        return [state for layer in self.stateful_layers for state in layer.states or []]

    def call(self, x):
        for layer in self.chain:
            x = layer(x)
        return x


def record(path, net, seed, resets):
    draw = np.random.default_rng(seed)
    numbers = lambda *shape: draw.standard_normal(shape).astype(np.float32).astype(np.float64)
    x, y = numbers(BATCHES, ROWS, STEPS, WIDTH), numbers(BATCHES, ROWS, 2)
    net(jnp.asarray(x[0]))
    for variable in net.trainable_variables:
        variable.assign(draw.uniform(-0.9, 0.9, variable.shape).astype(np.float32))
    reset = lambda: [layer.reset_states() for layer in net.stateful_layers]
    reset()
    book.put(f"{path}/x", x), book.put(f"{path}/y", y)
    for i, variable in enumerate(net.trainable_variables):
        book.put(f"{path}/parameter{i}", variable.value)

    def loss_of(trainable, states, batch):
        out, states = net.stateless_call(trainable, states, jnp.asarray(x[batch]))
        return jnp.mean((out - y[batch]) ** 2), states

    losses = []
    for epoch in range(2):
        if epoch == 1 and resets:
            reset()
        for batch in range(BATCHES):
            trainable, states = [v.value for v in net.trainable_variables], [v.value for v in net.non_trainable_variables]
            (loss, states), gradients = jax.value_and_grad(loss_of, has_aux=True)(trainable, states, batch)
            losses.append(loss)
            for variable, gradient in zip(net.trainable_variables, gradients):
                variable.assign(variable.value - RATE * gradient)
            for variable, state in zip(net.non_trainable_variables, states):
                variable.assign(state)
    book.put(f"{path}/losses", losses)
    for i, variable in enumerate(net.trainable_variables):
        book.put(f"{path}/trained{i}", variable.value)
    for i, state in enumerate(net.states):
        book.put(f"{path}/state{i}", state.value)
    reset()
    book.put(f"{path}/predicted", [net(jnp.asarray(x[batch])) for batch in range(BATCHES)])


seed = 900
for name, layer in (("simple_rnn", L.SimpleRNN), ("lstm", L.LSTM), ("gru", L.GRU)):
    for reset in (False, True):
        seed += 1
        record(f"{name}_reset" if reset else name, Net(layer(4, stateful=True, return_sequences=True), layer(3, stateful=True), L.Dense(2)), seed, reset)
record("bidirectional", Net(L.Bidirectional(L.LSTM(3, stateful=True, return_sequences=True)), L.GRU(3, stateful=True), L.Dense(2)), 910, False)
book.write()

# SPDX-License-Identifier: Apache-2.0
"""The case in Keras: compiled, trained batch by batch from given weights, with the noise handed in."""
import keras
import numpy as np

import noise
import reference
from coverage import OMIT
from plan import EPOCHS, STEPS_PER_EPOCH


class KerasRun:
    def __init__(self, case):
        self.case, net = case, case.net
        self.outputs = [loss["place"].tensor for loss in case.losses]
        self.absorbed = case.losses[0]["type"] == "perceptron"  # judged before the step, as the criterion is
        if self.absorbed:
            self.outputs = [before_step(self.outputs[0])]
        self.model = keras.Model([net.input, *(each[3] for each in net.noise)], self.outputs if len(self.outputs) > 1 else self.outputs[0])
        self.randomise()
        self.first_weights = self.model.get_weights()
        name, options = case.optimizer
        first = case.losses[0]
        clips = "crossentropy" in first["type"] and not first["options"].get("from_logits")
        self.judged = [reference.LeastProbability(first["type"], first["options"])] if clips else []
        self.least_probability = 1.0  # of all batches so far
        losses = [reference.loss(loss["type"], loss["options"]) for loss in case.losses]
        weights = [1.0 if loss["weight"] is OMIT else loss["weight"] for loss in case.losses]
        self.model.compile(optimizer=reference.optimizer(name, options, STEPS_PER_EPOCH), loss=losses if len(losses) > 1 else losses[0],
                           loss_weights=weights if len(losses) > 1 or weights != [1.0] else None,
                           metrics=self.judged or None)
        self.model.optimizer.build(self.model.trainable_variables)
        self.first_slots = [np.array(v) for v in self.model.optimizer.variables]

    def randomise(self):
        """Zeros and ones would hide mistakes."""
        rng = np.random.default_rng(self.case.seed + 1)
        for v in self.model.weights:
            w = np.array(v)
            if np.all(w == w.flat[0]):
                v.assign(w + np.abs(w) * rng.uniform(-0.2, 0.2, w.shape) if w.flat[0] else rng.uniform(-0.1, 0.1, w.shape))

    def targets(self, y):
        return [y] * len(self.outputs) if len(self.outputs) > 1 else y

    def inputs(self, x, noises):
        return [x, *noises] if noises else x

    def no_noise(self, samples):
        return [np.zeros((samples, *each[3].shape[1:]), np.float32) for each in self.case.net.noise]

    def outputs_for(self, x):
        out = self.model.predict_on_batch(self.inputs(x, self.no_noise(len(x))))
        first = np.asarray(out[0] if len(self.outputs) > 1 else out)
        return out, (first >= 0).astype(np.float32) if self.absorbed else first

    def test_loss(self, out):
        """As evaluate() has it: the mean over batches, weighted by their samples."""
        for judged in self.judged:
            judged.reset_state()
            judged.update_state(self.case.y_test, out)
            self.least_probability = min(self.least_probability, float(judged.result()))
        total, size = 0.0, self.case.batch
        if self.case.masked:  # outputs alone have no mask any more
            starts = range(0, len(self.case.y_test), size)
            x, y = self.case.x_test, self.case.y_test
            batches = [(self.inputs(x[i:i + size], self.no_noise(size)), self.targets(y[i:i + size])) for i in starts]
            return float(np.mean([self.model.test_on_batch(*batch, return_dict=True)["loss"] for batch in batches]))
        for first in range(0, len(self.case.y_test), size):
            part = slice(first, first + size)
            y = self.case.y_test[part]
            judged = [each[part] for each in out] if len(self.outputs) > 1 else out[part]
            total += len(y) * float(self.model.compute_loss(y=self.targets(y), y_pred=judged, training=False))
        return total / len(self.case.y_test)

    def noises(self, step, rows):
        seed = self.case.training.get("seed", 0)
        out = []
        for name, kind, options, tensor in self.case.net.noise:
            shape = tensor.shape[1:]
            key = noise.stream_key(seed, step, name, options.get("seed"))
            out.append(noise.injected(kind, options, key, rows, int(np.prod(shape))).reshape(len(rows), *shape))
        return out

    def class_weights(self, y):
        given = self.case.class_weight
        if not given or y.ndim == 1:
            return {"class_weight": given or None}
        return {"sample_weight": np.vectorize(lambda label: given.get(label, 1.0))(y)}  # Keras knows weights of classes for one target a sample only

    def train(self, weights):
        """The losses of all steps, from these weights."""
        case = self.case
        self.model.set_weights(weights)
        for v, value in zip(self.model.optimizer.variables, self.first_slots):
            v.assign(value)
        callback = reference.plateau(case.optimizer[1].get("learning_rate"))
        if callback:
            callback.set_model(self.model)
            callback.on_train_begin()
        losses = []
        for epoch in range(EPOCHS):
            for step in range(STEPS_PER_EPOCH):
                rows = np.arange(step * case.batch, (step + 1) * case.batch)
                x = self.inputs(case.x[rows], self.noises(epoch * STEPS_PER_EPOCH + step, rows))
                logs = self.model.train_on_batch(x, self.targets(case.y[rows]), **self.class_weights(case.y[rows]), return_dict=True)
                losses.append(float(logs["loss"]))
                self.least_probability = min(self.least_probability, float(logs.get("least_probability", 1.0)))
            if callback:
                callback.on_epoch_end(epoch, {"loss": float(np.mean(losses[-STEPS_PER_EPOCH:]))})
        return np.array(losses)

    def nudged(self, number=0):
        """The first weights, each moved up or down by one unit in its last place."""
        rng = np.random.default_rng(self.case.seed + 2 + number)
        return [np.nextafter(w, np.where(rng.integers(0, 2, w.shape), np.inf, -np.inf).astype(w.dtype)) for w in self.first_weights]


def before_step(tensor):
    """The tensor that the last step activation takes in."""
    history = tensor._keras_history
    layer = history.operation
    if isinstance(layer, keras.layers.Dense):
        # activation="step": Keras has no tensor between, so the layer is told to leave it to the criterion.
        layer.activation = keras.activations.linear
        return layer(layer.input)
    return layer.input

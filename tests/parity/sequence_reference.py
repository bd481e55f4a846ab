# SPDX-License-Identifier: Apache-2.0
"""Layers over sequences in Keras 3: its own, with the noise of their dropout handed in, and those that Keras has not, written out. The classes have
Keras's names, by which weight files group them."""
import keras
from keras import ops


class Dropped:
    """What a recurrent layer's `noise` is: factors of the input, of one or of each gate, and behind them factors of the state, gate by gate."""

    handed_on = None  # by Bidirectional

    def call(self, sequences, initial_state=None, mask=None, training=False, noise=None):
        noise = self.handed_on if noise is None else noise
        if noise is not None:
            cell, at = self.cell, 0
            count = getattr(cell, "dropout_mask_count", None)
            for rate, attribute, width in ((cell.dropout, "_dropout_mask", sequences.shape[-1]), (cell.recurrent_dropout, "_recurrent_dropout_mask", cell.units)):
                if rate > 0:
                    parts = [noise[:, at + i * width:at + (i + 1) * width] for i in range(count or 1)]
                    at += len(parts) * width
                    setattr(cell, attribute, parts if count else parts[0])
        return super().call(sequences, initial_state=initial_state, mask=mask, training=training)


@keras.saving.register_keras_serializable("parity")  # Bidirectional makes its own of a layer's description
class SimpleRNN(Dropped, keras.layers.SimpleRNN):
    pass


@keras.saving.register_keras_serializable("parity")
class LSTM(Dropped, keras.layers.LSTM):
    pass


@keras.saving.register_keras_serializable("parity")
class GRU(Dropped, keras.layers.GRU):
    pass


class Bidirectional(keras.layers.Bidirectional):
    def call(self, sequences, initial_state=None, mask=None, training=None, noise=None):
        ways = (self.forward_layer, self.backward_layer)
        for layer, factors in zip(ways, noise or (None, None), strict=True):
            object.__setattr__(layer, "handed_on", factors)
        out = super().call(sequences, initial_state=initial_state, mask=mask, training=training)
        for layer in ways:
            object.__setattr__(layer, "handed_on", None)
        return out


class MultiHeadAttention(keras.layers.MultiHeadAttention):
    """Keras's takes the masks away from its inputs; layers that read them later would see none. `noise` multiplies the attention weights."""

    def call(self, query, value, key=None, query_mask=None, value_mask=None, key_mask=None, attention_mask=None, return_attention_scores=False,
             training=None, use_causal_mask=False, noise=None):
        masks = [(tensor, getattr(tensor, "_keras_mask", None)) for tensor in (query, value, key)]
        if noise is not None:
            object.__setattr__(self, "_dropout_layer", lambda scores, training=None: scores * noise if training else scores)
        out = super().call(query, value, key, query_mask, value_mask, key_mask, attention_mask, return_attention_scores, training, use_causal_mask)
        for tensor, mask in masks:
            if mask is not None:
                tensor._keras_mask = mask
        return out

    def compute_output_spec(self, *args, noise=None, **kwargs):
        return super().compute_output_spec(*args, **kwargs)


class ReverseTime(keras.layers.Layer):
    supports_masking = True

    def call(self, inputs):
        return ops.flip(inputs, axis=1)


class PositionEmbedding(keras.layers.Layer):
    """As KerasHub's, and added."""

    supports_masking = True

    def __init__(self, sequence_length, initializer="glorot_uniform", **kwargs):
        super().__init__(**kwargs)
        self.sequence_length, self.initializer = sequence_length, initializer

    def build(self, shape):
        self.embeddings = self.add_weight(shape=(self.sequence_length, shape[-1]), initializer=self.initializer, name="embeddings")

    def call(self, inputs):
        return inputs + self.embeddings[:inputs.shape[-2]]


class SinePositionEncoding(keras.layers.Layer):
    """As KerasHub's, and added."""

    supports_masking = True

    def __init__(self, max_wavelength=10000.0, **kwargs):
        super().__init__(**kwargs)
        self.max_wavelength = max_wavelength

    def call(self, inputs):
        steps, width = inputs.shape[-2:]
        channels = ops.arange(width)
        slowness = ops.power(1.0 / self.max_wavelength, ops.cast(2 * (channels // 2), "float32") / width)
        angles = ops.expand_dims(ops.arange(steps, dtype="float32"), 1) * slowness
        return inputs + ops.where(channels % 2 == 1, ops.cos(angles), ops.sin(angles))


class TiedDense(keras.layers.Layer):
    """The way back of Keras's ReversibleEmbedding: of an embedding given, or with a table of its own."""

    supports_masking = True

    def __init__(self, units, embedding=None, embeddings_initializer="uniform", embeddings_regularizer=None, **kwargs):
        super().__init__(**kwargs)
        self.units, self.initializer, self.penalty = units, embeddings_initializer, embeddings_regularizer
        object.__setattr__(self, "embedding", embedding)  # whose weights are not this layer's

    def build(self, shape):
        if not self.embedding:
            self.embeddings = self.add_weight(shape=(self.units, shape[-1]), initializer=self.initializer, regularizer=self.penalty, name="embeddings")

    def call(self, inputs):
        return ops.matmul(inputs, ops.transpose((self.embedding or self).embeddings))


LAYERS = {
    "embedding": keras.layers.Embedding, "masking": keras.layers.Masking, "simple_rnn": SimpleRNN, "lstm": LSTM, "gru": GRU, "bidirectional": Bidirectional,
    "time_distributed": keras.layers.TimeDistributed, "repeat_vector": keras.layers.RepeatVector, "multi_head_attention": MultiHeadAttention,
    "upsampling1d": keras.layers.UpSampling1D, "reverse_time": ReverseTime, "position_embedding": PositionEmbedding,
    "sine_position_encoding": SinePositionEncoding, "tied_dense": TiedDense,
}

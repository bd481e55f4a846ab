# SPDX-License-Identifier: Apache-2.0
"""Each layer, loss, optimizer, metric, activation, initializer and schedule of Keras 3 by its name there: ours is found, or what may stand in its place."""
import re
import unittest

from program import ProgramTest

# The public names of Keras 3.8, without base classes and aliases.
LAYERS = """Activation ActivityRegularization Add AdditiveAttention AlphaDropout Attention AugMix AutoContrast Average AveragePooling1D AveragePooling2D AveragePooling3D BatchNormalization Bidirectional
CategoryEncoding CenterCrop Concatenate Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose ConvLSTM1D ConvLSTM2D ConvLSTM3D Cropping1D Cropping2D Cropping3D CutMix Dense DepthwiseConv1D
DepthwiseConv2D Discretization Dot Dropout ELU EinsumDense Embedding Equalization Flatten GRU GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D
GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization GroupQueryAttention HashedCrossing Hashing Identity InputLayer IntegerLookup LSTM LSTMCell Lambda LayerNormalization LeakyReLU
Masking MaxPooling1D MaxPooling2D MaxPooling3D MaxNumBoundingBoxes Maximum MelSpectrogram Minimum MixUp MultiHeadAttention Multiply Normalization PReLU Permute RNN RandAugment RandomBrightness
RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective
RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom ReLU RepeatVector Rescaling Reshape Resizing RMSNormalization STFTSpectrogram
SeparableConv1D SeparableConv2D SimpleRNN SimpleRNNCell Softmax Solarization SpatialDropout1D SpatialDropout2D SpatialDropout3D SpectralNormalization StackedRNNCells StringLookup Subtract TextVectorization
TimeDistributed UnitNormalization UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D MaxPool1D MaxPool2D AvgPool1D AvgPool2D Convolution1D Convolution2D GlobalAvgPool2D GlobalMaxPool1D Input"""
LOSSES = """BinaryCrossentropy BinaryFocalCrossentropy CategoricalCrossentropy CategoricalFocalCrossentropy CategoricalGeneralizedCrossEntropy CategoricalHinge CosineSimilarity Dice Hinge Huber KLDivergence LogCosh
MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError Poisson SparseCategoricalCrossentropy SquaredHinge Tversky mse mae mape msle bce kld MSE MAE KLD"""
OPTIMIZERS = "SGD RMSprop Adam AdamW Adadelta Adagrad Adamax Adafactor Nadam Ftrl Lion Lamb Muon LossScaleOptimizer"
METRICS = """AUC Accuracy BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy CategoricalCrossentropy CategoricalHinge ConcordanceCorrelation CosineSimilarity F1Score FBetaScore FalseNegatives FalsePositives
Hinge IoU KLDivergence LogCoshError MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanSquaredError MeanSquaredLogarithmicError OneHotIoU OneHotMeanIoU PearsonCorrelation Poisson Precision PrecisionAtRecall
R2Score Recall RecallAtPrecision RootMeanSquaredError SensitivityAtSpecificity SparseCategoricalAccuracy SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy SpecificityAtSensitivity SquaredHinge
TopKCategoricalAccuracy TrueNegatives TruePositives"""
ACTIVATIONS = """celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu softmax soft_shrink softplus softsign
sparse_plus sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold"""
INITIALIZERS = """Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity LecunNormal LecunUniform Ones Orthogonal OrthogonalInitializer IdentityInitializer RandomNormal RandomUniform TruncatedNormal
VarianceScaling Zeros"""
SCHEDULES = "CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay PiecewiseConstantDecay PolynomialDecay ReduceLROnPlateau"

# One name a recipe part; all faults of a recipe are told at once, a hundred of them with their hints. A name may have several: its own, and those of the options of what it is taken for.
AT_A_TIME = 25
FORMS = {"layer": '[[layer]]\ntype = "{}"\n', "loss": '[[loss]]\ntype = "{}"\n', "metric": "{}", "activation": '[[layer]]\ntype = "flatten"\nactivation = "{}"\n', "initializer": '[[layer]]\ntype = "dense"\nunits = 1\nkernel_initializer = "{}"\n'}


class KerasNames(ProgramTest):
    def hints_on(self, kind, names):
        """The hint on each name, or nothing where it is one of ours."""
        data = 'schema = 1\n[data]\ntype = "random"\nshape = [4]\n'
        layer, rest = '[[layer]]\ntype = "flatten"\n', '[optimizer]\ntype = "sgd"\n'
        loss = '[loss]\ntype = "mean_squared_error"\n'
        if kind == "metric":
            text = data + layer + loss + rest + "[training]\nmetrics = [\n" + "".join(f'  "{name}",\n' for name in names) + "]\n"
        elif kind in ("optimizer", "schedule"):
            self.assertEqual(len(names), 1)
            text = data + layer + loss + (rest + f'learning_rate = {{ type = "{names[0]}" }}\n' if kind == "schedule" else f'[optimizer]\ntype = "{names[0]}"\n')
        else:
            parts = "".join(FORMS[kind].format(name) for name in names)
            text = data + (layer + parts if kind == "loss" else parts + loss) + rest
        (self.place / "recipe.toml").write_text(text)
        _, out, err = self.run_it("check", "recipe.toml")
        hints = {}
        for fault in re.split(r"\n(?=recipe\.toml:\d+:\d+: error: )", err):
            if found := re.search(rf'error: (?:there is no|Teranga has no) {kind} "([^"]*)"', fault):
                hint = re.search(r"hint: (.*)", fault)
                hints[found.group(1)] = hint.group(1) if hint else ""
        return hints

    def each_leads_somewhere(self, kind, names, at_a_time=AT_A_TIME):
        """Each name that is none of ours has a hint."""
        names, ours = names.split(), self.ours(kind)
        for first in range(0, len(names), at_a_time):
            some = names[first:first + at_a_time]
            hints = self.hints_on(kind, some)
            for name in some:
                with self.subTest(name):
                    if name in ours:
                        self.assertNotIn(name, hints)
                        continue
                    self.assertIn(name, hints, "it is none of ours, and nothing is told of it")
                    self.assertTrue(hints[name], "it has no hint")
                    self.assertNotIn("shows what there is", hints[name])

    def ours(self, kind):
        return {line.split()[1].removeprefix("teranga.") for line in self.good("plugin", "list", kind).splitlines()[2:]}

    def test_layers(self):
        self.each_leads_somewhere("layer", LAYERS)

    def test_losses(self):
        self.each_leads_somewhere("loss", LOSSES)

    def test_metrics(self):
        self.each_leads_somewhere("metric", METRICS)

    def test_activations(self):
        self.each_leads_somewhere("activation", ACTIVATIONS)

    def test_initializers(self):
        self.each_leads_somewhere("initializer", INITIALIZERS)

    def test_optimizers(self):
        self.each_leads_somewhere("optimizer", OPTIMIZERS, 1)

    def test_schedules(self):
        self.each_leads_somewhere("schedule", SCHEDULES, 1)

    def test_names_in_other_letters_lead_to_ours(self):
        hints = self.hints_on("layer", ["Dense", "Conv2D", "MaxPool2D", "MaxPooling2D", "LSTM", "TimeDistributed", "ReLU", "InputLayer", "UpSampling2D", "GlobalAveragePooling2D"])
        for name, ours in (("Dense", "dense"), ("Conv2D", "conv2d"), ("MaxPool2D", "max_pooling2d"), ("MaxPooling2D", "max_pooling2d"), ("LSTM", "lstm"), ("TimeDistributed", "time_distributed"), ("ReLU", "relu"),
                           ("InputLayer", "input"), ("UpSampling2D", "upsampling2d"), ("GlobalAveragePooling2D", "global_average_pooling2d")):
            self.assertEqual(hints[name], f'did you mean "{ours}"?')

    def test_short_names_of_metrics_lead_to_ours(self):
        hints = self.hints_on("metric", ["Acc", "val_acc", "roc_auc", "top5", "RMSE"])
        self.assertEqual([hints[name] for name in ("Acc", "val_acc", "roc_auc", "top5", "RMSE")], [f'did you mean "{name}"?' for name in ("accuracy", "accuracy", "auc", "sparse_top_k_categorical_accuracy", "rmse")])

    def test_a_layer_that_teranga_does_not_have_is_said_to_be_none(self):
        (self.place / "recipe.toml").write_text('schema = 1\n[data]\ntype = "random"\nshape = [4]\n[[layer]]\ntype = "RandomFlip"\n[loss]\ntype = "mean_squared_error"\n[optimizer]\ntype = "sgd"\n')
        said = self.bad(2, "check", "recipe.toml")
        self.assertIn('Teranga has no layer "RandomFlip"', said)
        self.assertIn("hint: leave the layer out", said)


if __name__ == "__main__":
    unittest.main()

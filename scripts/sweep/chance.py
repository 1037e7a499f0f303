"""What is left to chance: choices, numbers and the options that many layers share."""

import numpy as np
from keras import constraints, initializers, regularizers

ACTIVATIONS = [
    "relu", "tanh", "sigmoid", "linear", "elu", "selu", "softplus", "softsign", "silu", "gelu", "exponential", "relu6",
    "hard_sigmoid", "hard_silu", "leaky_relu", "mish", "log_sigmoid", "celu", "softmax", "log_softmax", "hard_tanh",
    "tanh_shrink", "hard_shrink", "soft_shrink", "squareplus", "sparse_plus", "sparsemax",
    "sparse_sigmoid",
]  # fmt: skip
SATURATING = ["tanh", "sigmoid", "softsign", "hard_sigmoid", "hard_tanh", "linear"]


class Chance:
    def __init__(self, *key):
        self.rng = np.random.default_rng(key)

    def yes(self, probability=0.5):
        return bool(self.rng.random() < probability)

    def one(self, choices):
        return choices[int(self.rng.integers(len(choices)))]

    def some(self, choices, low=1):
        """A few of the choices, in random order."""
        count = int(self.rng.integers(low, len(choices) + 1))
        return [choices[int(i)] for i in self.rng.permutation(len(choices))[:count]]

    def whole(self, low, high):
        """A whole number, both ends included."""
        return int(self.rng.integers(low, high + 1))

    def number(self, low, high):
        return round(float(self.rng.uniform(low, high)), 3)

    def wholes(self, count, low, high):
        return tuple(self.whole(low, high) for _ in range(count))

    def size(self, rank, low, high):
        """An extent for all axes, or one each."""
        sizes = self.wholes(rank, low, high)
        return sizes if self.yes(0.4) else sizes[0]

    def floats(self, shape, scale=1.0):
        return (np.round(self.rng.normal(size=shape) * scale * 1024) / 1024).astype("float32")

    def activation(self, choices=None):
        return self.one(choices or ACTIVATIONS) if self.yes(0.7) else None

    def regularizer(self):
        return self.one(
            [
                "l1",
                "l2",
                regularizers.L1(self.number(0, 0.03)),
                regularizers.L2(self.number(0, 0.03)),
                regularizers.L1L2(self.number(0, 0.02), self.number(0, 0.02)),
            ]
        )

    def constraint(self):
        return self.one(
            [
                "non_neg",
                "unit_norm",
                "max_norm",
                constraints.MaxNorm(self.number(0.3, 2)),
                constraints.MinMaxNorm(self.number(0.1, 0.5), self.number(0.6, 1.5), rate=self.number(0.2, 1)),
            ]
        )

    def initializer(self):
        name = self.one(["zeros", "ones", "he_normal", "glorot_uniform", "Constant", "TruncatedNormal", "RandomUniform",
                         "VarianceScaling", "lecun_normal"])  # fmt: skip
        if name == "Constant":
            return initializers.Constant(self.number(-1, 1))
        return initializers.RandomUniform(-0.3, 0.4, seed=3) if name == "RandomUniform" else name

    def weights(self, *names, activity=False):
        """Options of weights: kernel_regularizer, bias_constraint, and so on, mostly left out."""
        options = {}
        for name in names:
            for kind, make in [
                ("regularizer", self.regularizer),
                ("constraint", self.constraint),
                ("initializer", self.initializer),
            ]:
                if self.yes(0.12):
                    options[f"{name}_{kind}"] = make()
        if activity and self.yes(0.1):
            options["activity_regularizer"] = self.regularizer()
        return options

    def options(self, **choices):
        """Each option with one of its values, or left out for its default."""
        return {name: self.one(values) for name, values in choices.items() if self.yes(0.5)}

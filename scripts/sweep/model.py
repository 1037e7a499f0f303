"""A whole random model: inputs of chance, a graph, outputs in some structure."""

import keras
import numpy as np
from keras import layers

import joining_layers  # noqa: F401
import nested  # noqa: F401
import operations  # noqa: F401
import plain_layers  # noqa: F401
import sequence_layers  # noqa: F401
import spatial_layers  # noqa: F401
from chance import Chance
from graph import MAKERS, Graph, Refused, kind

TOKENS = 6
POLICIES = ["mixed_float16", "mixed_bfloat16", "float16", "float64"]
HALF = POLICIES[:3]
EXTENTS = {2: [(1, 8)], 3: [(2, 7), (1, 5)], 4: [(3, 7), (3, 7), (1, 4)], 5: [(2, 4), (2, 4), (2, 4), (1, 3)]}


class Model:
    """The model of a number: `keras` itself, its samples, how many make a batch, and what is true of it.

    random: it draws numbers in training. half: it computes in types of half precision. makers: what it is made of.
    """

    def __init__(self, seed, number):
        c = self.chance = Chance(seed, number)
        self.random = c.yes(0.12)
        policy = c.one(POLICIES) if c.yes(0.06) else "float32"
        self.half = policy in HALF
        self.batch = c.whole(1, 4)
        self.samples = 3 * self.batch - c.whole(0, self.batch - 1)
        names = sorted(MAKERS)
        self.theme = MAKERS[names[number % len(names)]]
        keras.utils.clear_session()
        keras.utils.set_random_seed(number)
        keras.config.set_dtype_policy(policy)
        try:
            self.make(policy)
        finally:
            keras.config.set_dtype_policy("float32")

    def make(self, policy):
        c = self.chance
        self.x, inputs = [], []
        fixed = c.yes(0.08)
        for position in range(c.one([1, 1, 1, 2, 2, 3])):
            tensor, value = self.input(position, fixed)
            inputs.append(tensor)
            self.x.append(value)
        if fixed:
            self.samples = 3 * self.batch
            self.x = [np.resize(v, (self.samples, *v.shape[1:])) for v in self.x]
        graph = Graph(c, inputs, self.random, TOKENS)
        graph.grow(c.whole(2, 9), self.theme)
        outputs = self.outputs(graph, len(inputs))
        structure = inputs if len(inputs) > 1 or c.yes(0.2) else inputs[0]
        if c.yes(0.2):
            names = [f"{c.one('zab')}_{i}" for i in range(len(inputs))]
            structure = dict(zip(names, inputs))
        self.keras = keras.Model(structure, outputs)
        self.makers = graph.made
        for index, weight in enumerate(self.keras.weights):
            self.initialize(index, weight)

    def input(self, position, fixed):
        c = self.chance
        ranks, kinds = (self.theme.ranks, self.theme.kinds) if position == 0 else ((2, 3, 3, 4), ("float", "int"))
        rank = c.one(ranks)
        is_float = "float" in kinds if position == 0 else c.yes(0.75)
        if rank > 3 and position:
            is_float = True
        extents = [c.whole(*limits) for limits in EXTENTS[rank]]
        shape = (self.samples, *extents)
        open_axes = [n if fixed or i == rank - 2 or c.yes(0.8) else None for i, n in enumerate(extents)]
        if is_float:
            value, dtype = c.floats(shape), "float32"
            value = np.where(np.abs(value) < 0.01, 0.25, value).astype("float32")
            if rank == 3 and c.yes():
                self.pad(value)
        else:
            dtype = c.one(["int32", "int32", "int64", "uint8"])
            value = c.rng.integers(0, TOKENS, shape).astype(dtype)
            if rank > 1 and c.yes(0.7):
                self.pad(value)
        batch = self.batch if fixed else None
        name = c.one(["tokens", "Image", "x", "features_0"]) + f"_{position}" if c.yes(0.3) else None
        return keras.Input(batch_shape=(batch, *open_axes), dtype=dtype, name=name), value

    def pad(self, value):
        """Zeros at the ends of sequences, of none as a whole."""
        for row in value:
            row[self.chance.whole(1, len(row)) :] = 0

    def outputs(self, graph, inputs):
        c = self.chance
        made = [v for v in graph.values[inputs:] if kind(v) == "float"]
        if not made:
            raise Refused("no output")
        loose = [v for v in made if id(v) not in graph.used] or made
        chosen = c.some(loose)[: c.one([1, 1, 1, 2, 3])]
        chosen = [self.head(v) for v in chosen]
        if not keras.Model(graph.values[:inputs], chosen).trainable_weights and c.yes(0.9):
            chosen[0] = layers.Dense(c.whole(1, 4))(chosen[0])
        if len(chosen) == 1:
            return c.one([chosen[0], chosen[0], chosen[0], chosen, {"only": chosen[0]}])
        names = [f"{c.one(['y', 'b', 'a_z'])}_{i}" for i in range(len(chosen))]
        return c.one([chosen, chosen, tuple(chosen), dict(zip(names, chosen))])

    def head(self, value):
        """At times probabilities, at times one number."""
        c = self.chance
        if c.yes(0.35):
            return layers.Dense(c.whole(2, 4), "softmax")(value)
        return layers.Dense(1, c.one([None, "sigmoid"]))(value) if c.yes(0.3) else value

    def initialize(self, index, weight):
        """Values away from the zeros and ones of initializers, so that mistakes show."""
        if not weight.dtype.startswith(("float", "bfloat")) or "seed" in weight.path:
            return
        values = self.chance.rng.normal(size=weight.shape)
        if "variance" in weight.name:
            values = np.abs(values) * 0.5 + 0.5
        elif weight.name in ("gamma", "scale"):
            values = 1 + 0.3 * values
        elif weight.name not in ("vector_u", "mean", "moving_mean"):
            fan = np.prod(weight.shape[:-1]) if len(weight.shape) > 1 else 4
            values = values * min(0.7, 1.4 / np.sqrt(max(fan, 1)))
        weight.assign(np.round(values * 4096) / 4096)

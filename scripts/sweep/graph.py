"""A functional model that grows: values so far, layers that can be shared, and how layers are called."""

import inspect

import keras
import numpy as np
from keras.src.backend import get_keras_mask

OPEN = 7  # what an open extent counts for when sizes are limited
LARGEST = 3000  # elements of a value, a sample
MAKERS = {}


class Refused(Exception):
    """Keras does not take the layer here, or it would grow too large."""


class Maker:
    """Something that makes a value of another one: `make(graph, x)` gives a tensor or a structure of tensors."""

    def __init__(self, name, ranks, kinds, make):
        self.name, self.ranks, self.kinds, self.make = name, ranks, kinds, make

    def accepts(self, x):
        return len(x.shape) in self.ranks and kind(x) in self.kinds


def maker(*names, ranks=(2, 3, 4, 5), kinds=("float",)):
    """Registers a function as the maker of each of the names; ranks count the batch axis. A function of several
    makers is called with the name as well."""

    def register(function):
        for name in names or [function.__name__]:
            make = function if len(names) < 2 else lambda g, x, n=name: function(g, x, n)
            assert name not in MAKERS, name
            MAKERS[name] = Maker(name, ranks, kinds, make)
        return function

    return register


def kind(x):
    dtype = str(x.dtype)
    return "float" if "float" in dtype else "bool" if dtype == "bool" else "int"


def elements(x):
    return int(np.prod([OPEN if n is None else n for n in x.shape[1:]]))


class Graph:
    """random: whether dropout and the like may do something. tokens: how many distinct integers there are."""

    def __init__(self, chance, values, random, tokens, shared=None, depth=0):
        self.chance, self.values, self.random, self.tokens, self.depth = chance, list(values), random, tokens, depth
        self.shared = [] if shared is None else shared  # (layer, input shape, input type)
        self.used, self.made = set(), []

    def rate(self):
        return self.chance.one([0.2, 0.5]) if self.random else 0.0

    def call(self, layer, inputs, **arguments):
        """Calls the layer, at times with `training=`, and keeps it for sharing."""
        c = self.chance
        if isinstance(layer, keras.layers.Layer):
            if c.yes(0.06):
                layer.trainable = False
            if not isinstance(inputs, (list, tuple, dict)) and not arguments:
                self.shared.append((layer, inputs.shape, inputs.dtype))
            if c.yes(0.1) and "training" in inspect.signature(layer.call).parameters:
                arguments["training"] = False if self.random else c.yes()
        return layer(inputs, **arguments)

    def step(self, maker, x):
        """Adds what the maker makes of x. Raises Refused where it cannot."""
        try:
            result = maker.make(self, x)
        except (ValueError, TypeError, AttributeError, IndexError, RuntimeError) as error:
            raise Refused(f"{maker.name}: {error}") from error
        made = [v for v in keras.tree.flatten(result) if isinstance(v, keras.KerasTensor)]
        if not made or any(
            len(v.shape) < 2 or len(v.shape) > 5 or elements(v) > LARGEST or 0 in v.shape or str(v.dtype) == "complex64"
            for v in made
        ):
            raise Refused(f"{maker.name}: {[v.shape for v in made]}")
        if any(v.shape[0] != self.values[0].shape[0] for v in made):
            raise Refused(f"{maker.name}: batch axis {[v.shape for v in made]}")
        self.used.add(id(x))
        self.values += made
        self.made.append(maker.name)

    def grow(self, count, first=None):
        """Adds up to `count` makers' values, one of `first` the first."""
        for position in range(count):
            x = self.pick()
            names = self.fitting(x)
            if position == 0 and first is not None:
                suitable = [v for v in self.values if first.accepts(v)]
                x, names = (self.chance.one(suitable), [first]) if suitable else (x, names)
            for _ in range(4):
                if not names:
                    break
                try:
                    self.step(self.chance.one(names), x)
                    break
                except Refused:
                    continue

    def fitting(self, x):
        """Makers for x: functions of keras.ops are many, and are not to crowd out the layers."""
        fitting = [m for m in MAKERS.values() if m.accepts(x)]
        functions = self.chance.yes(0.3)
        return [m for m in fitting if m.name.startswith("ops.") == functions] or fitting

    def pick(self):
        """A value to go on from, rather one that nothing was made of yet."""
        fresh = [v for v in self.values if id(v) not in self.used]
        return self.chance.one(fresh if fresh and self.chance.yes(0.75) else self.values)

    def others(self, accept):
        return [v for v in self.values if accept(v)]

    def constant(self, shape, scale=1.0):
        """Numbers that stand in a call: an array, a tensor of the backend, or nested lists."""
        value = self.chance.floats(shape, scale)
        return self.chance.one([value, keras.ops.convert_to_tensor(value), value])

    def bools(self, shape):
        """A mask that stands in a call; no row of it is empty."""
        value = self.chance.rng.random(shape) < 0.7
        value[..., 0] = True
        return self.chance.one([value, keras.ops.convert_to_tensor(value)])


def is_known(x):
    return None not in x.shape[1:]


def is_masked(x):
    return get_keras_mask(x) is not None

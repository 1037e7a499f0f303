"""Models inside models, and layers that several places share."""

import keras

from graph import MAKERS, Graph, Refused, maker


def grown_inside(g, x, count):
    """A graph over an input like x, with makers of its own; it can use what the outer model has."""
    start = keras.Input(batch_shape=x.shape, dtype=x.dtype)
    inner = Graph(g.chance, [start], g.random, g.tokens, g.shared, g.depth + 1)
    inner.grow(count)
    if len(inner.values) < 2:
        raise Refused("nothing inside")
    g.made += inner.made
    return inner, start


def finish(g, model):
    if g.chance.yes(0.25):
        model.compile(g.chance.one(["adam", "sgd"]), "mse")
    return model


@maker("functional model", kinds=("float", "int"))
def functional(g, x):
    c = g.chance
    if g.depth > 1:
        raise Refused("deep enough")
    inner, start = grown_inside(g, x, c.whole(1, 3))
    ends = [v for v in inner.values[1:] if "float" in str(v.dtype)]
    outputs = c.some(ends)[:2]
    outputs = outputs[0] if len(outputs) == 1 else c.one([outputs, {f"out_{i}": v for i, v in enumerate(outputs)}])
    return g.call(finish(g, keras.Model(c.one([start, [start], {"inner": start}]), outputs)), x)


@maker("functional model of two", kinds=("float",))
def functional_of_two(g, x):
    c = g.chance
    if g.depth > 1:
        raise Refused("deep enough")
    y = c.one(g.values)
    first, second = keras.Input(batch_shape=x.shape, dtype=x.dtype), keras.Input(batch_shape=y.shape, dtype=y.dtype)
    inner = Graph(c, [first, second], g.random, g.tokens, g.shared, g.depth + 1)
    inner.grow(c.whole(2, 4))
    output = c.one([v for v in inner.values[2:] if "float" in str(v.dtype)])
    inputs = c.one([[first, second], {"a": first, "b": second}, {"b": first, "a": second}])
    model = finish(g, keras.Model(inputs, output))
    return model({k: x if v is first else y for k, v in inputs.items()} if isinstance(inputs, dict) else [x, y])


@maker("sequential model")
def sequential(g, x):
    c = g.chance
    if g.depth > 1:
        raise Refused("deep enough")
    simple = [m for m in MAKERS.values() if m.name in SIMPLE]
    model = keras.Sequential([keras.Input(batch_shape=x.shape, dtype=x.dtype)] if c.yes(0.7) else [])
    value = x
    for _ in range(c.whole(1, 3)):
        known = len(g.shared)
        fitting = [m for m in simple if m.accepts(value)]
        value = c.one(fitting).make(g, value)
        if len(g.shared) > known:
            model.add(g.shared[-1][0])
    if not model.layers:
        raise Refused("nothing inside")
    return g.call(finish(g, model), x)


@maker("shared", kinds=("float", "int"))
def shared(g, x):
    """A layer or model that is used elsewhere already, at this level or another."""
    fitting = [layer for layer, shape, dtype in g.shared if shape == x.shape and dtype == x.dtype]
    return g.chance.one(fitting)(x)


SIMPLE = ["Dense", "Activation", "BatchNormalization", "LayerNormalization", "Conv1D", "Conv2D", "MaxPooling2D",
          "Flatten", "Dropout", "ReLU", "PReLU", "LSTM", "GRU", "Reshape", "GlobalAveragePooling1D",
          "GlobalAveragePooling2D", "ZeroPadding2D", "UpSampling1D", "Conv1DTranspose", "SpatialDropout1D",
          "Bidirectional", "TimeDistributed", "Rescaling", "Masking", "EinsumDense"]  # fmt: skip

"""Layers that join several values, and values with constants."""

from keras import layers

from graph import is_known, kind, maker


def alike(g, x):
    """Values of x's rank and type that x can be added to."""

    def fits(v):
        return v.dtype == x.dtype and len(v.shape) == len(x.shape) and all(
            a == b or (1 in (a, b) and None not in (a, b)) for a, b in zip(v.shape[1:], x.shape[1:])
        )  # fmt: skip

    return g.others(fits)


def broadcast_shape(g, x):
    """A shape that goes with x: the batch axis and some others are 1."""
    return (1, *[1 if n is None or g.chance.yes(0.25) else n for n in x.shape[1:]])


@maker("Add", "Multiply", "Average", "Maximum", "Minimum", "Subtract", kinds=("float", "int"))
def merge(g, x, name):
    c = g.chance
    others = [x, *alike(g, x)]
    inputs = [x] + [c.one(others) for _ in range(1 if name == "Subtract" else c.whole(1, 3))]
    if kind(x) == "float" and c.yes(0.2):
        inputs[c.whole(1, len(inputs) - 1)] = g.constant(broadcast_shape(g, x))
    if c.yes(0.3):
        inputs = inputs[::-1]
    return g.call(getattr(layers, name)(), inputs)


@maker("Concatenate", kinds=("float", "int"))
def concatenate(g, x):
    c = g.chance
    axis = c.whole(1, len(x.shape) - 1)

    def fits(v):
        return v.dtype == x.dtype and len(v.shape) == len(x.shape) and all(
            a == b for i, (a, b) in enumerate(zip(v.shape, x.shape)) if i not in (0, axis)
        )  # fmt: skip

    inputs = [x] + [c.one(g.others(fits)) for _ in range(c.whole(1, 2))]
    return g.call(layers.Concatenate(axis=c.one([axis, axis - len(x.shape)])), inputs)


@maker("Dot", ranks=(2, 3))
def dot(g, x):
    c = g.chance
    pairs = []
    for v in g.others(lambda v: len(v.shape) in (2, 3) and v.dtype == x.dtype):
        for i in range(1, len(x.shape)):
            pairs += [(v, i, j) for j in range(1, len(v.shape)) if x.shape[i] == v.shape[j] and x.shape[i]]
    v, i, j = c.one(pairs)
    return g.call(layers.Dot(axes=(i, j), **c.options(normalize=[True])), [x, v])


@maker("constant_input")
def constant_input(g, x):
    """A merge of x with numbers, by an operator of Python."""
    c = g.chance
    value = c.number(0.5, 2) if c.yes(0.3) or not is_known(x) else g.constant(broadcast_shape(g, x))
    return c.one([lambda: x + value, lambda: x * value, lambda: x - value, lambda: value - x, lambda: value * x])()

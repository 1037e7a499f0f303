"""Layers that take values of any rank: Dense, activations, noise, normalization, reshaping."""

import numpy as np
from keras import layers

from graph import is_known, maker

LAST_AXES = "...x,xy->...y"


@maker("Dense")
def dense(g, x):
    c = g.chance
    options = c.weights("kernel", "bias", activity=True)
    if c.yes(0.05):
        options["lora_rank"] = 2
    return g.call(layers.Dense(c.whole(1, 6), c.activation(), use_bias=c.yes(0.8), **options), x)


@maker("EinsumDense", ranks=(2, 3, 4))
def einsum_dense(g, x):
    c = g.chance
    equation, shape, bias = c.one(
        {
            2: [("ab,bc->ac", 4, "c"), (LAST_AXES, 3, "y")],
            3: [("abc,cd->abd", (None, 3), "d"), ("abc,cde->abde", (None, 2, 3), "de"), (LAST_AXES, 3, "y"),
                ("abc,cd->adb", (4, None), "d")],
            4: [("abcd,cde->abe", (None, 3), "e"), ("abcd,de->abce", (None, None, 3), "e")],
        }[len(x.shape)]
    )  # fmt: skip
    options = c.weights("kernel", activity=True)
    bias = bias if c.yes(0.8) else None
    return g.call(layers.EinsumDense(equation, shape, activation=c.activation(), bias_axes=bias, **options), x)


@maker("Activation")
def activation(g, x):
    return g.call(layers.Activation(g.chance.activation() or "relu"), x)


@maker("ReLU", "LeakyReLU", "ELU", "PReLU", "Softmax")
def activation_layers(g, x, name):
    c = g.chance
    if name == "ReLU":
        return g.call(layers.ReLU(**c.options(max_value=[1.0, 2], negative_slope=[0.1, 0.3], threshold=[0.2, 0.5])), x)
    if name == "LeakyReLU":
        return g.call(layers.LeakyReLU(**c.options(negative_slope=[0.01, 0.5])), x)
    if name == "ELU":
        return g.call(layers.ELU(**c.options(alpha=[0.4, 2.0])), x)
    if name == "Softmax":
        mask = {"mask": g.bools((1, *x.shape[1:]))} if is_known(x) and c.yes(0.2) else {}
        return g.call(layers.Softmax(**c.options(axis=[1, -1, -2][: len(x.shape)])), x, **mask)
    axes = c.some(list(range(1, len(x.shape)))) if c.yes() else None
    return g.call(layers.PReLU(shared_axes=axes, **c.weights("alpha")), x)


@maker("Dropout", "GaussianDropout", "GaussianNoise", "AlphaDropout")
def noise(g, x, name):
    return g.call(getattr(layers, name)(g.rate(), **g.chance.options(seed=[1, 7])), x)


@maker("SpatialDropout1D", ranks=(3,))
def spatial_dropout_1d(g, x):
    return g.call(layers.SpatialDropout1D(g.rate()), x)


@maker("SpatialDropout2D", ranks=(4,))
def spatial_dropout_2d(g, x):
    return g.call(layers.SpatialDropout2D(g.rate(), **g.chance.options(data_format=["channels_first"])), x)


@maker("SpatialDropout3D", ranks=(5,))
def spatial_dropout_3d(g, x):
    return g.call(layers.SpatialDropout3D(g.rate(), **g.chance.options(data_format=["channels_first"])), x)


@maker("Identity", kinds=("float", "int", "bool"))
def identity(g, x):
    return g.call(layers.Identity(), x)


@maker("ActivityRegularization")
def activity_regularization(g, x):
    return g.call(layers.ActivityRegularization(**g.chance.options(l1=[0.01, 0.02], l2=[0.01, 0.03])), x)


@maker("BatchNormalization")
def batch_normalization(g, x):
    c = g.chance
    options = c.options(axis=[1, -1], momentum=[0.5, 0.9], epsilon=[1e-2, 1e-5], center=[False], scale=[False])
    return g.call(layers.BatchNormalization(**options, **c.weights("beta", "gamma")), x)


@maker("LayerNormalization", "RMSNormalization", "UnitNormalization")
def layer_normalization(g, x, name):
    c = g.chance
    axes = c.options(axis=[-1, 1, [1, -1] if len(x.shape) > 2 else [1]])
    if name == "UnitNormalization":
        return g.call(layers.UnitNormalization(**axes), x)
    if name == "RMSNormalization":
        return g.call(layers.RMSNormalization(**axes, **c.options(epsilon=[1e-2])), x)
    options = c.options(epsilon=[1e-2, 1e-6], center=[False], scale=[False])
    return g.call(layers.LayerNormalization(**axes, **options, **c.weights("beta", "gamma")), x)


@maker("GroupNormalization", ranks=(3, 4, 5))
def group_normalization(g, x):
    c = g.chance
    channels = x.shape[-1] or 1
    groups = c.one([n for n in range(1, channels + 1) if channels % n == 0] + [-1])
    options = c.options(epsilon=[1e-2], center=[False], scale=[False])
    return g.call(layers.GroupNormalization(groups, **options, **c.weights("beta", "gamma")), x)


@maker("Normalization")
def normalization(g, x):
    c = g.chance
    if c.yes(0.3):
        return g.call(layers.Normalization(axis=None, mean=c.number(-1, 1), variance=c.number(0.2, 2)), x)
    channels = x.shape[-1] or 1
    mean, variance = c.floats(channels), np.abs(c.floats(channels)) + 0.2
    return g.call(layers.Normalization(mean=mean.tolist(), variance=variance.tolist(), invert=c.yes(0.2)), x)


@maker("SpectralNormalization", ranks=(2, 3, 4))
def spectral_normalization(g, x):
    c = g.chance
    inner = layers.Conv2D(2, 1) if len(x.shape) == 4 and c.yes() else layers.Dense(3, c.activation())
    return g.call(layers.SpectralNormalization(inner, **c.options(power_iterations=[2])), x)


@maker("Rescaling", kinds=("float", "int"))
def rescaling(g, x):
    c = g.chance
    scale = c.number(0.1, 2) if c.yes(0.7) else c.floats(x.shape[-1] or 1).tolist()
    return g.call(layers.Rescaling(scale, **c.options(offset=[-1, 0.5])), x)


@maker("Flatten", kinds=("float", "int"))
def flatten(g, x):
    return g.call(layers.Flatten(**g.chance.options(data_format=["channels_first", "channels_last"])), x)


@maker("Reshape", kinds=("float", "int"))
def reshape(g, x):
    c = g.chance
    extents = [n for n in x.shape[1:] if n is not None]
    shape = [int(np.prod(extents))] if c.yes(0.3) else [extents[i] for i in c.rng.permutation(len(extents))]
    if c.yes(0.3):
        shape.append(1)
    if len(extents) < len(x.shape) - 1:
        shape.insert(0, -1)
    elif c.yes(0.3):
        shape[c.whole(0, len(shape) - 1)] = -1
    return g.call(layers.Reshape(tuple(shape)), x)


@maker("Permute", ranks=(3, 4, 5), kinds=("float", "int"))
def permute(g, x):
    return g.call(layers.Permute(tuple(int(i) + 1 for i in g.chance.rng.permutation(len(x.shape) - 1))), x)


@maker("RepeatVector", ranks=(2,))
def repeat_vector(g, x):
    return g.call(layers.RepeatVector(g.chance.whole(1, 4)), x)


@maker("Discretization", ranks=(2,), kinds=("float", "int"))
def discretization(g, x):
    c = g.chance
    bounds = sorted(set(c.floats(4).tolist()))
    return g.call(layers.Discretization(bounds, **c.options(output_mode=["multi_hot", "count", "int"])), x)

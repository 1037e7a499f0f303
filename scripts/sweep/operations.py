"""Functions of keras.ops as nodes of a model."""

import numpy as np
from keras import activations, ops

from graph import is_known, maker

ELEMENTWISE = [
    "abs", "arcsinh", "arctan", "ceil", "cos", "deg2rad", "erf", "erfc", "exp2", "expm1", "floor", "log1p", "negative",
    "rad2deg", "round", "sign", "sin", "sinc", "sinh", "cosh", "square", "tanh", "trunc", "sigmoid", "relu", "relu6",
    "silu", "softplus", "softsign", "selu", "elu", "celu", "gelu", "hard_sigmoid", "hard_silu", "hard_tanh",
    "leaky_relu", "log_sigmoid", "soft_shrink", "hard_shrink", "tanh_shrink", "squareplus", "sparse_plus",
    "sparse_sigmoid", "softmax", "log_softmax", "nan_to_num", "stop_gradient", "ones_like", "zeros_like", "cbrt",
    "signbit", "fabs", "isfinite", "isnan", "logical_not", "reciprocal",
]  # fmt: skip
POSITIVE = ["sqrt", "log", "rsqrt", "log10", "log2", "log1p", "reciprocal"]
REDUCTIONS = ["sum", "mean", "max", "min", "prod", "std", "var", "logsumexp", "any", "all", "count_nonzero", "norm",
              "median", "ptp", "amax", "amin"]  # fmt: skip
PAIRWISE = ["add", "subtract", "multiply", "maximum", "minimum", "arctan2", "hypot", "logaddexp", "greater", "less",
            "equal", "not_equal", "greater_equal", "less_equal", "logical_and", "logical_or", "logical_xor", "fmax",
            "fmin"]  # fmt: skip
ALONG = ["cumsum", "cumprod", "sort", "argsort", "flip", "softmax", "normalize"]
INDICES = ["argmax", "argmin"]


@maker(*[f"ops.{name}" for name in ELEMENTWISE])
def elementwise(g, x, name):
    name = name.removeprefix("ops.")
    if name == "reciprocal":
        return ops.reciprocal(ops.abs(x) + 0.5)
    if name in ("expm1", "exp2", "sinh", "cosh"):
        x = ops.clip(x, -3.0, 3.0)
    return floats(getattr(ops, name)(ops.abs(x) if name in ("log1p", "cbrt") else x))


def floats(value):
    """Truth values and integers as numbers that other layers take."""
    return value if "float" in str(value.dtype) else ops.cast(value, "float32")


@maker(*[f"ops.{name} of positive" for name in POSITIVE])
def positive(g, x, name):
    return getattr(ops, name.split()[0].removeprefix("ops."))(ops.add(ops.square(x), 0.25))


@maker(*[f"ops.{name}" for name in REDUCTIONS], ranks=(2, 3, 4, 5))
def reduction(g, x, name):
    c = g.chance
    axes = sorted(c.some(list(range(1, len(x.shape))))) if len(x.shape) > 2 else [1]
    keep = len(axes) == len(x.shape) - 1 or c.yes(0.3)
    axis = axes[0] - c.one([0, len(x.shape)]) if len(axes) == 1 or "ptp" in name or "norm" in name else tuple(axes)
    return floats(getattr(ops, name.removeprefix("ops."))(x, axis=axis, keepdims=keep))


@maker(*[f"ops.{name}" for name in PAIRWISE])
def pairwise(g, x, name):
    c = g.chance
    others = g.others(lambda v: v.shape == x.shape and v.dtype == x.dtype)
    other = c.one(others)
    if c.yes(0.3):
        other = c.number(-1, 1) if c.yes() or not is_known(x) else g.constant((1, *x.shape[1:]))
    return floats(getattr(ops, name.removeprefix("ops."))(*c.one([(x, other), (other, x)])))


@maker(*[f"ops.{name} along" for name in ALONG])
def along(g, x, name):
    axis = g.chance.whole(1, len(x.shape) - 1)
    return floats(getattr(ops, name.split()[0].removeprefix("ops."))(x, axis=axis))


@maker(*[f"ops.{name}" for name in INDICES])
def indices(g, x, name):
    c = g.chance
    found = getattr(ops, name.removeprefix("ops."))(x, axis=c.one([-1, 1]), keepdims=True)
    return floats(found) if c.yes() else ops.one_hot(ops.squeeze(found, -1) if found.shape[-1] == 1 else found, 7)


@maker("ops.reshape", "ops.transpose", "ops.expand_dims", "ops.squeeze", "ops.swapaxes", "ops.moveaxis",
       "ops.repeat", "ops.tile", "ops.roll", "ops.pad", kinds=("float", "int"))  # fmt: skip
def movement(g, x, name):
    c = g.chance
    rank = len(x.shape)
    axis = c.whole(1, rank - 1)
    if name == "ops.reshape":
        return ops.reshape(x, (-1, int(np.prod(x.shape[1:])))) if is_known(x) else ops.reshape(x, (-1, *x.shape[1:]))
    if name == "ops.transpose":
        return ops.transpose(x, (0, *[int(i) + 1 for i in c.rng.permutation(rank - 1)]))
    if name == "ops.squeeze":
        return ops.squeeze(x, axis=[i for i in range(1, rank) if x.shape[i] == 1][0])
    if name in ("ops.swapaxes", "ops.moveaxis"):
        return getattr(ops, name.removeprefix("ops."))(x, axis, c.whole(1, rank - 1))
    if name == "ops.expand_dims":
        return ops.expand_dims(x, c.one([axis, -1]))
    if name == "ops.repeat":
        return ops.repeat(x, 2, axis=axis)
    if name == "ops.tile":
        return ops.tile(x, (1, *c.wholes(rank - 1, 1, 2)))
    if name == "ops.roll":
        return ops.roll(x, c.whole(-2, 2), axis=axis)
    mode = c.one(["constant", "reflect", "symmetric", "constant"])
    widths = ((0, 0), *[c.wholes(2, 0, 1) for _ in range(rank - 1)])
    return ops.pad(x, widths, mode=mode, **({"constant_values": 0.5} if mode == "constant" and c.yes() else {}))


@maker("ops.slices", kinds=("float", "int"))
def slices(g, x):
    """x[:, …] with every kind of index."""
    c = g.chance
    index = [slice(None)]
    for n in x.shape[1:]:
        kinds = [slice(None), slice(None), slice(None, None, -1), slice(1, None), slice(None, -1)]
        kinds += [0, -1, slice(0, 1), slice(None, None, 2)] if n is not None else []
        index.append(c.one(kinds))
    if c.yes(0.2):
        index = [slice(None), Ellipsis, index[-1]]
    if c.yes(0.15):
        index.append(None)
    return x[tuple(index)]


@maker("ops.split", "ops.unstack", "ops.stack", "ops.concatenate", "ops.take", "ops.top_k")
def parts(g, x, name):
    c = g.chance
    axis = c.whole(1, len(x.shape) - 1)
    if name == "ops.split":
        return ops.split(x, c.one([2, 3, [1]]), axis=axis)
    if name == "ops.unstack":
        return ops.unstack(x, axis=axis)[:3]
    if name == "ops.top_k":
        values, places = ops.top_k(x, c.whole(1, x.shape[-1]), sorted=True)
        return [values, ops.cast(places, "float32")]
    if name == "ops.take":
        return ops.take(x, c.one([[0], [0, 0], np.array([-1, 0])]), axis=axis)
    others = g.others(lambda v: v.shape == x.shape and v.dtype == x.dtype)
    values = [x, c.one(others)]
    return ops.stack(values, axis=c.one([axis, -1])) if name == "ops.stack" else ops.concatenate(values, axis=axis)


@maker("ops.matmul", "ops.einsum", "ops.dot", "ops.tensordot", ranks=(2, 3, 4))
def products(g, x, name):
    """With numbers, or of x with itself."""
    c = g.chance
    matrix = g.constant((x.shape[-1], c.whole(1, 4)), 0.5)
    if name == "ops.matmul":
        itself = len(x.shape) > 2 and c.yes()
        return ops.matmul(x, ops.swapaxes(x, -1, -2)) if itself else ops.matmul(x, matrix)
    if name == "ops.dot":
        return ops.dot(x, matrix)
    if name == "ops.tensordot":
        return ops.tensordot(x, matrix, axes=c.one([1, [[len(x.shape) - 1], [0]]]))
    if len(x.shape) == 3 and c.yes():
        return ops.einsum(c.one(["abc,abd->acd", "abc,abc->ab", "abc,abd->acd"]), x, x)
    return ops.einsum("...i,ij->...j", x, matrix)


@maker("ops.where", "ops.clip", "ops.cast", "ops.full_like", "ops.digitize", "ops.power", "ops.divide", "ops.mod",
       "ops.floor_divide", "ops.divide_no_nan", "activations.glu")  # fmt: skip
def various(g, x, name):
    c = g.chance
    if name == "ops.where":
        return ops.where(ops.greater(x, c.number(-0.5, 0.5)), x, c.one([0.0, c.number(-1, 1), ops.tanh(x)]))
    if name == "ops.clip":
        return ops.clip(x, c.number(-1, 0), c.number(0.1, 1))
    if name == "ops.cast":
        return ops.cast(ops.cast(ops.clip(x, -50, 50), c.one(["int32", "bool", "float16", "int8"])), "float32")
    if name == "ops.full_like":
        return ops.full_like(x, c.number(-1, 1)) + x
    if name == "ops.digitize":
        return ops.cast(ops.digitize(x, [-0.5, 0.0, 0.75]), "float32")
    if name == "ops.power":
        return ops.power(ops.abs(x) + 0.5, c.one([2, 0.5, -1.0, 3]))
    if name == "activations.glu":
        return activations.glu(x, axis=c.one([-1, 1]))
    return getattr(ops, name.removeprefix("ops."))(x, c.one([2.0, 0.7, ops.abs(x) + 0.5]))


@maker("ops.image.resize", "ops.max_pool", "ops.average_pool", "ops.conv", "ops.depthwise_conv",
       "ops.image.extract_patches", "ops.image.pad_images", "ops.image.crop_images", ranks=(4,))  # fmt: skip
def images(g, x, name):
    c = g.chance
    padding = c.one(["valid", "same"])
    if name == "ops.image.resize":
        return ops.image.resize(x, c.wholes(2, 2, 6), **c.options(interpolation=["nearest", "bilinear", "bicubic"]))
    if "patches" in name:
        return ops.image.extract_patches(x, 2, strides=c.whole(1, 2), padding=padding)
    if "pad_images" in name:
        return ops.image.pad_images(x, top_padding=1, left_padding=0, bottom_padding=2, right_padding=1)
    if "crop_images" in name:
        return ops.image.crop_images(x, top_cropping=1, left_cropping=0, bottom_cropping=0, right_cropping=1)
    if "pool" in name:
        return getattr(ops, name.removeprefix("ops."))(x, 2, strides=c.whole(1, 2), padding=padding)
    channels, strides = x.shape[-1], c.whole(1, 2)
    if name == "ops.conv":
        return ops.conv(x, g.constant((2, 1, channels, 2), 0.5), strides=strides, padding=padding)
    return ops.depthwise_conv(x, g.constant((2, 2, channels, 1), 0.5), strides=strides, padding=padding)

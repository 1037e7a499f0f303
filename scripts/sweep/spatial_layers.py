"""Layers over one, two or three spatial axes: convolutions, pooling, crops, padding, resizing, images."""

from keras import layers

from graph import maker

RANKS = {1: (3,), 2: (4,), 3: (5,)}
FORMATS = ["channels_last", "channels_first"]


def spatial(*names, axes=(1, 2, 3), kinds=("float",)):
    """A maker for each number of axes of layers whose names end in it: NAME1D, NAME2D, NAME3D."""

    def register(function):
        for n in axes:
            for name in names:
                full = name.format(n)
                maker(full, ranks=RANKS[n], kinds=kinds)(lambda g, x, n=n, full=full: function(g, x, full, n))
        return function

    return register


def data_format(g):
    return g.chance.one([None, *FORMATS])


def convolved(g, layer, x):
    """Keras on TensorFlow adds the bias along the wrong axis where the last one is as long as there are filters."""
    y = g.call(layer, x)
    if layer.data_format == "channels_first" and layer.use_bias and y.shape[1] == y.shape[-1]:
        raise ValueError("wrong on TensorFlow")
    return y


def window(g, n, dilation=True):
    """Strides or dilation, not both, as Keras wants it."""
    c = g.chance
    if c.yes(0.35):
        return {"strides": c.size(n, 1, 3)}
    return {"dilation_rate": c.size(n, 1, 2)} if dilation and c.yes(0.3) else {}


@spatial("Conv{}D")
def convolution(g, x, name, n):
    c = g.chance
    form = data_format(g)
    channels = x.shape[1 if form == "channels_first" else -1] or 1
    groups = c.one([k for k in range(1, channels + 1) if channels % k == 0]) if c.yes(0.3) else 1
    padding = c.one(["valid", "same", "causal"] if n == 1 else ["valid", "same"])
    options = {**window(g, n), **c.weights("kernel", "bias", activity=True)}
    layer = getattr(layers, name)(
        groups * c.whole(1, 3), c.size(n, 1, 4), padding=padding, data_format=form, groups=groups,
        activation=c.activation(), use_bias=c.yes(0.8), **options
    )  # fmt: skip
    return convolved(g, layer, x)


@spatial("Conv{}DTranspose")
def transposed_convolution(g, x, name, n):
    c = g.chance
    options = {**window(g, n), **c.weights("kernel", "bias")}
    if "strides" in options and c.yes(0.2):
        options["output_padding"] = 0
    layer = getattr(layers, name)(
        c.whole(1, 3), c.size(n, 1, 3), padding=c.one(["valid", "same"]), data_format=data_format(g),
        activation=c.activation(), use_bias=c.yes(0.8), **options
    )  # fmt: skip
    return convolved(g, layer, x)


@spatial("DepthwiseConv{}D", "SeparableConv{}D", axes=(1, 2))
def separable_convolution(g, x, name, n):
    c = g.chance
    options = {**c.options(depth_multiplier=[2, 3]), **c.weights("depthwise", "bias")}
    if c.yes(0.3):
        options["strides"] = c.whole(1, 3)
    elif c.yes(0.3):
        options["dilation_rate"] = 2
    lead = []
    if name.startswith("Separable"):
        options |= c.weights("pointwise")
        lead = [c.whole(1, 4)]
    layer = getattr(layers, name)(
        *lead, c.size(n, 1, 3), padding=c.one(["valid", "same"]), data_format=data_format(g),
        activation=c.activation(), use_bias=c.yes(0.8), **options
    )  # fmt: skip
    return convolved(g, layer, x)


@spatial("MaxPooling{}D", "AveragePooling{}D")
def pooling(g, x, name, n):
    c = g.chance
    options = {"strides": c.size(n, 1, 3)} if c.yes() else {}
    padding = c.one(["valid", "same"])
    return g.call(getattr(layers, name)(c.size(n, 1, 3), padding=padding, data_format=data_format(g), **options), x)


@spatial("GlobalMaxPooling{}D", "GlobalAveragePooling{}D")
def global_pooling(g, x, name, n):
    return g.call(getattr(layers, name)(data_format=data_format(g), **g.chance.options(keepdims=[True])), x)


@spatial("AdaptiveMaxPooling{}D", "AdaptiveAveragePooling{}D")
def adaptive_pooling(g, x, name, n):
    return g.call(getattr(layers, name)(g.chance.size(n, 1, 4), data_format=data_format(g)), x)


def edges(g, n):
    c = g.chance
    style = c.whole(0, 2) if n > 1 else c.whole(0, 1)
    if style == 0:
        return c.whole(0, 2)
    if n == 1:
        return c.wholes(2, 0, 2)
    return c.wholes(n, 0, 2) if style == 1 else tuple(c.wholes(2, 0, 2) for _ in range(n))


@spatial("Cropping{}D", "ZeroPadding{}D", kinds=("float", "int"))
def margins(g, x, name, n):
    form = {} if name == "Cropping1D" else {"data_format": data_format(g)}
    return g.call(getattr(layers, name)(edges(g, n), **form), x)


@spatial("UpSampling{}D")
def up_sampling(g, x, name, n):
    c = g.chance
    if n == 1:
        return g.call(layers.UpSampling1D(c.whole(1, 3)), x)
    options = c.options(interpolation=["nearest", "bilinear", "bicubic"]) if n == 2 else {}
    return g.call(getattr(layers, name)(c.size(n, 1, 2), data_format=data_format(g), **options), x)


@maker("Resizing", "CenterCrop", ranks=(4,))
def resizing(g, x, name):
    c = g.chance
    size, form = c.wholes(2, 1, 7), {"data_format": data_format(g)}
    if name == "CenterCrop":
        return g.call(layers.CenterCrop(*size, **form), x)
    options = c.options(interpolation=["nearest", "bilinear", "bicubic", "lanczos3"])
    options |= c.one([{}, {}, {"crop_to_aspect_ratio": True}, {"pad_to_aspect_ratio": True, "fill_value": 0.5}])
    return g.call(layers.Resizing(*size, **form, **options), x)


@maker("RandomFlip", "RandomContrast", ranks=(4,))
def random_images(g, x, name):
    if not g.random:
        raise ValueError("always random in training")
    return g.call(layers.RandomFlip() if name == "RandomFlip" else layers.RandomContrast(0.3), x)


@maker("RandomBrightness", "RandomRotation", "RandomTranslation", "RandomZoom", ranks=(4,))
def moved_images(g, x, name):
    """Equal limits leave nothing to chance."""
    c = g.chance
    amount = c.number(-0.4, 0.4)
    limits = 0.2 if g.random else (amount, amount)
    if name == "RandomBrightness":
        return g.call(layers.RandomBrightness(limits, value_range=(-1, 1)), x)
    options = c.options(fill_mode=["reflect", "constant", "nearest", "wrap"], interpolation=["nearest", "bilinear"])
    return g.call(getattr(layers, name)(limits, *([limits] if "Trans" in name else []), **options), x)


@maker("ConvLSTM1D", "ConvLSTM2D", ranks=(4, 5))
def convolutional_lstm(g, x, name):
    c = g.chance
    n = len(x.shape) - 3
    options = c.options(return_sequences=[True], go_backwards=[True], padding=["same"], strides=[1, 2])
    options |= c.weights("kernel", "recurrent", "bias")
    layer = getattr(layers, name)(c.whole(1, 2), c.size(n, 1, 2), data_format=data_format(g), **options)
    return g.call(layer, x)

"""Layers over a time axis: recurrent ones and their wrappers, embeddings, masks, attention."""

from keras import layers, ops

from chance import SATURATING
from graph import is_known, maker

CELLS = {"SimpleRNN": layers.SimpleRNNCell, "LSTM": layers.LSTMCell, "GRU": layers.GRUCell}


def recurrent_options(g, name):
    c = g.chance
    options = c.weights("kernel", "recurrent", "bias")
    options |= {} if c.yes() else {"activation": c.one(SATURATING), "use_bias": c.yes(0.7)}
    if name != "SimpleRNN":
        options |= c.options(recurrent_activation=["sigmoid", "hard_sigmoid"])
    if name == "GRU":
        options |= c.options(reset_after=[False])
    if name == "LSTM":
        options |= c.options(unit_forget_bias=[False])
    if g.random:
        options |= c.options(dropout=[0.3], recurrent_dropout=[0.2])
    return options


def sequence_options(g, x):
    c = g.chance
    options = c.options(return_sequences=[True, True, False], go_backwards=[True], zero_output_for_mask=[True])
    if c.yes(0.25):
        options["return_state"] = True
    if x.shape[1] is not None:
        options |= c.options(unroll=[True, False])
    return options


@maker("SimpleRNN", "LSTM", "GRU", ranks=(3,))
def recurrent(g, x, name):
    c = g.chance
    units = c.whole(1, 4)
    layer = getattr(layers, name)(units, **sequence_options(g, x), **recurrent_options(g, name))
    if not c.yes(0.25):
        return g.call(layer, x)
    count = 2 if name == "LSTM" else 1
    states = g.others(lambda v: len(v.shape) == 2 and v.shape[1] == units and v.dtype == x.dtype)
    if states:
        return g.call(layer, x, initial_state=[c.one(states) for _ in range(count)])
    start = g.call(layers.Dense(units), layers.GlobalMaxPooling1D()(x))
    return g.call(layer, x, initial_state=[start] * count)


@maker("RNN", ranks=(3,))
def cells(g, x):
    c = g.chance

    def cell():
        name = c.one(list(CELLS))
        return CELLS[name](c.whole(1, 3), **recurrent_options(g, name))

    cell = cell() if c.yes() else [cell() for _ in range(c.whole(1, 2))]
    return g.call(layers.RNN(cell, **sequence_options(g, x)), x)


@maker("Bidirectional", ranks=(3,))
def bidirectional(g, x):
    c = g.chance
    name = c.one(list(CELLS))
    options = {k: v for k, v in sequence_options(g, x).items() if k != "go_backwards"}
    inner = getattr(layers, name)(c.whole(1, 3), **options, **recurrent_options(g, name))
    return g.call(layers.Bidirectional(inner, merge_mode=c.one(["concat", "sum", "mul", "ave", None])), x)


@maker("TimeDistributed", ranks=(3, 4, 5))
def time_distributed(g, x):
    c = g.chance
    rank = len(x.shape)
    inner = [layers.Dense(c.whole(1, 4), c.activation()), layers.LayerNormalization()]
    inner += [layers.LSTM(2), layers.Conv1D(2, 2), layers.Flatten(), layers.GlobalMaxPooling1D()] if rank == 4 else []
    inner += [layers.Conv2D(2, 2), layers.MaxPooling2D(2, padding="same"), layers.Flatten()] if rank == 5 else []
    return g.call(layers.TimeDistributed(c.one(inner)), x)


@maker("Masking", ranks=(3,))
def masking(g, x):
    """Inputs have steps of zeros; an activation such as relu makes more."""
    return g.call(layers.Masking(**g.chance.options(mask_value=[0.0, 0.5])), x)


@maker("Embedding", "ReversibleEmbedding", ranks=(2, 3), kinds=("int",))
def embedding(g, x, name):
    c = g.chance
    options = c.weights("embeddings") | {"mask_zero": c.yes(0.6)}
    layer = getattr(layers, name)(g.tokens, c.whole(1, 5), **options)
    if name == "ReversibleEmbedding" and c.yes():
        return [v := g.call(layer, x), g.call(layer, v, reverse=True)]
    return g.call(layer, x)


@maker("CategoryEncoding", ranks=(2,), kinds=("int",))
def category_encoding(g, x):
    c = g.chance
    layer = layers.CategoryEncoding(g.tokens, **c.options(output_mode=["multi_hot", "count", "one_hot"]))
    if layer.output_mode == "count" and is_known(x) and c.yes(0.4):
        return g.call(layer, x, count_weights=g.constant((1, x.shape[1])))
    return g.call(layer, x)


def partner(g, x):
    """A sequence to attend to with the same width, or x itself."""
    return g.chance.one([x, *g.others(lambda v: len(v.shape) == 3 and v.shape[2] == x.shape[2] and v.dtype == x.dtype)])


def attention_arguments(g, x, value, takes_mask=False):
    c = g.chance
    arguments = c.options(use_causal_mask=[True])
    if takes_mask and is_known(x) and is_known(value) and c.yes(0.25):
        arguments["attention_mask"] = g.bools((1, x.shape[1], value.shape[1]))
    if c.yes(0.2):
        arguments["return_attention_scores"] = True
    return arguments


@maker("Attention", "AdditiveAttention", ranks=(3,))
def attention(g, x, name):
    c = g.chance
    value = partner(g, x)
    options = c.options(use_scale=[True, False])
    if name == "Attention":
        options |= c.options(score_mode=["concat", "dot"])
    inputs = [x, value] if c.yes(0.7) else [x, value, value]
    return g.call(getattr(layers, name)(**options), inputs, **attention_arguments(g, x, value))


@maker("MultiHeadAttention", "GroupQueryAttention", ranks=(3,))
def multi_head_attention(g, x, name):
    c = g.chance
    value = partner(g, x)
    options = {"use_bias": c.yes(0.7), **c.weights("kernel", "bias")}
    if name == "GroupQueryAttention":
        layer = layers.GroupQueryAttention(c.whole(1, 3), c.one([2, 4]), c.one([1, 2]), **options)
    else:
        options |= c.options(value_dim=[1, 3], output_shape=[4])
        layer = layers.MultiHeadAttention(c.whole(1, 3), c.whole(1, 4), **options)
    arguments = attention_arguments(g, x, value, takes_mask=True)
    return layer(x, value, **arguments) if c.yes() else layer(query=x, value=value, key=value, **arguments)


@maker("mask_argument", ranks=(3,))
def mask_argument(g, x):
    """A layer that is given `mask=`, as a constant or computed in the model."""
    c = g.chance
    layer = c.one([layers.LSTM(2), layers.GRU(2, return_sequences=True), layers.GlobalAveragePooling1D(),
                   layers.BatchNormalization(), layers.Bidirectional(layers.GRU(2))])  # fmt: skip
    if is_known(x) and c.yes():
        return g.call(layer, x, mask=g.bools((1, x.shape[1])))
    return g.call(layer, x, mask=ops.greater(ops.max(x, axis=-1), -0.5))

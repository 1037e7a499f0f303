"""Where two results differ, in a few words."""

import numpy as np


def error(value, expected):
    """The largest difference, relative to the tolerance 1e-4 of the largest number near it; infinite where shapes or
    non-finite numbers differ."""
    value, expected = np.asarray(value, "float64"), np.asarray(expected, "float64")
    if value.shape != expected.shape:
        return np.inf
    finite = np.isfinite(expected)
    if not (finite == np.isfinite(value)).all():
        return np.inf
    if not finite.any():
        return 0.0
    value, expected = value[finite], expected[finite]
    scale = np.maximum(np.abs(expected), max(np.abs(expected).mean(), 0.2))
    return float((np.abs(value - expected) / scale).max() / 1e-4)


def worst(values, expected):
    """The largest error of two lists of arrays, and where it is."""
    if len(values) != len(expected):
        return np.inf, -1
    return max(((error(v, e), i) for i, (v, e) in enumerate(zip(values, expected))), default=(0.0, -1))

"""What Keras says about a model in a folder: `model.keras`, `about.json`, samples `x.npz`, with targets `xy.npz`.

As a script, `oracle.py FOLDER` writes its answers to `answers.npz` there: a second opinion by another backend."""

import json
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np


def floats(values):
    """Arrays of a structure of tensors, in order."""
    return [np.asarray(keras.ops.cast(v, "float32")) for v in keras.tree.flatten(values)]


class Oracle:
    def __init__(self, folder):
        self.folder = folder
        with open(self.path("about.json")) as file:
            self.about = json.load(file)
        self.x = self.arrays("x.npz", "x")
        if self.about["trains"]:
            self.y, self.weights = self.arrays("xy.npz", "y"), self.arrays("xy.npz", "sample_weight")

    def path(self, name):
        return os.path.join(self.folder, name)

    def arrays(self, file, name):
        with np.load(self.path(file)) as arrays:
            if name in arrays:
                return [arrays[name]]
            return [arrays[f"{name}_{i}"] for i in range(len(arrays.files)) if f"{name}_{i}" in arrays]

    def opened(self, name="model.keras"):
        model = keras.models.load_model(self.path(name), safe_mode=False)
        model.run_eagerly = keras.backend.backend() == "tensorflow"
        return model

    def samples(self, model, noise):
        """The inputs, each number at most that far from itself."""
        rng = np.random.default_rng(0)
        moved = [x * (1 + noise * rng.choice([-1, 1], x.shape)).astype("float32") if x.dtype.kind == "f" else x
                 for x in self.x]  # fmt: skip
        return keras.tree.pack_sequence_as(model._inputs_struct, moved if noise else self.x)

    def prediction(self, model, noise=0.0):
        x = self.samples(model, noise)
        return floats(model.predict(x, batch_size=self.about["batch"], verbose=0))

    def training(self, model, noise=0.0):
        """By name: the history's values, the weights, and predictions, after three steps."""

        def packed(values):
            return keras.tree.pack_sequence_as(model._outputs_struct, values)

        weights = self.weights and (self.weights[0] if len(self.weights) == 1 else packed(self.weights))
        history = model.fit(
            self.samples(model, noise), packed(self.y), batch_size=self.about["batch"], epochs=1, shuffle=False,
            verbose=0, sample_weight=weights if len(self.weights) else None
        )  # fmt: skip
        return {**{k: np.asarray(v[0]) for k, v in history.history.items()}, **self.state(model)}

    def state(self, model):
        """By name: the weights and the predictions."""
        weights = [w for w in model.weights if "seed" not in w.path]
        outputs = self.prediction(model)
        return {
            **{f"{w.path} ({i})": a for i, (w, a) in enumerate(zip(weights, floats([w.value for w in weights])))},
            **{f"output {i} afterwards": a for i, a in enumerate(outputs)},
        }

    def write_answers(self):
        model = self.opened()
        arrays = {f"prediction/{i}": v for i, v in enumerate(self.prediction(model))}
        if self.about["trains"]:
            arrays |= {f"training/{i}": v for i, v in enumerate(self.training(model).values())}
        np.savez(self.path("answers.npz"), **arrays)


if __name__ == "__main__":
    Oracle(sys.argv[1]).write_answers()

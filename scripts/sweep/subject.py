"""One random model: made and run by Keras, run by the command, compared."""

import json
import logging
import os
import warnings

import keras
import numpy as np

from command import Failed
from comparison import error, worst
from configs import difference
from graph import Refused
from model import Model
from training import Training

FURTHER_FORMATS = ["keras", "folder/", "h5"]
TOLERANCE, HALF_TOLERANCE = 1.0, 400.0  # of what comparison.error measures
AMPLIFICATION = 30  # how far rounding of the same relative size may spread, against Keras's own answer to it


class Subject:
    """differences: (kind, text) of each; skipped: why Keras itself says nothing about the model."""

    def __init__(self, seed, number, folder, command):
        self.seed, self.number, self.folder, self.command = seed, number, folder, command
        self.differences, self.skipped, self.notes, self.makers = [], None, [], []

    def path(self, name):
        return os.path.join(self.folder, name)

    def check(self):
        os.makedirs(self.folder, exist_ok=True)
        logging.disable(logging.WARNING)
        warnings.simplefilter("ignore")
        try:
            self.write()
            self.answers()
        except Refused as error:
            self.skipped = f"nothing grew: {error}"
        except Exception as error:  # Keras refuses what chance made
            self.skipped = f"Keras: {type(error).__name__}: {' '.join(str(error).split())[:150]}"
        if self.skipped:
            return
        self.guarded(self.predictions)
        if self.trains:
            self.guarded(self.training)
        self.guarded(self.conversion)

    def guarded(self, step):
        try:
            step()
        except Failed as error:
            self.differences.append((error.action, str(error)))
        except Exception as error:  # Keras stumbles over what the command wrote
            text = f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
            self.differences.append((f"Keras fails in {step.__name__}", text))

    # What Keras says.

    def write(self):
        self.model = Model(self.seed, self.number)
        self.makers = self.model.makers
        self.model.expected = self.predicted(self.model.keras)
        flat = keras.tree.flatten(self.model.expected)
        if not all(np.isfinite(v).all() and np.abs(v).max(initial=0) < 1e4 for v in flat):
            raise Refused("numbers are not finite, or large")
        self.trains = not self.model.random and not self.model.half and bool(self.model.keras.trainable_weights)
        if self.trains:
            self.fit = Training(self.model)
            self.fit.compile()
        self.model.keras.save(self.path("model.keras"))
        np.savez(self.path("x.npz"), **{f"x_{i}": v for i, v in enumerate(self.model.x)})

    def answers(self):
        """Predictions, history and weights of the file as Keras opens it."""
        self.original = self.opened("model.keras")
        self.config = self.original.get_config()
        self.prediction = self.flat(self.predicted(self.original))
        if worst(self.prediction, self.flat(self.model.expected))[0] > TOLERANCE:
            raise Refused("Keras's own file differs")
        if self.trains:
            self.optimizer = self.original.get_compile_config()["optimizer"]
            self.trained = self.trained_by_keras(self.original)
            if not all(np.isfinite(v).all() and np.abs(v).max(initial=0) < 1e4 for v in self.trained):
                raise Refused("training diverges")

    def trained_by_keras(self, model, noise=0.0):
        """The history's values, the weights, and predictions after training."""
        fit, made = self.fit, self.model
        model.run_eagerly = True
        weights = fit.weights and (fit.weights[0] if len(fit.weights) == 1 else fit.packed(fit.weights))
        x = self.packed(model, [self.noisy(v, noise) for v in made.x])
        history = model.fit(x, fit.packed(fit.y), batch_size=made.batch, epochs=1, shuffle=False, verbose=0,
                            sample_weight=weights)  # fmt: skip
        self.history = {k: np.asarray(v[0]) for k, v in history.history.items()}
        self.names = [*self.history, *[w.path for w in self.numbers(model)]]
        self.names += [f"output {i} afterwards" for i in range(len(self.prediction))]
        result = [*self.history.values(), *[np.asarray(keras.ops.cast(w, "float32")) for w in self.numbers(model)]]
        return result + self.flat(self.predicted(model))

    def numbers(self, model):
        return [w for w in model.weights if "seed" not in w.path]

    def predicted(self, model, noise=0.0):
        model.run_eagerly = True
        x = self.packed(model, [self.noisy(v, noise) for v in self.model.x])
        return model.predict(x, batch_size=self.model.batch, verbose=0)

    def packed(self, model, arrays):
        return keras.tree.pack_sequence_as(model._inputs_struct, arrays)

    def noisy(self, value, noise):
        if value.dtype.kind != "f" or not noise:
            return value
        return value * (1 + noise * np.random.default_rng(0).choice([-1, 1], value.shape)).astype("float32")

    def flat(self, value):
        return [np.asarray(v).astype("float32") for v in keras.tree.flatten(value)]

    def opened(self, name):
        return keras.models.load_model(self.path(name), safe_mode=False)

    # What the command says.

    def predictions(self):
        self.command.run("predict", self.path("model.keras"), "--input", self.path("x.npz"), "--output",
                         self.path("p.npz"), "--batch-size", self.model.batch)  # fmt: skip
        with np.load(self.path("p.npz")) as file:
            values = [file[f"p_{i}" if f"p_{i}" in file else "p"] for i in range(len(self.prediction))]
        self.compare("prediction", values, self.prediction, self.predicted)

    def training(self):
        fit, arrays = self.fit, {f"x_{i}": v for i, v in enumerate(self.model.x)}
        arrays |= {f"y_{i}" if len(fit.y) > 1 else "y": v for i, v in enumerate(fit.y)}
        if fit.weights:
            names = [f"sample_weight_{i}" for i in range(len(fit.weights))] if len(fit.weights) > 1 else ["sample_weight"]
            arrays |= dict(zip(names, fit.weights))
        np.savez(self.path("xy.npz"), **arrays)
        self.command.run("fit", self.path("model.keras"), "--data", self.path("xy.npz"), "--output",
                         self.path("trained.keras"), "--batch-size", self.model.batch, "--no-shuffle", "--history",
                         self.path("history.json"))  # fmt: skip
        with open(self.path("history.json")) as file:
            history = json.load(file)
        if set(history) != set(self.history):
            self.differences.append(("names in history", f"{sorted(history)} for {sorted(self.history)}"))
            return
        rewritten = self.reopened("trained.keras")
        if rewritten is None:
            return
        values = [np.asarray(history[k][0], "float64") for k in self.history]
        values += [np.asarray(keras.ops.cast(w, "float32")) for w in self.numbers(rewritten)]
        values += self.flat(self.predicted(rewritten))
        self.compare("training", values, self.trained, self.trained_by_keras, self.names)

    def conversion(self):
        form = self.model.chance.one(FURTHER_FORMATS)
        if form == "h5":
            try:
                self.original.save(self.path("keras.h5"))
                self.opened("keras.h5")
            except Exception:  # there are models that this format cannot hold
                form = "keras"
        name = "rewritten/" if form == "folder/" else f"rewritten.{form}"
        self.command.run("convert", self.path("model.keras"), self.path(name))
        if form == "folder/":
            self.command.run("convert", self.path(name), self.path("rewritten.keras"))
            name = "rewritten.keras"
        model = self.reopened(name)
        if model is None:
            return
        self.compare(f"rewritten as {form}", self.flat(self.predicted(model)), self.prediction, self.predicted)
        if self.trains and form == "keras":
            self.compare("rewritten, then trained by Keras", self.trained_by_keras(model), self.trained,
                         self.trained_by_keras, self.names)  # fmt: skip

    def reopened(self, name):
        """The file as Keras opens it; what differs in its config is noted."""
        try:
            model = self.opened(name)
        except Exception as error:
            self.differences.append((f"{name} does not open", " ".join(str(error).split())[-300:]))
            return None
        if not name.endswith("h5"):
            changed = difference("config", self.config, model.get_config())
            if changed:
                self.differences.append((f"{name}: config", changed[:300]))
            if self.trains and not changed:
                changed = difference("optimizer", self.optimizer, model.get_compile_config()["optimizer"])
                if changed:
                    self.differences.append((f"{name}: optimizer", changed[:300]))
        return model

    def compare(self, kind, values, expected, again, names=None):
        """Notes a difference unless Keras's own numbers move as far when its input moves by rounding."""
        found, place = worst(values, expected)
        if found <= (HALF_TOLERANCE if self.model.half else TOLERANCE):
            return
        keras.utils.set_random_seed(self.number)
        moved, _ = worst(self.flat(again(self.opened("model.keras"), 1e-6)), expected)
        where = names[place] if names else f"output {place}"
        if np.isfinite(found) and found <= AMPLIFICATION * moved:
            self.notes.append(f"{kind} ill-conditioned: {where}: {found:.3g} where Keras itself moves by {moved:.3g}")
            return
        shapes = f"; shapes {values[place].shape}, {expected[place].shape}" if not np.isfinite(found) else ""
        several = sum(error(v, e) > TOLERANCE for v, e in zip(values, expected))
        self.differences.append((kind, f"{several} of {len(values)}: {where} off by {found * 1e-4:.3g}{shapes}"))

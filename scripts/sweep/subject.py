"""One random model: made and run by Keras, run by the command, compared."""

import json
import logging
import os
import subprocess
import sys
import warnings

import keras
import numpy as np

from command import Failed
from comparison import error, worst
from configs import difference
from graph import Refused
from model import Model
from oracle import Oracle, floats
from training import Training

FURTHER_FORMATS = ["keras", "folder/", "h5"]
HALF_TOLERANCE = 400.0  # of what comparison.error measures; 1 otherwise
AMPLIFICATION = 30  # how far rounding of the same relative size may spread, against Keras's own answer to it
LARGEST = 1e4


class Subject:
    """differences: (kind, text) of each; notes: what differs for a reason that is not the command's; skipped: why
    Keras itself says nothing about the model."""

    def __init__(self, seed, number, folder, command):
        self.seed, self.number, self.folder, self.command = seed, number, folder, command
        self.differences, self.skipped, self.notes, self.makers = [], None, [], []
        self.opinion = None

    def path(self, name):
        return os.path.join(self.folder, name)

    def check(self):
        os.makedirs(self.folder, exist_ok=True)
        logging.disable(logging.WARNING)
        warnings.simplefilter("ignore")
        try:
            self.write()
            self.ask()
        except Refused as refused:
            self.skipped = str(refused)
        except Exception as refused:  # Keras refuses what chance made
            self.skipped = f"Keras: {type(refused).__name__}: {' '.join(str(refused).split())[:150]}"
        if self.skipped:
            return
        self.tolerance = HALF_TOLERANCE if self.model.half else 1.0
        for step in [self.predictions, *([self.training] if self.trains else []), self.conversion]:
            try:
                step()
            except Failed as failed:
                self.differences.append((failed.action, str(failed)))
            except Exception as failed:  # Keras stumbles over what the command wrote
                text = f"{type(failed).__name__}: {' '.join(str(failed).split())[:300]}"
                self.differences.append((f"Keras fails in {step.__name__}", text))

    # What Keras says.

    def write(self):
        self.model = Model(self.seed, self.number)
        self.makers = self.model.makers
        self.model.keras.run_eagerly = True
        inputs = keras.tree.pack_sequence_as(self.model.keras._inputs_struct, self.model.x)
        self.model.expected = self.model.keras.predict(inputs, batch_size=self.model.batch, verbose=0)
        self.require_ordinary(floats(self.model.expected))
        self.trains = not self.model.random and not self.model.half and bool(self.model.keras.trainable_weights)
        arrays = {f"x_{i}": v for i, v in enumerate(self.model.x)}
        np.savez(self.path("x.npz"), **arrays)
        if self.trains:
            fit = Training(self.model)
            fit.compile()
            np.savez(self.path("xy.npz"), **arrays, **fit.arrays())
        self.model.keras.save(self.path("model.keras"))
        with open(self.path("about.json"), "w") as file:
            json.dump({"batch": self.model.batch, "trains": self.trains}, file)

    def ask(self):
        """Predictions and training of the file as Keras opens it."""
        self.oracle = Oracle(self.folder)
        self.original = self.oracle.opened()
        self.config = self.original.get_config()
        self.prediction = self.oracle.prediction(self.original)
        if worst(self.prediction, floats(self.model.expected))[0] > 1:
            raise Refused("Keras's own file differs")
        if self.trains:
            self.optimizer = self.original.get_compile_config()["optimizer"]
            self.trained = self.oracle.training(self.original)
            self.require_ordinary(self.trained.values())

    def require_ordinary(self, values):
        if not all(np.isfinite(v).all() and np.abs(v).max(initial=0) < LARGEST for v in values):
            raise Refused("numbers are not finite, or large")

    def second_opinion(self):
        """JAX's answers: where they are the command's, the difference is TensorFlow's own."""
        if self.opinion is None and keras.backend.backend() != "jax":
            script = os.path.join(os.path.dirname(os.path.abspath(__file__)), "oracle.py")
            environment = {**os.environ, "KERAS_BACKEND": "jax"}
            subprocess.run([sys.executable, script, self.folder], env=environment, capture_output=True)
            if os.path.exists(self.path("answers.npz")):
                with np.load(self.path("answers.npz")) as file:
                    self.opinion = {k: file[k] for k in file}
        return self.opinion or {}

    # What the command says.

    def predictions(self):
        self.command.run("predict", self.path("model.keras"), "--input", self.path("x.npz"), "--output",
                         self.path("p.npz"), "--batch-size", self.model.batch)  # fmt: skip
        values = self.oracle.arrays("p.npz", "p")
        self.compare("prediction", values, self.prediction, self.oracle.prediction)

    def training(self):
        self.command.run("fit", self.path("model.keras"), "--data", self.path("xy.npz"), "--output",
                         self.path("trained.keras"), "--batch-size", self.model.batch, "--no-shuffle", "--history",
                         self.path("history.json"))  # fmt: skip
        with open(self.path("history.json")) as file:
            history = {k: np.asarray(v[0], "float64") for k, v in json.load(file).items()}
        expected = [k for k in self.trained if "(" not in k and "afterwards" not in k]
        if set(history) != set(expected):
            self.differences.append(("names in history", f"{sorted(history)} for {sorted(expected)}"))
            return
        rewritten = self.reopened("trained.keras")
        if rewritten is not None:
            values = {**{k: history[k] for k in expected}, **self.oracle.state(rewritten)}
            self.compare_training("training", values)

    def conversion(self):
        form = self.model.chance.one(FURTHER_FORMATS)
        if form == "h5":
            try:
                self.original.save(self.path("keras.h5"))
                self.oracle.opened("keras.h5")
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
        self.compare(f"rewritten as {form}", self.oracle.prediction(model), self.prediction, self.oracle.prediction)
        if self.trains and form == "keras":
            self.compare_training("rewritten, then trained by Keras", self.oracle.training(model))

    def reopened(self, name):
        """The file as Keras opens it; what differs in its config is noted."""
        try:
            model = self.oracle.opened(name)
        except Exception as failed:
            self.differences.append((f"{name} does not open", " ".join(str(failed).split())[-300:]))
            return None
        if not name.endswith("h5"):
            changed = difference("config", self.config, model.get_config())
            if self.trains and not changed:
                changed = difference("optimizer", self.optimizer, model.get_compile_config()["optimizer"])
            if changed:
                self.differences.append((f"{name}: config", changed[:300]))
        return model

    def compare_training(self, kind, values):
        def again(model, noise):
            return list(self.oracle.training(model, noise).values())

        self.compare(kind, list(values.values()), list(self.trained.values()), again, list(self.trained))

    def compare(self, kind, values, expected, again, names=None):
        """Notes a difference unless another backend agrees, or Keras's own numbers move as far when its input moves by
        rounding."""
        found, place = worst(values, expected)
        if found <= self.tolerance:
            return
        role = "training" if names else "prediction"
        opinion = self.second_opinion()
        other = [opinion[f"{role}/{i}"] for i in range(len(expected)) if f"{role}/{i}" in opinion]
        where = names[place] if names else f"output {place}"
        if other and worst(values, other)[0] <= self.tolerance:
            self.notes.append(f"{kind}: {where} is as with JAX, which differs from TensorFlow by {found * 1e-4:.3g}")
            return
        keras.utils.set_random_seed(self.number)
        moved, _ = worst(again(self.oracle.opened(), 1e-6), expected)
        if np.isfinite(found) and found <= AMPLIFICATION * moved:
            self.notes.append(f"{kind}: {where} off by {found * 1e-4:.3g}, Keras itself moves by {moved * 1e-4:.3g}")
            return
        shapes = f"; shapes {values[place].shape}, {expected[place].shape}" if not np.isfinite(found) else ""
        several = sum(error(v, e) > self.tolerance for v, e in zip(values, expected))
        self.differences.append((kind, f"{several} of {len(values)}: {where} off by {found * 1e-4:.3g}{shapes}"))

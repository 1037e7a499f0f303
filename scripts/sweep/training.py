"""What a model is compiled with, and its targets and weights."""

import keras
import numpy as np
from keras import losses, metrics, optimizers
from keras.optimizers import schedules

REGRESSION = ["MeanSquaredError", "MeanAbsoluteError", "Huber", "LogCosh", "CosineSimilarity", "MeanSquaredError"]
METRICS = ["MeanSquaredError", "MeanAbsoluteError", "RootMeanSquaredError", "CosineSimilarity", "mse", "mae",
           "LogCoshError", "MeanAbsolutePercentageError"]  # fmt: skip
SCORES = ["AUC", "Precision", "Recall", "BinaryAccuracy", "accuracy", "TruePositives", "FalseNegatives", "auc"]
CLASSES = ["accuracy", "acc", "CategoricalAccuracy", "TopKCategoricalAccuracy", "CategoricalCrossentropy"]
LABELS = ["accuracy", "SparseCategoricalAccuracy", "sparse_categorical_crossentropy"]


class Training:
    """The compilation of a model and `y`, `weights`: an array each output, `weights` one for all, or none."""

    def __init__(self, model):
        self.chance, self.model = model.chance, model
        c = self.chance
        outputs = [np.asarray(v) for v in keras.tree.flatten(model.expected)]
        goals = [self.goal(out) for out in outputs]
        self.y = [g[0] for g in goals]
        self.losses = [g[1] for g in goals]
        if len(outputs) > 1 and c.yes(0.15):
            self.losses[c.whole(0, len(outputs) - 1)] = None
        if all(loss is None for loss in self.losses):
            self.losses[0] = "mse"
        self.metrics = [self.measures(g[2]) for g in goals]
        self.weighted = [self.measures(g[2]) if c.yes(0.3) else [] for g in goals]
        self.weights = None
        if c.yes(0.3):
            self.weights = self.sample_weights(outputs)

    def sample_weights(self, outputs):
        """A number each sample, or each step of sequences; Keras takes one for outputs of two axes only."""
        c = self.chance
        if all(out.ndim == 2 for out in outputs) and c.yes():
            return [np.abs(c.floats(self.model.samples))]
        return [np.abs(c.floats(out.shape[:-1])) for out in outputs]

    def goal(self, output):
        """Targets for an output, a loss, and which metrics go with them."""
        c = self.chance
        probabilities = output.min() > 0 and output.max() < 1
        distribution = probabilities and output.shape[-1] > 1 and np.allclose(output.sum(-1), 1, atol=1e-3)
        reduction = c.options(reduction=["sum", "mean", "sum_over_batch_size", "mean_with_sample_weight"])
        classes = output.shape[-1]
        if classes > 1 and c.yes(0.7 if distribution else 0.15):
            labels = c.rng.integers(0, classes, output.shape[:-1])
            options = {"from_logits": not distribution, **reduction}
            if c.yes():
                return labels.astype("int32"), losses.SparseCategoricalCrossentropy(**options), "labels"
            name = c.one(["CategoricalCrossentropy", "CategoricalFocalCrossentropy", "KLDivergence"])
            if name == "KLDivergence":
                options = reduction
            elif c.yes(0.3):
                options["label_smoothing"] = 0.1
            return np.eye(classes, dtype="float32")[labels], getattr(losses, name)(**options), "classes"
        if c.yes(0.6 if probabilities else 0.15):
            targets = c.rng.integers(0, 2, output.shape).astype("float32")
            name = c.one(["BinaryCrossentropy", "BinaryFocalCrossentropy", "Dice", "Tversky", "Hinge", "SquaredHinge"])
            options = {"from_logits": not probabilities} if "Binary" in name else {}
            if name in ("Dice", "Tversky") and not probabilities:
                name = "BinaryCrossentropy"
                options = {"from_logits": True}
            return targets, getattr(losses, name)(**options, **reduction), "scores"
        targets = c.floats(output.shape)
        if output.shape[-1] == 1 and output.ndim == 2 and c.yes(0.3):
            targets = targets[:, 0]
        if c.yes(0.3):
            return targets, c.one(["mse", "mae", "huber", "mean_squared_error", "MeanAbsoluteError"]), "numbers"
        return targets, getattr(losses, c.one(REGRESSION))(**reduction), "numbers"

    def measures(self, kind):
        c = self.chance
        if c.yes(0.4):
            return []
        names = {"numbers": METRICS, "scores": SCORES, "classes": CLASSES, "labels": LABELS}[kind]
        chosen = c.some(names)[:2]
        made = [metrics.AUC(num_thresholds=20, curve="PR") if n == "auc" else n for n in chosen]
        return [getattr(metrics, m)() if isinstance(m, str) and not m.islower() else m for m in made]

    def optimizer(self):
        c = self.chance
        rate = c.one([0.01, 0.05, schedules.ExponentialDecay(0.05, 2, 0.5), schedules.CosineDecay(0.02, 4)])
        table = {
            "SGD": c.options(momentum=[0.9], nesterov=[True]),
            "RMSprop": c.options(momentum=[0.5], centered=[True], rho=[0.7]),
            "Adam": c.options(amsgrad=[True], beta_1=[0.5], epsilon=[1e-3]),
            "AdamW": c.options(weight_decay=[0.1]),
            "Adadelta": c.options(rho=[0.8]),
            "Adagrad": c.options(initial_accumulator_value=[0.5]),
            "Adamax": {}, "Nadam": {}, "Lion": {},
            "Ftrl": c.options(l1_regularization_strength=[0.01]),
            "Adafactor": {},
        }  # fmt: skip
        if "Embedding" not in self.model.makers:  # TensorFlow's sparse gradients make Lamb count differently
            table["Lamb"] = {}
        name = c.one(list(table) + ["SGD"] * 3 + ["Adam"] * 2)
        if "nesterov" in table["SGD"]:
            table["SGD"]["momentum"] = 0.9
        common = [{}] * 8 + [{"clipnorm": 0.5}, {"clipvalue": 0.1}, {"global_clipnorm": 0.5}, {"weight_decay": 0.02},
                             {"use_ema": True, "ema_momentum": 0.7}, {"gradient_accumulation_steps": 2},
                             {"use_ema": True, "ema_overwrite_frequency": 2}]  # fmt: skip
        options = {**table[name], **c.one(common)}
        if c.yes(0.2):
            return name.lower()
        # Steps that hardly depend on how large a gradient is make large numbers of rounding errors.
        if name not in ("SGD", "Adadelta"):
            options.setdefault("epsilon", 1e-3) if name not in ("Lion", "Ftrl", "Adafactor") else None
        return getattr(optimizers, name)(learning_rate=rate, **options)

    def compile(self):
        """Compiles with lists, dictionaries or one value for all, as Keras takes them."""
        c, model = self.chance, self.model.keras
        names = list(model.output) if isinstance(model.output, dict) else list(model.output_names)
        several = len(self.losses) > 1

        def arranged(values):
            if not several:
                return values[0] if not isinstance(model.output, dict) or c.yes() else {names[0]: values[0]}
            if isinstance(model.output, dict) or (len(set(names)) == len(names) and c.yes(0.3)):
                return {k: v for k, v in zip(names, values) if v is not None}
            return values

        loss = arranged(self.losses)
        if several and c.yes(0.15):
            loss = "mse"
            self.y = [c.floats(np.asarray(v).shape) for v in keras.tree.flatten(self.model.expected)]
        options = {}
        if any(self.metrics):
            options["metrics"] = arranged(self.metrics)
        if any(self.weighted):
            options["weighted_metrics"] = arranged(self.weighted)
        if several and c.yes(0.3):
            options["loss_weights"] = arranged([c.number(0.2, 2) for _ in self.losses])
        model.compile(self.optimizer(), loss, **options)

    def arrays(self):
        """Targets and weights by the names that the command knows."""
        named = {f"y_{i}" if len(self.y) > 1 else "y": v for i, v in enumerate(self.y)}
        weights = self.weights or []
        return named | {f"sample_weight_{i}" if len(weights) > 1 else "sample_weight": v for i, v in enumerate(weights)}

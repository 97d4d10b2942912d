"""Train a run: reads like the recipe. The only module that fits a network."""

import math
from typing import NamedTuple

import keras
import numpy as np

from . import datasets, evaluation, exporting
from .architectures import ARCHITECTURES
from .augment import augment
from .recipes import Recipe
from .reporting import Reporter
from .runs import Run


class Split(NamedTuple):
    """Indices into the training pictures."""

    training: np.ndarray
    validation: np.ndarray


def train(run: Run, verbose: int = 0) -> None:
    """Train what run.json says, from the checkpoint if there is one, and write the result.

    Args:
        run: its directory gets metrics, checkpoints, the model and the result.
        verbose: what Keras prints: 0 nothing, 1 a progress bar, 2 a line an epoch.

    Raises:
        reporting.TrainingFailed: the loss diverged.
        datasets.DatasetError: a data file is missing or damaged.
        OSError: a file could not be written (a full disk, say).
    """
    recipe = run.recipe
    images, labels = (array[: recipe.training_images] for array in datasets.load("train"))
    splits = split_pictures(recipe)
    reporter, model = Reporter.load(run)
    reporter.report("preparing")
    for number in range(reporter.progress.split, len(splits)):
        if model is None or number > reporter.progress.split:
            keras.utils.set_random_seed(recipe.seed + number)
            model = build(recipe)
            reporter.begin_split(number)
        training, validation = splits[number]
        batches = Batches(images[training], labels[training], recipe, number)
        model.fit(
            batches,
            validation_data=(images[validation], labels[validation]) if len(validation) else None,
            validation_batch_size=500,
            epochs=recipe.splits[number],
            initial_epoch=reporter.progress.epoch,
            callbacks=[batches.beginner, reporter],
            shuffle=False,  # `Batches` shuffles, in an order that a resumed run repeats
            verbose=verbose,
        )
        if reporter.stopped:
            break
    reporter.report("finishing")
    kept_split = reporter.restore_kept(model)
    exporting.save_keras(model, run.path / "model.keras")
    exporting.save_litert(model, run.path / "model.tflite")
    scores = {}
    for name, part in splits[kept_split]._asdict().items():
        if len(part):
            scores |= _scores(name, _probabilities(model, images[part]), labels[part])
    test_images, test_labels = datasets.load("test")
    probabilities = _probabilities(model, test_images)
    scores |= _scores("test", probabilities, test_labels)
    layers = exporting.layer_table(model)
    run.finish(scores | reporter.summary() | {"layers": layers}, probabilities)


def build(recipe: Recipe) -> keras.Model:
    """The recipe's network, compiled with its optimizer, cross-entropy and accuracy."""
    rate = recipe.learning_rate
    optimizer = {
        "adam": lambda: keras.optimizers.Adam(rate),
        "rmsprop": lambda: keras.optimizers.RMSprop(rate),
        "sgd": lambda: keras.optimizers.SGD(rate),
        "nesterov": lambda: keras.optimizers.SGD(rate, momentum=0.9, nesterov=True),
    }[recipe.optimizer]()
    model = ARCHITECTURES[recipe.architecture].build()
    model.compile(optimizer, loss="sparse_categorical_crossentropy", metrics=["accuracy"])
    return model


def split_pictures(recipe: Recipe) -> list[Split]:
    """The splits of a run, each taken from what the last one left for training."""
    rng = np.random.default_rng(recipe.seed)
    left = np.arange(recipe.training_images)
    splits = []
    for _ in recipe.splits:
        left = rng.permutation(left)
        held_out = math.floor(len(left) * recipe.validation_share)
        splits.append(Split(left[held_out:], left[:held_out]))
        left = left[held_out:]
    return splits


def _probabilities(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """(N, 10) float32 for (N, 28, 28) uint8."""
    return model.predict(images, batch_size=500, verbose=0)


def _scores(part: str, probabilities: np.ndarray, labels: np.ndarray) -> dict[str, float]:
    return {
        f"{part}_accuracy": evaluation.accuracy(probabilities.argmax(axis=1), labels),
        f"{part}_loss": evaluation.cross_entropy(probabilities, labels),
    }


class Batches(keras.utils.PyDataset):
    """Shuffled and augmented batches, the same for the same seed, split and epoch."""

    def __init__(self, images: np.ndarray, labels: np.ndarray, recipe: Recipe, split: int):
        super().__init__()
        self.images, self.labels, self.recipe, self.split = images, labels, recipe, split
        self.begin_epoch(0)
        self.beginner = keras.callbacks.LambdaCallback(
            on_epoch_begin=lambda epoch, logs: self.begin_epoch(epoch)
        )

    def begin_epoch(self, epoch: int) -> None:
        """Draw the order of the epoch with that index."""
        self.seed = (self.recipe.seed, self.split, epoch)
        self.order = np.random.default_rng(self.seed).permutation(len(self.images))

    def __len__(self) -> int:
        return math.ceil(len(self.images) / self.recipe.batch_size)

    def __getitem__(self, index: int) -> tuple[np.ndarray, np.ndarray]:
        """Images, (B, 28, 28) uint8, and labels, (B,) uint8, of one batch."""
        chosen = self.order[index * self.recipe.batch_size :][: self.recipe.batch_size]
        rng = np.random.default_rng((*self.seed, index))
        images = augment(self.images[chosen], self.recipe.augmentation, rng)
        return images, self.labels[chosen]

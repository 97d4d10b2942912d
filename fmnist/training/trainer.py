"""Trains a run, step by step of its recipe. The only module that does."""

import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import keras
import numpy as np

from fmnist.analysis import metrics
from fmnist.data import fashion_mnist
from fmnist.data.dataset import SPLITS, Arrays
from fmnist.inference import classifier
from fmnist.inference.classifier import Classifier
from fmnist.recipes import registry
from fmnist.recipes.recipe import Recipe
from fmnist.runs import parents
from fmnist.runs.files import RunError
from fmnist.runs.run import Run
from fmnist.runs.splits import Split

from . import further
from .batches import Batches, one_hot
from .finish import finish
from .reporter import Reporter, Validation
from .schedules import learning_rates
from .steppers import Stepper, devices, make_stepper

CALL = 0.4  # seconds of training per call, about; between calls it reports and can stop
FIRST_CALL = 4  # batches of the first call, before the speed is measured


def train(run: Run, verbose: int = 0) -> None:
    """Train the recipe in run.json, from the checkpoint if there is one, and write the result.

    Args:
        run: to train; metrics, checkpoints, model and result are written to its directory.
        verbose: 0 prints nothing, 1 a progress bar per epoch, 2 a line per epoch.

    Raises:
        reporter.Diverged: the loss became too large.
        DatasetError: a data file is missing or damaged.
        NetworkError: the network of somebody's file cannot be built.
        files.RunError: another run that the recipe needs is missing or does not fit.
        OSError: a file cannot be written, for example because the disk is full.
    """
    recipe, dataset = run.recipe, run.dataset
    depends_on = parents.resolve(recipe, dataset)
    keras.utils.clear_session()  # makes the layers' names independent of earlier trainings
    # Both splits now: what is open stays usable when the data set is removed meanwhile.
    training, test = (dataset.load(split) for split in SPLITS)
    parent = depends_on.pretrained
    pretrained = further.read(parent, dataset, bool(recipe.replay)) if parent else None
    old = pretrained.training if pretrained else None
    teachers = [classifier.load_quietly(teacher.path) for teacher in depends_on.teachers]
    reporter = Reporter(run, verbose)
    reporter.report("preparing")
    if shared := devices(recipe):
        print(shared, flush=True)
    for number in range(reporter.progress.split, len(depends_on.splits)):
        reporter.begin_split(number)
        keras.utils.set_random_seed(recipe.seed + number)
        model = recipe.network.build(dataset.form.shape, dataset.classes)
        start = _start(model, parent, run) if parent else None
        frozen = further.freeze(model, recipe.frozen_layers if start else 0)
        stepper = make_stepper(model, recipe)
        further.unfreeze(frozen)  # they can be trained in the finished model
        _restore(stepper, model, reporter)
        fit(stepper, training, depends_on.splits[number], reporter, teachers, old)
        if reporter.stopped:
            break
    reporter.report("finishing")
    keep_best = recipe.restore_best_weights and reporter.best is not None
    model.set_weights(reporter.best if keep_best else stepper.weights())
    if start and recipe.pretrained_share:
        further.interpolate(model, start, recipe.pretrained_share)
    finish(reporter, model, depends_on, training, test, pretrained)


def _start(model: keras.Model, parent: Run, run: Run) -> further.Start:
    """Give the network its parent's weights, and say where they did not fit."""
    start = further.transfer(model, parent, run.dataset)
    if start.new:
        print(
            f"Other classes or images than those of {parent.name}: {', '.join(start.new)} began with new weights.",
            flush=True,
        )
    return start


def warm_up() -> None:
    """Take one step with a small network, because a process' first step takes seconds longer."""
    recipe, dataset = registry.find("tiny"), fashion_mnist.DATASET
    network = recipe.network.build(dataset.form.shape, dataset.classes)
    images, labels = (array[:8] for array in dataset.load("train"))
    targets = one_hot(labels, dataset.classes)
    make_stepper(network, recipe).train(images[None], targets[None], np.zeros(1, np.float32))


def fit(
    stepper: Stepper,
    training: Arrays,
    split: Split,
    reporter: Reporter,
    teachers: Sequence[Classifier] = (),
    old: Arrays | None = None,
) -> None:
    """Train on one split for all its epochs, or until a stop is requested.

    Args:
        stepper: of the network.
        training: all training images, (N, *shape) uint8, and their labels, (N,) uint8.
        split: indices of the images for training and for validation.
        reporter: of the training; its progress is where to resume.
        teachers: models whose predictions are mixed into the targets.
        old: images and labels of the parent's data set, to be mixed in.
    """
    recipe, number = reporter.recipe, reporter.progress.split
    new, held_out = (
        (training[0][part], training[1][part]) for part in (split.training, split.validation)
    )
    classes = reporter.run.dataset.classes
    for epoch in range(reporter.progress.epoch, recipe.splits[number]):
        rng = np.random.default_rng((recipe.seed, number, epoch)).spawn(1)[0]
        images, labels = further.with_replay(new, old, recipe.replay, rng) if old else new
        batches = Batches(images, labels, classes, recipe, number, epoch, teachers)
        _train_epoch(stepper, batches, reporter)
        if not reporter.stopped:
            validation = _validate(stepper, *held_out, recipe)
            reporter.end_epoch(validation, stepper.weights)
        reporter.save_checkpoint(stepper.state())
        if reporter.stopped:
            break


def _train_epoch(stepper: Stepper, batches: Batches, reporter: Reporter) -> None:
    """One pass over the batches, or a part of it if a stop is requested; settings may change meanwhile."""
    reporter.begin_epoch(len(batches))
    step, size = 0, FIRST_CALL
    with ThreadPoolExecutor(1) as helper:  # makes the next batches while these are trained on

        def prepare(first: int, count: int) -> Future[Arrays]:
            batches.recipe, end = reporter.settings_from(first)
            return helper.submit(batches.take, first, min(count, end - first))

        coming = prepare(step, size)
        while step < len(batches) and not reporter.stopped:
            began = time.monotonic()
            images, targets = coming.result()
            here, step = step, step + len(images)
            rates = _rates(batches, here, reporter)[here:step]
            if step < len(batches):
                coming = prepare(step, size)
            means = stepper.train(images, targets, rates)
            reporter.add_batches(len(images), images.shape[0] * images.shape[1], *means)
            size = max(1, round(len(images) * CALL / (time.monotonic() - began)))


def _rates(batches: Batches, first: int, reporter: Reporter) -> np.ndarray:
    """The learning rate of each step of the epoch, with the settings from batch `first` on: (steps,) float32."""
    recipe, progress = batches.recipe, reporter.progress
    rates = learning_rates(recipe, recipe.splits[progress.split], progress.epoch, len(batches))
    return rates * reporter.plateau(first).factor


def _validate(
    stepper: Stepper, images: np.ndarray, labels: np.ndarray, recipe: Recipe
) -> Validation | None:
    """Loss and accuracy on the held-out images; None without any."""
    if not len(images):
        return None
    probabilities = stepper.probabilities(images)
    if recipe.flip_tta:
        probabilities = (probabilities + stepper.probabilities(images[:, :, ::-1])) / 2
    return Validation(**metrics.scores("", probabilities, labels))


def _restore(stepper: Stepper, model: keras.Model, reporter: Reporter) -> None:
    """Restore stepper and model from the checkpoint, if there is one.

    Raises:
        RunError: the checkpoint is of another network.
    """
    if not reporter.state:
        return
    state, reporter.state = reporter.state, None  # the next split begins with new weights
    try:
        stepper.restore(state)
        if reporter.best is not None:
            model.set_weights(reporter.best)
    except ValueError:
        raise RunError(
            f"The checkpoint of {reporter.run.name} does not fit the network {reporter.recipe.architecture}, "
            "which has changed since. Train it again with `python -m fmnist restart "
            f"{reporter.run.argument}`."
        ) from None

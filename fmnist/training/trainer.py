"""Train a run: reads like the recipe. The only module that trains one."""

import functools
import math
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import keras
import numpy as np

from fmnist import machine
from fmnist.analysis import metrics
from fmnist.augmentation.augment import MIXES, augment
from fmnist.data import fashion_mnist
from fmnist.data.labels import CLASS_NAMES
from fmnist.inference import classifier
from fmnist.inference.classifier import Classifier
from fmnist.networks.architectures import ARCHITECTURES
from fmnist.recipes.recipe import Recipe
from fmnist.recipes.registry import find
from fmnist.runs import parents
from fmnist.runs.files import RunError
from fmnist.runs.folders import ROOT
from fmnist.runs.run import Run
from fmnist.runs.splits import Split, splits_of, without_known
from fmnist.runs.writer import RunWriter

from . import export
from .reporter import Diverged, Reporter

if keras.config.backend() == "jax":
    from .jax_stepper import JaxStepper as Stepper
else:
    from .tf_stepper import Stepper

CALL = 0.4  # seconds of training between two chances to report and to stop, about
PATIENCE = 3  # epochs without a better validation loss before the schedule "reduce-on-plateau" acts
BETTER = 1e-4  # nats by which it must be better to count
FIRST_CALL = 4  # batches, while it is not known how many take that long


def train(run: Run, verbose: int = 0) -> None:
    """Train what run.json says, from the checkpoint if there is one, and write the result.

    Args:
        run: its directory gets metrics, checkpoints, the model and the result.
        verbose: what is printed: 0 nothing, 1 a progress bar an epoch, 2 a line an epoch.

    Raises:
        reporting.Diverged: the loss became too large.
        datasets.DatasetError: a data file is missing or damaged.
        runs.RunError: another run that the recipe needs is missing or does not fit.
        OSError: a file could not be written (a full disk, say).
    """
    recipe = run.recipe
    parents.ensemble_member_of(recipe)  # better missed now than after hours of training
    keras.utils.clear_session()  # layers are named alike, whatever this process has built before
    teachers = parents.teachers_of(recipe)
    pretrained = parents.pretrained_of(recipe)
    images, labels = (array[: recipe.training_images] for array in fashion_mnist.load("train"))
    splits = splits_of(recipe)
    taught_by = [classifier.load(run.path) for run in teachers]
    reporter = Reporter(run, verbose)
    reporter.report("preparing")
    for number in range(reporter.progress.split, len(splits)):
        reporter.begin_split(number)
        keras.utils.set_random_seed(recipe.seed + number)
        model = ARCHITECTURES[recipe.architecture].build()
        if pretrained and not reporter.state:
            model.set_weights(_weights_of(pretrained))
        stepper = Stepper(model, make_optimizer(recipe), recipe.precision)
        if reporter.state:
            _restore(stepper, model, reporter)
            reporter.state = None  # the next split begins with new weights
        fit(stepper, images, labels, splits[number], reporter, taught_by)
        if reporter.stopped:
            break
    reporter.report("finishing")
    if not recipe.restore_best_weights or reporter.best is None:
        model.set_weights(stepper.weights())
    else:
        model.set_weights(reporter.best)
    kept_split, _ = reporter.kept
    write_result(run, model, images, labels, splits[kept_split], reporter.summary())


def _restore(stepper: Stepper, model: keras.Model, reporter: Reporter) -> None:
    """Put the checkpoint's weights where they belong.

    Raises:
        runs.RunError: they are not those of this network.
    """
    try:
        stepper.restore(reporter.state)
        if reporter.best is not None:
            model.set_weights(reporter.best)
    except ValueError:
        raise RunError(
            f"The checkpoint of {reporter.run.name} does not fit the network {reporter.recipe.architecture}, "
            "which has changed since. Train it again with `python -m fmnist restart "
            f"{reporter.run.argument}`."
        ) from None


def warm_up() -> None:
    """Take one step with a small network, as the first in a process takes seconds longer."""
    recipe = find("tiny")
    stepper = Stepper(ARCHITECTURES[recipe.architecture].build(), make_optimizer(recipe))
    images, targets = np.zeros((1, 8, 28, 28), np.uint8), np.zeros((1, 8, 10), np.float32)
    stepper.train(images, targets, np.zeros(1, np.float32))
    fashion_mnist.load("train")


def fit(
    stepper: Stepper,
    images: np.ndarray,
    labels: np.ndarray,
    split: Split,
    reporter: Reporter,
    teachers: Sequence[Classifier] = (),
) -> None:
    """Train on one split to the end of its epochs, or until the run is asked to stop.

    Args:
        stepper: what trains.
        images: (N, 28, 28) uint8, all training pictures.
        labels: (N,) uint8.
        split: which of them to train on, and which to validate with.
        reporter: where to report, and where to go on.
        teachers: whose answers are learned, beside the labels.
    """
    recipe, number = reporter.recipe, reporter.progress.split
    pictures, classes = images[split.training], labels[split.training]
    for epoch in range(reporter.progress.epoch, recipe.splits[number]):
        batches = Batches(pictures, classes, recipe, number, epoch, teachers)
        rates = learning_rates(recipe, recipe.splits[number], epoch, len(batches))
        if recipe.schedule == "reduce-on-plateau":
            rates *= plateau_factor(reporter.validation_losses())
        _train_epoch(stepper, batches, rates, reporter)
        if not reporter.stopped:
            held_out, scores = split.validation, {}
            if len(held_out):
                probabilities = stepper.probabilities(images[held_out])
                if recipe.flip_tta:
                    mirrored = stepper.probabilities(images[held_out][:, :, ::-1])
                    probabilities = (probabilities + mirrored) / 2
                scores = metrics.scores("validation_", probabilities, labels[held_out])
            reporter.end_epoch(scores, stepper.weights)
        reporter.save_checkpoint(stepper.state())
        if reporter.stopped:
            break


def _train_epoch(
    stepper: Stepper, batches: "Batches", rates: np.ndarray, reporter: Reporter
) -> None:
    """One pass over the batches, or a part of it if the run is asked to stop."""
    reporter.begin_epoch(len(batches))
    step, size = 0, FIRST_CALL
    with ThreadPoolExecutor(1) as helper:  # makes the next pictures while these are learned
        coming = helper.submit(batches.take, step, size)
        while step < len(batches) and not reporter.stopped:
            began = time.monotonic()
            images, targets = coming.result()
            here, step = step, step + len(images)
            if step < len(batches):
                coming = helper.submit(batches.take, step, size)
            means = stepper.train(images, targets, rates[here:step])
            reporter.add_batches(len(images), images.shape[0] * images.shape[1], *means)
            size = max(1, round(len(images) * CALL / (time.monotonic() - began)))


class Batches:
    """The shuffled and augmented batches of an epoch, the same for the same seed, split and epoch."""

    def __init__(
        self,
        images: np.ndarray,
        labels: np.ndarray,
        recipe: Recipe,
        split: int,
        epoch: int,
        teachers: Sequence[Classifier] = (),
    ):
        """Draw the order of (N, 28, 28) uint8 images with (N,) uint8 labels."""
        self.images, self.labels, self.recipe, self.teachers = images, labels, recipe, teachers
        self.seed = (recipe.seed, split, epoch)
        self.order = np.random.default_rng(self.seed).permutation(len(images))

    def __len__(self) -> int:
        return math.ceil(len(self.order) / self.recipe.batch_size)

    def take(self, first: int, count: int) -> tuple[np.ndarray, np.ndarray]:
        """Up to `count` whole batches from index `first` on; the last one, if smaller, alone.

        Returns:
            Images, (K, B, 28, 28) uint8, and the probabilities that are wanted, (K, B, 10) float32.
        """
        size = self.recipe.batch_size
        left = self.order[first * size :]
        whole = min(count, len(left) // size)
        chosen = left[: whole * size].reshape(whole, size) if whole else left[None]
        made = [self._made(first + k, batch) for k, batch in enumerate(chosen)]
        images, targets = (np.stack(part) for part in zip(*made, strict=True))
        return images, targets

    def _made(self, index: int, batch: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng((*self.seed, index))  # whichever call takes the batch
        recipe, labels = self.recipe, self.labels[batch]
        images = augment(self.images[batch], labels, recipe.augmentation, rng)
        targets = one_hot(labels, recipe.label_smoothing)
        if recipe.mix:
            images, targets = MIXES[recipe.mix](images, targets, rng)
        if self.teachers:  # they are asked about what the network will see (arXiv 2106.05237)
            answers = np.mean([teacher.probabilities(images) for teacher in self.teachers], axis=0)
            targets += recipe.distillation_weight * (answers - targets)
        return images, targets


def one_hot(labels: np.ndarray, smoothing: float = 0.0) -> np.ndarray:
    """The probabilities that are wanted of the network: (..., 10) float32 for (...) class indices.

    Label smoothing (arXiv 1512.00567) is the share that all classes have in common.
    """
    classes = len(CLASS_NAMES)
    return np.eye(classes, dtype=np.float32)[labels] * (1 - smoothing) + smoothing / classes


def learning_rates(recipe: Recipe, epochs: int, epoch: int, steps: int) -> np.ndarray:
    """The learning rate of each step of an epoch: (steps,) float32.

    "one-cycle" rises in a line from 0 over the first quarter of the epochs and falls in a line to 0
    at their end (one cycle, arXiv 1708.07120); "reduce-on-plateau" is constant here, for `plateau_factor`.
    """
    if recipe.schedule != "one-cycle":
        return np.full(steps, recipe.learning_rate, np.float32)
    done = (epoch + np.arange(1, steps + 1) / steps) / epochs
    return (recipe.learning_rate * np.minimum(done / 0.25, (1 - done) / 0.75)).astype(np.float32)


def plateau_factor(losses: list[float]) -> float:
    """What the learning rate is multiplied by after epochs with these validation losses.

    It is halved whenever `PATIENCE` epochs in a row were no better than the best before them by
    `BETTER`, as Keras' `ReduceLROnPlateau` does.
    """
    best, waited, factor = math.inf, 0, 1.0
    for loss in losses:
        if loss < best - BETTER:
            best, waited = loss, 0
        else:
            waited += 1
        if waited == PATIENCE:
            waited, factor = 0, factor / 2
    return factor


def make_optimizer(recipe: Recipe) -> keras.optimizers.Optimizer:
    """The recipe's optimizer, new; its weight decay spares biases and normalisation.

    Where the recipe says so, it keeps an exponential moving average of the weights (arXiv 1803.05407
    tells why averaged weights may generalise better).
    """
    rate, decay = float(recipe.learning_rate), float(recipe.weight_decay)
    options = {"learning_rate": rate, "weight_decay": decay or None}
    if recipe.ema_momentum:
        options |= {"use_ema": True, "ema_momentum": recipe.ema_momentum}
    optimizer = {
        "adam": lambda: keras.optimizers.Adam(**options),
        "rmsprop": lambda: keras.optimizers.RMSprop(**options),
        "sgd": lambda: keras.optimizers.SGD(**options),
        "nesterov": lambda: keras.optimizers.SGD(momentum=0.9, nesterov=True, **options),
    }[recipe.optimizer]()
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def write_result(
    run: Run,
    model: keras.Model,
    images: np.ndarray,
    labels: np.ndarray,
    split: Split,
    summary: dict[str, Any],
) -> None:
    """Save the trained model, look at the test set this once, and write the result."""
    few = keras.ops.convert_to_numpy(model(images[:8], training=False))
    if not np.isfinite(few).all():  # each step looked at the loss before it only
        raise Diverged(run.recipe, "After its last step the network answers with no numbers")
    if run.recipe.calibrate and len(split.validation):
        summary = summary | {"temperature": calibrate(model, images, labels, split, run.recipe)}
    about = {"parameters": model.count_params(), "layers": export.layer_table(model)}
    if run.recipe.flip_tta:
        model = export.with_flip_tta(model)
    if member := parents.ensemble_member_of(run.recipe):
        other = keras.saving.load_model(member.path / "model.keras")
        model = export.with_ensemble_member(model, other, run.recipe.ensemble_weight)
        about["parameters"] += member.result["parameters"]
    RunWriter(run).drop_old_result()
    export.save_keras(model, run.path / "model.keras")
    _save_for_server(run, model)
    ask, scores = _answers_of(run, model), {}
    if member:
        split = without_known(split, [member.name])
    for name, part in split._asdict().items():
        if len(part):
            scores |= metrics.scores(f"{name}_", ask(images[part]), labels[part])
    test_images, test_labels = fashion_mnist.load("test")
    probabilities = ask(test_images)
    scores |= metrics.scores("test_", probabilities, test_labels)
    RunWriter(run).finish(scores | summary | about, probabilities)


def _weights_of(run: Run) -> list[np.ndarray]:
    """The weights of the network itself, as they were before it was calibrated."""
    network = export.core(keras.saving.load_model(run.path / "model.keras"))
    _scale_logits(network, run.result.get("temperature", 1))
    return network.get_weights()


def _save_for_server(run: Run, model: keras.Model) -> None:
    """Write model.tflite; from JAX, in a process of its own, as only TensorFlow can."""
    (run.path / "model.tflite").unlink(missing_ok=True)  # a resumed run's is of older weights
    if keras.config.backend() == "tensorflow":
        from .litert import save_litert

        save_litert(model, run.path / "model.tflite", run.recipe.quantize)
        return
    command = [sys.executable, "-m", "fmnist", "export", str(run.path.resolve())]
    # Ctrl-C is not for it, and the GPU is in use.
    environment = os.environ | {"CUDA_VISIBLE_DEVICES": "-1"}
    if subprocess.run(command, cwd=ROOT, env=environment, start_new_session=True).returncode:
        print(f"Where TensorFlow is installed, `python -m fmnist export {run.path}` completes it.")


def _answers_of(run: Run, model: keras.Model) -> Callable[[np.ndarray], np.ndarray]:
    """What is measured: the file that will answer; without it, the network that was saved."""
    if (run.path / "model.tflite").exists():
        return classifier.load(run.path, threads=machine.cores()).probabilities
    return functools.partial(_probabilities, model)


def calibrate(
    model: keras.Model, images: np.ndarray, labels: np.ndarray, split: Split, recipe: Recipe
) -> float:
    """Divide the network's logits by the temperature that suits the validation pictures best.

    They are augmented as in training, but not mixed.

    Args:
        model: its last layer, a dense one with softmax, is changed.
        images: (N, 28, 28) uint8, all training pictures.
        labels: (N,) uint8.
        split: which of them are for validation.
        recipe: what was trained.

    Returns:
        The temperature.
    """
    chosen = split.validation
    rng = np.random.default_rng(recipe.seed)
    pictures = augment(images[chosen], labels[chosen], recipe.augmentation, rng)
    views = [pictures, pictures[:, :, ::-1]] if recipe.flip_tta else [pictures]
    answers = np.stack([_probabilities(model, view) for view in views])
    temperature = metrics.best_temperature(answers, labels[chosen])
    _scale_logits(model, 1 / temperature)
    return temperature


def _scale_logits(model: keras.Model, factor: float) -> None:
    """Multiply what goes into the softmax; the last layer is a dense one with softmax."""
    last = model.layers[-1]
    last.set_weights([weights * factor for weights in last.get_weights()])


def _probabilities(model: keras.Model, images: np.ndarray) -> np.ndarray:
    """(N, 10) float32 for (N, 28, 28) uint8."""
    return model.predict(images, batch_size=500, verbose=0)

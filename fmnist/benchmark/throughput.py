"""Training: images per second compared with plain Keras and PyTorch, share of the peak, and scaling.

Augmentation is left out everywhere.
"""

import functools
import importlib.util
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

import numpy as np

from fmnist import machine
from fmnist.data import fashion_mnist
from fmnist.data.fashion_mnist import DATASET
from fmnist.machine import folders
from fmnist.networks import flops
from fmnist.networks.architectures import ARCHITECTURES
from fmnist.recipes import registry
from fmnist.recipes.recipe import Recipe

from .measuring import Row, in_turn, row, timed

Epoch = Callable[[], None]  # trains one epoch
CALL_BATCHES = 50  # batches per call of the train step
FORWARD_AND_BACKWARD = 3  # arithmetic of training on an image relative to predicting it, about


def peak(precision: str, sizes: Iterable[int], times: int) -> list[Row]:
    """Square matrix products of each size, and a convolution, in GFLOP/s.

    The fastest of them is the machine's peak. The convolution is included because TensorFlow runs it
    faster than a matrix product on some processors.
    """
    import tensorflow as tf

    def ones(*shape: int) -> Any:
        return tf.cast(tf.random.stateless_normal(shape, (0, 0)), precision)

    rows = []
    for size in sizes:
        matrix = ones(size, size)
        seconds = timed(functools.partial(tf.matmul, matrix, matrix), times)
        what = f"matrix product {size:,} x {size:,}, {precision}"
        speeds = [2 * size**3 / 1e9 / second for second in seconds]
        rows.append(row("peak", what, "GFLOP/s", speeds))
    images, kernels = ones(128, 14, 14, 128), ones(3, 3, 128, 128)
    seconds = timed(lambda: tf.nn.conv2d(images, kernels, 1, "VALID"), times)
    speeds = [2 * 128 * 12 * 12 * 3 * 3 * 128 * 128 / 1e9 / second for second in seconds]
    return [*rows, row("peak", f"convolution 3 x 3 x 128 x 128, {precision}", "GFLOP/s", speeds)]


def training(recipe: Recipe, images: int, turns: int, peaks: dict[str, float]) -> list[Row]:
    """Training of one recipe: images/s of each competitor, their ratios, and the share of the peak.

    Args:
        recipe: what to train, at its own batch size.
        images: how many per epoch.
        turns: timed epochs of each competitor.
        peaks: GFLOP/s by precision.
    """
    some, labels = _whole_batches(images, recipe.batch_size)
    sides, words = _sides(recipe, some, labels)
    seconds = in_turn(sides, turns)
    speeds = {name: [len(labels) / second for second in seconds[name]] for name in seconds}
    if others := [name for name in speeds if name.startswith("PyTorch")]:
        best = max(others, key=lambda name: statistics.median(speeds[name]))
        speeds = {name: speeds[name] for name in ("train step", "Keras fit", best)}
    rows = [("images/s", name, speed) for name, speed in speeds.items()]
    for name in list(speeds)[1:]:
        pairs = zip(speeds["train step"], speeds[name], strict=True)
        rows.append(("x", f"train step / {name}", [ours / theirs for ours, theirs in pairs]))
    rows += _cost(recipe, speeds["train step"], peaks)
    rows += [("", f"PyTorch: {words}", [])] if words else []
    return [row("training", f"{recipe.name}: {what}", unit, some) for unit, what, some in rows]


def _cost(
    recipe: Recipe, speeds: list[float], peaks: dict[str, float]
) -> list[tuple[str, str, list[float]]]:
    """Unit, name and values: GFLOP per image, and the share of the peak at the given images/s."""
    from fmnist.training.export import layer_table
    from fmnist.training.tf_stepper import processor_has_bfloat16

    low = recipe.precision == "auto" and processor_has_bfloat16()
    precision = "bfloat16" if low else "float32"
    layers = layer_table(_network(recipe))
    gflop = FORWARD_AND_BACKWARD * flops.megaflops(layers) / 1000
    shares = [100 * speed * gflop / peaks[precision] for speed in speeds]
    return [
        ("GFLOP", "forward and backward, per image", [gflop]),
        ("%", f"train step, of the {precision} peak", shares),
    ]


def geometric_mean(rows: Collection[Row], of: str) -> Row:
    """The geometric means of several ratios' medians, minimums and maximums."""
    keys = ("median", "min", "max")
    means = {key: statistics.geometric_mean(row[key] for row in rows) for key in keys}
    what = f"train step / Keras fit, geometric mean over {of}: {len(rows)}"
    return {"group": "training", "what": what, "unit": "x"} | means


def by_batch_size(recipe: Recipe, batches: Iterable[int], images: int, times: int) -> Iterator[Row]:
    """Training of one recipe at several batch sizes, in images/s."""
    for batch in batches:
        yield _speed_row(f"batches of {batch}", recipe.changed(batch_size=batch), images, times)


def by_width(recipe: Recipe, widths: Iterable[float], images: int, times: int) -> Iterator[Row]:
    """Training of one recipe's network at several widths, in images/s."""
    for width in widths:
        yield _speed_row(f"{width:g} times as wide", recipe, images, times, width)


def by_data_size(recipe: Recipe, counts: Iterable[int], times: int) -> Iterator[Row]:
    """An epoch of one recipe with several numbers of images, in s."""
    for count in counts:
        seconds, used = epoch_seconds(recipe, count, times)
        yield row("scaling", f"{recipe.name}: an epoch of {used:,} images", "s", seconds)


def by_cores(recipe: Recipe, images: int, times: int) -> Iterator[Row]:
    """Training of one recipe on one core and on all, in images/s."""
    for cores in sorted({1, len(_cores())}):
        seconds, count = _on_cores(cores, recipe.name, images, times)
        what = f"{recipe.name}: {cores} core{'s' if cores > 1 else ''}"
        yield row("scaling", what, "images/s", [count / second for second in seconds])


def _speed_row(what: str, recipe: Recipe, images: int, times: int, width: float = 1) -> Row:
    seconds, count = epoch_seconds(recipe, images, times, width)
    speeds = [count / second for second in seconds]
    return row("scaling", f"{recipe.name}: {what}", "images/s", speeds)


def epoch_seconds(
    recipe: Recipe, images: int, times: int, width: float = 1
) -> tuple[list[float], int]:
    """Seconds of each epoch with the train step of this project, and the number of images per epoch."""
    some, labels = _whole_batches(images, recipe.batch_size)
    return timed(_stepper_epoch(recipe, some, labels, width), times), len(labels)


def print_epoch_seconds(cores: int, name: str, images: int, times: int) -> None:
    """Print `epoch_seconds` on some cores as JSON; for a process that has not loaded TensorFlow."""
    if hasattr(os, "sched_setaffinity"):  # TensorFlow starts one thread per usable core
        os.sched_setaffinity(0, _cores()[:cores])
    print(json.dumps(epoch_seconds(registry.find(name), images, times)))


def _on_cores(cores: int, *arguments: Any) -> tuple[list[float], int]:
    code = "from fmnist.benchmark import throughput; "
    code += f"throughput.print_epoch_seconds{(cores, *arguments)}"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=folders.ROOT, stdout=subprocess.PIPE, text=True, check=True)
    seconds, images = json.loads(done.stdout.splitlines()[-1])
    return seconds, images


def _cores() -> list[int]:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(machine.cores()))


def _whole_batches(count: int, batch_size: int) -> tuple[np.ndarray, np.ndarray]:
    """Training images and labels: whole batches, at least one."""
    images, labels = fashion_mnist.load("train")
    count = max(1, min(count, len(labels)) // batch_size) * batch_size
    return images[:count], labels[:count]


def _sides(
    recipe: Recipe, images: np.ndarray, labels: np.ndarray
) -> tuple[dict[str, Epoch], str | None]:
    """The competitors, each training an epoch, and the reason if PyTorch is not among them."""
    sides = {
        "train step": _stepper_epoch(recipe, images, labels),
        "Keras fit": _fit_epoch(recipe, images, labels),
    }
    if importlib.util.find_spec("torch") is None:
        return sides, "torch is not installed"
    from .pytorch import Untranslatable, pytorch_epoch

    try:
        for precision in ("float32", "bfloat16"):
            sides[f"PyTorch {precision}"] = pytorch_epoch(recipe, images, labels, precision)
    except Untranslatable as error:
        return sides, str(error)
    return sides, None


def _stepper_epoch(
    recipe: Recipe, images: np.ndarray, labels: np.ndarray, width: float = 1
) -> Epoch:
    from fmnist.training.batches import one_hot
    from fmnist.training.steppers import make_stepper

    stepper = make_stepper(widened(_network(recipe), width), recipe)
    targets = one_hot(labels, DATASET.classes, recipe.label_smoothing)
    rng = np.random.default_rng(0)

    def epoch() -> None:
        order = rng.permutation(len(labels)).reshape(-1, recipe.batch_size)
        for start in range(0, len(order), CALL_BATCHES):
            some = order[start : start + CALL_BATCHES]
            rates = np.full(len(some), recipe.learning_rate, np.float32)
            stepper.train(images[some], targets[some], rates)

    return epoch


def _network(recipe: Recipe) -> Any:
    """The recipe's network, new, for Fashion-MNIST, which is what is measured."""
    return ARCHITECTURES[recipe.architecture].build(DATASET.form.shape, DATASET.classes)


def widened(model: Any, factor: float) -> Any:
    """An untrained copy of a network with `factor` times as many kernels and hidden neurons."""
    if factor == 1:
        return model
    config = model.get_config()
    for layer in config["layers"]:
        layer.pop("build_config", None)  # it holds the old shapes
    for layer in config["layers"][:-1]:  # not the output layer
        for size in {"filters", "units"} & set(layer["config"]):
            layer["config"][size] = max(1, round(factor * layer["config"][size]))
    return type(model).from_config(config)


def _fit_epoch(recipe: Recipe, images: np.ndarray, labels: np.ndarray) -> Epoch:
    from fmnist.training.steppers import make_optimizer

    model = _network(recipe)
    optimizer = make_optimizer(recipe)
    optimizer.learning_rate = recipe.learning_rate
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return lambda: model.fit(images, labels, batch_size=recipe.batch_size, verbose=0)

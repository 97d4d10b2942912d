"""How fast this machine trains and answers, as rows that anyone can measure again.

Each row has a group, what was measured, its unit, and the median, minimum and maximum of the
repetitions. What is compared runs in turn, in changing order, so that a neighbour's load meets all
sides; a ratio is taken within each turn. Augmentation is left out on all sides.
"""

import dataclasses
import importlib.util
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from . import datasets, pictures, recipes, runs
from .architectures import ARCHITECTURES
from .recipes import Recipe

Row = dict[str, Any]
Epoch = Callable[[], None]  # trains one epoch
CALL_BATCHES = 50  # batches that one call of the Stepper trains


@dataclasses.dataclass(frozen=True)
class Plan:
    """How much is measured."""

    recipes: tuple[str, ...]  # which to train
    scaled: str  # the recipe that shows how training scales
    learned: str  # the recipe that is trained to its end, once a turn
    turns: int  # how often what is compared runs
    images: int  # pictures an epoch
    matrices: tuple[int, ...]  # their rows and columns
    answered: tuple[int, ...]  # pictures that the shipped model is asked about at once


FULL = Plan(
    tuple(name for name in recipes.RECIPES if name != "tiny"),
    scaled="dropout-cnn",
    learned="sprint",
    turns=5,
    images=12_800,
    matrices=(512, 1024, 2048),
    answered=(1, 1_000, 10_000),
)
QUICK = Plan(
    ("tiny",),
    scaled="tiny",
    learned="tiny",
    turns=2,
    images=2_560,
    matrices=(512, 1024),
    answered=(1, 1_000),
)


def run(quick: bool) -> Iterator[Row]:
    """Every row, each as soon as it is measured; `quick` is for a look, not for figures to keep."""
    plan = QUICK if quick else FULL
    peaks = {}
    for precision in ("float32", "bfloat16"):
        rows = products(precision, plan)
        peaks[precision] = max(row["max"] for row in rows)  # where a neighbour's load took least
        yield from rows
    ratios = []
    for name in plan.recipes:
        rows = training(recipes.find(name), plan, peaks)
        ratios += [row for row in rows if row["what"].endswith("Stepper / Keras fit")]
        yield from rows
    yield geometric_mean(ratios)
    yield from learning(plan)
    yield from inference(plan)
    yield drawing(plan)
    yield from scaling(plan)


def products(precision: str, plan: Plan) -> list[Row]:
    """Matrix products of each size, GFLOP/s; their best is the machine's peak."""
    import tensorflow as tf

    rows = []
    for size in plan.matrices:
        matrix = tf.cast(tf.random.stateless_normal((size, size), (0, 0)), precision)
        seconds = _timed(lambda matrix=matrix: tf.matmul(matrix, matrix), 6 * plan.turns)
        speeds = [2 * size**3 / 1e9 / second for second in seconds]
        what = f"matrix product {size:,} x {size:,}, {precision}"
        rows.append(_row("peak", what, "GFLOP/s", speeds))
    return rows


def training(recipe: Recipe, plan: Plan, peaks: dict[str, float]) -> list[Row]:
    """Training of one recipe: images/s of each side, their ratios, and the share of the peak.

    Args:
        recipe: what to train, at its own batch size.
        plan: how much.
        peaks: GFLOP/s by precision.
    """
    images, labels = _pictures(plan.images, recipe.batch_size)
    sides, words = _sides(recipe, images, labels)
    seconds = _in_turn(sides, plan.turns)
    speeds = {name: [len(labels) / second for second in seconds[name]] for name in seconds}
    if others := [name for name in speeds if name.startswith("PyTorch")]:
        best = max(others, key=lambda name: statistics.median(speeds[name]))
        speeds = {name: speeds[name] for name in ("Stepper", "Keras fit", best)}
    rows = [("images/s", name, speed) for name, speed in speeds.items()]
    for name in list(speeds)[1:]:
        pairs = zip(speeds["Stepper"], speeds[name], strict=True)
        rows.append(("x", f"Stepper / {name}", [ours / theirs for ours, theirs in pairs]))
    rows += _cost(recipe, speeds["Stepper"], peaks)
    rows += [("", f"PyTorch: {words}", [])] if words else []
    return [_row("training", f"{recipe.name}: {what}", unit, some) for unit, what, some in rows]


def _cost(
    recipe: Recipe, speeds: list[float], peaks: dict[str, float]
) -> list[tuple[str, str, list[float]]]:
    """Unit, name and values: GFLOP a picture, and the share of the peak at some images/s."""
    from .stepping import processor_has_bfloat16

    low = recipe.precision == "best" and processor_has_bfloat16()
    precision = "bfloat16" if low else "float32"
    gflop = gflop_a_picture(ARCHITECTURES[recipe.architecture].build())
    shares = [100 * speed * gflop / peaks[precision] for speed in speeds]
    return [
        ("GFLOP", "forward and backward a picture", [gflop]),
        ("%", f"Stepper, of the {precision} peak", shares),
    ]


def gflop_a_picture(model: Any) -> float:
    """GFLOP to train on a picture: three times the multiply-adds of its convolutions and dense layers."""
    layers = [layer for layer in model.layers if hasattr(layer, "kernel")]
    return sum(
        3 * 2 * math.prod(layer.kernel.shape) * math.prod(layer.output.shape[1:-1]) / 1e9
        for layer in layers
    )


def geometric_mean(rows: list[Row]) -> Row:
    """Of the medians of several ratios, with that of their minimums and of their maximums."""
    keys = ("median", "min", "max")
    means = {key: statistics.geometric_mean(row[key] for row in rows) for key in keys}
    what = f"Stepper / Keras fit, geometric mean over recipes: {len(rows)}"
    return {"group": "training", "what": what, "unit": "x"} | means


def learning(plan: Plan) -> list[Row]:
    """Whole trainings with several seeds: seconds, and test accuracy (%) at their ends."""
    from .training import train

    results = []
    for seed in range(plan.turns):
        with tempfile.TemporaryDirectory() as folder:
            run = runs.create(recipes.find(plan.learned).changed(seed=seed), Path(folder))
            train(run)
            results.append(run.result)
    accuracies = [100 * result["test_accuracy"] for result in results]
    seconds = [result["seconds"] for result in results]
    return [
        _row("learning", f"{plan.learned}: seconds of training", "s", seconds),
        _row("learning", f"{plan.learned}: test accuracy then", "%", accuracies),
    ]


def inference(plan: Plan) -> list[Row]:
    """The shipped default model's answers: ms for some pictures at once."""
    from .classifier import Classifier

    classifier = Classifier(runs.find(recipes.DEFAULT).path)
    images, _ = datasets.load("test")
    rows = []
    for count in plan.answered:
        some = images[:count]
        times = 20 * plan.turns if count == 1 else plan.turns
        seconds = _timed(lambda some=some: classifier.probabilities(some), times)
        what = f"{recipes.DEFAULT}: {count:,} picture{'s' if count > 1 else ''}"
        rows.append(_row("inference", what, "ms", [1000 * second for second in seconds]))
    return rows


def drawing(plan: Plan) -> Row:
    """A drawing of 320 x 320 pixels, all steps to what the network gets: ms."""
    image = Image.new("RGBA", (320, 320), "white")
    outline = [(70, 80), (130, 50), (190, 50), (250, 80), (230, 130), (205, 120), (205, 270)]
    outline += [(115, 270), (115, 120), (90, 130), (70, 80)]
    ImageDraw.Draw(image).line(outline, fill="black", width=8)
    seconds = _timed(lambda: pictures.prepare(image), 10 * plan.turns)
    return _row("inference", "a drawing, prepared", "ms", [1000 * second for second in seconds])


def scaling(plan: Plan) -> Iterator[Row]:
    """Training of one recipe: images/s by batch size and cores, seconds an epoch by data size."""
    recipe = recipes.find(plan.scaled)
    for batch in (32, 128, 512):
        seconds, count = epoch_seconds(recipe.changed(batch_size=batch), plan.images, plan.turns)
        speeds = [count / second for second in seconds]
        yield _row("scaling", f"{recipe.name}: batches of {batch}", "images/s", speeds)
    for cores in sorted({1, len(_cores())}):
        seconds, count = _on_cores(cores, recipe.name, plan.images, plan.turns)
        speeds = [count / second for second in seconds]
        what = f"{recipe.name}: {cores} core{'s' if cores > 1 else ''}"
        yield _row("scaling", what, "images/s", speeds)
    for images in (plan.images, 4 * plan.images):
        seconds, count = epoch_seconds(recipe, images, plan.turns)
        yield _row("scaling", f"{recipe.name}: an epoch of {count:,} pictures", "s", seconds)


def epoch_seconds(recipe: Recipe, images: int, times: int) -> tuple[list[float], int]:
    """Seconds of each of some epochs with the Stepper, and how many pictures an epoch had."""
    some, labels = _pictures(images, recipe.batch_size)
    return _timed(_stepper_epoch(recipe, some, labels), times), len(labels)


def print_epoch_seconds(cores: int, name: str, images: int, times: int) -> None:
    """`epoch_seconds` on so many cores, as JSON; for a process that has not loaded TensorFlow."""
    if hasattr(os, "sched_setaffinity"):  # TensorFlow takes as many threads as it may use cores
        os.sched_setaffinity(0, _cores()[:cores])
    print(json.dumps(epoch_seconds(recipes.find(name), images, times)))


def _on_cores(cores: int, *arguments: Any) -> tuple[list[float], int]:
    code = f"from fmnist import benchmark; benchmark.print_epoch_seconds{(cores, *arguments)}"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=runs.ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout.splitlines()[-1])


def _cores() -> list[int]:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(os.cpu_count() or 1))


def _pictures(count: int, batch_size: int) -> tuple[np.ndarray, np.ndarray]:
    """Training pictures and labels: whole batches of them, at least one."""
    images, labels = datasets.load("train")
    count = max(1, min(count, len(labels)) // batch_size) * batch_size
    return images[:count], labels[:count]


def _row(group: str, what: str, unit: str, values: list[float]) -> Row:
    """The row of some values; without values its figures are None."""
    figures = (statistics.median(values), min(values), max(values)) if values else (None,) * 3
    row = {"group": group, "what": what, "unit": unit}
    return row | dict(zip(("median", "min", "max"), figures, strict=True))


def _timed(action: Callable[[], Any], times: int) -> list[float]:
    """Seconds of each call, after one that does not count."""
    return _in_turn({"": action}, times)[""]


def _in_turn(actions: dict[str, Callable[[], Any]], turns: int) -> dict[str, list[float]]:
    """Seconds of each call, after a round that does not count; every other round runs backwards."""
    seconds: dict[str, list[float]] = {name: [] for name in actions}
    for turn in range(turns + 1):
        for name in list(actions)[:: -1 if turn % 2 else 1]:
            began = time.perf_counter()
            actions[name]()
            seconds[name].append(time.perf_counter() - began)
    return {name: values[1:] for name, values in seconds.items()}


def _sides(
    recipe: Recipe, images: np.ndarray, labels: np.ndarray
) -> tuple[dict[str, Epoch], str | None]:
    """Who trains an epoch, and why PyTorch does not if it does not."""
    sides = {"Stepper": _stepper_epoch, "Keras fit": _fit_epoch}
    sides = {name: make(recipe, images, labels) for name, make in sides.items()}
    if importlib.util.find_spec("torch") is None:
        return sides, "torch is not installed"
    from .benchmark_pytorch import Untranslatable, pytorch_epoch

    try:
        for precision in ("float32", "bfloat16"):
            sides[f"PyTorch {precision}"] = pytorch_epoch(recipe, images, labels, precision)
    except Untranslatable as error:
        return sides, str(error)
    return sides, None


def _stepper_epoch(recipe: Recipe, images: np.ndarray, labels: np.ndarray) -> Epoch:
    from .stepping import Stepper
    from .training import make_optimizer

    model = ARCHITECTURES[recipe.architecture].build()
    stepper = Stepper(model, make_optimizer(recipe), recipe.precision, recipe.label_smoothing)
    rng = np.random.default_rng(0)

    def epoch() -> None:
        order = rng.permutation(len(labels)).reshape(-1, recipe.batch_size)
        for start in range(0, len(order), CALL_BATCHES):
            some = order[start : start + CALL_BATCHES]
            rates = np.full(len(some), recipe.learning_rate, np.float32)
            stepper.train(images[some], labels[some], rates)

    return epoch


def _fit_epoch(recipe: Recipe, images: np.ndarray, labels: np.ndarray) -> Epoch:
    from .training import make_optimizer

    model = ARCHITECTURES[recipe.architecture].build()
    optimizer = make_optimizer(recipe)
    optimizer.learning_rate = recipe.learning_rate
    model.compile(optimizer, "sparse_categorical_crossentropy", metrics=["accuracy"])
    return lambda: model.fit(images, labels, batch_size=recipe.batch_size, verbose=0)

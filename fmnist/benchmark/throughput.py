"""The machine's peak, and how our training scales.

Augmentation is left out everywhere.
"""

import functools
import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from fmnist import machine
from fmnist.machine import folders
from fmnist.recipes import registry
from fmnist.recipes.recipe import Recipe

from . import epochs
from .measuring import Row, row, timed


def peak(precision: str, sizes: Iterable[int], times: int) -> list[Row]:
    """Square matrix products of each size, and a convolution, in GFLOP/s, each operation with all cores.

    The fastest of them is the machine's peak. The convolution is included because TensorFlow runs it
    faster than a matrix product on some processors.
    """
    ours = machine.for_tensorflow(machine.cores())
    threads = {"TF_NUM_INTRAOP_THREADS": str(machine.cores())}
    rows: list[Row] = _printed(ours | threads, "print_peak", precision, tuple(sizes), times)
    return rows


def print_peak(precision: str, sizes: Iterable[int], times: int) -> None:
    """Print the rows of `peak` as JSON; for a process that has not loaded TensorFlow."""
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
    rows.append(row("peak", f"convolution 3 x 3 x 128 x 128, {precision}", "GFLOP/s", speeds))
    print(json.dumps(rows))


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
    some, labels = epochs.whole_batches(images, recipe.batch_size)
    model = widened(epochs.network(recipe), width)
    return timed(epochs.step_epoch(recipe, some, labels, model), times), len(labels)


def print_epoch_seconds(cores: int, name: str, images: int, times: int) -> None:
    """Print `epoch_seconds` on some cores as JSON; for a process that has not loaded TensorFlow."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, _cores()[:cores])
    print(json.dumps(epoch_seconds(registry.find(name), images, times)))


def _on_cores(cores: int, *arguments: Any) -> tuple[list[float], int]:
    environment = machine.for_tensorflow(cores)
    seconds, images = _printed(environment, "print_epoch_seconds", cores, *arguments)
    return seconds, images


def _printed(environment: dict[str, str], function: str, *arguments: Any) -> Any:
    """What a function of this module prints in a process of its own, with these variables beside the others."""
    code = f"from fmnist.benchmark import throughput; throughput.{function}{arguments}"
    command, environment = [sys.executable, "-c", code], os.environ | environment
    done = subprocess.run(
        command, cwd=folders.ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    return json.loads(done.stdout.splitlines()[-1])


def _cores() -> list[int]:
    """The cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return sorted(os.sched_getaffinity(0))
    return list(range(machine.cores()))


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

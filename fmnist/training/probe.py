"""Measures how fast this machine trains, in about three seconds: three small networks, each at two batch sizes.

Each is bound by something else: weights, what layers hand on, convolutions. `networks.work` says what each step takes;
the seconds for one of each kind of work are those that explain the measured times best.
"""

import functools
import itertools
import time
from collections.abc import Callable

import keras
import numpy as np

from fmnist.augmentation.augment import AUGMENTATIONS, MIXES
from fmnist.data import fashion_mnist
from fmnist.machine.instructions import has_bfloat16
from fmnist.networks import layer_list, work
from fmnist.networks.composed import ComposedNetwork
from fmnist.networks.work import Work
from fmnist.recipes import registry
from fmnist.recipes.recipe import COMPOSED
from fmnist.runs import listing, speed
from fmnist.runs.speed import Speed
from fmnist.runs.states import ACTIVE

from .batches import one_hot
from .steppers import make_stepper

PROBES = (
    ("flatten", "dense 512 relu", "dense 256 relu"),
    ("conv 32 3 same relu", "pool 2", "flatten"),
    ("conv 32 3 same relu", "pool 2", "conv 64 3 same relu", "pool 2", "flatten"),
)
CALLS = ((20, 5), (128, 1))  # size and number of the batches of a call
TURNS = 5  # after the first, which builds the graph; the median counts, as other programs may run
IMAGES = 128  # that are augmented to see how long that takes


def measure_once() -> None:
    """Measure this machine, unless that was done before, or a run trains or waits.

    Raises:
        OSError: the folder of the runs cannot be written to.
    """
    if keras.config.backend() != "tensorflow" or speed.read():
        return
    if not any(run.state in ACTIVE for run in listing.own_folders()):
        speed.write(measure())


def measure() -> Speed:
    """The speed of this machine."""
    recipe, dataset = registry.find("own-layers"), fashion_mnist.DATASET
    images, labels = (array[:IMAGES] for array in dataset.load("train"))
    targets = one_hot(labels, dataset.classes)
    actions, rows = [], []
    for texts in PROBES:
        each = recipe.changed(architecture=COMPOSED, layers=texts)
        network = ComposedNetwork(texts)
        stepper = make_stepper(network.build(dataset.form.shape, dataset.classes), each)
        counts = work.of_layers(
            layer_list.plan(network.layers, dataset.form.shape, dataset.classes).rows
        )
        for size, count in CALLS:
            some, wanted = (np.stack([array[:size]] * count) for array in (images, targets))
            rates = np.full(count, 1e-3, np.float32)
            actions.append(functools.partial(stepper.train, some, wanted, rates))
            rows.append(counts.work(size, each.optimizer).scaled(size * count))
    turns = [[_seconds(action) for action in actions] for _ in range(1 + TURNS)]
    return Speed(
        machine=speed.identity(),
        precision="bfloat16" if has_bfloat16() else "float32",
        seconds=Work(*_solve(np.array(rows), np.median(turns[1:], axis=0))),
        augmentations=_augmentations(images, labels, targets),
    )


def _seconds(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def _solve(rows: np.ndarray, seconds: np.ndarray) -> list[float]:
    """Least squares of relative errors, none below 0: (K,) for (N, K) counts and (N,) seconds."""
    scale = rows.max(axis=0)
    relative = rows / scale / seconds[:, None]
    best, error = np.zeros(len(scale)), np.inf
    kinds = range(len(scale))
    for some in itertools.chain.from_iterable(
        itertools.combinations(kinds, n + 1) for n in kinds
    ):  # few
        found = np.zeros(len(scale))
        found[list(some)] = np.linalg.lstsq(relative[:, some], np.ones(len(rows)))[0]
        wrong = float(np.square(relative @ found - 1).sum())
        if (found >= 0).all() and wrong < error:
            best, error = found, wrong
    return [float(each) for each in best / scale]


def _augmentations(images: np.ndarray, labels: np.ndarray, targets: np.ndarray) -> dict[str, float]:
    """Seconds for an image, of each augmentation and mix, the second time."""
    rng = np.random.default_rng(0)
    made: dict[str, Callable[[], object]] = {}
    for names, content in ((AUGMENTATIONS, labels), (MIXES, targets)):
        for name, make in names.items():
            made[name] = functools.partial(make, images, content, rng)
    return {
        name: min(_seconds(action) for _ in range(2)) / len(images) for name, action in made.items()
    }

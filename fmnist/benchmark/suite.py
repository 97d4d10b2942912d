"""A full and a quick benchmark, and their parts."""

import dataclasses
import functools
import os
from collections.abc import Collection, Iterator

from fmnist import machine
from fmnist.data.fashion_mnist import DATASET
from fmnist.machine.instructions import has_bfloat16
from fmnist.recipes import registry

from . import prediction_speed, throughput, training_speed
from .learning import learning
from .measuring import GROUPS, Row


@dataclasses.dataclass(frozen=True)
class Plan:
    """How much to measure."""

    recipes: tuple[str, ...]  # to train
    scaled: str  # the recipe for measuring how training scales
    batches: tuple[int, ...]  # its batch sizes
    widths: tuple[float, ...]  # factors for its number of kernels and neurons
    sizes: tuple[int, ...]  # factors for its number of images
    lengths: tuple[tuple[str, int, str, int], ...]  # of whole trainings, see `learning`
    turns: int  # repetitions of each measurement
    images: int  # per epoch
    gflop: tuple[float, float]  # least and most of an epoch that is compared
    unit_images: int  # of the epoch by Keras that whole trainings are compared with
    matrices: tuple[int, ...]  # their rows and columns
    predicted: tuple[
        tuple[str, int], ...
    ]  # models, each with a number of images to predict at once


# One for each architecture, because augmentation and targets are left out.
FIRST = {recipe.architecture: recipe.name for recipe in reversed(registry.RECIPES.values())}
HOURS = ("flagship", "ensemble", "everyday", "compact")
FULL = Plan(
    # Not what trains in seconds, what takes hours, and what is `sprint` until it is changed.
    tuple(
        name
        for name in registry.RECIPES
        if name in {*FIRST.values()} - {"tiny", *HOURS, "own-layers"}
    ),
    scaled="dropout-cnn",
    batches=(32, 128, 512),
    widths=(0.5, 2),
    sizes=(1, 2, 4),
    lengths=(
        *(("sprint", epochs, "auto", 5) for epochs in (2, 3, 4)),
        *([("sprint", 3, "float32", 5)] if has_bfloat16() else []),
        ("mile", 40, "auto", 5),
    ),
    turns=5,
    images=6_400,
    gflop=(100, 400),
    unit_images=DATASET.training_images,
    matrices=(512, 1024, 2048),
    predicted=(
        *((registry.DEFAULT, count) for count in (1, 1_000, DATASET.test_images)),
        ("quality", DATASET.test_images),
    ),
)
QUICK = Plan(
    ("tiny",),
    scaled="tiny",
    batches=(32,),
    widths=(2,),
    sizes=(2,),
    lengths=(("tiny", 1, "auto", 1),),
    turns=1,
    images=1_280,
    gflop=(0, 1_000),
    unit_images=1_280,
    matrices=(512, 1024),
    predicted=((registry.DEFAULT, 1), (registry.DEFAULT, 1_000)),
)


def run(quick: bool, parts: Collection[str] = ()) -> Iterator[Row]:
    """Yield every row as soon as it is measured.

    Args:
        quick: a trial run, too short for reliable figures.
        parts: groups of rows; all, if there is none.
    """
    # As in a worker process, before TensorFlow is loaded.
    os.environ.update(machine.for_tensorflow(machine.cores()))
    plan = QUICK if quick else FULL
    for name, part in PARTS.items():
        if not parts or name in parts:
            yield from part(plan)


@functools.cache
def _peak(plan: Plan) -> dict[str, list[Row]]:
    """The rows of each precision that the processor has."""
    precisions = ("float32", "bfloat16") if has_bfloat16() else ("float32",)
    return {each: throughput.peak(each, plan.matrices, 6 * plan.turns) for each in precisions}


def peak(plan: Plan) -> Iterator[Row]:
    """Matrix products and a convolution."""
    for rows in _peak(plan).values():
        yield from rows


def training(plan: Plan) -> Iterator[Row]:
    """Each recipe compared with the opponents, and a summary."""
    # The fastest time is the one that other programs slowed down least.
    peaks = {each: max(row["max"] for row in rows) for each, rows in _peak(plan).items()}
    found = []
    for name in plan.recipes:
        recipe = registry.find(name)
        rows = training_speed.training(recipe, plan.images, plan.gflop, plan.turns, peaks)
        yield from rows
        found += rows
    groups = {
        "recipes": plan.recipes,
        "published recipes": [each.name for each in registry.PUBLISHED],
    }
    yield from training_speed.summary(found, groups)


def prediction(plan: Plan) -> Iterator[Row]:
    """The waiting times of the app."""
    yield from prediction_speed.inference(plan.predicted, plan.turns)
    yield from prediction_speed.preparing(plan.turns)
    yield prediction_speed.server_start(plan.turns)


def scaling(plan: Plan) -> Iterator[Row]:
    """One recipe at several sizes."""
    scaled = registry.find(plan.scaled)
    yield from throughput.by_batch_size(scaled, plan.batches, plan.images, plan.turns)
    yield from throughput.by_width(scaled, plan.widths, plan.images, plan.turns)
    counts = [times * plan.images for times in plan.sizes]
    yield from throughput.by_data_size(scaled, counts, plan.turns)
    if plan is not QUICK:
        yield from throughput.by_cores(scaled, plan.images, plan.turns)


def whole_trainings(plan: Plan) -> Iterator[Row]:
    """Whole trainings."""
    yield from learning(plan.lengths, plan.unit_images)


PARTS = dict(zip(GROUPS, (peak, training, prediction, scaling, whole_trainings), strict=True))

"""The parts of a full and of a quick benchmark."""

import dataclasses
from collections.abc import Iterator

from fmnist.data.fashion_mnist import DATASET
from fmnist.recipes import registry

from . import prediction_speed, throughput
from .learning import learning
from .measuring import Row


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
    matrices: tuple[int, ...]  # their rows and columns
    predicted: tuple[
        tuple[str, int], ...
    ]  # models, each with a number of images to predict at once


# One for each architecture, because augmentation and targets are left out.
FIRST = {recipe.architecture: recipe.name for recipe in reversed(registry.RECIPES.values())}
FULL = Plan(
    # Not what trains in seconds, what would take days without a GPU, and what is `sprint` until it is changed.
    tuple(
        name
        for name in registry.RECIPES
        if name in {*FIRST.values()} - {"tiny", "flagship", "own-layers"}
    ),
    scaled="dropout-cnn",
    batches=(32, 128, 512),
    widths=(0.5, 2),
    sizes=(1, 2, 4),
    lengths=(
        *(("sprint", epochs, "auto", 5) for epochs in (2, 3, 5, 7, 10)),
        ("sprint", 5, "float32", 5),
    ),
    turns=5,
    images=6_400,
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
    matrices=(512, 1024),
    predicted=((registry.DEFAULT, 1), (registry.DEFAULT, 1_000)),
)


def run(quick: bool) -> Iterator[Row]:
    """Yield every row as soon as it is measured; `quick` is a trial run, too short for reliable figures."""
    plan = QUICK if quick else FULL
    peaks = {}
    for precision in ("float32", "bfloat16"):
        rows = throughput.peak(precision, plan.matrices, 6 * plan.turns)
        peaks[precision] = max(row["max"] for row in rows)  # least slowed down by other programs
        yield from rows
    ratios = {}
    for name in plan.recipes:
        rows = throughput.training(registry.find(name), plan.images, plan.turns, peaks)
        (ratios[name],) = (row for row in rows if row["what"].endswith("train step / Keras fit"))
        yield from rows
    yield throughput.geometric_mean(ratios.values(), "recipes")
    if published := [ratios[recipe.name] for recipe in registry.PUBLISHED if recipe.name in ratios]:
        yield throughput.geometric_mean(published, "published recipes")
    yield from prediction_speed.inference(plan.predicted, plan.turns)
    yield from prediction_speed.preparing(plan.turns)
    yield prediction_speed.server_start(plan.turns)
    scaled = registry.find(plan.scaled)
    yield from throughput.by_batch_size(scaled, plan.batches, plan.images, plan.turns)
    yield from throughput.by_width(scaled, plan.widths, plan.images, plan.turns)
    counts = [times * plan.images for times in plan.sizes]
    yield from throughput.by_data_size(scaled, counts, plan.turns)
    if not quick:
        yield from throughput.by_cores(scaled, plan.images, plan.turns)
    yield from learning(plan.lengths)

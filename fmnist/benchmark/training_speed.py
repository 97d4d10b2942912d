"""Training a recipe: images per second compared with Keras and PyTorch, and the share of the machine's peak.

Augmentation is left out everywhere.
"""

import statistics
from collections.abc import Callable, Mapping, Sequence

from fmnist.data.fashion_mnist import DATASET
from fmnist.machine.instructions import has_bfloat16
from fmnist.networks import flops
from fmnist.recipes.recipe import Recipe

from . import epochs
from .competitors import OPPONENTS, OURS, competitors, started
from .measuring import Row, in_turn, row

FORWARD_AND_BACKWARD = 3  # arithmetic of training on an image relative to predicting it, about


def training(
    recipe: Recipe, images: int, gflop: tuple[float, float], turns: int, peaks: dict[str, float]
) -> list[Row]:
    """Training of one recipe: images/s of each competitor, ratios to the best of each opponent, share of the peak.

    Args:
        recipe: what to train, at its own batch size.
        images: per epoch, if that is within the next.
        gflop: the least and most of an epoch: in a short one, what it costs beside its batches counts
            more than it does in a training.
        turns: timed epochs of each competitor.
        peaks: GFLOP/s by precision.

    Raises:
        OSError: the train step or Keras does not run.
    """
    cost = _gflop_per_image(recipe)
    least, most = (round(each / cost) for each in gflop)
    count = min(max(images, least), most, DATASET.training_images)
    with started(competitors(), recipe.name, count) as processes:
        able = [process for process in processes if not process.problem]
        seconds = in_turn({process.name: process.epoch for process in able}, turns)
    speeds = {each.name: [each.images / second for second in seconds[each.name]] for each in able}
    rows = [("images/s", name, speed) for name, speed in speeds.items()]
    for opponent in OPPONENTS:
        if theirs := _best(opponent, speeds):
            pairs = zip(speeds[OURS], theirs, strict=True)
            rows.append(("x", f"{OURS} / {opponent}", [ours / other for ours, other in pairs]))
    precision = "bfloat16" if recipe.precision == "auto" and has_bfloat16() else "float32"
    shares = [100 * speed * cost / peaks[precision] for speed in speeds[OURS]]
    rows.append(("GFLOP", "forward and backward, per image", [cost]))
    rows.append(("%", f"{OURS}, of the {precision} peak", shares))
    rows += [("", f"{each.name}: {each.problem}", []) for each in processes if each.problem]
    if not any(process.name.startswith("PyTorch") for process in processes):
        rows.append(("", "PyTorch: torch is not installed", []))
    return [row("training", f"{recipe.name}: {what}", unit, some) for unit, what, some in rows]


def _best(opponent: str, speeds: Mapping[str, list[float]]) -> list[float]:
    """The speeds of an opponent's fastest variant; empty if none of them runs."""
    theirs = [speed for name, speed in speeds.items() if name.startswith(opponent)]
    return max(theirs, key=statistics.median, default=[])


def _gflop_per_image(recipe: Recipe) -> float:
    from fmnist.training.export import layer_table

    layers = layer_table(epochs.network(recipe))
    return FORWARD_AND_BACKWARD * flops.megaflops(layers) / 1000


def summary(rows: Sequence[Row], recipes: Mapping[str, Sequence[str]]) -> list[Row]:
    """For each opponent the geometric mean of the ratios and the worst of them.

    Args:
        rows: those of `training`.
        recipes: groups of recipes by what they are called. Those that were not measured, or that an
            opponent can't train, are left out.
    """
    ratios = {row["what"]: row for row in rows if row["unit"] == "x"}
    found = []
    for called, names in recipes.items():
        for opponent in OPPONENTS:
            ends = [f"{name}: {OURS} / {opponent}" for name in names]
            some = [ratios[what] for what in ends if what in ratios]
            if some:
                what = f"{OURS} / {opponent}, geometric mean over {called}: {len(some)}"
                found.append(_summed(what, some, statistics.geometric_mean))
                worst = min(some, key=lambda row: float(row["median"]))
                recipe = worst["what"].partition(":")[0]
                what = f"{OURS} / {opponent}, worst of {called}: {recipe}"
                found.append(_summed(what, [worst], min))
    return found


def _summed(what: str, rows: Sequence[Row], of: Callable[[list[float]], float]) -> Row:
    means = {key: of([float(row[key]) for row in rows]) for key in ("median", "min", "max")}
    return {"group": "training", "what": what, "unit": "x"} | means

"""What a training's curve shows: its splits, when it was already as good, whether it learns at all."""

import itertools
import math
from collections.abc import Sequence
from typing import Any

from fmnist.analysis.metrics import least_accuracy
from fmnist.data.dataset import DataSet
from fmnist.recipes import settings
from fmnist.recipes.recipe import Recipe

from .fields import Row
from .splits import images_used

GOOD = 0.001  # of accuracy: an epoch this near to the best is as good
FEW_STEPS = 30  # batches below which a network that guesses shows only that it needs more of them
BRIEF = "It was trained for a few steps only; set more epochs."
STEPS = 300  # batches after which a network that learns is better than guessing


def first_good_epoch(rows: Sequence[Row]) -> tuple[int, int] | None:
    """The first epoch whose validation accuracy is within `GOOD` of the best, and the best one.

    Args:
        rows: as `Run.metrics` gives them.

    Returns:
        Both epochs, counted from 1; None without validation.
    """
    ends = [row for row in rows if "end_of_epoch" in row and "validation_accuracy" in row]
    if not ends:
        return None
    best = max(ends, key=lambda row: row["validation_accuracy"])
    enough = best["validation_accuracy"] - GOOD - 1e-9  # which floats do not keep exactly
    first = next(row for row in ends if row["validation_accuracy"] >= enough)
    return int(first["epoch"]), int(best["epoch"])


def gap(rows: Sequence[Row], epochs: int) -> str | None:
    """What a finished run's curve lacks, in a sentence; None where it is whole.

    Args:
        rows: as `Run.metrics` gives them.
        epochs: of the training, as its result has them.
    """
    there = len({row["epoch"] for row in rows if "end_of_epoch" in row})
    if there >= epochs:
        return None
    return (
        f"The learning curve lacks {epochs - there} of {epochs} epochs, because metrics.jsonl is damaged. "
        "The model and its test figures are not affected."
    )


def by_split(
    rows: Sequence[Row], splits: tuple[int, ...], kept_epoch: int | None
) -> list[dict[str, Any]]:
    """Each training of a run that re-splits its images, at its lowest validation loss.

    Args:
        rows: as `Run.metrics` gives them.
        splits: epochs of each training, `Recipe.splits`.
        kept_epoch: whose weights make the finished model, counted over all splits.

    Returns:
        For each split that was begun: `split` (from 1), `epochs` done, `best_epoch` (of its
        own), `validation_loss` and `validation_accuracy` there, and whether it was `kept`.
    """
    ends = [row for row in rows if "end_of_epoch" in row and "validation_loss" in row]
    bounds = itertools.pairwise(itertools.accumulate(splits, initial=0))
    table = []
    for number, (start, end) in enumerate(bounds, 1):
        own = [row for row in ends if start < row["epoch"] <= end]
        if own:
            best = min(own, key=lambda row: row["validation_loss"])
            table.append(
                {
                    "split": number,
                    "epochs": len(own),
                    "best_epoch": int(best["epoch"]) - start,
                    "validation_loss": best["validation_loss"],
                    "validation_accuracy": best["validation_accuracy"],
                    "kept": kept_epoch is not None and start < kept_epoch <= end,
                }
            )
    return table


def stuck(rows: Sequence[Row], recipe: Recipe, dataset: DataSet) -> str | None:
    """A sentence on a training that learns nothing, with what to try; None while it learns.

    It is judged by its current epoch once that has `STEPS` batches, before by the last one.

    Args:
        rows: as `Run.metrics` gives them.
        recipe: what is trained.
        dataset: what it is trained on.
    """
    ends = [row for row in rows if row.get("end_of_epoch")]
    begun = ends[-1]["epoch"] if ends else 0
    points = [row for row in rows if row["epoch"] > begun]
    if points and _steps(recipe, dataset, points[-1]["epoch"] - begun) >= STEPS:
        return guessing(_mean_accuracy(points, begun), "training", recipe, dataset)
    if not ends or is_brief(recipe, dataset, begun):
        return None
    return guessing(ends[-1]["accuracy"], "training", recipe, dataset)


def guessing(
    accuracy: float, images: str, recipe: Recipe, dataset: DataSet, epochs: float | None = None
) -> str | None:
    """A sentence on an accuracy that is no better than guessing, with what to try; None if it is better.

    Args:
        accuracy: a fraction.
        images: which ones it was measured on, "test" say.
        recipe: what was trained.
        dataset: what it was trained on.
        epochs: how many it was trained for, where that is over.
    """
    if not accuracy < least_accuracy(dataset.guess):
        return None
    is_short = epochs is not None and is_brief(recipe, dataset, epochs)
    return (
        f"No better than guessing: {accuracy:.1%} of the {images} images are classified correctly. "
        + (BRIEF if is_short else settings.advice(recipe))
    )


def is_brief(recipe: Recipe, dataset: DataSet, epochs: float) -> bool:
    """Whether a training of so many epochs has too few steps to judge its learning rate by."""
    return _steps(recipe, dataset, epochs) < FEW_STEPS


def _steps(recipe: Recipe, dataset: DataSet, epochs: float) -> float:
    """Batches in that many epochs, about."""
    images = images_used(recipe, dataset.training_images) * (1 - recipe.validation_split)
    return epochs * math.ceil(images / recipe.batch_size)


def _mean_accuracy(points: Sequence[Row], begun: float) -> float:
    """Over all that the points of one epoch, which began there, are means of."""
    ends = [begun, *(row["epoch"] for row in points)]
    widths = [end - start for start, end in itertools.pairwise(ends)]
    weighted = (width * row["accuracy"] for width, row in zip(widths, points, strict=True))
    return math.fsum(weighted) / math.fsum(widths)


def about(seconds: float) -> str:
    """Seconds that were estimated, for a reader: "2 h 10 min", "3 min 20 s" or "15 s"; more digits would be noise."""
    steps = ((3600, 600), (600, 60), (60, 10), (10, 5), (0, 1))
    step = next(step for least, step in steps if seconds >= least)
    return duration(round(seconds / step) * step)


def duration(seconds: float) -> str:
    """Seconds for a reader: "2 h 5 min", "3 min 4 s" or "12 s"."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"

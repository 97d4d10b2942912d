"""What a training tells: its splits, when it was already as good, how long it takes."""

import itertools
from typing import Any

GOOD = 0.001  # of accuracy: an epoch this near to the best is as good


def first_good_epoch(rows: list[dict[str, Any]]) -> tuple[int, int] | None:
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


def by_split(
    rows: list[dict[str, Any]], splits: tuple[int, ...], kept_epoch: int | None
) -> list[dict[str, Any]]:
    """Each training of a run that re-splits its pictures, at its lowest validation loss.

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


def duration(seconds: float) -> str:
    """Seconds for a reader: "2 h 5 min", "3 min 4 s" or "12 s"."""
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {seconds} s" if minutes else f"{seconds} s"

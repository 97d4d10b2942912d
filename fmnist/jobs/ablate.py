"""Ablation: a recipe trained without each of its ingredients in turn, and compared."""

import statistics
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import altair
import pandas

from fmnist.recipes.fields import RecipeError
from fmnist.recipes.recipe import Recipe
from fmnist.recipes.search_space import HELD_OUT
from fmnist.runs.run import Run

from .reproduce import reproduce

WHOLE = "nothing"  # left out of the whole recipe
CALMER = 5  # the highest rate of a one-cycle schedule, divided by a comparable constant rate

Row = dict[str, Any]


def variants(recipe: Recipe) -> dict[str, Recipe]:
    """The recipe under `WHOLE`, and without each ingredient under the ingredient's name.

    None of them depends on other runs, which may have been trained on the images held out here.
    """
    whole = recipe.changed(
        validation_split=HELD_OUT, ensemble_member=None, teachers=(), pretrained=None
    )
    found = {WHOLE: whole}
    for name in whole.augmentation:
        left = tuple(other for other in whole.augmentation if other != name)
        found[name] = whole.changed(augmentation=left)
    for field, without, ingredient in (
        ("mix", {"mix": None}, whole.mix),
        ("label_smoothing", {"label_smoothing": 0.0}, "label smoothing"),
        ("weight_decay", {"weight_decay": 0.0}, "weight decay"),
        ("ema_momentum", {"ema_momentum": 0.0}, "weight averaging"),
        ("flip_tta", {"flip_tta": False}, "test-time augmentation"),
    ):
        if ingredient and getattr(whole, field):
            found[ingredient] = whole.changed(**without)
    if whole.schedule == "one-cycle":
        calm = {"schedule": "constant", "learning_rate": whole.learning_rate / CALMER}
        found["one cycle of the rate"] = whole.changed(**calm)
    return found


def ablate(recipe: Recipe, seeds: int, folder: Path) -> Iterator[Row]:
    """Train all variants, except those that the folder already has finished.

    They are compared on held-out training images. Like any run, each is also evaluated on the test set
    at its end, but the table does not show that.

    Args:
        recipe: to vary.
        seeds: trainings of each variant, with the seeds 0, 1, ...
        folder: of the run directories.

    Yields:
        For each variant `without`, `accuracies` (one share per seed), `difference` (percentage points to
        the whole recipe, mean over the seeds; a seed has the same split in all), `seconds` (mean) and
        `parameters`. It ends early if a training is stopped.

    Raises:
        RecipeError: `seeds` is below 1.
        RunError: the folder has other content, or a training failed.
    """
    if seeds < 1:
        raise RecipeError(f"There must be at least one training of each variant, not {seeds}.")
    baseline: list[float] = []
    for name, variant in variants(recipe).items():
        places = {
            folder / f"{name.replace(' ', '-')}-{seed}": variant.changed(seed=seed)
            for seed in range(seeds)
        }
        done: list[Run] = list(reproduce(places))
        if len(done) < seeds:
            return
        results = [result for run in done if (result := run.result)]
        accuracies = [result["validation_accuracy"] for result in results]
        baseline = baseline or accuracies
        apart = [ours - whole for ours, whole in zip(accuracies, baseline, strict=True)]
        yield {
            "without": name,
            "accuracies": accuracies,
            "difference": 100 * statistics.mean(apart),
            "seconds": statistics.mean(result["seconds"] for result in results),
            "parameters": results[0]["parameters"],
        }


def in_words(row: Row) -> str:
    """A row as a line of a table in Markdown."""
    mean = 100 * statistics.mean(row["accuracies"])
    low, high = (100 * end(row["accuracies"]) for end in (min, max))
    spread = f" ({low:.2f} to {high:.2f})" if len(row["accuracies"]) > 1 else ""
    change = "" if row["without"] == WHOLE else f"{row['difference']:+.2f}"
    return f"| {row['without']} | {mean:.2f} %{spread} | {change} | {row['seconds']:.0f} s |"


HEADER = "| left out | validation accuracy | points | training |\n|---|---|---|---|"


def write(rows: list[Row], folder: Path) -> None:
    """Write the table, ablation.md, and the plot, ablation.svg, with a dot per seed.

    Raises:
        OSError: a file cannot be written.
    """
    lines = [HEADER, *map(in_words, rows)]
    (folder / "ablation.md").write_text("\n".join(lines) + "\n")
    points = [
        {"without": row["without"], "accuracy": 100 * accuracy}
        for row in rows
        for accuracy in row["accuracies"]
    ]
    dots = (
        altair.Chart(pandas.DataFrame(points), title="Validation accuracy (%) without ...")
        .mark_point(filled=True, size=60, opacity=0.8)
        .encode(
            altair.Y("without:N", title=None, sort=None),
            altair.X("accuracy:Q", title=None, scale=altair.Scale(zero=False)),
        )
    )
    chart = dots.properties(width=420, height=30 * len(rows))
    chart.configure(background="white").save(folder / "ablation.svg")

"""The rows as a table in Markdown, as JSON, and as a plot."""

import json
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import Any

import altair
import pandas

from fmnist.machine import versions
from fmnist.runs.files import RunError

from .competitors import OURS
from .measuring import Row, figures, machine, machine_line

HEADER = ("what", "median", "from", "to", "unit")
HEIGHT = 240  # smallest height of a chart, in pixels
JSON = "benchmark.json"
SIDES = (
    (OURS, "ours"),
    ("Keras fit", "plain Keras"),
    ("Keras tuned", "tuned Keras"),
    ("PyTorch", "PyTorch"),
)


def write(rows: list[Row], folder: Path) -> None:
    """Write benchmark.json, benchmark.md and benchmark.svg.

    Args:
        rows: all that the files should hold, of at least one training.
        folder: where to write; it is created if missing.

    Raises:
        OSError: a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    (folder / JSON).write_text(json.dumps(about() | {"rows": rows}, indent=1) + "\n")
    (folder / "benchmark.md").write_text(_markdown(rows))
    if chart := plot(rows):
        chart.save(folder / "benchmark.svg")


def about() -> dict[str, Any]:
    """The machine and the versions that were measured."""
    return {"machine": machine(), "versions": versions()}


def read(folder: Path) -> dict[str, Any]:
    """What `write` wrote: `machine`, `versions` and `rows`.

    Raises:
        OSError: the file cannot be read.
        RunError: it is none of a benchmark.
    """
    path = folder / JSON
    try:
        found = json.loads(path.read_text())
        return {key: found[key] for key in ("machine", "versions", "rows")}
    except (ValueError, KeyError, TypeError):
        raise RunError(f"{path} is not the file of a benchmark; choose another folder.") from None


def kept(folder: Path, parts: Collection[str]) -> list[Row]:
    """The rows in a folder that stay when only some parts are measured again.

    Raises:
        OSError: they cannot be read.
        RunError: another machine, or another version, was measured there.
    """
    if not (folder / JSON).exists():
        return []
    earlier = read(folder)
    if {key: earlier[key] for key in about()} != about():
        raise RunError(
            f"{folder / JSON} is of another machine or other versions: measure all of it again, "
            "or choose another folder."
        )
    return [row for row in earlier["rows"] if row["group"] not in parts]


def fastest(rows: Iterable[Row], recipe: str, side: str) -> Row | None:
    """The row of a side's images/s for a recipe, of its fastest variant; None if it was not measured."""
    start = f"{recipe}: {side}"
    found = (
        row
        for row in rows
        if row["group"] == "training"
        and row["unit"] == "images/s"
        and (row["what"] == start or row["what"].startswith((f"{start},", f"{start} ")))
    )
    return max(found, key=lambda row: float(row["median"]), default=None)


def plot(rows: list[Row]) -> altair.HConcatChart | None:
    """Training speed of each recipe compared with its opponents, and accuracy over seconds of training.

    What was not measured is left out; None if that is all.
    """
    charts = [chart for chart in (_speeds(rows), _learning(rows)) if chart]
    if not charts:
        return None
    chart: altair.HConcatChart = (
        altair.hconcat(*charts).configure(background="white").configure_view(strokeWidth=0)
    )
    return chart


def _speeds(rows: list[Row]) -> altair.LayerChart | None:
    recipes = [row["what"].partition(":")[0] for row in rows if row["what"].endswith(f": {OURS}")]
    points = []
    for recipe in recipes:
        for side, name in SIDES:
            if row := fastest(rows, recipe, side):
                points.append({"recipe": recipe, "with": name} | row)
    if not points:
        return None
    sides = [name for _, name in SIDES]
    base = altair.Chart(
        pandas.DataFrame(points), title="Training, images per second, median and spread"
    ).encode(
        altair.Y("recipe:N", title=None, sort=None),
        yOffset=altair.YOffset("with:N", sort=sides),
        color=altair.Color("with:N", title=None, sort=sides, legend=altair.Legend(orient="bottom")),
    )
    scale = altair.Scale(type="log")
    marks = base.mark_point(filled=True, size=70).encode(
        altair.X("median:Q", title=None, scale=scale)
    )
    spread = base.mark_rule().encode(altair.X("min:Q", scale=scale), altair.X2("max:Q"))
    height = max(HEIGHT, 26 * len({point["recipe"] for point in points}))
    chart: altair.LayerChart = (marks + spread).properties(width=330, height=height)
    return chart


def _learning(rows: list[Row]) -> altair.LayerChart | None:
    values = {row["what"]: row for row in rows if row["group"] == "learning"}
    points = []
    for what, row in values.items():
        length, _, kind = what.partition(": test ")
        if kind == "accuracy":
            seconds = values[f"{length}: seconds of training"]["median"]
            series, _, rest = length.partition(", epochs: ")
            words = f"{rest.split(',')[0]} epochs" + ", float32" * series.endswith("float32")
            points.append({"series": series, "words": words, "seconds": seconds} | row)
    if not points:
        return None
    base = altair.Chart(
        pandas.DataFrame(points), title="Test accuracy (%) by seconds of training"
    ).encode(altair.X("seconds:Q", title=None), detail="series:N")
    scale = altair.Scale(zero=False)
    marks = base.mark_line(point=True).encode(altair.Y("median:Q", title=None, scale=scale))
    spread = base.mark_rule().encode(altair.Y("min:Q", scale=scale), altair.Y2("max:Q"))
    words = base.mark_text(align="left", dx=7, dy=9).encode(y="median:Q", text="words:N")
    chart: altair.LayerChart = (marks + spread + words).properties(width=330, height=HEIGHT)
    return chart


def _markdown(rows: Iterable[Row]) -> str:
    lines = [machine_line(), "", f"| {' | '.join(HEADER)} |", "|---|---|---|---|---|"]
    for row in rows:
        cells = (f"{row['group']}: {row['what']}", *figures(row), row["unit"])
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"

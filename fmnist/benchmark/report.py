"""The rows as a table in Markdown, as JSON, and as a plot."""

import json
from collections.abc import Iterable
from pathlib import Path

import altair
import pandas

from fmnist.machine import description, versions

from .measuring import Row, figures, machine

HEADER = ("what", "median", "from", "to", "unit")
HEIGHT = 240  # smallest height of a chart, in pixels
SIDES = (("train step", "ours"), ("Keras fit", "plain Keras"), ("PyTorch", "PyTorch"))


def write(rows: list[Row], folder: Path) -> None:
    """Write benchmark.json, benchmark.md and benchmark.svg.

    Args:
        rows: of a whole benchmark.
        folder: where to write; it is created if missing.

    Raises:
        OSError: a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    about = {"machine": description(), "versions": versions()}
    (folder / "benchmark.json").write_text(json.dumps(about | {"rows": rows}, indent=1) + "\n")
    (folder / "benchmark.md").write_text(_markdown(rows))
    plot(rows).save(folder / "benchmark.svg")


def plot(rows: list[Row]) -> altair.HConcatChart:
    """Training speed of each recipe compared with plain Keras, and accuracy over seconds of training."""
    charts = [_speeds(rows), _learning(rows)]
    chart: altair.HConcatChart = (
        altair.hconcat(*charts).configure(background="white").configure_view(strokeWidth=0)
    )
    return chart


def _speeds(rows: list[Row]) -> altair.LayerChart:
    points = []
    for row in rows:
        recipe, _, side = row["what"].partition(": ")
        for start, name in SIDES:
            if row["unit"] == "images/s" and row["group"] == "training" and side.startswith(start):
                points.append({"recipe": recipe, "with": name} | row)
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


def _learning(rows: list[Row]) -> altair.LayerChart:
    values = {row["what"]: row for row in rows if row["group"] == "learning"}
    points = []
    for what, row in values.items():
        length, _, kind = what.partition(": test ")
        if kind == "accuracy":
            seconds = values[f"{length}: seconds of training"]["median"]
            series, _, rest = length.partition(", epochs: ")
            words = f"{rest.split(',')[0]} epochs" + ", float32" * series.endswith("float32")
            points.append({"series": series, "words": words, "seconds": seconds} | row)
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
    lines = [machine(), "", f"| {' | '.join(HEADER)} |", "|---|---|---|---|---|"]
    for row in rows:
        cells = (f"{row['group']}: {row['what']}", *figures(row), row["unit"])
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"

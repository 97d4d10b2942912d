"""The forms of the charts of a sweep: accuracy against one setting, parallel coordinates of several, and curves."""

import math
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

import altair as alt
import pandas as pd

from fmnist.app.shared import charts

BEST, PRUNED, FINISHED, UNFINISHED = KINDS = ["best", "pruned", "finished", "unfinished"]
SHAPES = ["diamond", "cross", "circle", "triangle-up"]  # of each kind
DASHES = [[1, 0], [5, 3], [1, 0], [2, 2]]
WIDE = 10  # from which ratio of the highest to the lowest value on an axis is logarithmic
MOST_TICKS = 6
ACCURACY = "validation accuracy"
TICKS, AXES = alt.NamedData("ticks"), alt.NamedData("axes")


Kind = Literal["log", "linear", "nominal"]


class Axis(NamedTuple):
    """A searched setting, or the accuracy, as an axis from 0 to 1."""

    label: str
    values: Sequence[Any]  # all that there are; numbers, or what is chosen from in its order
    share: bool = False  # whether they are written in percent

    @property
    def numeric(self) -> bool:
        """Whether values have distances."""
        return all(type(value) in (int, float) for value in self.values)

    @property
    def logarithmic(self) -> bool:
        """Whether equal ratios are equal distances."""
        return self.numeric and min(self.values) > 0 and max(self.values) >= WIDE * min(self.values)

    def place(self, value: Any) -> float:
        """Where a value is."""
        if not self.numeric:
            return self._share(self.values.index(value), 0, len(self.values) - 1)
        scale = math.log if self.logarithmic else float
        return self._share(scale(value), scale(min(self.values)), scale(max(self.values)))

    def ticks(self) -> list[tuple[float, str]]:
        """Places and texts: of a few values all, of many the lowest and the highest."""
        found = sorted(set(self.values)) if self.numeric else list(self.values)
        if len(found) > MOST_TICKS:
            found = [found[0], found[-1]]
        form = "{:.1%}" if self.share else "{:g}" if self.numeric else "{}"
        return [(self.place(value), form.format(value)) for value in found]

    @staticmethod
    def _share(value: float, lowest: float, highest: float) -> float:
        return (value - lowest) / (highest - lowest) if highest > lowest else 0.5


# Of the theme: pruned trials are amber, finished ones teal.
COLOUR = alt.Color(
    "kind:N",
    scale=alt.Scale(domain=KINDS),
    legend=alt.Legend(
        orient="top",
        title=None,
        direction="horizontal",
        offset=4,
        symbolOpacity=1,
        symbolSize=50,
        columnPadding=6,
        labelFontSize=12,
    ),
)
SHAPE = alt.Shape("kind:N", scale=alt.Scale(domain=KINDS, range=SHAPES))
DASH = alt.StrokeDash("kind:N", scale=alt.Scale(domain=KINDS, range=DASHES), legend=None)
WIDTH = alt.condition(f"datum.kind == '{BEST}'", alt.value(3.5), alt.value(1.5))  # pixels


def _percent() -> alt.Y:
    return alt.Y(
        "accuracy:Q",
        title=ACCURACY,
        scale=alt.Scale(zero=False, padding=12),
        axis=alt.Axis(format=".0%", tickCount=5, tickMinStep=0.01),
    )


@charts.form
def against_one(
    title: str, kind: Kind, values: tuple[Any, ...], drawn_from: bool, height: int
) -> alt.LayerChart:
    """A point for each run against one setting, and the range of each trial's runs.

    Args:
        title: of the setting.
        kind: of its axis: "log", "linear" or "nominal".
        values: all that there are, or the ends of the range.
        drawn_from: whether it is a range.
        height: in pixels.
    """
    x = alt.X(
        "value:N" if kind == "nominal" else "value:Q",
        title=title,
        axis=alt.Axis(
            **({"tickCount": 5} if drawn_from else {"values": list(values)}),
            grid=False,
            labelAngle=0,
            labelOverlap=True,
        ),
        scale=alt.Scale(domain=list(values))
        if kind == "nominal"
        else alt.Scale(type=kind, domain=[min(values), max(values)], padding=24, nice=False),
    )
    base = alt.Chart(charts.ROWS).encode(x=x)
    spread = base.mark_rule(strokeWidth=2, opacity=0.5).encode(
        y=alt.Y("min(accuracy):Q"),
        y2=alt.Y2("max(accuracy):Q"),
        detail="trial:N",
        color=COLOUR,
    )
    points = base.mark_point(size=80, filled=True, opacity=0.9).encode(
        y=_percent(), color=COLOUR, shape=SHAPE, tooltip=_tooltip("settings:N", "seed:N")
    )
    drawn: alt.LayerChart = (spread + points).properties(height=height)
    return drawn


def _tooltip(*more: str) -> list[Any]:
    return [
        alt.Tooltip("trial:N"),
        *more,
        alt.Tooltip("kind:N", title="state"),
        alt.Tooltip("accuracy:Q", title=ACCURACY, format=".2%"),
    ]


@charts.form
def parallel(labels: tuple[str, ...], ink: str, paper: str, height: int) -> alt.LayerChart:
    """A line for each trial over one axis a setting, and last the accuracy.

    Args:
        labels: of the axes.
        ink: the colour of what is written.
        paper: that of the page.
        height: in pixels.
    """
    x = alt.X(
        "axis:N",
        sort=list(labels),
        title=None,
        scale=alt.Scale(type="point", padding=0.35),
        axis=alt.Axis(
            orient="top",
            labelAngle=0,
            labelExpr="split(datum.label, ' ')",
            domain=False,
            ticks=False,
            grid=False,
            labelPadding=22,
        ),
    )
    y = alt.Y("place:Q", axis=None, scale=alt.Scale(domain=[0, 1], nice=False, padding=6))
    axes = alt.Chart(AXES).mark_rule(color=ink, opacity=0.5).encode(x=x, y=y, y2="end:Q")
    text = alt.Chart(TICKS).encode(x=x, y=y, text="text:N")
    place: dict[str, Any] = {"align": "right", "dx": -6, "fontSize": 11, "limit": 90}
    halo = text.mark_text(stroke=paper, strokeWidth=4, strokeJoin="round", **place)
    lines = (
        alt.Chart(charts.ROWS)
        .mark_line(opacity=0.85, point=alt.OverlayMarkDef(size=24, filled=True))
        .encode(
            x=x,
            y=y,
            detail="trial:N",
            color=COLOUR,
            strokeDash=DASH,
            size=WIDTH,
            tooltip=_tooltip("settings:N"),
        )
    )
    drawn: alt.LayerChart = (axes + lines + halo + text.mark_text(color=ink, **place)).properties(
        height=height
    )
    return drawn


@charts.form
def curves(height: int) -> alt.LayerChart:
    """Validation accuracy of each run by epoch."""
    base = alt.Chart(charts.ROWS).encode(
        x=alt.X(
            "epoch:Q",
            title="epoch",
            scale=alt.Scale(domainMin=0, nice=False),
            axis=alt.Axis(format="d", tickMinStep=1),
        ),
        y=_percent(),
        color=COLOUR,
        tooltip=_tooltip("settings:N", "seed:N", "epoch:Q"),
    )
    lines = base.mark_line(opacity=0.9).encode(detail="run:N", strokeDash=DASH, size=WIDTH)
    points = base.mark_point(size=30, filled=True, opacity=1).encode(shape=SHAPE)
    drawn: alt.LayerChart = (lines + points).properties(height=height)
    return drawn


def rows_of_axes(axes: Sequence[Axis]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """For `parallel`: a row an axis, and a row a tick."""
    lines = pd.DataFrame({"axis": [axis.label for axis in axes], "place": 0.0, "end": 1.0})
    ticks = [(axis.label, place, text) for axis in axes for place, text in axis.ticks()]
    return lines, pd.DataFrame(ticks, columns=["axis", "place", "text"])

"""Test accuracy against cost: a point for each model, and the Pareto frontier."""

from collections.abc import Collection, Sequence

import altair as alt
import pandas as pd
import streamlit as st

from fmnist.runs import table as run_table

from . import charts, colours, widgets
from .glossary import term

COSTS = {  # by name on the page: field of a row of `run_table`, title and number format of its axis
    "parameters": ("parameters", "parameters", "~s"),
    "MFLOP": ("megaflops", "MFLOP (millions of operations per image)", ",~g"),
    "seconds": ("seconds_in_all", "training time in seconds", ",~g"),
}
NOTES = {
    "seconds": " Time includes the training of pretrained weights, teachers and ensemble members. Not all "
    "models were trained on the same machine; those marked GPU were trained on a GPU.",
}
SHAPES = ["circle", "square", "triangle-up", "diamond"]  # of each kind


def show(rows: Sequence[run_table.Row], kinds: Sequence[str]) -> None:
    """The chart of runs that have been measured, against a cost to choose, or a sentence where there is none.

    Args:
        rows: as `run_table.row` gives them, each with a `label` and its `kind`.
        kinds: four at most, each with its colour and shape.
    """
    cost = widgets.choice("Against", COSTS, "against")
    if _known(rows, cost):
        st.caption(
            f"The line is the {term('Pareto frontier')}: no cheaper model is as accurate. The cost axis is "
            f"logarithmic.{NOTES.get(cost, '')}"
        )
    draw(rows, kinds, cost)


def draw(
    rows: Sequence[run_table.Row],
    kinds: Sequence[str],
    cost: str,
    height: int = 440,
    large: bool = False,
) -> None:
    """The chart alone.

    Args:
        rows: as in `show`.
        kinds: as in `show`.
        cost: one of `COSTS`.
        height: in pixels.
        large: whether it is read from afar.
    """
    if known := _known(rows, cost):
        drawn = _chart(known, cost, list(kinds)).properties(height=height)
        st.altair_chart(
            drawn.properties(config=charts.LARGE) if large else drawn, key=f"pareto.{cost}"
        )
    else:
        st.info("None of these runs has a test accuracy yet.")


def _known(rows: Sequence[run_table.Row], cost: str) -> list[run_table.Row]:
    known = [row for row in rows if row.get("test_accuracy") and row.get(COSTS[cost][0])]
    if cost != "seconds":
        return known
    return [row | {"label": f"{row['label']} (GPU)"} if "gpu" in row else row for row in known]


def _chart(rows: list[run_table.Row], cost: str, kinds: list[str]) -> alt.LayerChart:
    field, title, form = COSTS[cost]
    best = run_table.frontier(rows, field)
    chart = _upwards(rows, field, best).encode(
        x=alt.X(
            "cost:Q",
            title=title,
            scale=alt.Scale(type="log", nice=False, padding=40),
            axis=alt.Axis(format=form, grid=False, tickCount=5),
        ),
        tooltip=[
            *([alt.Tooltip("label:N", title="by")] if "person" in rows[0] else []),
            alt.Tooltip("name:N", title="model"),
            alt.Tooltip("accuracy:Q", title="test accuracy", format=".2%"),
            alt.Tooltip("cost:Q", title=title, format=",.4~r"),
        ],
    )
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=kinds),
        legend=alt.Legend(orient="top", title=None, direction="horizontal")
        if len(kinds) > 1
        else None,
    )
    along = chart.transform_filter("datum.best")
    line = along.mark_line(strokeDash=[4, 4], color=colours.GREY, strokeWidth=1.5)
    shape = alt.Shape("kind:N", scale=alt.Scale(domain=kinds, range=SHAPES[: len(kinds)]))
    points = chart.mark_point(size=90, opacity=1, filled=True).encode(color=colour, shape=shape)
    names = along.mark_text(
        align="right", baseline="bottom", dx=-6, dy=-4, color=colours.ink(), fontSize=10
    ).encode(text="label:N")
    layers: alt.LayerChart = line + points + names
    return layers.properties(description=_in_words(rows, best, title))


def _upwards(rows: list[run_table.Row], field: str, best: Collection[str]) -> alt.Chart:
    """A chart of the rows with their accuracy upwards; `best` are the names on the Pareto frontier."""
    table = pd.DataFrame(
        {
            "name": row["name"],
            "label": row["label"],
            "kind": row["kind"],
            "cost": row[field],
            "accuracy": row["test_accuracy"],
            "best": row["name"] in best,
        }
        for row in rows
    )
    upwards = alt.Y(
        "accuracy:Q",
        title="test accuracy",
        scale=alt.Scale(zero=False, padding=20),
        axis=alt.Axis(format=".0%", tickCount=6),
    )
    return alt.Chart(table).encode(y=upwards)


def _in_words(rows: list[run_table.Row], best: Collection[str], cost: str) -> str:
    """The chart for those who do not see it."""
    along = (f"{row['name']} {row['test_accuracy']:.1%}" for row in rows if row["name"] in best)
    return f"Test accuracy of {len(rows)} models against {cost}. On the Pareto frontier: {', '.join(along)}."

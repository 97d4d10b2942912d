"""Test accuracy against cost: a point for each model, and the Pareto frontier."""

from collections.abc import Collection

import altair as alt
import pandas as pd
import streamlit as st

from fmnist.app.shared import colours, widgets
from fmnist.app.shared.glossary import term
from fmnist.runs import table as run_table

COSTS = {  # by name on the page: field of a row of `run_table`, title and number format of its axis
    "parameters": ("parameters", "parameters", "~s"),
    "MFLOP": ("megaflops", "MFLOP (millions of operations per image)", ",~g"),
    "seconds": ("seconds_in_all", "training time in seconds", ",~g"),
}
NOTES = {
    "seconds": " Time includes the training of pretrained weights, teachers and ensemble members. Not all "
    "models were trained on the same machine.",
}
SHAPES = ["circle", "square", "triangle-up"]  # of each kind
PUBLISHED, OURS, YOURS = KINDS = ["published", "this project", "yours"]


def show(rows: list[run_table.Row]) -> None:
    """The chart of runs that have been measured, or a sentence where there is none.

    Args:
        rows: as `run_table.row` gives them.
    """
    cost = widgets.choice("Against", COSTS, "against")
    field, *_ = COSTS[cost]
    known = [row for row in rows if row.get("test_accuracy") and row.get(field)]
    if not known:
        st.info("None of these runs has a test accuracy yet.")
        return
    st.caption(
        f"The line is the {term('Pareto frontier')}: no cheaper model is as accurate. The cost axis is "
        f"logarithmic.{NOTES.get(cost, '')}"
    )
    st.altair_chart(_chart(known, cost), key=f"models.pareto.{field}")


def _kind(row: run_table.Row) -> str:
    if not row["shipped"]:
        return YOURS
    return OURS if row["reported_accuracy"] is None else PUBLISHED


def _chart(rows: list[run_table.Row], cost: str) -> alt.LayerChart:
    field, title, form = COSTS[cost]
    best = run_table.frontier(rows, field)
    table = pd.DataFrame(
        {
            "name": row["name"],
            "kind": _kind(row),
            "cost": row[field],
            "accuracy": row["test_accuracy"],
            "best": row["name"] in best,
        }
        for row in rows
    )
    chart = alt.Chart(table).encode(
        x=alt.X(
            "cost:Q",
            title=title,
            scale=alt.Scale(type="log", nice=False, padding=40),
            axis=alt.Axis(format=form, grid=False, tickCount=5),
        ),
        y=alt.Y(
            "accuracy:Q",
            title="test accuracy",
            scale=alt.Scale(zero=False, padding=20),
            axis=alt.Axis(format=".0%", tickCount=6),
        ),
        tooltip=[
            alt.Tooltip("name:N", title="model"),
            alt.Tooltip("accuracy:Q", title="test accuracy", format=".2%"),
            alt.Tooltip("cost:Q", title=title, format=",.4~r"),
        ],
    )
    colour = alt.Color(
        "kind:N",
        scale=alt.Scale(domain=KINDS),
        legend=alt.Legend(orient="top", title=None, direction="horizontal"),
    )
    along = chart.transform_filter("datum.best")
    line = along.mark_line(strokeDash=[4, 4], color=colours.GREY, strokeWidth=1.5)
    shape = alt.Shape("kind:N", scale=alt.Scale(domain=KINDS, range=SHAPES))
    points = chart.mark_point(size=90, opacity=1, filled=True).encode(color=colour, shape=shape)
    names = along.mark_text(
        align="right", baseline="bottom", dx=-6, dy=-4, color=colours.ink(), fontSize=10
    ).encode(text="name:N")
    layers: alt.LayerChart = line + points + names
    return layers.properties(height=440, description=_in_words(rows, best, title))


def _in_words(rows: list[run_table.Row], best: Collection[str], cost: str) -> str:
    """The chart for those who do not see it."""
    along = (f"{row['name']} {row['test_accuracy']:.1%}" for row in rows if row["name"] in best)
    return f"Test accuracy of {len(rows)} models against {cost}. On the Pareto frontier: {', '.join(along)}."

"""Everybody's runs in one chart and one table."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st

from fmnist.people.person import Person
from fmnist.runs import class_work
from fmnist.runs import table as run_table

from . import pareto, visitor, widgets

EACH, ALL = "best of each", "all runs"
FORMS = CHART, TABLE = ["chart", "table"]
MINE, OTHERS, RUNS = "yours", "the others'", "runs"
HEIGHT = 520  # pixels of a large chart
FRESH = 5  # seconds for which what was read is shown to everybody
NONE = "No run has ended yet. The first one appears here as soon as it is measured."


def show(person: Person) -> None:
    """A choice of runs and form, and what was chosen, for who looks."""
    with st.container(horizontal=True, vertical_alignment="center"):
        which = widgets.choice("Show", [EACH, ALL], "show", label_visibility="collapsed")
        form = widgets.choice("As", FORMS, "as", label_visibility="collapsed")
    found = rows()
    if not found:
        st.info(NONE)
        return
    shown = class_work.best_of_each(found) if which == EACH else found
    if form == TABLE:
        show_table(shown)
    elif person.teacher:
        pareto.show([row | {"label": row["person"], "kind": RUNS} for row in shown], [RUNS])
    else:
        in_chart = [row | _in_chart(row, person) for row in shown]
        in_chart.sort(key=lambda row: row["kind"] == MINE)  # what is drawn last lies on top
        pareto.show(in_chart, [MINE, OTHERS])


def show_large() -> None:
    """The best run of each, as table and chart, with nothing to choose."""
    shown = class_work.best_of_each(rows())
    if not shown:
        st.info(NONE)
        return
    table, chart = st.columns(2)
    with table:
        show_table(shown, ("place", "person", "test", "seconds"))
    with chart:
        in_chart = [row | {"label": row["person"], "kind": RUNS} for row in shown]
        pareto.draw(in_chart, [RUNS], "seconds", HEIGHT, large=True)


@st.cache_data(ttl=FRESH, show_spinner=False)
def rows() -> list[run_table.Row]:
    """All measured runs of the class, the best first; read once for everybody."""
    return class_work.rows(class_work.runs_of_students(), visitor.name_of)


def show_table(shown: Sequence[run_table.Row], columns: Sequence[str] = ()) -> None:
    """A row a run, the best first, with these or all columns."""
    cells = pd.DataFrame(map(_cells, shown))
    cells.insert(0, "place", range(1, len(shown) + 1))
    st.dataframe(
        cells,
        height="content",
        hide_index=True,
        column_config=COLUMNS,
        column_order=columns or list(COLUMNS),
    )


def _in_chart(row: run_table.Row, person: Person) -> dict[str, str]:
    return {"label": row["person"], "kind": MINE if row["person_id"] == person.id else OTHERS}


def _cells(row: run_table.Row) -> dict[str, Any]:
    return {
        "person": row["person"],
        "test": 100 * row["test_accuracy"],
        "validation": 100 * row["validation_accuracy"] if "validation_accuracy" in row else None,
        "epochs": row["epochs"],
        "seconds": row.get("seconds"),
        "parameters": row["parameters"],
        "recipe": row["recipe"],
        "run": row["name"],
    }


def _number(label: str, form: str) -> Any:
    return st.column_config.NumberColumn(label, format=form)


COLUMNS = {
    "place": st.column_config.NumberColumn("Place", width=60),
    "person": st.column_config.TextColumn("Who", pinned=True),
    "test": _number("Test", "%.2f%%"),
    "validation": _number("Validation", "%.2f%%"),
    "epochs": _number("Epochs", "%d"),
    "seconds": _number("Seconds", "%.0f"),
    "parameters": _number("Parameters", "localized"),
    "recipe": "Recipe",
    "run": "Run",
}

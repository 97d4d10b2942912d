"""Models: all runs in a table or chart, and one model in detail."""

import contextlib
import hashlib
from collections.abc import Callable
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.elements.lib.column_types import ColumnConfig

from fmnist.app.models import add_model, by_class, of_sweeps, one_model, run_actions
from fmnist.app.shared import charts, curves, lesson, pareto, visitor, widgets
from fmnist.app.shared.glossary import term
from fmnist.people import access, mode
from fmnist.recipes import registry
from fmnist.runs import listing, remarks
from fmnist.runs import table as run_table
from fmnist.runs.files import RunError
from fmnist.runs.run import Run

ALL, REPORTED, OWN = "all", "reported accuracy", "my own"
# Rows of `run_table`, by what is to be shown.
WANTED: dict[str, Callable[[run_table.Row], bool]] = {
    ALL: lambda row: True,
    REPORTED: lambda row: row.get("reported_accuracy") is not None,
    OWN: lambda row: row["mine"],
}
NONE = {
    ALL: "No runs yet. Train a model on the Train page; the fastest takes seconds.",
    REPORTED: "No run is of a recipe with a reported accuracy.",
    OWN: "You have no runs yet. Train a model on the Train page; the fastest takes seconds.",
}
TABLE = "table"
FORMS = [TABLE, "Pareto chart"]
PUBLISHED, OURS, YOURS = KINDS = ["published", "this project", "yours"]  # in the chart
OTHERS = "shown by others"  # in a class
EVERY = "all data sets"
HINT = "Select a row to see its curves, two to compare them by class. Click a heading to sort."


def page() -> None:
    """The whole page."""
    widgets.page_header(
        "Models",
        f"Every trained {term('model')}: its {term('architecture')}, {term('accuracy')}, size and training.",
    )
    run_actions.choose_next()
    add_model.show_added()
    # Containers, so that what is chosen in one does not make the other's elements swap places.
    with st.container(), widgets.errors_in_words():
        show_selected(choose_runs())
    with st.container(), widgets.errors_in_words():
        show_model()
    add_model.refuse_large_files()


def show_model() -> None:
    """The model that was chosen: its figures, and everything else about it."""
    choice, figures = st.columns([1, 3], vertical_alignment="bottom")
    with choice:
        run = widgets.choose_model(about=False)
    if run:
        with figures:
            one_model.show_figures(run_table.row(run))
        one_model.show(run)


def choose_runs() -> list[Run]:
    """All runs, filtered, in a table or a chart; those whose rows are selected."""
    found = {run.name: run for run in listing.list_runs()}
    with st.container(horizontal=True, vertical_alignment="center"):
        shown = widgets.choice("Show", WANTED, "show", label_visibility="collapsed")
        form = widgets.choice("As", FORMS, "as", label_visibility="collapsed")
        unfolded = of_sweeps.choose([*found.values()])
        rows = [run_table.row(run) | _whose(run) | _sweep_of(run) for run in unfolded]
        rows = _of_one_data_set([row for row in rows if WANTED[shown](row)], form)
        if not lesson.hides("upload"):
            add_model.show()
        if form == TABLE:
            st.caption(HINT)
    if not rows:
        st.info(NONE[shown])
        return []
    if form != TABLE:
        drawn = [row | _in_chart(row) for row in rows]
        strangers = [OTHERS] if any(row["kind"] == OTHERS for row in drawn) else []
        pareto.show(drawn, [*KINDS, *strangers])
        return []
    with st.container(key="models_table"):
        return [found[name] for name in show_table(rows)]


def _whose(run: Run) -> dict[str, Any]:
    """Whether the visitor has made it; in a class, who has."""
    if run.shipped:
        return {"mine": False}
    name = {"whose": visitor.name_of(access.read(run.path).owner)}
    return {"mine": access.is_mine(run.path)} | (name if mode.current() == "class" else {})


def _sweep_of(run: Run) -> dict[str, Any]:
    with contextlib.suppress(RunError):  # a broken one
        return {"sweep": of["name"]} if (of := run.sweep) else {}
    return {}


def _in_chart(row: run_table.Row) -> dict[str, str]:
    if row["shipped"]:
        kind = OURS if row.get("reported_accuracy") is None else PUBLISHED
    else:
        kind = YOURS if row["mine"] else OTHERS
    return {"label": row["name"], "kind": kind}


def _of_one_data_set(rows: list[run_table.Row], form: str) -> list[run_table.Row]:
    """The rows of the data set that is chosen where there are several; a chart never mixes them."""
    names = list(dict.fromkeys(row["data"] for row in rows if "data" in row))
    if len(names) < 2:
        return rows
    options = [EVERY, *names] if form == TABLE else names
    widgets.warn_if_gone("data set", "data", options)
    if st.session_state.get("data", options[0]) not in options:
        st.session_state["data"] = options[0]
    name = st.selectbox(
        "Data set",
        options,
        key="data",
        bind="query-params",
        label_visibility="collapsed",
        width=220,
    )
    return rows if name == EVERY else [row for row in rows if row.get("data") == name]


def show_table(rows: list[run_table.Row]) -> list[str]:
    """A row a run, as `run_table.row` gives them; the names in the selected ones."""
    names = [row["name"] for row in rows]
    # A selection holds row numbers: other rows need a table of another key.
    key = f"models.table.{hashlib.md5('/'.join(names).encode()).hexdigest()}"
    selection = st.dataframe(
        table(rows),
        column_config=COLUMNS,
        hide_index=True,
        height="content",  # limited in style.css
        row_height=28,
        placeholder="",
        on_select=lambda: _choose_single(key, rows),
        selection_mode="multi-row",
        key=key,
    )
    return [names[number] for number in selection["selection"]["rows"]]


def table(rows: list[run_table.Row]) -> pd.DataFrame:
    """The table's cells; columns in which all are empty, or the data set the same, are left out."""
    found = pd.DataFrame(map(_cells, rows)).dropna(axis="columns", how="all")
    return found.drop(columns="data") if found["data"].nunique() < 2 else found


def _cells(row: run_table.Row) -> dict[str, Any]:
    """A run's cells in the table; None for an empty one."""
    return {
        "name": row["name"],
        "whose": row.get("whose"),
        "sweep": row.get("sweep"),
        "data": row.get("data"),
        "state": row["state"],
        "reported": _percent(row.get("reported_accuracy")),
        "test": _percent(row.get("test_accuracy")),
        "difference": _percent(row.get("difference")),
        "training": _percent(row.get("training_accuracy")),
        "validation": _percent(row.get("validation_accuracy")),
        "loss": row.get("test_loss"),
        "parameters": row.get("parameters"),
        "megaflops": row.get("megaflops"),
        "seconds": row.get("seconds"),
        "size": row["bytes"] / 1e6,
        "remark": row.get("error"),
    }


def _percent(share: float | None) -> float | None:
    return None if share is None else 100 * share


def _number(label: str, form: str, about: str) -> ColumnConfig:
    return st.column_config.NumberColumn(label, format=form, help=about)


EARLIER = "".join(  # figures that are about fewer epochs than were trained here
    f"; of {recipe.name} after {recipe.reported_epochs} epochs"
    for recipe in registry.PUBLISHED
    if recipe.reported_epochs
)
COLUMNS: dict[str, ColumnConfig | str] = {
    "name": st.column_config.TextColumn("Name", pinned=True, width=140),
    "whose": "Made by",
    "sweep": "Sweep",
    "data": "Data set",
    "state": "State",
    "reported": _number(
        "Reported", "%.2f%%", f"Test accuracy that the recipe's source reports{EARLIER}."
    ),
    "test": _number(
        "Test", "%.2f%%", "Test accuracy, measured here when the training ended or was stopped."
    ),
    "difference": _number(
        "Difference", "%+.2f", "Measured minus reported accuracy, in percentage points."
    ),
    "training": _number("Training", "%.2f%%", "Accuracy on the training images."),
    "validation": _number("Validation", "%.2f%%", "Accuracy on held-out training images."),
    "loss": _number("Test loss", "%.3f", "Mean cross-entropy on the test images, in nats."),
    "parameters": _number(
        "Parameters",
        "localized",
        "All weights, including the running means of batch normalisation.",
    ),
    "megaflops": _number("MFLOP", "%.2f", widgets.MEGAFLOPS),
    "seconds": _number(
        "Seconds", "%.0f", "Training time, on the machine named in the Training tab below."
    ),
    "size": _number("MB", "%.1f", "All files of the run on disk."),
    "remark": st.column_config.TextColumn("Remark", width="large"),
}


def _choose_single(key: str, rows: list[run_table.Row]) -> None:
    """A model that is selected alone becomes the one that is shown below, and in the URL."""
    selected = [rows[number] for number in st.session_state[key]["selection"]["rows"]]
    if len(selected) == 1:
        with contextlib.suppress(RunError):  # it has just been deleted
            if listing.find(selected[0]["name"]).usable:
                st.session_state["model"] = selected[0]["name"]


def show_selected(selected: list[Run]) -> None:
    """The curves of the selected runs; two compared; one without a model, with its actions."""
    lines = [drawn for run in selected if len(drawn := curves.of_run(run))]
    pair = len(selected) == 2 and all(run.usable for run in selected)
    alike = len({run.dataset.digest for run in selected if run.usable}) == 1
    places = st.columns(3 if pair else 2)
    if lines:
        show_curves(pd.concat(lines), [run.name for run in selected], places[:2])
    if pair and alike:
        by_class.compare(selected[0], selected[1], places[2])
    elif pair:
        places[2].info(
            "These models were trained on different data sets, so their figures cannot be compared."
        )
    if len(selected) == 1 and not selected[0].usable:
        show_unusable(selected[0])


def show_curves(lines: pd.DataFrame, names: list[str], places: list[DeltaGenerator]) -> None:
    """The runs' curves over each other, accuracy beside loss."""
    few = len(lines) < curves.FEW
    for place, measure in zip(places, curves.MEASURES, strict=True):
        drawn = curves.overlay(measure, tuple(names), few)
        with place:
            shown, words = lines[[*curves.COLUMNS, measure]], curves.in_words(lines, measure)
            charts.show(shown, drawn, f"models.overlay.{measure}", words)
    st.caption(
        "Solid: validation images. Dotted: training images, measured during the epoch and with "
        "augmentation, which makes them look worse."
    )


def show_unusable(run: Run) -> None:
    """A run without a model: why it has none, and its actions."""
    state = run.state
    sentence = remarks.remark(run, state) or "The Train page shows its progress."
    with st.container(border=True, key="models.unusable"):
        widgets.state_badge(state)
        st.markdown(f"**{run.name}** has no usable model. {sentence}")
        run_actions.show(run)


page()
